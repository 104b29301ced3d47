import { assertNever } from '../kernel/assert-never.js';
import type { NetworkModel } from '../model/network-model.js';
import { absoluteName, isWithin } from './dns-name.js';
import { type DnsRecord, type QueryType, type Rcode, uniqueRecords } from './dns-record.js';
import { addressRecords } from './internal/address-records.js';
import { lookupExisting, nameServers, soaRecord } from './internal/apex.js';
import type { DnsDecision, Lookup } from './internal/candidate.js';
import { dnsIndex } from './internal/dns-index.js';
import { forwarderOf } from './internal/forwarders.js';
import { addressOfReverseName, lookupAddress } from './internal/lookup-address.js';
import { labelsBelow, lookupName } from './internal/lookup-name.js';
import { srvRecords } from './internal/srv-records.js';

/** What the outside world would answer; undefined when it is not known. */
export type Upstream = (
  name: string,
  type: QueryType,
) => { readonly records: readonly DnsRecord[]; readonly truncated: boolean } | undefined;

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
}

/** What the server answers, section by section, and the rules that decided, in order. */
export interface ServerAnswer {
  /** Undefined: forwarded to a resolver whose answer is not known. */
  readonly rcode: Rcode | undefined;
  readonly truncated: boolean;
  readonly answer: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
  readonly additional: readonly DnsRecord[];
  readonly decisions: readonly DnsDecision[];
  /** The resolvers that were asked, as the Corefile has them. */
  readonly forwardedTo: readonly string[] | undefined;
}

/** Positive records of one type, before the negative cases are told apart. */
interface Found {
  readonly exists: boolean;
  readonly records: readonly DnsRecord[];
  readonly additional: readonly DnsRecord[];
  readonly truncated: boolean;
  readonly decisions: readonly DnsDecision[];
}

/**
 * Answers one question as CoreDNS' `kubernetes` plugin does (coredns `plugin/kubernetes/handler.go`, `plugin/backend_lookup.go`; kubernetes/dns
 * `docs/specification.md` 1.1.0): zone by longest match, then the records of the type. NODATA and NXDOMAIN carry the zone's SOA. Serves HTTP and the wire.
 */
export function resolveRecord(server: NameServer, question: DnsQuestion): ServerAnswer {
  return resolveLinked(server, question, []);
}

/** `links` are the CNAMEs that led here from another zone of the server: a loop through two zones ends too. */
function resolveLinked(server: NameServer, question: DnsQuestion, links: readonly DnsRecord[]): ServerAnswer {
  const name = absoluteName(question.name);
  const zone = dnsIndex(server.model).zones.find((one) => isWithin(one, name.toLowerCase()));
  if (zone === undefined) return forward(server, name, question.type, []);
  // The zone keeps the case of the question in everything that is answered.
  const written = name.slice(name.length - zone.length);
  const result = recordsOf(server, { name, type: question.type, zone: written }, links);
  if (!result.exists && fallsThrough(server.model, name)) return forward(server, name, question.type, result.decisions);
  const { truncated, decisions } = result;
  const sections = { answer: uniqueRecords(result.records), additional: uniqueRecords(result.additional) };
  if (result.exists && result.records.length > 0)
    return { ...sections, rcode: 'NOERROR', truncated, authority: [], decisions, forwardedTo: undefined };
  const authority = [soaRecord(server.model, written, server.serial)];
  const noData: DnsDecision = { reason: 'TYPE_MISSING', message: `\`${name}\` has no ${question.type} record` };
  const negative = { ...sections, truncated, authority, forwardedTo: undefined };
  return result.exists
    ? { ...negative, rcode: 'NOERROR', decisions: [...decisions, noData] }
    : { ...negative, rcode: 'NXDOMAIN', decisions };
}

/** What nobody here answers goes to the next plugin: `forward`, or REFUSED where there is none. */
function forward(server: NameServer, name: string, type: QueryType, before: readonly DnsDecision[]): ServerAnswer {
  const empty = { truncated: false, answer: [], authority: [], additional: [] };
  const known = server.upstream?.(name, type);
  const target = forwarderOf(dnsIndex(server.model).forwarders, name.toLowerCase());
  if (!known && !target) {
    const decision: DnsDecision = { reason: 'NOT_IN_ZONE', message: `the server serves no zone of \`${name}\` and forwards it nowhere` };
    return { ...empty, rcode: 'REFUSED', decisions: [...before, decision], forwardedTo: undefined };
  }
  const to = target?.to ?? [];
  const where = to.length === 0 ? 'its upstream resolver' : to.map((one) => `\`${one}\``).join(', ');
  const decisions = [
    ...before,
    { reason: 'FORWARDED_UPSTREAM' as const, message: `\`${name}\` is not the cluster's: the server asks ${where}` },
  ];
  if (!known) return { ...empty, rcode: undefined, decisions, forwardedTo: to };
  return { ...empty, rcode: 'NOERROR', truncated: known.truncated, answer: known.records, decisions, forwardedTo: to };
}

