import { isWithin } from '../dns-name.js';
import type { DnsRecord, QueryType, Rcode } from '../dns-record.js';
import type { DnsDecision } from './candidate.js';
import { followLink } from './follow-link.js';
import { parentOf, type Zone } from './parse-zone.js';
import type { Serving } from './serving.js';

/** What a zone answers. */
export interface ZoneAnswer {
  /** Undefined: a record of a type that is not modelled may be the answer. */
  readonly rcode: Rcode | undefined;
  readonly answer: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
  readonly additional: readonly DnsRecord[];
  readonly truncated?: boolean;
  readonly decisions: readonly DnsDecision[];
}

/** Links within the zone that are followed (coredns `plugin/file/lookup.go` externalLookup). */
const MAX_LINKS = 8;

/**
 * Looks a name up in a zone (coredns `plugin/file/lookup.go`): label by label from the right, so that a delegation or a DNAME on the way decides; then the name itself, then the
 * wildcard of the nearest name that exists (RFC 4592). `name` is absolute, in lower case, and within the zone.
 */
export function lookupZone(zone: Zone, name: string, serving: Serving): ZoneAnswer {
  const { type } = serving;
  if (name === zone.origin && type === 'SOA') return positive(zone, [zone.soa], apexDecision(zone));
  if (name === zone.origin && type === 'NS')
    return { ...positive(zone, zone.nameServers, apexDecision(zone)), authority: [], additional: glueOf(zone, zone.nameServers) };
  for (const part of partsOf(zone, name)) {
    const records = zone.records.get(part) ?? [];
    const moved = records.find((record) => record.type === 'DNAME');
    if (moved && part !== name) return throughDname(zone, name, moved, serving);
    const servers = records.filter((record) => record.type === 'NS');
    if (servers.length > 0) return delegated(zone, name, part, servers);
  }
  const own = zone.records.get(name);
  if (own) return recordsOf(zone, name, { owner: name, records: own }, serving);
  return withoutRecords(zone, name, serving);
}

/** The zone, and each name below it down to the one asked for. */
function partsOf({ origin }: Zone, name: string): readonly string[] {
  const parts = [name];
  for (let part = name; part !== origin && part !== '.';) parts.unshift((part = parentOf(part)));
  return parts;
}

interface Owned {
  /** The name that has the records; not the one asked for where that is a wildcard. */
  readonly owner: string;
  readonly records: readonly DnsRecord[];
}

function recordsOf(zone: Zone, name: string, { owner, records }: Owned, serving: Serving): ZoneAnswer {
  const { type } = serving;
  const asked = (found: readonly DnsRecord[]) => found.map((record) => (record.name === name ? record : { ...record, name }));
  const alias = asked(records.filter((record) => record.type === 'CNAME'));
  const what = owner === name ? `\`${name}\` stands in the zone file` : `\`${name}\` is one of \`${owner}\` of the zone file`;
  const decision: DnsDecision = { reason: 'ZONE_FILE_RECORD', message: `${what} of \`${zone.origin}\`` };
  if (alias.length > 0 && type !== 'CNAME') return through(zone, alias, decision, serving);
  const found = asked(records.filter((record) => record.type === type));
  if (found.length > 0) return { ...positive(zone, found, decision), additional: targetsOf(zone, found) };
  if (type === 'OTHER' && zone.others.has(owner)) {
    const message = `\`${name}\` has records of types that are not modelled`;
    return {
      rcode: undefined,
      answer: [],
      authority: [],
      additional: [],
      decisions: [decision, { reason: 'PLUGIN_NOT_MODELLED', message }],
    };
  }
  return negative(zone, 'NOERROR', [decision, noData(name, type)]);
}

function withoutRecords(zone: Zone, name: string, serving: Serving): ZoneAnswer {
  if (zone.nonTerminals.has(name)) {
    const message = `\`${name}\` exists and has no records of its own`;
    return negative(zone, 'NOERROR', [{ reason: 'EMPTY_NON_TERMINAL', message }]);
  }
  const owner = `*.${closestOf(zone, name)}`;
  const records = zone.records.get(owner);
  if (records) return recordsOf(zone, name, { owner, records }, serving);
  const message = `the zone file of \`${zone.origin}\` has no \`${name}\``;
  return negative(zone, 'NXDOMAIN', [{ reason: 'ZONE_FILE_NOTHING', message }]);
}

/** The nearest name above that exists (RFC 4592 section 3.3.1). */
function closestOf({ origin, records, nonTerminals }: Zone, name: string): string {
  let above = parentOf(name);
  while (above !== origin && above !== '.' && !records.has(above) && !nonTerminals.has(above)) above = parentOf(above);
  return above;
}

