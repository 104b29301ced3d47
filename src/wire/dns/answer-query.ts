import type { DnsRecord } from '../../core/dns/dns-record.js';
import type { DnsQuestion, ServerAnswer } from '../../core/dns/server-answer.js';
import { canonicalIp } from '../../core/net/ip.js';
import type { WireQuery, WireQuestion } from './read-query.js';
import { queryTypeOf } from './record-number.js';
import type { WireResponse } from './write-response.js';

/** Who answers questions, and whom they come from. */
export interface Answering {
  /** Undefined: there is nothing to answer from yet. */
  readonly server: { answer(question: DnsQuestion): ServerAnswer } | undefined;
  /** Source address of the packet. */
  readonly from: string;
}

const INTERNET = 1;
/** IXFR and AXFR (RFC 1995, RFC 5936). */
const TRANSFERS: readonly number[] = [251, 252];

/** Codes of RFC 8914. */
const REMARKS = { other: 0, notReady: 14, notAuthoritative: 20, notSupported: 21 } as const;

const NO_RECORDS: readonly DnsRecord[] = [];

/** An answer without records. */
function bare(code: WireResponse['code'], remark?: WireResponse['remark']): WireResponse {
  return { code, authoritative: false, truncated: false, sections: [NO_RECORDS, NO_RECORDS, NO_RECORDS], remark };
}

/** Where the cluster has no revision yet. */
const NOTHING_YET = bare('SERVFAIL', { code: REMARKS.notReady, text: 'the cluster does not exist, or nothing was imported into it yet' });

/** Where the answer could not be found out. */
export const FAILED = bare('SERVFAIL', { code: REMARKS.other, text: 'the answer could not be found out: see the log of the server' });

/** For who asks too much: an empty answer that says it is not all, so that who means it comes by TCP. */
export const COME_BY_TCP: WireResponse = { ...bare('NOERROR'), truncated: true };

/**
 * What a query is answered with that no cluster has to be looked at for; undefined: it has to be. Only class IN is served, and no transfers (coredns
 * `core/dnsserver/server.go` ServeDNS); an EDNS version other than 0 gets BADVERS (RFC 6891 section 6.1.3).
 */
export function refusalOf({ fault, question, edns }: WireQuery): WireResponse | undefined {
  if (fault || !question) return bare(fault ?? 'FORMERR');
  if (edns && edns.version !== 0) return bare('BADVERS');
  if (question.class !== INTERNET) return bare('REFUSED', { code: REMARKS.notSupported, text: 'only class IN is served' });
  if (TRANSFERS.includes(question.type)) return bare('REFUSED', { code: REMARKS.notSupported, text: 'zones are not transferred' });
  return undefined;
}

/** What a question is answered with, by the same function as over HTTP. */
export function answerQuery(question: WireQuestion, edns: WireQuery['edns'], { server, from }: Answering): WireResponse {
  if (!server) return NOTHING_YET;
  const behalf = edns?.subnet?.address;
  const answer = server.answer({ name: question.name, type: queryTypeOf(question.type), client: clientOf(behalf ?? from) });
  return responseOf(answer, behalf !== undefined);
}

/** As the model has addresses: IPv4 is that already as it comes, IPv6 may be mapped, or name a link. */
function clientOf(address: string): string | undefined {
  return address.includes(':') ? canonicalIp(address.replace(/%.*$/, '')) : address;
}

/**
 * The answer of the cluster's server. What only another resolver knows is asked of nobody: a CNAME that leads there stands alone, and where there is not even one,
 * the question is refused.
 */
function responseOf({ rcode, truncated, answer, authority, additional, decisions }: ServerAnswer, usedSubnet: boolean): WireResponse {
  const code = rcode ?? (answer.length > 0 ? 'NOERROR' : 'REFUSED');
  const authoritative = (code === 'NOERROR' && !isReferral(answer, authority)) || code === 'NXDOMAIN';
  const remark =
    code === 'NOERROR' || code === 'NXDOMAIN'
      ? undefined
      : { code: code === 'REFUSED' ? REMARKS.notAuthoritative : REMARKS.other, text: decisions.at(-1)?.message ?? '' };
  return { code, authoritative, truncated, sections: [answer, authority, additional], remark, usedSubnet };
}

/** Names the servers of a zone that is not ours (RFC 1034 section 4.3.1). */
function isReferral(answer: readonly DnsRecord[], authority: readonly DnsRecord[]): boolean {
  return answer.length === 0 && authority.length > 0 && authority.every(({ type }) => type === 'NS');
}
