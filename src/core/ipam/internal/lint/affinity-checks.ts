import { firstFew } from '../../../kernel/first-few.js';
import { inMap } from '../../../kernel/in-map.js';
import type { Steps } from '../../../kernel/steps.js';

import type { NetworkModel } from '../../../model/network-model.js';
import { familyBits } from '../../../net/ip.js';
import { cidrsOverlap, compareCidrs, formatCidr } from '../../../net/cidr.js';
import type { CalicoAffinity, CalicoBlockAffinity, CalicoIPAMBlock } from '../../../resources/calico-ipam.js';
import type { IpamDraft } from '../../ipam-finding.js';
import { givesUpBlocks, hostOf, isSeenEmpty } from '../collector/block-times.js';
import { LeakGrace, timeText } from '../collector/leak-grace.js';

const BLOCKS_A_STEP = 500;

/** Blocks of Calico and the hosts they belong to; blocks that are none. Yields often. */
export function* affinityChecks(model: NetworkModel): Steps<readonly IpamDraft[]> {
  const { blocks, affinities } = model.calico.ipam;
  const byBlock = new Map<string, CalicoBlockAffinity[]>();
  for (const one of affinities) if (one.cidr) inMap(byBlock, formatCidr(one.cidr), () => []).push(one);
  const drafts: IpamDraft[] = [];
  for (const [index, block] of blocks.entries()) {
    if (index % BLOCKS_A_STEP === 0) yield;
    drafts.push(...shapeCheck(block), ...ownerCheck(model, block, block.cidr ? (byBlock.get(formatCidr(block.cidr)) ?? []) : []));
  }
  yield;
  return [...drafts, ...overlapCheck(blocks), ...claimsWithoutBlock(model), ...emptyBlocks(model)];
}

function shapeCheck({ ref, cidr, places, claims, contradiction }: CalicoIPAMBlock): readonly IpamDraft[] {
  const unexplained = claims.filter((claim) => claim.unexplained).length;
  const fault = !cidr
    ? 'has no CIDR that could be read'
    : places !== 2 ** (familyBits(cidr.family) - cidr.prefix)
      ? `is ${formatCidr(cidr)} and lists ${places} places`
      : unexplained > 0
        ? `points at attributes that it does not hold, in ${unexplained} places`
        : contradiction;
  if (fault === undefined) return [];
  const fix = 'restore the block from a copy, or release its addresses and delete it';
  return [
    {
      code: 'BLOCK_INVALID',
      object: ref,
      pointer: '/spec',
      message: `block ${ref.name} ${fault}`,
      fix,
      addresses: cidr ? [formatCidr(cidr)] : [],
    },
  ];
}

/** `told`: what BlockAffinities say of the block. */
function ownerCheck({ nodes, calico }: NetworkModel, block: CalicoIPAMBlock, told: readonly CalicoBlockAffinity[]): readonly IpamDraft[] {
  const { ref, cidr, affinity, claims } = block;
  if (!cidr) return [];
  const common = { object: ref, pointer: '/spec/affinity', addresses: [formatCidr(cidr)] };
  const name = `block ${formatCidr(cidr)}`;
  if (!affinity) {
    const message = `${name} belongs to no host, and ${claims.length} of its addresses are taken: each needs a route of its own`;
    return [{ ...common, code: 'BLOCK_WITHOUT_AFFINITY', message, fix: 'it disappears with its last address: make the pods in it anew' }];
  }
  if (affinity.type === 'host' && nodes.size > 0 && !nodes.has(affinity.name)) {
    const message = `${name} belongs to node ${affinity.name}, which there is not; ${claims.length} of its addresses are taken`;
    return [
      { ...common, code: 'NODE_GONE', message, fix: 'delete the node of Calico, so that its blocks are given up: `calicoctl delete node`' },
    ];
  }
  if (calico.ipam.affinities.length === 0) return [];
  if (told.some(({ owner, state }) => sameOwner(owner, affinity) && state === 'confirmed')) return [];
  const others = firstFew(
    told.map(({ owner, state }) => `${owner.name} (${state})`),
    3,
  );
  const message = `${name} says that it belongs to ${affinity.name}, and ${others === '' ? 'no BlockAffinity says so' : `the BlockAffinity says: to ${others}`}`;
  return [{ ...common, code: 'AFFINITY_MISMATCH', message, fix: 'let calico-node of the host claim the block again, or release it' }];
}

