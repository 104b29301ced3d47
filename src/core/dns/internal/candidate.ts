import type { ObjectRef } from '../../kernel/object-ref.js';
import type { ServerReason } from '../dns-reasons.js';

/** Something a name could stand for (coredns `plugin/etcd/msg.Service`): an address or a name, with the port SRV would tell. */
export interface Candidate {
  /** The name of the thing itself: target of SRV records, owner of their addresses. */
  readonly owner: string;
  /** An address in canonical text, or a name. */
  readonly host: string;
  readonly kind: 4 | 6 | 'name';
  /** Undefined: it has no declared port and gives no SRV. */
  readonly port: number | undefined;
}

/** Why the server answered as it did. Codes stand in the room's README. */
export interface DnsDecision {
  readonly reason: ServerReason;
  readonly message: string;
  readonly object?: ObjectRef | undefined;
}

/** What a lookup came to: candidates (none = the name exists without records), or no such name. */
export type Lookup =
  | { readonly exists: true; readonly candidates: readonly Candidate[]; readonly decision: DnsDecision }
  | { readonly exists: false; readonly decision: DnsDecision };

/** The name exists; `candidates` may be empty. */
export function found(candidates: readonly Candidate[], reason: ServerReason, message: string, object?: ObjectRef): Lookup {
  return { exists: true, candidates, decision: { reason, message, object } };
}

/** The name does not exist. */
export function missing(reason: ServerReason, message: string, object?: ObjectRef): Lookup {
  return { exists: false, decision: { reason, message, object } };
}
