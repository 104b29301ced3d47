import { describeRef } from '../../../kernel/object-ref.js';
import type { Steps } from '../../../kernel/steps.js';
import type { CalicoIpam, ClaimedAddress } from '../../../model/calico-objects.js';
import type { ModelPod, NetworkModel } from '../../../model/network-model.js';
import { isCalicoDevice } from '../../../model/node-devices.js';
import { type Cidr, formatCidr } from '../../../net/cidr.js';
import { CidrIndex } from '../../../net/cidr-index.js';
import { formatIp, type Ip } from '../../../net/ip.js';
import { whyClosed } from '../../../resources/calico-ip-pool.js';
import type { CalicoClaim } from '../../../resources/calico-ipam.js';
import { claimText } from '../../calico-claims.js';
import type { IpamDraft } from '../../ipam-finding.js';
import { type ClaimFate, claimFates } from '../collector/claim-fates.js';
import { fateText } from '../collector/fate-text.js';
import { hostOf } from '../collector/block-times.js';
import { isMachineHandle } from '../collector/leak-grace.js';
import { type ClaimUse, claimUse } from '../calico/claim-use.js';
import { handleChecks } from './handle-checks.js';

const BLOCKS_A_STEP = 100;
const PODS_A_STEP = 1_000;

/**
 * Compares the blocks of Calico with who is seen with their addresses, with the handles they name and with the hosts they belong to, as `calicoctl ipam check` does. Without
 * blocks nothing is found.
 */
export function* blockChecks(model: NetworkModel): Steps<readonly IpamDraft[]> {
  const { ipam } = model.calico;
  if (ipam.blocks.length + ipam.deletedBlocks.length === 0) return [];
  const use = seenUse(model);
  const fates = yield* claimFates(model);
  const drafts: IpamDraft[] = [];
  // Of a block on its way out what nobody uses is leaked all the same (`calicoctl/calicoctl/commands/ipam/check_leaks_test.go`).
  for (const [index, block] of [...ipam.blocks, ...ipam.deletedBlocks].entries()) {
    if (index % BLOCKS_A_STEP === 0) yield;
    for (const claim of block.claims) drafts.push(...claimCheck(use, fates.of.get(claim), { block, claim }));
  }
  yield;
  return [...drafts, ...doubleClaims(ipam), ...(yield* unclaimedPods(model)), ...(yield* handleChecks(ipam))];
}

/** Who is seen with which address. */
interface SeenUse {
  /** By address. */
  readonly pods: ReadonlyMap<string, ModelPod>;
  /** By namespace and name: pods that are imported, and whose address is not told yet. */
  readonly silent: ReadonlyMap<string, ModelPod>;
  readonly tunnels: ReadonlySet<string>;
  readonly balancers: ReadonlySet<string>;
  /** Nodes that tell the addresses of their tunnels. */
  readonly telling: ReadonlySet<string>;
  /** How many services there are. */
  readonly services: number;
}

function seenUse({ pods, nodes, services }: NetworkModel): SeenUse {
  const tunnels = [...nodes.values()].map(({ name, devices }) => [name, devices.filter(isCalicoDevice).map(({ ip }) => ip)] as const);
  const balancers = [...services.values()].flatMap(({ resource }) => resource.loadBalancerIngress.flatMap(({ ip }) => ip ?? []));
  return {
    pods: new Map(pods.flatMap((pod) => seenAddresses(pod).map((ip) => [formatIp(ip), pod] as const))),
    silent: new Map(pods.flatMap((pod) => (isSilent(pod) ? [[`${pod.namespace}/${pod.name}`, pod] as const] : []))),
    tunnels: new Set(tunnels.flatMap(([, ips]) => ips).map(formatIp)),
    balancers: new Set(balancers.map(formatIp)),
    telling: new Set(tunnels.filter(([, ips]) => ips.length > 0).map(([name]) => name)),
    services: services.size,
  };
}

function isSilent({ finished, spec, resource }: ModelPod): boolean {
  return resource?.status !== undefined && !finished && !spec.hostNetwork && resource.status.podIPs.length === 0;
}

/** Addresses that a pod is seen with, where it has a network of its own. */
function seenAddresses({ finished, spec, ips }: ModelPod): readonly Ip[] {
  if (finished || spec.hostNetwork) return [];
  return ips.filter(({ provenance }) => provenance === 'observed').map(({ value }) => value);
}