/** `fallthrough` without zones covers every name (coredns `plugin/pkg/fall`). */
function fallsThrough(model: NetworkModel, name: string): boolean {
  const zones = model.profile.dns.fallthrough;
  return zones !== undefined && (zones.length === 0 || zones.some((zone) => isWithin(zone, name.toLowerCase())));
}

/** A question below one zone; `zone` is the end of `name`, in its case. */
interface ZoneQuestion {
  readonly name: string;
  readonly type: QueryType;
  readonly zone: string;
}

function recordsOf(server: NameServer, question: ZoneQuestion, links: readonly DnsRecord[]): Found {
  const { name, type, zone } = question;
  const atApex = name.length === zone.length;
  switch (type) {
    case 'A':
    case 'AAAA': {
      const askServer = (next: string, more: readonly DnsRecord[]) => resolveLinked(server, { name: next, type }, more);
      return { ...addressRecords(server, { name, type, zone }, links, askServer), additional: [] };
    }
    case 'SRV':
      return serviceRecords(server.model, name, zone);
    case 'CNAME':
      return aliases(server.model, name, lookupExisting(server.model, name, zone), 'CNAME');
    case 'PTR': {
      const address = addressOfReverseName(name);
      if (address === undefined) return existence(lookupName(server.model, name, zone));
      return aliases(server.model, name, lookupAddress(server.model, address), 'PTR');
    }
    case 'TXT':
      return textRecords(server.model, name, zone);
    case 'SOA':
      return startOfAuthority(server, name, zone, atApex);
    case 'NS':
      return atApex ? apexNameServers(server.model, zone) : existence(lookupExisting(server.model, name, zone));
    case 'MX':
    case 'OTHER':
      return existence(lookupExisting(server.model, name, zone));
    default:
      return assertNever(type);
  }
}

/** Tells an existing name from a missing one; gives no record. */
function existence(lookup: Lookup): Found {
  return { exists: lookup.exists, records: [], additional: [], truncated: false, decisions: [lookup.decision] };
}

/** Records whose data is a name. */
function aliases(model: NetworkModel, name: string, lookup: Lookup, type: 'CNAME' | 'PTR'): Found {
  const names = lookup.exists ? lookup.candidates.filter(({ kind }) => kind === 'name') : [];
  const records = names.map(({ host }): DnsRecord => ({ name, type, ttl: model.profile.dns.ttl, data: absoluteName(host) }));
  return { ...existence(lookup), records };
}

function serviceRecords(model: NetworkModel, name: string, zone: string): Found {
  const lookup = lookupName(model, name, zone);
  if (lookup.exists) return { ...existence(lookup), ...srvRecords(name, lookup.candidates, model.profile.dns.ttl) };
  return existence(lookupExisting(model, name, zone));
}

/** Only `dns-version` has text. CoreDNS answers NXDOMAIN for any other name that has no record at all, empty non-terminals included. */
function textRecords(model: NetworkModel, name: string, zone: string): Found {
  const labels = labelsBelow(name, zone);
  if (labels.length === 1 && labels[0] === 'dns-version') {
    const decision: DnsDecision = { reason: 'DNS_VERSION', message: 'the version of the DNS schema (specification 1.1.0 section 2.2)' };
    const record: DnsRecord = { name, type: 'TXT', ttl: 28800, data: '1.1.0' };
    return { exists: true, records: [record], additional: [], truncated: false, decisions: [decision] };
  }
  const lookup = lookupName(model, name, zone);
  return { ...existence(lookup), exists: lookup.exists && lookup.candidates.length > 0 };
}

/** Below the apex CoreDNS says NODATA, even where the name does not exist. */
function startOfAuthority(server: NameServer, name: string, zone: string, atApex: boolean): Found {
  const decision: DnsDecision = atApex
    ? { reason: 'ZONE_APEX', message: `\`${name}\` is a zone of this server` }
    : { reason: 'BELOW_APEX', message: `only a zone has a SOA record, and \`${name}\` is none` };
  return {
    exists: true,
    records: atApex ? [soaRecord(server.model, zone, server.serial)] : [],
    additional: [],
    truncated: false,
    decisions: [decision],
  };
}

function apexNameServers(model: NetworkModel, zone: string): Found {
  const { ttl } = model.profile.dns;
  const servers = nameServers(model, zone);
  const records = servers.map(({ owner }): DnsRecord => ({ name: zone, type: 'NS', ttl, data: owner }));
  const additional = servers.map(({ owner, host, kind }): DnsRecord => ({ name: owner, type: kind === 6 ? 'AAAA' : 'A', ttl, data: host }));
  const decision: DnsDecision = { reason: 'ZONE_APEX', message: `\`${zone}\` is a zone of this server` };
  return { exists: true, records, additional, truncated: false, decisions: [decision] };
}
