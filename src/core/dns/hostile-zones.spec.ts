import { describe, expect, it } from 'vitest';
import { readAutoPlugin } from './internal/read-zone-files.js';
import { parseZone, type Zone } from './internal/parse-zone.js';
import type { Serving } from './internal/serving.js';
import { lookupZone } from './internal/zone-lookup.js';

const HEAD = '$TTL 1\n@ SOA a b 1 1 1 1 1\n@ NS a\n';
const NO_FILE = () => ({ ok: false, error: 'there is none' }) as const;

function zoneOf(text: string): Zone {
  const zone = parseZone(`${HEAD}${text}`, 'z.', NO_FILE);
  if (!zone.ok) throw new Error(zone.error.message);
  return zone.value;
}

function serving(type: Serving['type']): Serving {
  const ask = () => {
    throw new Error('nobody else is asked');
  };
  return { type, client: undefined, serial: 0, upstream: undefined, links: [], behind: undefined, ask };
}

describe('hostile zone files', () => {
  it('lists the addresses of a target once, however many records lead to it (RFC 2181 section 5)', () => {
    const zone = zoneOf(`s SRV 0 0 0 a\n SRV 1 0 0 a\na A 192.0.2.1\n A 192.0.2.2\nd NS a.d\n NS a.d\na.d A 192.0.2.3\n`);
    expect(lookupZone(zone, 's.z.', serving('SRV')).additional.map(({ data }) => data)).toEqual(['192.0.2.1', '192.0.2.2']);
    expect(lookupZone(zone, 'x.d.z.', serving('A')).additional.map(({ data }) => data)).toEqual(['192.0.2.3']);
  });

  it('follows an alias to a name with more records than a call takes arguments', () => {
    const zone = zoneOf(`c CNAME a\na A 192.0.2.1\n${'\tA 192.0.2.1\n'.repeat(150_000)}`);
    expect(lookupZone(zone, 'c.z.', serving('A')).answer).toHaveLength(150_002);
  });

  it('puts the groups of a file name into the template once (coredns plugin/auto/walk.go: Regexp.ExpandString)', () => {
    const path = `/zones/${'{2}'.repeat(800)}${'{3}'.repeat(800)}${'{4}'.repeat(800)}`;
    const files = { root: undefined, text: () => HEAD, zoneText: NO_FILE, paths: () => [path] };
    const words = ['directory', '/zones', '((?:[{]2[}])*)((?:[{]3[}])*)((?:[{]4[}])*)', '{1}'];
    const directive = { name: 'auto', arguments: [], options: [{ words }] };
    expect(readAutoPlugin(directive as never, ['z.'], files, () => undefined).zones.size).toBe(0);
  });
});