function claimCheck(use: SeenUse, fate: ClaimFate | undefined, claimed: ClaimedAddress): readonly IpamDraft[] {
  const { block, claim } = claimed;
  const kind = claimUse(block, claim);
  // Of what is for something that we do not know, nobody can tell whether it is in use (`TestUnreferencedKeepsWhatTheBlockCannotJudge`).
  if (claim.resting || kind === 'WindowsReserved' || kind === 'Unknown') return [];
  const address = formatIp(claim.ip);
  const common = { object: block.ref, pointer: `/spec/allocations/${claim.ordinal}`, addresses: [address] };
  const holder = use.pods.get(address);
  if (holder && !isFor(claim, kind, holder)) {
    const message = `${describeRef(holder.ref)} is seen with ${address}, which belongs to ${claimText(claimed)}: it is given away once that is released`;
    return [{ ...common, code: 'CLAIMED_FOR_ANOTHER', message, fix: `make ${describeRef(holder.ref)} anew, so that it gets an address` }];
  }
  if (holder || isReferred(use, claim, kind) || cannotTell(use, claimed, kind) || isAwaited(use, claim)) return [];
  const message = `${address} belongs to ${claimText(claimed)}, and nobody is seen with it`;
  const byHand = '`calicoctl ipam check -o report.json`, then `calicoctl ipam release --from-report`';
  const fix =
    kind !== 'LoadBalancer'
      ? `${fateText(fate, claim)}; by hand, when two looks, some time apart, see nobody with it: ${byHand}`
      : `when two looks, some time apart, see nobody with it: ${byHand}`;
  return [{ ...common, code: 'BLOCK_LEAK', message, fix }];
}

/** A pod that does not tell its address yet may have this one; not where it has come to another node (`allocationIsValid`). */
function isAwaited({ silent }: SeenUse, { pod, namespace, node }: CalicoClaim): boolean {
  if (pod === undefined || namespace === undefined) return false;
  const waiting = silent.get(`${namespace}/${pod}`);
  return waiting !== undefined && (node === undefined || waiting.nodeName === undefined || waiting.nodeName.value === node);
}

/** "A reference of the wrong kind does not account for the address" (`libcalico-go/lib/ipam/accounting/tracker_test.go`); what does not say whom it is for may be a tunnel's, too. */
function isReferred({ tunnels, balancers }: SeenUse, { ip, pod }: CalicoClaim, kind: ClaimUse): boolean {
  const address = formatIp(ip);
  return kind === 'LoadBalancer' ? balancers.has(address) : (kind === 'Tunnel' || pod === undefined) && tunnels.has(address);
}

/** What is for pods and does not say for which may be for any. */
function isFor({ pod, namespace, alternate }: CalicoClaim, kind: ClaimUse, { ref }: ModelPod): boolean {
  if (kind !== 'Workload') return false;
  const names = (name: string | undefined, space: string | undefined): boolean =>
    name === ref.name && (space === undefined || space === ref.namespace);
  return pod === undefined || names(pod, namespace) || names(alternate?.pod, alternate?.namespace);
}

/**
 * Where no pod is seen with an address, no service was imported, and of nodes that keep their tunnels to themselves, an address that nobody has is no sign. Nor is that of a stopped virtual machine, which
 * has no pod: machines are not read.
 */
function cannotTell({ pods, telling, services }: SeenUse, { block, claim }: ClaimedAddress, kind: ClaimUse): boolean {
  const { pod, handle, node = hostOf(block) } = claim;
  if (kind === 'LoadBalancer') return services === 0;
  if (kind === 'Tunnel') return node === undefined || !telling.has(node);
  return pods.size === 0 || (pod === undefined && isMachineHandle(handle));
}

function doubleClaims({ claims }: CalicoIpam): readonly IpamDraft[] {
  return [...claims].flatMap(([address, all]): readonly IpamDraft[] => {
    const [first, ...others] = all;
    if (!first || others.length === 0) return [];
    const message = `${address} is given away twice: it belongs to ${all.map(claimText).join(', and to ')}`;
    const fix = 'release the address in the block that overlaps the other';
    return [{ code: 'BLOCK_INVALID', object: first.block.ref, pointer: '/spec/cidr', message, fix, addresses: [address] }];
  });
}

/** Pods with an address of a pool that no block gives them: Calico may give it to another, unless the pool gives nothing any more. */
function* unclaimedPods({ pods, calico, profile }: NetworkModel): Steps<readonly IpamDraft[]> {
  if (profile.cni.plugin !== 'calico') return [];
  const open = calico.ipPools.flatMap((pool) => (pool.cidr && !whyClosed(pool) ? [[pool.cidr, pool.cidr] as const] : []));
  const pools = yield* CidrIndex.inSteps(open);
  const drafts: IpamDraft[] = [];
  for (const [index, pod] of pods.entries()) {
    if (index % PODS_A_STEP === 0) yield;
    for (const ip of seenAddresses(pod)) {
      const address = formatIp(ip);
      const [pool] = pools.longestMatch(ip) ?? [];
      if (pool && !calico.ipam.claims.has(address)) drafts.push(unclaimed(pod, address, pool));
    }
  }
  return drafts;
}

function unclaimed({ ref }: ModelPod, address: string, pool: Cidr): IpamDraft {
  return {
    code: 'NOT_IN_BLOCK',
    object: ref,
    pointer: '/status/podIPs',
    message: `${describeRef(ref)} has ${address} of the pool ${formatCidr(pool)}, and no block gives it to anybody: another pod may get it too`,
    fix: 'make the pod anew, so that it gets another address',
    addresses: [address],
  };
}
