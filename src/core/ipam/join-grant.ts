import type { IpFamily } from '../net/ip.js';
import type { Note } from '../kernel/answer.js';
import type { IpamReason } from './ipam-reasons.js';
import type { UsedPart } from './node-grant.js';

/** What comes of it in one family. */
export const JOIN_OUTCOMES = {
  GIVEN: 'it gets what it asks for',
  REFUSED: 'it asks and gets nothing, or too little',
  NOT_ASKED: 'nothing of the family is asked for it',
  UNKNOWN: 'the cluster’s objects do not tell what would be given',
} as const satisfies Record<string, string>;

/** One of them. */
export type JoinOutcome = keyof typeof JOIN_OUTCOMES;

/** What something that joins gets of one family. */
export interface JoinGrant {
  readonly family: IpFamily;
  readonly outcome: JoinOutcome;
  /** Of a pod or a service, and of a node with Calico: what all of it is of; null where no pool serves, or several do. */
  readonly pool: string | null;
  /** Of a pod or a service; in the order in which they are given. */
  readonly addresses: readonly string[];
  /** Of a node: what its pods get their addresses of. */
  readonly ranges: readonly string[];
  /** The same, had whoever gives them been restarted; null where that makes no difference. */
  readonly rangesAfterRestart: readonly string[] | null;
  readonly parts: readonly UsedPart[];
  readonly reason: IpamReason;
  readonly message: string;
}

/** Grants, and what they rest on. */
export interface Joined {
  readonly grants: readonly JoinGrant[];
  readonly assumptions: readonly Note[];
}

type Told = Pick<JoinGrant, 'family' | 'outcome' | 'reason' | 'message'> & Partial<JoinGrant>;

/** A grant with what it says, and nothing else. */
export function joinGrant(told: Told): JoinGrant {
  return { pool: null, addresses: [], ranges: [], rangesAfterRestart: null, parts: [], ...told };
}
