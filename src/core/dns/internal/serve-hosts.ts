import { absoluteName } from '../dns-name.js';
import type { DnsRecord } from '../dns-record.js';
import type { ServerAnswer } from '../server-answer.js';
import { fallsThrough, zoneOf } from './falls-through.js';
import { addressTextOf } from './lookup-address.js';
import type { HostsPlugin } from './plugin.js';
import { emptyAnswer, type Next, type Serving } from './serving.js';

/**
 * Entries of `hosts` (coredns `plugin/hosts/hosts.go`): A, AAAA and PTR. A name that has an address of the other family gives no data, without a SOA; any other
 * name goes on where the plugin falls through, else the answer is SERVFAIL. A PTR it does not have always goes on.
 */
export function serveHosts(plugin: HostsPlugin, name: string, { type }: Serving, next: Next): ServerAnswer {
  const lower = name.toLowerCase();
  const inZone = zoneOf(plugin.zones, lower) !== undefined;
  if (!inZone && type !== 'PTR') return next(name);
  const records = type === 'PTR' ? pointersOf(plugin, name) : addressesOf(plugin, name, type);
  if (records.length > 0) {
    const decision = { reason: 'HOSTS_ENTRY' as const, message: `\`${name}\` stands in \`hosts\` (line ${plugin.line} of the Corefile)` };
    return { ...emptyAnswer('NOERROR', decision), answer: records };
  }
  if (type === 'PTR') return next(name);
  if (plugin.addresses.has(lower))
    return emptyAnswer('NOERROR', { reason: 'TYPE_MISSING', message: `\`hosts\` has \`${name}\`, and no ${type} record of it` });
  if (fallsThrough(plugin.fallthrough, lower)) return next(name);
  const message = `\`hosts\` (line ${plugin.line} of the Corefile) has no \`${name}\` and does not fall through`;
  return emptyAnswer('SERVFAIL', { reason: 'HOSTS_NOTHING', message });
}

function addressesOf({ addresses, ttl }: HostsPlugin, name: string, type: string): readonly DnsRecord[] {
  if (type !== 'A' && type !== 'AAAA') return [];
  const known = addresses.get(name.toLowerCase()) ?? [];
  return known.filter((address) => address.includes(':') === (type === 'AAAA')).map((data) => ({ name, type, ttl, data }));
}

function pointersOf({ names, ttl }: HostsPlugin, name: string): readonly DnsRecord[] {
  const address = addressTextOf(name);
  const known = address === undefined ? [] : (names.get(address) ?? []);
  return known.map((data) => ({ name, type: 'PTR', ttl, data: absoluteName(data) }));
}
