import { compareBy } from '../kernel/compare.js';
import type { Steps } from '../kernel/steps.js';
import { sortedInSteps } from '../kernel/sorted-in-steps.js';
import { inMap } from '../kernel/in-map.js';
import type { CalicoIpam, ClaimedAddress } from '../model/calico-objects.js';
import type { NetworkModel } from '../model/network-model.js';
import { formatCidr } from '../net/cidr.js';
import { formatIp } from '../net/ip.js';
import { rangeOfCidr } from '../net/ip-set.js';
import type { CalicoClaim, CalicoIPAMBlock } from '../resources/calico-ipam.js';
import type { AllocationPast } from './allocation-memory.js';
import { heldInSteps } from './held-addresses.js';
import { type BlockRule, type EmptyingBlock, goingBlocks, hostOf } from './internal/collector/block-times.js';
import { claimFates, type ClaimFates, type FreeingRule } from './internal/collector/claim-fates.js';
import { LeakGrace } from './internal/collector/leak-grace.js';
import { isWindowsHandle } from './internal/calico/windows-hosts.js';

/** What Calico's controllers go by when they release something. */
export const COLLECTION_RULES = {
  NODE_GONE: 'the node is gone and no pod has the address: it is freed at the first look',
  POD_GONE: 'the pod is gone, or has another address, for longer than `leakGracePeriod`',
  TUNNEL_OF_GONE_NODE: 'the address of a tunnel goes with its node, once nothing else of that is in use',
  COOLDOWN_OVER: 'the address was given back before and has rested for `ipCooldownSeconds`',
  BLOCK_EMPTY: 'the block was seen empty for longer than `leakGracePeriod`, and its node has others',
  BLOCK_OF_GONE_NODE: 'the node is gone and nothing of the block is in use',
  BLOCK_OF_NOBODY: 'a block that belongs to nobody goes with its last address',
} as const satisfies Record<FreeingRule | BlockRule, string>;

/** One of them. */
export type CollectionRule = keyof typeof COLLECTION_RULES;

/** An address or a block that Calico's controllers release. */
export interface Collected {
  /** After the first look. */
  readonly afterMs: number;
  readonly rule: CollectionRule;
  /** `10.0.0.1`, or the block `10.0.0.0/26`. */
  readonly released: string;
  /** Whose it was; null: no node's. */
  readonly node: string | null;
}

/** What has been released by some time, and the cluster as it is then. */
export interface Collection {
  readonly model: NetworkModel;
  /** In the order of time, at one time addresses before blocks. */
  readonly collected: readonly Collected[];
  /** How often the controllers look. */
  readonly roundMs: number;
}

const BLOCKS_A_STEP = 100;

/** When an address is released, and when it can be given again. */
interface Release {
  readonly claim: CalicoClaim;
  readonly releasedMs: number;
  readonly freeMs: number;
  readonly rule: FreeingRule;
}

/**
 * Plays what Calico's controllers do about addresses that nobody uses and blocks that nobody needs, for so long: they look at once and then every half of the grace period, while pods and nodes stay as they are
 * (projectcalico/calico `kube-controllers/pkg/controllers/node/ipam.go`, syncIPAM). What was handed out through the API since is in use. Since nothing else changes, each release has its time, and no look is played
 * in which there is none. Yields often.
 */
export function* collectCalico(model: NetworkModel, past: AllocationPast, forMs: number): Steps<Collection> {
  const grace = new LeakGrace(model);
  const { ipam } = model.calico;
  const fates = yield* claimFates(model);
  const releases = new Map<CalicoIPAMBlock, readonly Release[]>();
  const emptying: EmptyingBlock[] = [];
  for (const [index, block] of ipam.blocks.entries()) {
    if (index % BLOCKS_A_STEP === 0) yield;
    const ofBlock = releasesOf(block, fates, grace);
    releases.set(block, ofBlock);
    emptying.push(emptyingOf(block, ofBlock, past));
  }
  const nodes = { model, grace, fates, otherBlocks: otherBlocks(ipam, past) };
  const going = goingBlocks(nodes, emptying).filter(({ atMs }) => atMs <= forMs);
  const gone = new Set(going.map(({ block }) => block));
  const blocks: CalicoIPAMBlock[] = [];
  const collected: Collected[] = [];
  for (const [block, ofBlock] of releases) {
    if (blocks.length % BLOCKS_A_STEP === 0) yield;
    const done = ofBlock.filter(({ releasedMs }) => releasedMs <= forMs);
    for (const { claim, rule, releasedMs } of done) {
      collected.push({ afterMs: releasedMs, rule, released: formatIp(claim.ip), node: claim.node ?? null });
    }
    if (!gone.has(block)) blocks.push(done.length === 0 ? block : without(block, done, forMs));
  }
  for (const { block, atMs, rule } of going) {
    collected.push({ afterMs: atMs, rule, released: block.cidr ? formatCidr(block.cidr) : block.ref.name, node: hostOf(block) ?? null });
  }
  const ordered = yield* sortedInSteps(collected, IN_ORDER);
  if (ordered.length === 0) return { model, collected: [], roundMs: grace.roundMs };
  const then = yield* withBlocks(model, blocks, gone);
  // Whoever asks the model next finds it looked at.
  yield* heldInSteps(then);
  return { model: then, collected: ordered, roundMs: grace.roundMs };
}

