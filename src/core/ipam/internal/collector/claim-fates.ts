import type { Steps } from '../../../kernel/steps.js';
import type { NetworkModel } from '../../../model/network-model.js';
import { sameIp } from '../../../net/ip.js';
import type { CalicoClaim } from '../../../resources/calico-ipam.js';
import { isTunnelType } from '../calico/claim-use.js';
import { isWindowsHandle } from '../calico/windows-hosts.js';
import { LeakGrace } from './leak-grace.js';

/** Why Calico's controllers free an address. */
export type FreeingRule = 'NODE_GONE' | 'POD_GONE' | 'TUNNEL_OF_GONE_NODE' | 'COOLDOWN_OVER';

/** Why they leave it alone. */
export type KeepingReason =
  | 'IN_USE'
  | 'NO_POD'
  | 'NO_HANDLE'
  | 'NO_NODE'
  | 'NODE_STAYS'
  | 'NODE_IN_USE'
  | 'HANDLE_IN_USE'
  | 'GRACE_IS_OFF'
  | 'WINDOWS'
  | 'NO_PODS_TOLD';

/** What Calico's controllers make of an address that a block gives to somebody. */
export type ClaimFate =
  /** Once it has been nobody's for longer than that; 0: at the first look. */
  { readonly rule: FreeingRule; readonly waitMs: number } | { readonly kept: KeepingReason };

const BLOCKS_A_STEP = 100;
const CLAIMS_A_STEP = 5_000;
/** Of these the controllers keep no account, so they keep no node and no handle from being freed. */
const UNTRACKED: readonly KeepingReason[] = ['WINDOWS', 'NO_HANDLE'];

type Fates = Map<CalicoClaim, ClaimFate>;

/** What becomes of the addresses of a cluster's blocks. */
export interface ClaimFates {
  readonly of: ReadonlyMap<CalicoClaim, ClaimFate>;
  /** Nodes with an address that stays: of those that are gone, the controllers give up no block. */
  readonly busyNodes: ReadonlySet<string>;
  /** Nodes with an address of which the controllers keep account: they look at the others once a round. */
  readonly knownNodes: ReadonlySet<string>;
}

/**
 * What Calico's controllers make of each address of a cluster's blocks, as long as nothing else changes: a pod's goes when its pod is gone, or has another, a tunnel's with the last address of its node;
 * all of a handle go, or none (projectcalico/calico `kube-controllers/pkg/controllers/node/ipam.go`, checkAllocations, allocationIsValid, garbageCollectKnownLeaks). Yields often.
 */
export function* claimFates(model: NetworkModel): Steps<ClaimFates> {
  const judge = new ClaimJudge(model);
  const fates: Fates = new Map();
  const knownNodes = new Set<string>();
  for (const [index, { claims }] of model.calico.ipam.blocks.entries()) {
    if (index % BLOCKS_A_STEP === 0) yield;
    for (const claim of claims) {
      const fate = judge.alone(claim);
      fates.set(claim, fate);
      if (claim.node !== undefined && isTracked(fate)) knownNodes.add(claim.node);
    }
  }
  const busyNodes = yield* keepTunnels(fates);
  yield* keepHandles(fates);
  return { of: fates, busyNodes, knownNodes };
}

/** A tunnel of a node that is gone goes with the node, which anything that is left of it keeps. */
function* keepTunnels(fates: Fates): Steps<ReadonlySet<string>> {
  const busy = new Set<string>();
  let count = 0;
  for (const [{ node }, fate] of fates) {
    if (++count % CLAIMS_A_STEP === 0) yield;
    if (node !== undefined && 'kept' in fate && isTracked(fate)) busy.add(node);
  }
  for (const [claim, fate] of fates) {
    if (++count % CLAIMS_A_STEP === 0) yield;
    if ('rule' in fate && fate.rule === 'TUNNEL_OF_GONE_NODE' && busy.has(claim.node ?? '')) fates.set(claim, { kept: 'NODE_IN_USE' });
  }
  return busy;
}

/** The last of a handle tells when it goes; one that stays keeps all. */
function* keepHandles(fates: Fates): Steps<void> {
  const waits = new Map<string, number>();
  let count = 0;
  for (const [{ handle }, fate] of fates) {
    if (++count % CLAIMS_A_STEP === 0) yield;
    if (handle === null || isResting(fate)) continue;
    waits.set(handle, Math.max(waits.get(handle) ?? 0, 'rule' in fate ? fate.waitMs : Infinity));
  }
  for (const [claim, fate] of fates) {
    if (++count % CLAIMS_A_STEP === 0) yield;
    if (!('rule' in fate) || isResting(fate)) continue;
    const waitMs = waits.get(claim.handle ?? '') ?? 0;
    if (waitMs !== fate.waitMs) fates.set(claim, waitMs === Infinity ? { kept: 'HANDLE_IN_USE' } : { ...fate, waitMs });
  }
}

function isTracked(fate: ClaimFate): boolean {
  return 'kept' in fate ? !UNTRACKED.includes(fate.kept) : !isResting(fate);
}

function isResting(fate: ClaimFate): boolean {
  return 'rule' in fate && fate.rule === 'COOLDOWN_OVER';
}

class ClaimJudge {
  private readonly grace: LeakGrace;
  /** Whether a pod that was in a cluster is told of. */
  private readonly tellsPods: boolean;

  constructor(private readonly model: NetworkModel) {
    this.grace = new LeakGrace(model);
    this.tellsPods = model.pods.some(({ resource }) => resource?.status !== undefined);
  }

  /** Whatever becomes of the others of its handle and its node. */
  alone(claim: CalicoClaim): ClaimFate {
    const { handle, node, type, resting } = claim;
    if (resting) return { rule: 'COOLDOWN_OVER', waitMs: this.grace.cooldownMs };
    if (isWindowsHandle(handle)) return { kept: 'WINDOWS' };
    if (handle === null) return { kept: 'NO_HANDLE' };
    if (node === undefined) return { kept: 'NO_NODE' };
    const isGone = isNodeGone(this.model, node);
    if (isTunnelType(type)) return isGone ? { rule: 'TUNNEL_OF_GONE_NODE', waitMs: 0 } : { kept: 'NODE_STAYS' };
    if (claim.pod === undefined || claim.namespace === undefined) return { kept: 'NO_POD' };
    if (!this.tellsPods) return { kept: 'NO_PODS_TOLD' };
    if (this.isUsed(claim, node)) return { kept: 'IN_USE' };
    if (isGone) return { rule: 'NODE_GONE', waitMs: 0 };
    const waitMs = this.grace.waitOf(handle);
    return waitMs === undefined ? { kept: 'GRACE_IS_OFF' } : { rule: 'POD_GONE', waitMs };
  }

  private isUsed({ ip, pod, namespace, alternate }: CalicoClaim, node: string): boolean {
    return [{ pod, namespace }, ...(alternate ? [alternate] : [])].some((owner) => {
      const found = this.model.podByKey.get(`${owner.namespace ?? namespace ?? ''}/${owner.pod ?? ''}`);
      if (!found?.resource?.status) return false;
      const { nodeName, finished, resource } = found;
      // A machine that moves has its second pod on another node.
      if (owner.pod === pod && nodeName && nodeName.value !== node && !isNodeGone(this.model, node)) return false;
      const told = resource.status?.podIPs ?? [];
      return told.length === 0 || (!finished && told.some((one) => sameIp(one, ip)));
    });
  }
}

/** Where no node was imported, none is missing. */
export function isNodeGone({ nodes }: NetworkModel, node: string): boolean {
  return nodes.size > 0 && !nodes.has(node);
}
