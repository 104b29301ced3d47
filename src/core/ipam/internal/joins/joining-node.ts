import type { Note } from '../../../kernel/answer.js';
import { firstFew } from '../../../kernel/first-few.js';
import type { ModelNode, NetworkModel } from '../../../model/network-model.js';
import type { CniPlugin } from '../../../model/network-profile.js';
import { type Cidr, cidrsOverlap, formatCidr } from '../../../net/cidr.js';
import { ChildCidrs } from '../../../net/child-cidrs.js';
import type { IpFamily } from '../../../net/ip.js';
import type { AllocationPast } from '../../allocation-memory.js';
import { neededAddresses, usableOf } from '../../cilium-demand.js';
import { partsText } from '../../node-grant.js';
import { blockChance } from '../calico/block-chance.js';
import { CalicoGrants } from '../calico/calico-grants.js';
import { hasBlocks } from '../calico/model-pools.js';
import { ownAddresses } from '../../untold-addresses.js';
import { type JoinGrant, joinGrant, type Joined } from '../../join-grant.js';
import { poolOfParts } from './pool-of-parts.js';
import type { RangeGiver } from '../../../model/range-giver.js';
import { OUTSIDE, rangeGiver } from '../range-giver.js';

/** What a family's ranges of nodes are cut out of. */
interface RangeSource {
  readonly family: IpFamily;
  /** The pool of Cilium that the ranges are of, where it has several. */
  readonly pool: string | undefined;
  readonly networks: readonly Cidr[];
  readonly mask: number;
  /** How many addresses of ranges a new node gets at least; 0: one range, whatever its size. */
  readonly needed: bigint;
  readonly isOperator: boolean;
  readonly ends: { readonly allowFirst: boolean; readonly allowLast: boolean } | undefined;
}

/** Which range or block a node gets that joins. */
export function joiningNode(model: NetworkModel, past: AllocationPast, node: ModelNode): Joined {
  const families = familiesToAsk(model, model.profile.podCIDRs);
  if (hasBlocks(model)) return joined(families.map((family) => ofBlocks(model, past, node, family)));
  const giver = rangeGiver(model);
  const without = withoutRange(giver, model.profile.cni.plugin);
  const newest = newestNode(model);
  const sources = without ? [] : sourcesOf(model, giver);
  if (sources.length > 0) {
    const grants = sources.map((source) => ofRanges(model, source, newest));
    return { grants, assumptions: grants.some(({ outcome }) => outcome === 'GIVEN') ? [cursorNote(newest)] : [] };
  }
  const told = without ?? { outcome: 'UNKNOWN', message: 'nothing tells which ranges nodes get theirs of' };
  return { grants: families.map((family) => joinGrant({ family, reason: 'POOL_NOT_FOR_NODE', ...told })), assumptions: [] };
}

/** Why a node gets no range, or none that anything tells of; undefined: it gets one. */
function withoutRange(giver: RangeGiver, plugin: CniPlugin): Pick<JoinGrant, 'outcome' | 'message'> | undefined {
  if (giver === 'nobody')
    return { outcome: 'NOT_ASKED', message: `${plugin} gives any node any address of the range: a node has no part of it` };
  if (giver === 'interfaces') return { outcome: 'NOT_ASKED', message: `pods get addresses of ${OUTSIDE}: a node has no part of a range` };
  if (giver !== 'unknown') return undefined;
  const message =
    plugin === 'unknown'
      ? 'nothing tells of the network plugin, or of ranges that nodes have'
      : `no object tells which range ${plugin} gives a node next`;
  return { outcome: 'UNKNOWN', message };
}

/** Families that something joins with: those of the ranges that there are; where there are none, those of the cluster. */
export function familiesToAsk({ profile }: NetworkModel, cidrs: readonly Cidr[]): readonly IpFamily[] {
  return cidrs.length > 0 ? familiesOf(cidrs) : profile.ipFamilies;
}

function familiesOf(cidrs: readonly Cidr[]): readonly IpFamily[] {
  return [...new Set(cidrs.map(({ family }) => family))];
}

function joined(grants: readonly JoinGrant[]): Joined {
  return { grants, assumptions: blockChance(grants.flatMap(({ parts }) => parts)) };
}

/** A node of Calico has nothing until its first pod comes. */
function ofBlocks(model: NetworkModel, past: AllocationPast, node: ModelNode, family: IpFamily): JoinGrant {
  const grant = new CalicoGrants(model, past.book, past.memory).any({ node, pools: [], family, count: 1, barred: [] });
  if (grant.lack) return joinGrant({ family, outcome: 'REFUSED', reason: grant.lack.reason, message: grant.lack.message });
  const message = `the node has no range of its own; its first pod gets an address of ${partsText(grant.parts).replace(/^1 of /, '')}`;
  const ranges = grant.parts.flatMap(({ cidr, use }) => (use === 'borrowed' ? [] : [cidr]));
  const pool = poolOfParts(model, grant.parts);
  return joinGrant({ family, outcome: 'GIVEN', pool, ranges, parts: grant.parts, reason: 'POOL_SELECTED', message });
}

