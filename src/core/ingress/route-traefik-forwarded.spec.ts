import { describe, expect, it } from 'vitest';
import { askTraefik, ingressRoute, to, traefikLine, traefikObject, TRUSTING, type TraefikSettings } from '../../../test/support/traefik.js';
import type { JsonObject } from '../kernel/json.js';
import { parseIp } from '../net/ip.js';
import type { Header } from './route-request.js';

const trusting = (trustedIPs: string): TraefikSettings => ({ 'entryPoints.web.forwardedHeaders.trustedIPs': trustedIPs });
const NOBODY: TraefikSettings = {};
const SAYS: readonly Header[] = [['X-Forwarded-For', '10.0.1.0, 10.0.1.12']];

/** A router behind one middleware. */
const behind = (spec: JsonObject) => [
  ingressRoute('r', to('PathPrefix(`/`)', 'a', { middlewares: [{ name: 'm' }] })),
  traefikObject('Middleware', 'm', spec),
];

/** traefik/traefik `pkg/middlewares/forwardedheaders/forwarded_header.go` (`ServeHTTP`, `rewrite`), and `forwarded_header_test.go` beside it. */
describe('what a request says of the proxies that it came through', () => {
  const sentOn = (settings: TraefikSettings, client?: string, headers = SAYS) =>
    askTraefik(
      [ingressRoute('r', to('PathPrefix(`/`)', 'a'))],
      'http://foo.com/',
      { headers, clientAddress: parseIp(client ?? '') },
      settings,
    );

  it.each<[settings: TraefikSettings, client: string | undefined, stays: boolean]>([
    [TRUSTING, undefined, true],
    [NOBODY, '10.0.1.100', false],
    [NOBODY, undefined, false],
    [trusting('10.0.1.100'), '10.0.1.100', true],
    [trusting('10.0.1.100'), '10.0.1.101', false],
    [trusting('192.0.2.1, 1.2.3.4/24'), '1.2.3.156', true],
    [trusting('1.2.3.4/24'), '10.0.1.101', false],
  ])('by %j of %s stays: %s', (settings, client, stays) => {
    const { result, assumptions } = sentOn(settings, client);
    expect(result.forwarded?.headers).toEqual(stays ? ['X-Forwarded-For: 10.0.1.0, 10.0.1.12'] : []);
    expect(assumptions.some(({ code }) => code === 'FORWARDED_HEADERS_DROPPED')).toBe(!stays);
  });

  it('goes with `_` in its name too, and other headers stay', () => {
    const headers: readonly Header[] = [
      ['X_Forwarded_Proto', 'https'],
      ['X-Real-IP', '10.0.0.1'],
      ['X-Forwarded-User', 'ann'],
    ];
    expect(sentOn(NOBODY, '10.0.1.1', headers).result.forwarded?.headers).toEqual(['X-Forwarded-User: ann']);
  });

  it('leaves the outcome open where it decides, and the client is not told', () => {
    const rule = [ingressRoute('r', to('Header(`X-Forwarded-Proto`, `https`)', 'a'))];
    const asked = (name: string, value: string) =>
      traefikLine(rule, 'http://foo.com/', { headers: [[name, value]] }, trusting('10.0.0.0/8'));
    expect(asked('X-Forwarded-Proto', 'https')).toBe('UNDEFINED');
    expect(asked('X-Forwarded-Proto', 'http')).toBe('NOT_FOUND 404');
    expect(asked('Accept', 'text/html')).toBe('NOT_FOUND 404');
  });

  it.each<[rule: string, url: string, headers: readonly Header[], settings: TraefikSettings, taken: boolean]>([
    ['Header(`X-Forwarded-Proto`, `http`)', 'http://foo.com/', [], NOBODY, true],
    ['Header(`X-Forwarded-Proto`, `https`)', 'https://foo.com/', [], NOBODY, true],
    ['Header(`X-Forwarded-Proto`, `https`)', 'http://foo.com/', [['X-Forwarded-Proto', 'https']], NOBODY, false],
    ['Header(`X-Forwarded-Proto`, `https`)', 'http://foo.com/', [['X-Forwarded-Proto', 'https']], TRUSTING, true],
    ['Header(`X-Forwarded-Port`, `80`)', 'http://foo.com/', [], NOBODY, true],
    ['Header(`X-Forwarded-Port`, `443`)', 'https://foo.com/', [], NOBODY, true],
    ['Header(`X-Forwarded-Port`, `443`)', 'http://foo.com/', [['X-Forwarded-Proto', 'https']], TRUSTING, true],
    ['Header(`X-Forwarded-Port`, `8080`)', 'http://foo.com:8080/', [], NOBODY, true],
    ['Header(`X-Forwarded-Host`, `foo.com`)', 'http://foo.com/', [], NOBODY, true],
    ['Header(`X-Forwarded-Host`, `foo.com`)', 'http://foo.com/', [['X-Forwarded-Host', 'bar.com']], TRUSTING, false],
    ['Header(`X-Real-Ip`, `192.0.2.7`)', 'http://foo.com/', [], NOBODY, true],
    [
      'Header(`X-Forwarded-For`, `10.0.0.1, 10.0.0.2`)',
      'http://foo.com/',
      [
        ['X-Forwarded-For', '10.0.0.1'],
        ['X-Forwarded-For', '10.0.0.2'],
      ],
      TRUSTING,
      true,
    ],
    ['HeaderRegexp(`X-Forwarded-For`, `.`)', 'http://foo.com/', [], NOBODY, false],
  ])('is completed before rules see it: %s for %s with %j by %j: %s', (rule, url, headers, settings, taken) => {
    const asked = { headers, clientAddress: parseIp('192.0.2.7') };
    expect(traefikLine([ingressRoute('r', to(rule, 'a'))], url, asked, settings)).toBe(taken ? 'ROUTED a=1' : 'NOT_FOUND 404');
  });

  it.each([
    ['http', [['Upgrade', 'websocket']], 'http'],
    [
      'http',
      [
        ['Connection', 'keep-alive, Upgrade'],
        ['Upgrade', 'WebSocket'],
      ],
      'ws',
    ],
    [
      'https',
      [
        ['Connection', 'Upgrade'],
        ['Upgrade', 'websocket'],
      ],
      'wss',
    ],
  ] as const)('names the protocol of a WebSocket: %s with %j is %s', (scheme, headers, proto) => {
    const rule = ingressRoute('r', to(`Header(\`X-Forwarded-Proto\`, \`${proto}\`)`, 'a'));
    expect(traefikLine([rule], `${scheme}://foo.com/`, { headers })).toBe('ROUTED a=1');
  });

  /** `redirect_scheme_test.go`, "HTTP to HTTPS, with X-Forwarded-Proto …". */
  it.each([
    ['http', '302 https://foo/'],
    ['https', 'ROUTED a=1'],
    ['bar', '302 https://foo/'],
    ['ws', '302 https://foo/'],
    ['wss', 'ROUTED a=1'],
  ])('is where `redirectScheme` reads the scheme: %s', (proto, expected) => {
    const headers: readonly Header[] = [['X-Forwarded-Proto', proto]];
    const asked = (settings: TraefikSettings) =>
      traefikLine(behind({ redirectScheme: { scheme: 'https' } }), 'http://foo/', { headers }, settings);
    expect(asked(TRUSTING).replace('REDIRECTED ', '')).toBe(expected);
    expect(asked(NOBODY)).toBe('REDIRECTED 302 https://foo/');
  });
});