const IN_ORDER = compareBy<Collected>(
  ({ afterMs }) => afterMs,
  ({ rule }) => (rule.startsWith('BLOCK') ? 1 : 0),
);

function releasesOf({ claims }: CalicoIPAMBlock, { of }: ClaimFates, grace: LeakGrace): readonly Release[] {
  return claims.flatMap((claim): readonly Release[] => {
    const fate = of.get(claim);
    if (!fate || 'kept' in fate) return [];
    const { rule, waitMs } = fate;
    if (rule === 'COOLDOWN_OVER') {
      const freeMs = grace.roundFrom(waitMs);
      return [{ claim, releasedMs: freeMs, freeMs, rule }];
    }
    const releasedMs = waitMs === 0 ? 0 : grace.roundAfter(waitMs);
    const freeMs = grace.cooldownMs === 0 ? releasedMs : grace.roundFrom(releasedMs + grace.cooldownMs);
    return [{ claim, releasedMs, freeMs, rule }];
  });
}

function emptyingOf(block: CalicoIPAMBlock, releases: readonly Release[], { book }: AllocationPast): EmptyingBlock {
  const { cidr, claims } = block;
  const isHandedOut = cidr !== undefined && book.takenOf('pod', cidr.family).firstIn(rangeOfCidr(cidr)) !== undefined;
  if (!cidr || isHandedOut) return { block, emptyMs: Infinity, unusedMs: Infinity };
  const windows = claims.filter(({ handle, resting }) => isWindowsHandle(handle) && !resting).length;
  const last = releases.reduce((latest, { freeMs }) => Math.max(latest, freeMs), 0);
  const unusedMs = releases.length + windows === claims.length ? last : Infinity;
  return { block, emptyMs: windows > 0 ? Infinity : unusedMs, unusedMs };
}

/** Blocks that a node has by what was handed out alone. */
function otherBlocks({ blocks }: CalicoIpam, { book, memory }: AllocationPast): (node: string) => number {
  const imported = new Set(blocks.flatMap(({ cidr }) => (cidr ? [formatCidr(cidr)] : [])));
  return (node) => {
    const handedOut = new Set([...book.parts.of(node), ...memory.parts.of(node)].map(formatCidr));
    return [...handedOut].filter((cidr) => !imported.has(cidr)).length;
  };
}

/** The block without what is free by then, which comes last in its queue: what is freed at one look in the order of addresses. */
function without(block: CalicoIPAMBlock, releases: readonly Release[], forMs: number): CalicoIPAMBlock {
  const byClaim = new Map(releases.map((release) => [release.claim, release]));
  const taken = new Set(block.claims.map(({ ordinal }) => ordinal));
  const queue = block.queue ?? Array.from({ length: block.places }, (_, ordinal) => ordinal).filter((ordinal) => !taken.has(ordinal));
  const free = releases
    .filter(({ freeMs }) => freeMs <= forMs)
    .sort(
      compareBy(
        ({ freeMs }) => freeMs,
        ({ claim }) => claim.ordinal,
      ),
    );
  const claims = block.claims.flatMap((claim): readonly CalicoClaim[] => {
    const release = byClaim.get(claim);
    if (!release) return [claim];
    return release.freeMs <= forMs ? [] : [{ ...claim, handle: null, resting: true }];
  });
  return { ...block, claims, queue: [...queue, ...free.map(({ claim }) => claim.ordinal)] };
}

function* withBlocks(model: NetworkModel, blocks: readonly CalicoIPAMBlock[], gone: ReadonlySet<CalicoIPAMBlock>): Steps<NetworkModel> {
  const claims = new Map<string, ClaimedAddress[]>();
  for (const [index, block] of blocks.entries()) {
    if (index % BLOCKS_A_STEP === 0) yield;
    for (const claim of block.claims) inMap(claims, formatIp(claim.ip), () => []).push({ block, claim });
  }
  const cidrs = new Set([...gone].flatMap(({ cidr }) => (cidr ? [formatCidr(cidr)] : [])));
  const affinities = model.calico.ipam.affinities.filter(({ cidr }) => !cidr || !cidrs.has(formatCidr(cidr)));
  const ipam: CalicoIpam = { ...model.calico.ipam, blocks, claims, affinities };
  return { ...model, calico: { ...model.calico, ipam } };
}
