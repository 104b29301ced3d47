import type { DnsRecord, QueryType } from '../dns-record.js';
import type { ServerAnswer, Upstream } from '../server-answer.js';
import type { DnsDecision } from './candidate.js';

/** One question on its way through the plugins of a block. */
export interface Serving {
  readonly type: QueryType;
  /** The address that asks. */
  readonly client: string | undefined;
  /** SOA serial. */
  readonly serial: number;
  readonly upstream: Upstream | undefined;
  /** CNAMEs that led here from another zone of the server: a loop through two zones ends too. */
  readonly links: readonly DnsRecord[];
  /** For a cache in front of it: the cluster's DNS server, and the addresses that lead to it. */
  readonly behind: { readonly addresses: ReadonlySet<string>; ask(name: string): ServerAnswer } | undefined;
  /** Asks the whole server, from its first plugin, for a name that `links` led to. */
  ask(name: string, type: QueryType, links: readonly DnsRecord[]): ServerAnswer;
}

/** Asks the plugins that follow; the name is absolute. */
export type Next = (name: string) => ServerAnswer;

const EMPTY = { truncated: false, answer: [], authority: [], additional: [], forwardedTo: undefined } as const;

/** An answer without records. */
export function emptyAnswer(rcode: ServerAnswer['rcode'], decision: DnsDecision): ServerAnswer {
  return { ...EMPTY, rcode, decisions: [decision] };
}

/** The answer of a further plugin, behind what an earlier one decided. */
export function after(decision: DnsDecision, answer: ServerAnswer): ServerAnswer {
  return { ...answer, decisions: [decision, ...answer.decisions] };
}
