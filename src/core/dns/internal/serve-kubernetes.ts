import { assertNever } from '../../kernel/assert-never.js';
import { absoluteName, isWithin } from '../dns-name.js';
import { type DnsRecord, type QueryType, uniqueRecords } from '../dns-record.js';
import type { ServerAnswer } from '../server-answer.js';
import { addressRecords } from './address-records.js';
import { lookupExisting, nameServers, soaRecord } from './apex.js';
import type { DnsDecision, Lookup } from './candidate.js';
import { fallsThrough } from './falls-through.js';
import type { KubernetesServer } from './kubernetes-server.js';
import { addressTextOf, lookupAddress } from './lookup-address.js';
import { labelsBelow, lookupName } from './lookup-name.js';
import type { Next, Serving } from './serving.js';
import { srvRecords } from './srv-records.js';

/** Records of one type, before the negative cases are told apart. */
interface Found {
  readonly exists: boolean;
  readonly records: readonly DnsRecord[];
  readonly additional: readonly DnsRecord[];
  readonly truncated: boolean;
  readonly decisions: readonly DnsDecision[];
}

/**
 * Answers as CoreDNS' `kubernetes` plugin does (coredns `plugin/kubernetes/handler.go`, `plugin/backend_lookup.go`; kubernetes/dns `docs/specification.md` 1.1.0):
 * zone by longest match, then the records of the type. NODATA and NXDOMAIN carry the zone's SOA.
 */
export function serveKubernetes(server: KubernetesServer, name: string, serving: Serving, next: Next): ServerAnswer {
  const lower = name.toLowerCase();
  const zone = server.options.zones.find((one) => isWithin(one, lower));
  if (zone === undefined) return next(name);
  // The zone keeps the case of the question in everything that is answered.
  const written = name.slice(name.length - zone.length);
  const result = recordsOf(server, { name, type: serving.type, zone: written }, serving);
  if (!result.exists && fallsThrough(server.options.fallthrough, lower)) {
    const answer = next(name);
    return { ...answer, decisions: [...result.decisions, ...answer.decisions] };
  }
  const { truncated, decisions } = result;
  const negative = !result.exists || result.records.length === 0;
  return {
    rcode: result.exists ? 'NOERROR' : 'NXDOMAIN',
    truncated,
    answer: isPlain(result.records, serving.type) ? result.records : uniqueRecords(result.records),
    authority: negative ? [soaRecord(server, written, serving.serial)] : NOTHING,
    additional: uniqueRecords(result.additional),
    decisions: result.exists && negative ? [...decisions, noData(name, serving.type)] : decisions,
    forwardedTo: undefined,
  };
}

/** Addresses of one name, which are gathered once each. */
function isPlain([first]: readonly DnsRecord[], type: QueryType): boolean {
  return first?.type === type && (type === 'A' || type === 'AAAA');
}

const NOTHING: readonly DnsRecord[] = [];

function noData(name: string, type: QueryType): DnsDecision {
  return { reason: 'TYPE_MISSING', message: `\`${name}\` has no ${type} record` };
}

/** A question below one zone; `zone` is the end of `name`, in its case. */
interface ZoneQuestion {
  readonly name: string;
  readonly type: QueryType;
  readonly zone: string;
}

function recordsOf(server: KubernetesServer, question: ZoneQuestion, serving: Serving): Found {
  const { name, type, zone } = question;
  const atApex = name.length === zone.length;
  switch (type) {
    case 'A':
    case 'AAAA': {
      const askServer = (target: string, links: readonly DnsRecord[]) => serving.ask(target, type, links);
      const { exists, records, truncated, decisions } = addressRecords(server, { name, type, zone }, serving.links, askServer);
      return { exists, records, truncated, decisions, additional: NOTHING };
    }
    case 'SRV':
      return serviceRecords(server, name, zone);
    case 'CNAME':
      return aliases(server, name, lookupExisting(server, name, zone), 'CNAME');
    case 'PTR': {
      const address = addressTextOf(name);
      if (address === undefined) return existence(lookupName(server, name, zone));
      return aliases(server, name, lookupAddress(server, address), 'PTR');
    }
    case 'TXT':
      return textRecords(server, name, zone);
    case 'SOA':
      return startOfAuthority(server, question, serving.serial, atApex);
    case 'NS':
      return atApex ? apexNameServers(server, zone) : existence(lookupExisting(server, name, zone));
    case 'DNAME':
    case 'MX':
    case 'OTHER':
      return existence(lookupExisting(server, name, zone));
    default:
      return assertNever(type);
  }
}

/** Tells an existing name from a missing one; gives no record. */
function existence(lookup: Lookup): Found {
  return { exists: lookup.exists, records: [], additional: [], truncated: false, decisions: [lookup.decision] };
}

/** Records whose data is a name. */
function aliases({ options }: KubernetesServer, name: string, lookup: Lookup, type: 'CNAME' | 'PTR'): Found {
  const names = lookup.exists ? lookup.candidates.filter(({ kind }) => kind === 'name') : [];
  const records = names.map(({ host }): DnsRecord => ({ name, type, ttl: options.ttl, data: absoluteName(host) }));
  return { ...existence(lookup), records };
}

function serviceRecords(server: KubernetesServer, name: string, zone: string): Found {
  const lookup = lookupName(server, name, zone);
  if (lookup.exists) return { ...existence(lookup), ...srvRecords(name, lookup.candidates, server.options.ttl) };
  return existence(lookupExisting(server, name, zone));
}

/**
 * Only `dns-version` has text. CoreDNS answers NXDOMAIN for any other name that has no record at all, empty non-terminals included; a topology zone without
 * endpoints is no data for every type.
 */
function textRecords(server: KubernetesServer, name: string, zone: string): Found {
  const labels = labelsBelow(name, zone);
  if (labels.length === 1 && labels[0] === 'dns-version') {
    const decision: DnsDecision = { reason: 'DNS_VERSION', message: 'the version of the DNS schema (specification 1.1.0 section 2.2)' };
    const record: DnsRecord = { name, type: 'TXT', ttl: 28800, data: '1.1.0' };
    return { exists: true, records: [record], additional: [], truncated: false, decisions: [decision] };
  }
  const lookup = lookupName(server, name, zone);
  return { ...existence(lookup), exists: lookup.exists && (lookup.candidates.length > 0 || lookup.decision.reason === 'ZONAL_ENDPOINTS') };
}

/** Below the apex CoreDNS says NODATA, even where the name does not exist. */
function startOfAuthority(server: KubernetesServer, { name, zone }: ZoneQuestion, serial: number, atApex: boolean): Found {
  const decision: DnsDecision = atApex
    ? { reason: 'ZONE_APEX', message: `\`${name}\` is a zone of this server` }
    : { reason: 'BELOW_APEX', message: `only a zone has a SOA record, and \`${name}\` is none` };
  const records = atApex ? [soaRecord(server, zone, serial)] : [];
  return { exists: true, records, additional: [], truncated: false, decisions: [decision] };
}

function apexNameServers(server: KubernetesServer, zone: string): Found {
  const { ttl } = server.options;
  const servers = nameServers(server, zone);
  const records = servers.map(({ owner }): DnsRecord => ({ name: zone, type: 'NS', ttl, data: owner }));
  const additional = servers.map(({ owner, host, kind }): DnsRecord => ({ name: owner, type: kind === 6 ? 'AAAA' : 'A', ttl, data: host }));
  const decision: DnsDecision = { reason: 'ZONE_APEX', message: `\`${zone}\` is a zone of this server` };
  return { exists: true, records, additional, truncated: false, decisions: [decision] };
}
