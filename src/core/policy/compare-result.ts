/** The meaning of each verdict. */
export const COMPARE_VERDICTS = {
  EQUAL: 'both allow exactly the same connections',
  CONTAINED: 'the second allows all that the first does, and more',
  CONTAINING: 'the first allows all that the second does, and more',
  OVERLAPPING: 'each allows something that the other does not, and they have connections in common',
  DISJOINT: 'each allows something, and they have no connection in common',
  UNKNOWN: 'the policies cannot be compared over all pods there could be',
} as const;

/** How what one set of policies allows stands to what another does. */
export type CompareVerdict = keyof typeof COMPARE_VERDICTS;

/** Over whom: the endpoints that the cluster has, or every pod, namespace, node and address that there could be. */
export const COMPARE_SCOPES = ['cluster', 'possible'] as const;

/** One of {@link COMPARE_SCOPES}. */
export type CompareScope = (typeof COMPARE_SCOPES)[number];

/** A connection that one of the two allows and the other does not. */
export interface Witness {
  readonly allowedBy: 'a' | 'b';
  readonly from: string;
  readonly to: string;
  /** `TCP`, `ICMP`; `protocol 50` for others. */
  readonly protocol: string;
  /** Null where the protocol has none. */
  readonly port: number | null;
}

/** Two kinds of endpoints between which the two do not allow the same. */
export interface ComparedPair {
  readonly from: string;
  readonly to: string;
  /** All that each allows: `TCP 80,443`. */
  readonly a: string;
  readonly b: string;
  readonly witnesses: readonly Witness[];
}

/** The two sets over one scope. Only pairs count of which one side is selected by a policy of either set: elsewhere both allow everything. */
export interface Comparison {
  readonly relation: CompareVerdict;
  /** How many pairs of unlike endpoints were compared. */
  readonly pairs: number;
  readonly differences: readonly ComparedPair[];
  /** How many differences are not listed. */
  readonly omitted: number;
  /** What the rules of B accept at the pods that B selects A allows there, all of it. */
  readonly permits: boolean;
  /** A allows nothing of it. */
  readonly forbids: boolean;
  /** Beside A, B's pods may have connections that B alone does not allow; null where the two are of different revisions. */
  readonly interferes: boolean | null;
}

/** What `policy-compare` finds out beside the verdict. */
export interface CompareResult {
  readonly over: CompareScope;
  readonly a: readonly string[];
  readonly b: readonly string[];
  readonly cluster: Comparison;
  /** Null where it cannot be said: `whyNot` tells. */
  readonly possible: Comparison | null;
  readonly whyNot: string | null;
}
