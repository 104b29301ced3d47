import type { ResolvedEndpoints } from '../model/resolved-endpoints.js';
import type { NAMINGS } from './connectivity-result.js';
import type { Direction } from './internal/direction.js';

/** What to find out. */
export interface ExposureQuestion {
  /** Undefined: every workload. */
  readonly of: ResolvedEndpoints | undefined;
  /** Only this workload or pod, `web` or `shop/web`. */
  readonly workload: string | undefined;
  /** Undefined: both. */
  readonly direction: Direction | undefined;
  readonly format: (typeof NAMINGS)[number];
}

/** The meaning of each verdict. */
export const EXPOSURE_VERDICTS = {
  EXPOSED: 'pods that do not exist yet could reach a workload, or be reached by one',
  CLOSED: 'policies leave nothing to pods that do not exist yet',
} as const;

/** Whether anything is left open. */
export type ExposureVerdict = keyof typeof EXPOSURE_VERDICTS;

/** What a workload and pods that do not exist yet may use. */
export interface ExposedConnection {
  readonly workload: string;
  /** `ingress`: the unknown pods send. */
  readonly direction: Direction;
  /** `entire-cluster`: any pod; otherwise such pods: `[namespace with {team=a}]/[pod with {app=web}]`, `shop/[all pods]`, `[all namespaces]/[pod with {app=web}]`. */
  readonly with: string;
  /** `TCP 80,443`, `No Connections` where these pods are the exception; ports whose number only the unknown pod could tell by name: `TCP http`. */
  readonly connection: string;
  /** The rules that decide, `NetworkPolicy shop/web /spec/ingress/0`; empty where no policy does. */
  readonly rules: readonly string[];
}

/** A workload that no policy selects in a direction. */
export interface UnprotectedWorkload {
  readonly workload: string;
  readonly direction: Direction;
}

/** A row as netpol-analyzer writes it. */
export interface NetpolConnection {
  readonly src: string;
  readonly dst: string;
  readonly conn: string;
}

/** That tool's JSON. */
export interface NetpolExposure {
  readonly connlist_results: readonly NetpolConnection[];
  readonly exposure_results: {
    readonly egress_exposure: readonly NetpolConnection[];
    readonly ingress_exposure: readonly NetpolConnection[];
  };
}

/** What `exposure` finds out beside the verdict. */
export interface ExposureResult {
  readonly format: ExposureQuestion['format'];
  readonly workloads: number;
  /** In stable order; workloads that are protected and open to nobody are not among them. */
  readonly exposures: readonly ExposedConnection[];
  readonly unprotected: readonly UnprotectedWorkload[];
  /** In the format `netpol-analyzer`, otherwise null. */
  readonly netpol: NetpolExposure | null;
}
