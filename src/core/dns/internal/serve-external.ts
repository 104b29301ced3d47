import { absoluteName } from '../dns-name.js';
import { type DnsRecord, uniqueRecords } from '../dns-record.js';
import type { ServerAnswer } from '../server-answer.js';
import type { Candidate, DnsDecision } from './candidate.js';
import { externalNameServers, lookupExternal, lookupExternalAddress } from './lookup-external.js';
import { fallsThrough, zoneOf } from './falls-through.js';
import { followLink } from './follow-link.js';
import { addressTextOf } from './lookup-address.js';
import { labelsBelow } from './lookup-name.js';
import type { ExternalPlugin } from './plugin.js';
import { emptyAnswer, type Next, type Serving } from './serving.js';
import { srvRecords } from './srv-records.js';

/**
 * `k8s_external` (coredns `plugin/k8s_external/{external,apex,msg_to_dns}.go`): `<service>.<namespace>.<zone>` for the addresses that services have outside the
 * cluster. The zone stands in lower case in the answers; the SOA of the zone goes with every answer without records.
 */
export function serveExternal(plugin: ExternalPlugin, name: string, serving: Serving, next: Next): ServerAnswer {
  const lower = name.toLowerCase();
  const zone = zoneOf(plugin.zones, lower);
  if (zone === undefined) return next(name);
  if (lower === zone) return apex(plugin, name, zone, serving);
  if (lower === `${plugin.apex}.${zone}` || lower.endsWith(`.${plugin.apex}.${zone}`)) return belowApex(plugin, name, zone, serving);
  const lookup = lookupOf(plugin, name, zone, serving);
  if (!lookup.exists && fallsThrough(plugin.fallthrough, lower)) return next(name);
  const found = lookup.exists ? recordsOf(plugin, name, lookup.candidates, serving) : NOTHING;
  return answered(plugin, zone, serving, lookup.decision, found, lookup.exists ? 'NOERROR' : 'NXDOMAIN');
}

interface Sections {
  readonly answer: readonly DnsRecord[];
  readonly additional: readonly DnsRecord[];
  readonly truncated?: boolean;
}

const NOTHING: Sections = { answer: [], additional: [] };

function answered(
  plugin: ExternalPlugin,
  zone: string,
  { serial }: Serving,
  decision: DnsDecision,
  { answer, additional, truncated = false }: Sections,
  rcode: 'NOERROR' | 'NXDOMAIN' = 'NOERROR',
): ServerAnswer {
  const authority = answer.length > 0 ? [] : [soa(plugin, zone, serial)];
  const sections = { answer: uniqueRecords(answer), additional: uniqueRecords(additional), authority, truncated };
  return { ...emptyAnswer(rcode, decision), ...sections };
}

function soa({ apex: label, ttl }: ExternalPlugin, zone: string, serial: number): DnsRecord {
  const data = `ns1.${label}.${zone} hostmaster.${label}.${zone} ${serial} 7200 1800 86400 ${ttl}`;
  return { name: zone, type: 'SOA', ttl, data };
}

function apex(plugin: ExternalPlugin, name: string, zone: string, serving: Serving): ServerAnswer {
  const decision: DnsDecision = { reason: 'ZONE_APEX', message: `\`${name}\` is a zone of \`k8s_external\`` };
  const { ttl } = plugin;
  if (serving.type === 'SOA') return answered(plugin, zone, serving, decision, { ...NOTHING, answer: [soa(plugin, zone, serving.serial)] });
  if (serving.type !== 'NS') return answered(plugin, zone, serving, decision, NOTHING);
  const own = `ns1.${plugin.apex}.${name}`;
  const answer: DnsRecord = { name: zone, type: 'NS', ttl, data: `ns1.${plugin.apex}.${zone}` };
  return answered(plugin, zone, serving, decision, { answer: [answer], additional: addressesOf(externalNameServers(plugin), own, ttl) });
}

/** `dns.<zone>` has no records, `ns1.dns.<zone>` the addresses of the name server, and nothing else is below. */
function belowApex(plugin: ExternalPlugin, name: string, zone: string, serving: Serving): ServerAnswer {
  const labels = labelsBelow(name, zone);
  if (labels.length === 1) {
    const decision: DnsDecision = { reason: 'EMPTY_NON_TERMINAL', message: `\`${name}\` exists and has no records of its own` };
    return answered(plugin, zone, serving, decision, NOTHING);
  }
  if (labels.length !== 2 || labels[0] !== 'ns1') {
    const decision: DnsDecision = { reason: 'EXTERNAL_NOTHING', message: `only \`ns1\` is below \`${plugin.apex}.${zone}\`` };
    return answered(plugin, zone, serving, decision, NOTHING, 'NXDOMAIN');
  }
  const decision: DnsDecision = { reason: 'ZONE_APEX', message: `\`${name}\` is the name server of the zone` };
  const answer = addressesOf(externalNameServers(plugin), name, plugin.ttl).filter(({ type }) => type === serving.type);
  return answered(plugin, zone, serving, decision, { ...NOTHING, answer });
}

function addressesOf(hosts: readonly Candidate[], name: string, ttl: number): readonly DnsRecord[] {
  return hosts.flatMap(({ host, kind }): DnsRecord[] =>
    kind === 'name' ? [] : [{ name, type: kind === 6 ? 'AAAA' : 'A', ttl, data: host }],
  );
}

function lookupOf(plugin: ExternalPlugin, name: string, zone: string, { type }: Serving) {
  const address = type === 'PTR' ? addressTextOf(name) : undefined;
  return address === undefined ? lookupExternal(plugin, name, zone) : lookupExternalAddress(plugin, address);
}

function recordsOf({ ttl, server }: ExternalPlugin, name: string, candidates: readonly Candidate[], serving: Serving): Sections {
  const { type } = serving;
  if (type === 'PTR') {
    const isReverse = addressTextOf(name) !== undefined;
    return { ...NOTHING, answer: isReverse ? candidates.map(({ host }) => ({ name, type, ttl, data: host })) : [] };
  }
  if (type === 'SRV') {
    const { records, additional } = srvRecords(name, candidates, ttl, 'names too');
    return { answer: records, additional };
  }
  if (type !== 'A' && type !== 'AAAA') return NOTHING;
  const links = candidates.filter(({ kind }) => kind === 'name').map(({ host }) => linkTo(name, host, server.options.ttl));
  const followed = links.map((link) => followLink(link, serving));
  const addresses = addressesOf(candidates, name, ttl).filter((record) => record.type === type);
  return {
    answer: [...links.flatMap((link, index) => [link, ...(followed[index]?.answer ?? [])]), ...addresses],
    additional: [],
    truncated: followed.some((answer) => answer?.truncated === true),
  };
}

function linkTo(name: string, host: string, ttl: number): DnsRecord {
  return { name, type: 'CNAME', ttl, data: absoluteName(host) };
}
