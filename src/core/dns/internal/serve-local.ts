import type { DnsRecord } from '../dns-record.js';
import type { ServerAnswer } from '../server-answer.js';
import { zoneOf } from './falls-through.js';
import type { LocalPlugin } from './plugin.js';
import { emptyAnswer, type Next, type Serving } from './serving.js';

const TTL = 604_800;
/** RFC 6303 section 4.1 and RFC 6761 section 6.3, as far as the plugin has them. */
const ZONES = ['localhost.', '0.in-addr.arpa.', '127.in-addr.arpa.', '255.in-addr.arpa.'];

/**
 * `local` (coredns `plugin/local/local.go`): the zones of the machine itself, names below `localhost.` (RFC 6761 section 6.3), and `localhost.<domain>`, which a search
 * list makes of `localhost`.
 */
export function serveLocal({ line }: LocalPlugin, name: string, { type }: Serving, next: Next): ServerAnswer {
  const lower = name.toLowerCase();
  const zone = zoneOf(ZONES, lower);
  const isLoopback = lower.endsWith('.localhost.') || (lower.startsWith('localhost.') && lower !== 'localhost.');
  if (zone === undefined && !isLoopback) return next(name);
  const message = `\`local\` (line ${line} of the Corefile) answers \`${name}\` itself: it is a name of the machine that asks (RFC 6761 section 6.3)`;
  const empty = emptyAnswer('NOERROR', { reason: 'LOCAL_NAME', message });
  const records = recordsOf(name, lower, type, isLoopback);
  if (records.length > 0) return { ...empty, answer: records };
  const exists = isLoopback || lower === zone || lower === '1.0.0.127.in-addr.arpa.';
  const apex = isLoopback ? name : name.slice(name.length - (zone ?? '').length);
  return { ...empty, rcode: exists ? 'NOERROR' : 'NXDOMAIN', authority: [soaOf(apex)] };
}

function recordsOf(name: string, lower: string, type: string, isLoopback: boolean): readonly DnsRecord[] {
  const loopback = isLoopback || lower === 'localhost.';
  if (type === 'A' && loopback) return [{ name, type, ttl: TTL, data: '127.0.0.1' }];
  if (type === 'AAAA' && loopback) return [{ name, type, ttl: TTL, data: '::1' }];
  if (type === 'PTR' && lower === '1.0.0.127.in-addr.arpa.') return [{ name, type, ttl: TTL, data: 'localhost.' }];
  if (!ZONES.includes(lower)) return [];
  if (type === 'SOA') return [soaOf(name)];
  return type === 'NS' ? [{ name, type, ttl: TTL, data: 'localhost.' }] : [];
}

function soaOf(name: string): DnsRecord {
  return { name, type: 'SOA', ttl: TTL, data: `localhost. root.localhost. 1 0 0 0 ${TTL}` };
}