function throughDname(zone: Zone, name: string, dname: DnsRecord, serving: Serving): ZoneAnswer {
  const below = name.slice(0, name.length - dname.name.length);
  const alias: DnsRecord = { name, type: 'CNAME', ttl: dname.ttl, data: `${below}${dname.data === '.' ? '' : dname.data}`.toLowerCase() };
  const message = `what is below \`${dname.name}\` stands below \`${dname.data}\` (DNAME of the zone file)`;
  const answer = through(zone, [alias], { reason: 'ZONE_FILE_RECORD', message }, serving);
  return { ...answer, answer: [dname, ...answer.answer] };
}

/** Follows an alias: within the zone as long as the names stand there, then the whole server is asked. */
function through(zone: Zone, alias: readonly DnsRecord[], decision: DnsDecision, serving: Serving): ZoneAnswer {
  const { type } = serving;
  const answer = [...alias];
  let link = alias[0];
  for (let links = 0; link; links++) {
    const target = link.data.toLowerCase();
    const records = zone.records.get(target);
    if (!records) return outside(zone, answer, link, decision, serving);
    const next = records.filter((record) => record.type === 'CNAME');
    for (const record of next.length > 0 ? next : records.filter((one) => one.type === type)) answer.push(record);
    if (links >= MAX_LINKS) break;
    link = next[0];
  }
  return positive(zone, answer, decision);
}

function outside(zone: Zone, answer: readonly DnsRecord[], link: DnsRecord, decision: DnsDecision, serving: Serving): ZoneAnswer {
  const passed = answer.filter((record) => record.type === 'CNAME' && record !== link);
  const followed = followLink(link, { ...serving, links: [...serving.links, ...passed] });
  return {
    ...positive(zone, [...answer, ...(followed?.answer ?? [])], decision),
    rcode: followed?.rcode ?? 'NOERROR',
    truncated: followed?.truncated ?? false,
    decisions: [decision, ...(followed?.decisions ?? [])],
  };
}

function delegated(zone: Zone, name: string, owner: string, servers: readonly DnsRecord[]): ZoneAnswer {
  const message = `\`${name}\` is not this server's: \`${owner}\` is delegated to ${servers.map(({ data }) => `\`${data}\``).join(', ')}`;
  const decision: DnsDecision = { reason: 'ZONE_DELEGATED', message };
  return { rcode: 'NOERROR', answer: [], authority: servers, additional: glueOf(zone, servers), decisions: [decision] };
}

function positive({ nameServers }: Zone, answer: readonly DnsRecord[], decision: DnsDecision): ZoneAnswer {
  return { rcode: 'NOERROR', answer, authority: nameServers, additional: [], decisions: [decision] };
}

function negative({ soa }: Zone, rcode: 'NOERROR' | 'NXDOMAIN', decisions: readonly DnsDecision[]): ZoneAnswer {
  return { rcode, answer: [], authority: [soa], additional: [], decisions };
}

function apexDecision({ origin }: Zone): DnsDecision {
  return { reason: 'ZONE_APEX', message: `\`${origin}\` is a zone of this server, from a zone file` };
}

function noData(name: string, type: QueryType): DnsDecision {
  return { reason: 'TYPE_MISSING', message: `\`${name}\` has no ${type === 'OTHER' ? 'such' : type} record` };
}

/** Addresses of the name servers whose names lie below what they serve. */
function glueOf(zone: Zone, servers: readonly DnsRecord[]): readonly DnsRecord[] {
  return addressesOfAll(
    zone,
    servers.flatMap(({ name, data }) => (isWithin(name, data) ? [data] : [])),
  );
}

/** Addresses of what SRV and MX records lead to within the zone. */
function targetsOf(zone: Zone, records: readonly DnsRecord[]): readonly DnsRecord[] {
  const targets = records.flatMap(({ type, data }) => (type === 'SRV' || type === 'MX' ? [data.slice(data.lastIndexOf(' ') + 1)] : []));
  return addressesOfAll(
    zone,
    targets.filter((target) => isWithin(zone.origin, target)),
  );
}

/** Those of each name once, however many records lead to it (RFC 2181 section 5: a record is sent once). */
function addressesOfAll(zone: Zone, names: readonly string[]): readonly DnsRecord[] {
  return [...new Set(names.map((name) => name.toLowerCase()))].flatMap((name) => addressesOf(zone, name));
}

function addressesOf({ records }: Zone, name: string): readonly DnsRecord[] {
  const found = records.get(name) ?? [];
  return [...found.filter(({ type }) => type === 'A'), ...found.filter(({ type }) => type === 'AAAA')];
}
