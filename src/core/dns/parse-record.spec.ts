import { expect, it } from 'vitest';
import { formatRecord } from './dns-record.js';
import { parseRecord } from './parse-record.js';
import { upstreamOf } from './upstream-of.js';

/** RFC 1035 section 5.1: `<domain-name> [<TTL>] [<class>] <type> <RDATA>`. */
it.each([
  ['api.example.com. 60 IN A 192.0.2.7', 'api.example.com. 60 IN A 192.0.2.7'],
  ['api.example.com A 192.0.2.7', 'api.example.com. 5 IN A 192.0.2.7'],
  ['api.example.com 60 aaaa 2001:db8::7', 'api.example.com. 60 IN AAAA 2001:db8::7'],
  ['www.example.com IN CNAME api.example.com.', 'www.example.com. 5 IN CNAME api.example.com.'],
  ['_sip._tcp.example.com 60 IN SRV 0 5 5060 sip.example.com.', '_sip._tcp.example.com. 60 IN SRV 0 5 5060 sip.example.com.'],
])('reads `%s`', (text, expected) => {
  const record = parseRecord(text);
  expect(record.ok ? formatRecord(record.value) : record.error).toBe(expected);
});

it.each(['', 'api.example.com.', 'api.example.com. 60 IN', 'api.example.com. 60 IN XYZ data', '$TTL 60'])('refuses `%s`', (text) => {
  const record = parseRecord(text);
  expect(record.ok ? '' : record.error).toContain(`\`${text}\` is no record: expected`);
});

const WORLD = [
  'www.example.com. CNAME api.example.com.',
  'api.example.com. A 192.0.2.7',
  'api.example.com. A 192.0.2.8',
  'a.test. CNAME b.test.',
  'b.test. CNAME a.test.',
];

it.each([
  ['api.example.com.', 'A', 'A 192.0.2.7, A 192.0.2.8'],
  ['API.example.com.', 'A', 'A 192.0.2.7, A 192.0.2.8'],
  ['www.example.com.', 'A', 'CNAME api.example.com., A 192.0.2.7, A 192.0.2.8'],
  ['www.example.com.', 'AAAA', 'CNAME api.example.com.'],
  ['api.example.com.', 'AAAA', ''],
  ['unknown.example.com.', 'A', 'not known'],
] as const)('the world outside says of %s %s: %s', (name, type, expected) => {
  const records = WORLD.flatMap((text) => {
    const record = parseRecord(text);
    return record.ok ? [record.value] : [];
  });
  const answer = upstreamOf(records, false)(name, type);
  expect(answer === undefined ? 'not known' : answer.records.map((one) => `${one.type} ${one.data}`).join(', ')).toBe(expected);
});

it('ends where the world outside goes round in circles', () => {
  const records = WORLD.flatMap((text) => {
    const record = parseRecord(text);
    return record.ok ? [record.value] : [];
  });
  expect(upstreamOf(records, true)('a.test.', 'A')?.records.length).toBeLessThan(20);
});