/** kube-controller-manager has one range a family (`--cluster-cidr`); Cilium may have several, or pools. */
function sourcesOf(model: NetworkModel, giver: RangeGiver): readonly RangeSource[] {
  const { profile } = model;
  const isOperator = giver === 'operator';
  if (isOperator && model.profileSources.get('podCIDRs')?.object?.kind === 'CiliumPodIPPool') return sourcesOfPools(model);
  return familiesOf(profile.podCIDRs).map((family) => {
    const all = profile.podCIDRs.filter((cidr) => cidr.family === family);
    const mask = profile.nodeCIDRMaskSizes[family === 4 ? 'v4' : 'v6'];
    return { family, pool: undefined, networks: isOperator ? all : all.slice(0, 1), mask, needed: 0n, ends: undefined, isOperator };
  });
}

/**
 * What an agent asks for when it starts: of the default pool, which its own addresses are of, and of every pool that some are to be kept ready of (cilium/cilium
 * `pkg/ipam/multipool_manager.go`, computeNeededIPsPerPoolLocked).
 */
function sourcesOfPools(model: NetworkModel): readonly RangeSource[] {
  const { defaultPool, preAllocated } = model.profile.cni;
  return model.ciliumPodIPPools.flatMap(({ ref: { name }, cidrs, maskSizes, allowFirstIP, allowLastIP }) => {
    const inUse = name === defaultPool ? BigInt(ownAddresses(model)) : 0n;
    const ready = Object.hasOwn(preAllocated, name) ? BigInt(preAllocated[name] ?? 0) : 0n;
    const needed = neededAddresses(inUse, ready);
    if (needed === 0n) return [];
    return familiesOf(cidrs).flatMap((family): readonly RangeSource[] => {
      const mask = maskSizes[family];
      const networks = cidrs.filter((cidr) => cidr.family === family);
      const ends = { allowFirst: allowFirstIP, allowLast: allowLastIP };
      return mask === undefined ? [] : [{ family, pool: name, networks, mask, needed, ends, isOperator: true }];
    });
  });
}

/** Ranges of one family that a node is told to get: a user's number of addresses to be kept ready may ask for millions. */
const MOST_RANGES = 1_000;

function ofRanges(model: NetworkModel, source: RangeSource, newest: ModelNode | undefined): JoinGrant {
  const { family, networks, mask, pool } = source;
  const named = `${networks.map(formatCidr).join(', ')}${pool === undefined ? '' : ` (pool \`${pool}\`)`}`;
  const refused = (message: string) => joinGrant({ family, outcome: 'REFUSED', reason: 'POOL_EXHAUSTED', message });
  const afterNewest = rangesFrom(model, source, newest);
  if (typeof afterNewest === 'string') return refused(afterNewest);
  const afterRestart = rangesFrom(model, source, undefined);
  if (afterNewest.length === 0) return refused(`every /${mask} of ${named} is taken: the node gets none (event CIDRNotAvailable)`);
  const ranges = afterNewest.map(formatCidr);
  const others = typeof afterRestart === 'string' ? [] : afterRestart.map(formatCidr);
  const isSame = ranges.join() === others.join();
  const most = ranges.length < MOST_RANGES ? '' : `; more than ${MOST_RANGES} are not looked for`;
  const message = `${firstFew(ranges, 3)} of ${named}, which is cut into /${mask}: the search goes on behind the range that was given last, and wraps${most}`;
  return joinGrant({ family, outcome: 'GIVEN', ranges, rangesAfterRestart: isSame ? null : others, reason: 'CHOSEN', message });
}

/** The ranges that come next behind that of a node, or from the start; text: why there are none ever. */
function rangesFrom(
  model: NetworkModel,
  { networks, mask, needed, ends, isOperator }: RangeSource,
  after: ModelNode | undefined,
): readonly Cidr[] | string {
  const ranges: Cidr[] = [];
  let usable = 0n;
  const lacks = () => ranges.length === 0 || (usable < needed && ranges.length < MOST_RANGES);
  for (const network of networks) {
    const children = ChildCidrs.of(network, mask);
    if (!children.ok) return children.error.message;
    if (!lacks()) continue;
    for (const cidr of takenOf(model, isOperator)) children.value.occupy(cidr);
    for (const { value } of after?.podCIDRs ?? []) if (cidrsOverlap(network, value)) children.value.startAfter(value);
    while (lacks()) {
      const next = children.value.allocate();
      if (!next) break;
      ranges.push(next);
      usable += usableOf(next, ends);
    }
  }
  return ranges;
}

/** What nodes have, and the service ranges (kubernetes `range_allocator.go`, `filterOutServiceRange`), which Cilium's operator does not look at. */
function takenOf({ nodes, profile }: NetworkModel, isOperator: boolean): readonly Cidr[] {
  const ofNodes = [...nodes.values()].flatMap(({ podCIDRs }) => podCIDRs.map(({ value }) => value));
  return isOperator ? ofNodes : [...profile.serviceCIDRs, ...ofNodes];
}

/** Whose range was given last: that of the node that was made last, of those that have one. */
function newestNode({ nodes }: NetworkModel): ModelNode | undefined {
  const dated = [...nodes.values()].filter(({ podCIDRs, resource }) => podCIDRs.length > 0 && resource?.createdAt !== undefined);
  return dated.reduce<ModelNode | undefined>((newest, node) => (newest && madeAt(newest) >= madeAt(node) ? newest : node), undefined);
}

function madeAt({ resource }: ModelNode): string {
  return resource?.createdAt ?? '';
}

function cursorNote(newest: ModelNode | undefined): Note {
  const message = newest
    ? `the range of ${newest.name}, the newest node, was given last, and whoever gives them was not restarted since`
    : 'no node tells when it was made: the search begins at the start of the range, as after a restart';
  return { code: 'RANGE_GIVEN_LAST', message };
}
