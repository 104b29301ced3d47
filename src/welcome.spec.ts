import { describe, expect, it } from 'vitest';
import { urlOf, welcome } from './welcome.js';

const url = 'http://127.0.0.1:7878';
const dns = { address: '127.0.0.1', served: [] };

describe('the welcome', () => {
  it('shows a token that was made now, and asks with it', () => {
    const lines = welcome({ url, secret: 'ptl_new', demo: true, dns }).join('\n');
    expect(lines).toContain('bootstrap token, shown this once:\n  ptl_new\n');
    expect(lines).toContain('Bearer ptl_new');
    expect(lines).toContain(`${url}/api/v1/clusters/harbor/queries/policy-verdict?`);
  });

  it('says how to get another token where it has none to show', () => {
    const lines = welcome({ url, secret: undefined, demo: true, dns }).join('\n');
    expect(lines).toContain('`npm run token` issues another');
    expect(lines).toContain('Bearer $PORTOLAN_TOKEN');
  });

  it('asks nothing about a demo that is not there, but shows the first import', () => {
    const lines = welcome({ url, secret: 'ptl_new', demo: false, dns }).join('\n');
    expect(lines).not.toContain('harbor');
    expect(lines).not.toContain('dns');
    expect(lines).toContain('--data-binary @cluster.yaml http://127.0.0.1:7878/api/v1/clusters/mine/snapshots');
  });

  it('names each cluster whose names are served, with its port', () => {
    const served = [{ cluster: 'harbor', port: 5353 }];
    const lines = welcome({ url, secret: undefined, demo: false, dns: { ...dns, served } });
    expect(lines).toContain('dns        harbor on 127.0.0.1 port 5353, UDP and TCP, for whoever can reach it');
  });
});

// RFC 3986 §3.2.2: an IPv6 address stands in brackets; RFC 4291 §2.5.2, RFC 1122 §3.2.1.3: `::` and `0.0.0.0` are no addresses of anybody.
it.each([
  ['127.0.0.1', 'http://127.0.0.1:80'],
  ['0.0.0.0', 'http://127.0.0.1:80'],
  ['::', 'http://127.0.0.1:80'],
  ['::1', 'http://[::1]:80'],
  ['localhost', 'http://localhost:80'],
])('opens what listens at %s as %s', (host, opened) => {
  expect(urlOf(host, { address: host, family: 'IPv4', port: 80 })).toBe(opened);
});
