import type { ResolvedEndpoints } from '../model/resolved-endpoints.js';
import type { AskedProtocol } from './asked-protocol.js';
import type { DecidingRule } from './policy-result.js';

/** Whose connections to find: one side is named, the other is everybody or a part of them. */
export interface ReachabilityQuestion {
  /** `to`: who reaches it; `from`: what it reaches. */
  readonly side: 'from' | 'to';
  readonly subject: ResolvedEndpoints;
  /** Undefined: every workload and every address outside. */
  readonly others: ResolvedEndpoints | undefined;
  readonly protocol: AskedProtocol | undefined;
  readonly port: string | undefined;
}

/** The meaning of each verdict. */
export const REACHABILITY_VERDICTS = {
  REACHABLE: 'at least one of the others can connect',
  UNREACHABLE: 'none of the others can connect',
} as const;

/** Whether anybody connects. */
export type ReachabilityVerdict = keyof typeof REACHABILITY_VERDICTS;

/** Workloads of one namespace. */
export interface ReachingNamespace {
  readonly namespace: string;
  readonly count: number;
  /** They are all that were asked about in this namespace. */
  readonly all: boolean;
  /** `Deployment shop/web`; of many the first twenty. */
  readonly workloads: readonly string[];
}

/** Others that may use the same connections by the same rules. */
export interface ReachingGroup {
  /** `All Connections`, `TCP 5432`. */
  readonly connection: string;
  /** Some pods of the two sides may use less. */
  readonly partial: boolean;
  /** Workloads, nodes and address ranges. */
  readonly count: number;
  readonly namespaces: readonly ReachingNamespace[];
  readonly nodes: readonly string[];
  /** Addresses outside, neighbours joined: `203.0.113.0/24`; everything of a family is `0.0.0.0/0`. */
  readonly addresses: readonly string[];
  /** The rules that decide, of both sides; empty where no policy does. */
  readonly rules: readonly DecidingRule[];
}

/** What `reachability` finds out beside the verdict. */
export interface ReachabilityResult {
  readonly side: ReachabilityQuestion['side'];
  /** The named side in words: its workloads, nodes or addresses; of many the first twenty. */
  readonly subject: readonly string[];
  /** Largest first. */
  readonly groups: readonly ReachingGroup[];
  /** Addresses outside the cluster are among those that connect. */
  readonly internet: boolean;
  /** How many of the others connect, and how many do not. */
  readonly connected: number;
  readonly cutOff: number;
  /** Those that do not, by namespace. */
  readonly cutOffNamespaces: readonly ReachingNamespace[];
}
