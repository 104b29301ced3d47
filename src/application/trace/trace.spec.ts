import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { serviceCluster } from '../../../test/support/service-cluster.js';
import { trace } from '../../../test/support/trace.js';
import { AllocationBook } from '../../core/ipam/allocation-book.js';
import { traceQuestion } from './trace.js';

const MODEL = modelOf(
  serviceCluster(`
    node a 192.168.0.1 2001:db8::1 zone=z1 ; node b 192.168.0.2 zone=z2
    pod client 10.244.1.9@a ; pod web-0 10.244.1.5@a ; pod web-1 10.244.2.5@b
    service web 10.96.0.10 http:80>8080 admin:81>8081@30081 type=NodePort ; endpoints web 10.244.1.5@a 10.244.2.5@b!draining
    service one 10.96.0.11 http:8000>8080 ; endpoints one 10.244.1.5@a
    service near 10.96.0.12 :80>8080 internalTrafficPolicy=Local ; endpoints near 10.244.1.5@a 10.244.2.5@b
    service near-only 10.96.0.13 :80>8080 internalTrafficPolicy=Local ; endpoints near-only 10.244.2.5@b
    service pay name=pay.example.com
    service self 10.96.0.14 :80>8080 ; endpoints self 10.244.1.9@a
  `),
  { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/12'], proxy: { mode: 'iptables' } },
);
const FROM = 'pod/t/client';

/** `CONNECTS 10.244.1.5:8080`: the verdict, and where the packet arrives. */
function outcome(to: string, more: Readonly<Record<string, unknown>> = {}): string {
  const { verdict, result } = trace(MODEL, { from: FROM, to, ...more });
  return [verdict, ...(result.packet?.targets ?? [])].join(' ');
}

/** What a problem says, or the verdict where there is none. */
function problemOf(input: Readonly<Record<string, unknown>>) {
  const given = traceQuestion.input.safeParse(input);
  if (!given.success) return { refused: given.error.issues.map(({ path }) => `/${path.join('/')}`) };
  const asked = traceQuestion.ask({ cluster: 'c', revision: 1, model: MODEL, allocations: new AllocationBook() }, given.data);
  if (asked.ok) return asked.value.answer.verdict;
  return { kind: asked.error.kind, at: asked.error.errors?.[0]?.pointer, hint: asked.error.hint };
}

describe('what a destination means', () => {
  it.each([
    // RFC 3986 section 3.2: user information, host, port; the scheme's own port where none is written
    ['http://web', 'CONNECTS 10.244.1.5:8080'],
    ['HTTP://user:secret@web.t:80/path?query#part', 'CONNECTS 10.244.1.5:8080'],
    ['http://web.t.svc.cluster.local./', 'CONNECTS 10.244.1.5:8080'],
    ['ws://web', 'CONNECTS 10.244.1.5:8080'],
    ['web:81', 'CONNECTS 10.244.1.5:8081'],
    ['web:admin', 'CONNECTS 10.244.1.5:8081'],
    ['url/http://web:81', 'CONNECTS 10.244.1.5:8081'],
    ['one', 'CONNECTS 10.244.1.5:8080'],
    ['10.96.0.10:80', 'CONNECTS 10.244.1.5:8080'],
    ['http://10.96.0.10', 'CONNECTS 10.244.1.5:8080'],
    ['svc/t/web:http', 'CONNECTS 10.244.1.5:8080'],
    ['svc/t/one', 'CONNECTS 10.244.1.5:8080'],
    ['10.244.2.5:8080', 'CONNECTS 10.244.2.5:8080'],
    ['https://web', 'NOT_SERVED 10.96.0.10:443'],
    ['10.96.7.7:80', 'NOT_SERVED 10.96.7.7:80'],
    ['http://203.0.113.9', 'LEAVES_CLUSTER 203.0.113.9:80'],
    ['https://www.example.com', 'LEAVES_CLUSTER'],
    ['pay:443', 'LEAVES_CLUSTER'],
    ['http://wep', 'NAME_FAILS'],
  ])('%s', (to, expected) => {
    expect(outcome(to)).toBe(expected);
  });

  it('takes the port from beside', () => {
    expect(outcome('ip/10.96.0.10', { port: 81 })).toBe('CONNECTS 10.244.1.5:8081');
    expect(outcome('pod/t/web-1', { port: 8080 })).toBe('CONNECTS 10.244.2.5:8080');
    expect(outcome('node/b', { port: 30081, from: 'ip/203.0.113.9' })).toBe('CONNECTS 10.244.1.5:8081');
  });
});

describe('the packet', () => {
  it('tells the pools, who was left out, and why the pod sees the address that it sees', () => {
    const { choice, packet, service } = trace(MODEL, { from: FROM, to: 'near:80' }).result;
    expect(choice).toMatchObject({
      pools: [{ node: 'a', cluster: null, local: ['10.244.1.5:8080'], terminatingFallback: false }],
      endpoints: [{ endpoint: '10.244.1.5:8080', probability: 1 }],
      excluded: [{ endpoint: '10.244.2.5:8080', reason: 'NOT_LOCAL' }],
    });
    expect(packet).toMatchObject({ verdict: 'DNAT', sourceSeen: '10.244.1.9', sourceReason: 'SOURCE_KEPT' });
    expect(service).toMatchObject({
      address: '10.96.0.12',
      port: { port: 80 },
      defaulted: expect.arrayContaining(['/spec/type']) as unknown,
    });
  });

  it('is dropped where a Local policy finds nobody (KEP-2086), and the node may be named', () => {
    expect(outcome('near-only:80')).toBe('DROPPED');
    expect(outcome('near-only:80', { node: 'b' })).toBe('CONNECTS 10.244.2.5:8080');
  });

  it('of a pod that reaches itself is masqueraded (kubernetes pkg/proxy/iptables/proxier.go, hairpin)', () => {
    const { packet } = trace(MODEL, { from: FROM, to: 'self:80' }).result;
    expect(packet).toMatchObject({ targets: ['10.244.1.9:8080'], masquerade: true, sourceSeen: '192.168.0.1' });
  });

  it('meets other rules in another mode: nftables rejects wrong ports of a cluster IP (KEP-3866)', () => {
    const inMode = (proxyMode: string) => trace(MODEL, { from: FROM, to: '10.96.0.10:443', proxyMode }).result.packet?.verdict;
    expect([inMode('iptables'), inMode('nftables')]).toEqual(['NONE', 'REJECT']);
  });
});

describe('questions that cannot be answered', () => {
  it.each([
    [
      { from: FROM, to: 'web' },
      { kind: 'invalid-request', at: '/to', hint: 'write `web:80`' },
    ],
    [
      { from: FROM, to: 'web:http2' },
      { kind: 'invalid-request', at: '/to', hint: 'write `web:80`' },
    ],
    [
      { from: FROM, to: 'web:80', port: 81 },
      { kind: 'invalid-request', at: '/port', hint: undefined },
    ],
    [
      { from: FROM, to: 'web:99999' },
      { kind: 'invalid-request', at: '/to', hint: undefined },
    ],
    [
      { from: FROM, to: 'http://' },
      { kind: 'invalid-request', at: '/to', hint: 'write a name such as `web` or `web.shop.svc.cluster.local`' },
    ],
    [
      { from: FROM, to: 'svc/t/wep' },
      { kind: 'unknown-service', at: '/to', hint: 'did you mean `t/web`?' },
    ],
    [
      { from: 'ns/t', to: 'web:80' },
      { kind: 'invalid-request', at: '/from', hint: undefined },
    ],
    [
      { from: FROM, to: 'web:80', node: 'nowhere' },
      { kind: 'unknown-node', at: '/node', hint: 'the nodes are a, b' },
    ],
    [{ from: FROM, to: 'web:80', proxyMode: 'userspace' }, { refused: ['/proxyMode'] }],
    [{ to: 'web:80' }, { refused: ['/from'] }],
  ])('%j', (input, expected) => {
    expect(problemOf(input)).toEqual(expected);
  });
});
