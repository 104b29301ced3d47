import type { NetworkModel } from '../../../model/network-model.js';

/** "[Default: 15m]" (projectcalico/calico `api/pkg/apis/projectcalico/v3/kubecontrollersconfig.go`, LeakGracePeriod). */
const DEFAULT_GRACE_MS = 15 * 60_000;
/** Machines that move have no pod for a while: their addresses are kept for five minutes at least (`design/ipam/ipam-gc.md`, "Grace periods"). */
const LEAST_MACHINE_GRACE_MS = 5 * 60_000;
/** Between two looks where there is no grace period to halve (`ipam.go`, acceptScheduleRequests). */
const DEFAULT_ROUND_MS = 5 * 60_000;
const MACHINE_HANDLE = /\.vmi[.:-]/;

/** Whether a handle is a virtual machine's, which keeps its addresses while it is stopped. */
export function isMachineHandle(handle: string | null): boolean {
  return handle !== null && MACHINE_HANDLE.test(handle);
}

/** For how long Calico's controllers wait before they free what nobody uses, and how often they look (projectcalico/calico `kube-controllers/pkg/controllers/node/ipam.go`). */
export class LeakGrace {
  /** 0: what has a node that there is, is never freed. */
  readonly graceMs: number;
  readonly roundMs: number;
  /** For so long an address rests that was given back. */
  readonly cooldownMs: number;

  constructor({ calico }: NetworkModel) {
    this.graceMs = calico.kubeControllers.find(({ ref }) => ref.name === 'default')?.leakGraceMs ?? DEFAULT_GRACE_MS;
    this.roundMs = this.graceMs > 0 ? this.graceMs / 2 : DEFAULT_ROUND_MS;
    this.cooldownMs = (calico.ipam.config?.cooldownSeconds ?? 0) * 1_000;
  }

  /** For how long an address has to be nobody's; undefined: it is never freed. */
  waitOf(handle: string): number | undefined {
    // The five minutes hold for machines even where the grace period is 0.
    if (isMachineHandle(handle)) return Math.max(this.graceMs, LEAST_MACHINE_GRACE_MS);
    return this.graceMs === 0 ? undefined : this.graceMs;
  }

  /** When the controllers look first once more than so much time has passed: "longer than the grace period". */
  roundAfter(ms: number): number {
    return (Math.floor(ms / this.roundMs) + 1) * this.roundMs;
  }

  /** When they look first once so much time has passed. */
  roundFrom(ms: number): number {
    return Math.ceil(ms / this.roundMs) * this.roundMs;
  }
}

/** `7 min 30 s`. */
export function timeText(ms: number): string {
  const [whole, seconds] = [Math.floor(ms / 60_000), (ms % 60_000) / 1_000];
  const parts = [whole > 0 ? `${whole} min` : '', seconds > 0 ? `${seconds} s` : ''].filter((part) => part !== '');
  return parts.length === 0 ? '0 s' : parts.join(' ');
}
