import type { NetworkModel } from '../model/network-model.js';
import type { DnsRecord, QueryType, Rcode } from './dns-record.js';
import type { DnsDecision } from './internal/candidate.js';

/** What the outside world would answer, NOERROR where no other code stands there; undefined when it is not known. */
export type Upstream = (
  name: string,
  type: QueryType,
) => { readonly records: readonly DnsRecord[]; readonly truncated: boolean; readonly rcode?: Rcode } | undefined;

/** The cluster's DNS server at one revision. */
export interface NameServer {
  readonly model: NetworkModel;
  /** SOA serial: the revision. */
  readonly serial: number;
  readonly upstream?: Upstream | undefined;
}

/** One question on the wire. */
export interface DnsQuestion {
  /** Absolute or not; taken as absolute. Its case is echoed. */
  readonly name: string;
  readonly type: QueryType;
  /** The address that the question comes from, in canonical text: `autopath` looks at it. Undefined: nobody of the cluster. */
  readonly client?: string | undefined;
}

/** What the server answers, section by section, and the rules that decided, in order. */
export interface ServerAnswer {
  /** Undefined: the answer is another resolver's, or of a plugin that is not modelled; it is not known. */
  readonly rcode: Rcode | undefined;
  readonly truncated: boolean;
  readonly answer: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
  readonly additional: readonly DnsRecord[];
  readonly decisions: readonly DnsDecision[];
  /** The resolvers that were asked, as the Corefile has them. */
  readonly forwardedTo: readonly string[] | undefined;
}
