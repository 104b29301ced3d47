import type { NetworkModel } from '../model/network-model.js';
import type { ConnectivityQuestion, NAMINGS } from './connectivity-result.js';

/** One state of the cluster, and the endpoints that the question names as they are there. */
export interface DiffSide {
  readonly model: NetworkModel;
  readonly from: ConnectivityQuestion['from'];
  readonly to: ConnectivityQuestion['to'];
}

/** What to compare. */
export interface ConnectivityDiffQuestion extends Omit<ConnectivityQuestion, 'from' | 'to' | 'workload' | 'connection' | 'format'> {
  readonly format: (typeof NAMINGS)[number];
  readonly before: DiffSide;
  readonly after: DiffSide;
}

/** The meaning of each verdict. */
export const CONNECTIVITY_DIFF_VERDICTS = {
  SAME: 'policies allow the same connections in both states',
  DIFFERENT: 'at least one connection was added, removed or changed',
} as const;

/** Whether anything differs. */
export type ConnectivityDiffVerdict = keyof typeof CONNECTIVITY_DIFF_VERDICTS;

/** `added`: nothing was allowed before; `removed`: nothing is allowed any more; `changed`: other connections are. */
export const CONNECTION_CHANGES = ['added', 'removed', 'changed'] as const;
export type ConnectionChange = (typeof CONNECTION_CHANGES)[number];

/** A pair between which policies do not allow the same in both states. */
export interface ChangedConnection {
  readonly change: ConnectionChange;
  readonly from: string;
  readonly to: string;
  /** What was allowed: `No Connections`, `All Connections`, `TCP 80,443,UDP 53`. */
  readonly before: string;
  readonly after: string;
  /** `workload shop/web[Deployment] added`, where one of the two is there in one state only; otherwise null. */
  readonly info: string | null;
  /** The objects behind it: `NetworkPolicy shop/api changed`; told for the first rows only. */
  readonly causes: readonly string[];
}

/** What `connectivity-diff` finds out beside the verdict. */
export interface ConnectivityDiffResult {
  readonly level: ConnectivityQuestion['level'];
  readonly format: ConnectivityDiffQuestion['format'];
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** Workloads, pods, namespaces or labels that are there before only, or after only, with or without connections. */
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
  /** Every pair that differs, in stable order; address ranges are joined where their neighbours differ alike. */
  readonly connections: readonly ChangedConnection[];
}
