import type { NetworkModel } from '../../../model/network-model.js';
import type { CalicoClaim } from '../../../resources/calico-ipam.js';

/** "[Default: 15m]" (projectcalico/calico `api/pkg/apis/projectcalico/v3/kubecontrollersconfig.go`, LeakGracePeriod). */
const DEFAULT_GRACE_MS = 15 * 60_000;
/** Machines that move have no pod for a while: their addresses are kept for five minutes at least. */
const LEAST_MACHINE_GRACE_MS = 5 * 60_000;
const MACHINE_HANDLE = /\.vmi[.:-]/;

/**
 * What Calico's controllers do about addresses that nobody is seen with: the ones of a node that is gone are freed at once, the others once they have been nobody's for the grace period; all
 * of a handle, or none (projectcalico/calico `kube-controllers/pkg/controllers/node/ipam.go`, checkAllocations, garbageCollectKnownLeaks).
 */
export class LeakGrace {
  private readonly graceMs: number;
  private readonly nodes: NetworkModel['nodes'];

  /** `inUse`: handles of which somebody is seen with an address. */
  constructor(
    { nodes, calico }: NetworkModel,
    private readonly inUse: ReadonlySet<string>,
  ) {
    this.nodes = nodes;
    this.graceMs = calico.kubeControllers.find(({ ref }) => ref.name === 'default')?.leakGraceMs ?? DEFAULT_GRACE_MS;
  }

  /** In one clause. */
  of({ handle, node, pod, namespace, type }: CalicoClaim): string {
    const isGone = node !== undefined && this.nodes.size > 0 && !this.nodes.has(node);
    if (type !== undefined && type !== '') return tunnelText(isGone, node);
    if (pod === undefined || namespace === undefined)
      return 'Calico’s controllers never free it: it names no pod, so they take it for used';
    if (handle !== null && this.inUse.has(handle))
      return 'Calico’s controllers keep it: another address of its handle is in use, and they free all or none';
    if (isGone) return `Calico’s controllers free it at once: node ${node} is gone`;
    const grace = handle !== null && MACHINE_HANDLE.test(handle) ? Math.max(this.graceMs, LEAST_MACHINE_GRACE_MS) : this.graceMs;
    if (this.graceMs === 0) return 'Calico’s controllers never free it: `leakGracePeriod` is 0';
    return `Calico’s controllers free it once it has been nobody’s for ${minutes(grace)} (\`leakGracePeriod\`)`;
  }
}

function tunnelText(isGone: boolean, node: string | undefined): string {
  return isGone
    ? `Calico’s controllers free it with the last address of node ${node ?? ''}, which is gone`
    : 'Calico’s controllers free addresses of devices with their node only';
}

function minutes(ms: number): string {
  const [whole, seconds] = [Math.floor(ms / 60_000), Math.round((ms % 60_000) / 1_000)];
  return [whole > 0 ? `${whole} min` : '', seconds > 0 ? `${seconds} s` : ''].filter((part) => part !== '').join(' ');
}