/** `pkg/ip/strategy.go` and `strategy_test.go`; `pkg/middlewares/ipallowlist/ip_allowlist.go`. */
describe('`ipStrategy`', () => {
  const all = '10.0.0.4,10.0.0.3,10.0.0.2,10.0.0.1';
  const ask = (ipStrategy: JsonObject, list: string | undefined, settings: TraefikSettings, sourceRange: readonly string[]) => {
    const headers: readonly Header[] = list === undefined ? [] : [['X-Forwarded-For', list]];
    return traefikLine(
      behind({ ipAllowList: { sourceRange, ipStrategy } }),
      'http://foo.com/',
      { headers, clientAddress: parseIp('10.0.0.9') },
      settings,
    );
  };

  it.each<[strategy: JsonObject, list: string | undefined, client: string | undefined]>([
    [{ depth: 3 }, all, '10.0.0.3'],
    [{ depth: 2 }, '', undefined],
    [{ depth: 1 }, undefined, undefined],
    [{ depth: 2 }, '10.0.0.2,10.0.0.1', '10.0.0.2'],
    [{ depth: 5 }, all, undefined],
    [{ depth: 1 }, '10.0.0.2, 10.0.0.1:8080', '10.0.0.1'],
    [{ depth: 1, excludedIPs: ['10.0.0.1'] }, all, '10.0.0.1'],
    [{ excludedIPs: ['10.0.0.4', '10.0.0.3', '10.0.0.2', '10.0.0.1'] }, all, undefined],
    [{ excludedIPs: ['10.0.0.2', '10.0.0.1'] }, all, '10.0.0.3'],
    [{ excludedIPs: ['10.0.0.1/24'] }, `127.0.0.1,${all}`, '127.0.0.1'],
    [{ excludedIPs: ['10.0.0.1/24'] }, all, undefined],
    [{ excludedIPs: ['10.0.0.1'] }, '10.0.0.3, ,10.0.0.1', '10.0.0.3'],
    [{ excludedIPs: ['10.0.0.1'] }, '10.0.0.3,nobody,10.0.0.1', undefined],
    [{ depth: 1, ipv6Subnet: 64 }, '2001:db8::1:2:3:4', '2001:db8::'],
    [{ excludedIPs: ['10.0.0.1'], ipv6Subnet: 64 }, '2001:db8::1:2:3:4, 10.0.0.1', '2001:db8::1:2:3:4'],
    [{ depth: 0 }, all, '10.0.0.9'],
  ])('%j of %s is the client %s', (strategy, list, client) => {
    const [own, others] = [client ?? '192.0.2.1', ['192.0.2.0/24', client === '2001:db8::' ? '2001:db8::1:2:3:4' : '2001:db8::']];
    expect(ask(strategy, list, TRUSTING, [own])).toBe(client === undefined ? 'REFUSED 403' : 'ROUTED a=1');
    expect(ask(strategy, list, TRUSTING, others)).toBe('REFUSED 403');
  });

  it('finds nobody where the entry point does not believe the client', () => {
    expect(ask({ depth: 1 }, '10.0.0.1', {}, ['0.0.0.0/0'])).toBe('REFUSED 403');
    expect(ask({ excludedIPs: ['10.0.0.2'] }, '10.0.0.1', {}, ['0.0.0.0/0'])).toBe('REFUSED 403');
  });

  /** `IPStrategy.Get` of `pkg/config/dynamic/middlewares.go`: what is not used is not looked at. */
  it.each<[strategy: JsonObject, made: boolean]>([
    [{ excludedIPs: ['nobody'] }, false],
    [{ depth: 1, excludedIPs: ['nobody'] }, true],
    [{ ipv6Subnet: 0 }, false],
    [{ depth: 1, ipv6Subnet: 129 }, false],
    [{ excludedIPs: ['10.0.0.1'], ipv6Subnet: 129 }, true],
    [{ ipv6Subnet: 128 }, true],
  ])('%j makes a middleware: %s', (strategy, made) => {
    expect(ask(strategy, undefined, TRUSTING, ['192.0.2.0/24'])).toBe(made ? 'REFUSED 403' : 'NOT_FOUND 404');
  });

  it('says who the client is, and by what', () => {
    const asked = behind({ ipAllowList: { sourceRange: ['192.0.2.0/24'], ipStrategy: { depth: 1 } } });
    expect(askTraefik(asked, 'http://foo.com/', { headers: [['X-Forwarded-For', '10.0.0.1']] }, TRUSTING).summary).toContain(
      '403: `10.0.0.1`, the client by `X-Forwarded-For` (10.0.0.1), is not listed',
    );
    expect(askTraefik(asked, 'http://foo.com/', {}, TRUSTING).summary).toContain(
      '403: nobody is the client by `X-Forwarded-For`, which is absent',
    );
  });
});
