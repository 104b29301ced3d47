import type { ObjectRef } from '../../kernel/object-ref.js';

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
  readonly reason: DnsReason;
  readonly message: string;
  readonly object?: ObjectRef | undefined;
}

/** Reason codes of the name server's decisions. */
export type DnsReason =
  | 'NOT_IN_ZONE'
  | 'NOT_ASKED_HERE'
  | 'FORWARDED_UPSTREAM'
  | 'NAME_MALFORMED'
  | 'EMPTY_NON_TERMINAL'
  | 'NAMESPACE_UNKNOWN'
  | 'NAMESPACE_HIDDEN'
  | 'SERVICE_UNKNOWN'
  | 'SERVICE_EMPTY_IGNORED'
  | 'SERVICE_PORT_UNKNOWN'
  | 'ENDPOINT_UNKNOWN'
  | 'HEADLESS_NOT_READY'
  | 'EXTERNAL_NAME_SUBDOMAIN'
  | 'EXTERNALNAME_IP'
  | 'EXTERNALNAME_CHAIN_BROKEN'
  | 'EXTERNALNAME_LOOP'
  | 'EXTERNALNAME_OUTSIDE'
  | 'EXTERNAL_NAME'
  | 'CLUSTER_IP'
  | 'HEADLESS_ENDPOINTS'
  | 'ENDPOINT_ADDRESS'
  | 'POD_RECORDS_DISABLED'
  | 'POD_ADDRESS'
  | 'POD_UNKNOWN'
  | 'FAMILY_MISSING'
  | 'TYPE_MISSING'
  | 'REVERSE_CLUSTER_IP'
  | 'REVERSE_ENDPOINT'
  | 'REVERSE_UNKNOWN'
  | 'ZONE_APEX'
  | 'BELOW_APEX'
  | 'DNS_VERSION';

/** What a lookup came to: candidates (none = the name exists without records), or no such name. */
export type Lookup =
  | { readonly exists: true; readonly candidates: readonly Candidate[]; readonly decision: DnsDecision }
  | { readonly exists: false; readonly decision: DnsDecision };

/** The name exists; `candidates` may be empty. */
export function found(candidates: readonly Candidate[], reason: DnsReason, message: string, object?: ObjectRef): Lookup {
  return { exists: true, candidates, decision: { reason, message, object } };
}

/** The name does not exist. */
export function missing(reason: DnsReason, message: string, object?: ObjectRef): Lookup {
  return { exists: false, decision: { reason, message, object } };
}