function sameOwner(a: CalicoAffinity, b: CalicoAffinity): boolean {
  return a.type === b.type && a.name === b.name;
}

/** Of two blocks that overlap, the second in the order of addresses. */
function overlapCheck(blocks: readonly CalicoIPAMBlock[]): readonly IpamDraft[] {
  const ordered = blocks.flatMap(({ cidr, ref }) => (cidr ? [{ cidr, ref }] : [])).sort((a, b) => compareCidrs(a.cidr, b.cidr));
  let widest = ordered[0];
  return ordered.slice(1).flatMap((block): readonly IpamDraft[] => {
    const before = widest;
    if (!before || !cidrsOverlap(before.cidr, block.cidr)) {
      widest = block;
      return [];
    }
    const message = `block ${formatCidr(block.cidr)} lies in block ${formatCidr(before.cidr)}: an address may be given away twice`;
    const fix = 'release the addresses of one of them, and delete it';
    return [{ code: 'BLOCK_INVALID', object: block.ref, pointer: '/spec/cidr', message, fix, addresses: [formatCidr(block.cidr)] }];
  });
}

/** Blocks of which nothing is used; a node that has no other keeps its own, and a node that is gone has `NODE_GONE`. */
function emptyBlocks(model: NetworkModel): readonly IpamDraft[] {
  const grace = new LeakGrace(model);
  const counts = new Map<string, number>();
  const owned = model.calico.ipam.blocks.flatMap((block) => {
    const host = hostOf(block);
    return host === undefined ? [] : [{ block, host }];
  });
  for (const { host } of owned) counts.set(host, (counts.get(host) ?? 0) + 1);
  return owned.flatMap(({ block, host }): readonly IpamDraft[] => {
    const { ref, cidr } = block;
    const count = counts.get(host) ?? 0;
    if (!cidr || count < 2 || !model.nodes.has(host) || !isSeenEmpty(block)) return [];
    const message = `block ${formatCidr(cidr)} of node ${host} is empty, and the node has ${count}`;
    const fix = givesUpBlocks({ model, grace }, host)
      ? `none is needed: Calico’s controllers give the block up once they have seen it empty for longer than ${timeText(grace.graceMs)} (\`leakGracePeriod\`)`
      : `Calico’s controllers never give it up: ${grace.graceMs === 0 ? '`leakGracePeriod` is 0' : 'the node passes from Flannel to Calico'}`;
    return [{ code: 'BLOCK_EMPTY', object: ref, pointer: '/spec/allocations', message, fix, addresses: [formatCidr(cidr)] }];
  });
}

/** A host that claims a block which there is not; while it is still claiming, that is as it should be. */
function claimsWithoutBlock({ calico }: NetworkModel): readonly IpamDraft[] {
  const { blocks, affinities } = calico.ipam;
  if (blocks.length === 0) return [];
  const known = new Set(blocks.flatMap(({ cidr }) => (cidr ? [formatCidr(cidr)] : [])));
  return affinities.flatMap(({ ref, cidr, owner, state }): readonly IpamDraft[] => {
    if (!cidr || state !== 'confirmed' || known.has(formatCidr(cidr))) return [];
    const message = `${owner.name} has a confirmed claim to block ${formatCidr(cidr)}, which there is not`;
    const fix = `delete ${ref.name}: \`kubectl delete blockaffinity\``;
    return [{ code: 'AFFINITY_MISMATCH', object: ref, pointer: '/spec/cidr', message, fix, addresses: [formatCidr(cidr)] }];
  });
}
