import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { destinationIn } from './trace-destination.js';

const MODEL = modelOf([]);

/** Where the refusal points, its code, and a part of what it says. */
function refusal(to: string, port?: string) {
  const read = destinationIn(MODEL, to, port);
  if (read.ok) return read.value.text;
  const [error] = read.error.errors ?? [];
  return { at: error?.pointer, code: error?.code, says: `${read.error.message} (${read.error.hint ?? ''})` };
}

describe('a destination that cannot be', () => {
  it.each([
    // WHATWG URL, host parsing: a host that ends in a number is an IPv4 address or a failure
    ['http://10.96.0.999', undefined, '/to', 'invalid-address', 'four numbers from 0 to 255'],
    ['10.96.0.999:80', undefined, '/to', 'invalid-address', '`10.96.0.999`'],
    ['http://10.96.0', undefined, '/to', 'invalid-address', 'four numbers from 0 to 255'],
    ['http://[fd00::zz]/', undefined, '/to', 'invalid-address', 'an IPv6 address'],
    ['http://fd00::1/', undefined, '/to', 'invalid-host', '`[2001:db8::1]:80`'],
    // RFC 3986 section 3.2.3: the default port is the scheme's; a scheme that nobody knows has none
    ['htps://web', undefined, '/to', 'unknown-scheme', 'did you mean `https://`?'],
    ['gopher://web', undefined, '/to', 'unknown-scheme', '`gopher://web:<port>`'],
    // RFC 6335 section 6: 0 is reserved, ports have 16 bits
    ['http://web:0', undefined, '/to', 'invalid-port', '`0` is no port: expected a number from 1 to 65535'],
    ['http://web:70000/x', undefined, '/to', 'invalid-port', '`70000` is no port'],
    ['http://web', '0', '/port', 'invalid-port', '`0` is no port'],
    ['web', '70000', '/port', 'invalid-port', '`70000` is no port'],
    ['pod/t/web', '0', '/port', 'invalid-port', '`0` is no port'],
    ['http://web:80', '81', '/port', 'two-ports', 'leave one of them out'],
  ])('%s %s', (to, port, at, code, says) => {
    expect(refusal(to, port)).toEqual({ at, code, says: expect.stringContaining(says) as unknown });
  });

  it('is none where any scheme has a port beside it', () => {
    expect(refusal('gopher://web:70')).toBe('web:70');
    expect(refusal('gopher://web', '70')).toBe('web:70');
  });
});

describe('a destination that is the sender itself', () => {
  it.each([
    // RFC 1122 section 3.2.1.3 (g): 127/8; RFC 4291 section 2.5.3: ::1
    ['http://127.0.0.1:8080', 'loopback'],
    ['127.255.1.2:80', 'loopback'],
    ['[::1]:80', 'loopback'],
    ['ip/::1', 'loopback'],
    ['ip/127.0.0.1:80', 'loopback'],
    ['ip/10.96.0.1:443', 'address'],
    ['ip/[fd00::1]:443', 'address'],
    ['ip/fd00::1', 'address'],
    // kubernetes pkg/kubelet/kubelet_pods.go, managedHostsFileContent; read without regard to case
    ['http://LocalHost/', 'loopback'],
    ['ip6-loopback:80', 'loopback'],
    ['0.0.0.0:80', 'loopback'],
    ['128.0.0.1:80', 'address'],
    ['localhost.example.com:80', 'name'],
  ])('%s', (to, kind) => {
    const read = destinationIn(MODEL, to, undefined);
    expect(read.ok && read.value.target.kind).toBe(kind);
  });
});
