import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { differenceLines, diffRoutes } from '../../../test/support/route-diff.js';
import { lintRoutes, ruleLine } from '../../../test/support/route-lint.js';
import { ask, line, object, OTHERS, server, to } from '../../../test/support/virtual-servers.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { routeConnection } from './route-connection.js';

const listeners = [
  { name: 'dns-udp', port: 5353, protocol: 'UDP' },
  { name: 'dns-tcp', port: 5353, protocol: 'TCP' },
  { name: 'db', port: 5432, protocol: 'TCP' },
  { name: 'http-8083', port: 8083, protocol: 'HTTP' },
];
const CONFIGURATION = object('GlobalConfiguration', 'nginx', { listeners });
const transport = (name: string, listener: JsonObject, more: JsonObject = {}, metadata: JsonObject = {}): KubernetesObject =>
  object(
    'TransportServer',
    name,
    {
      ingressClassName: 'f5',
      listener,
      upstreams: ['a', 'b', 'empty', 'gone'].map((service) => ({ name: service, service, port: 80 })),
      action: { pass: 'a' },
      ...more,
    },
    metadata,
  );
const BACKED = { name: 'e', service: 'empty', port: 80, backup: 'b', backupPort: 80 };
const DB = { name: 'db', protocol: 'TCP' };
const PASSES = { name: 'tls-passthrough', protocol: 'TLS_PASSTHROUGH' };
const pass = (name: string) => ({ action: { pass: name } });

/** `ROUTED a`, or why not. */
function connect(objects: readonly KubernetesObject[], url: string): string {
  const [, scheme = '', host = '', port = ''] = /^(tls|tcp|udp):\/\/([^:]*):(\d+)$/.exec(url) ?? [];
  const asked = { scheme: scheme as 'tls' | 'tcp' | 'udp', host, sni: scheme === 'tls' ? host : undefined };
  const answer = routeConnection(modelOf([...OTHERS, CONFIGURATION, ...objects]), asked, Number(port), {
    class: undefined,
    dialect: undefined,
  });
  if (!answer.ok) return answer.error.kind;
  const { verdict, result } = answer.value;
  return [
    verdict,
    ...result.backends.map(({ service }) => service),
    ...(verdict === 'UNDEFINED' ? result.unspecified.map(({ code }) => code) : []),
  ].join(' ');
}

/** nginx/kubernetes-ingress `internal/k8s/configuration.go`, `buildListenerHostsAndTSConfigurations`; `internal/configs/transportserver.go`; nginx `ngx_stream_core_module`, `server_name`. */
describe('a TransportServer', () => {
  it.each<[what: string, objects: readonly KubernetesObject[], url: string, expected: string]>([
    ['takes the connections of its listener', [transport('x', DB)], 'tcp://foo.com:5432', 'ROUTED a'],
    ['takes packets', [transport('x', { name: 'dns-udp', protocol: 'UDP' })], 'udp://foo.com:5353', 'ROUTED a'],
    ['takes no packets of TCP', [transport('x', { name: 'dns-tcp', protocol: 'TCP' })], 'udp://foo.com:5353', 'CONNECTION_REFUSED'],
    // `generateTransportServerConfig`: NGINX Plus alone has a line for it
    [
      'goes to the backup where its Service has no endpoint',
      [transport('x', DB, { ...pass('e'), upstreams: [BACKED] })],
      'tcp://foo.com:5432',
      'ROUTED b',
    ],
    ['is not asked elsewhere', [transport('x', DB)], 'tcp://foo.com:5433', 'CONNECTION_REFUSED'],
    // "Listener … doesn't exist"
    [
      'needs its listener',
      [transport('x', { name: 'gone', protocol: 'TCP' }), transport('y', DB, pass('b'))],
      'tcp://foo.com:5432',
      'ROUTED b',
    ],
    ['needs it of its protocol', [transport('x', { name: 'dns-udp', protocol: 'TCP' })], 'udp://foo.com:5353', 'CONNECTION_REFUSED'],
    ['closes without endpoints', [transport('x', DB, pass('empty'))], 'tcp://foo.com:5432', 'NO_ENDPOINTS empty'],
    ['closes without Service', [transport('x', DB, pass('gone'))], 'tcp://foo.com:5432', 'SERVICE_MISSING'],
    // "listener … and host … are taken by another resource"
    [
      'that is older has the listener',
      [transport('x', DB, pass('b'), { creationTimestamp: '2026-02-01T00:00:00Z' }), transport('y', DB)],
      'tcp://foo.com:5432',
      'ROUTED a',
    ],
    [
      'of one age is one of them',
      [transport('x', DB, pass('b')), transport('y', DB)],
      'tcp://foo.com:5432',
      'UNDEFINED HOST_OWNER_UNKNOWN',
    ],
    [
      'of one age comes first by the larger UID',
      [transport('x', DB, pass('b'), { uid: '1' }), transport('y', DB, {}, { uid: '2' })],
      'tcp://foo.com:5432',
      'ROUTED a',
    ],
    [
      'with snippets is not evaluated',
      [transport('x', DB, { serverSnippets: 'deny all;' })],
      'tcp://foo.com:5432',
      'UNDEFINED SNIPPET_NOT_EVALUATED',
    ],
    [
      'of another class is none',
      [transport('x', DB, { ingressClassName: 'other' }), server('s', [to('/', 'a')])],
      'tcp://foo.com:5432',
      'CONNECTION_REFUSED',
    ],
    ['leaves HTTP its ports', [transport('x', DB)], 'tcp://foo.com:80', 'invalid-request'],
    ['leaves HTTP those of listeners', [transport('x', DB)], 'tcp://foo.com:8083', 'invalid-request'],
  ])('%s', (_what, objects, url, expected) => {
    expect(connect(objects, url)).toBe(expected);
  });

  it('is told by the name in TLS that it ends; whatever else comes, the first file has', () => {
    const named = (name: string, host: string, service: string) => transport(name, DB, { host, tls: { secret: 'cert' }, ...pass(service) });
    const both = [named('x', 'x.com', 'a'), named('y', '*.y.com', 'b')];
    expect(connect(both, 'tls://x.com:5432')).toBe('ROUTED a');
    expect(connect(both, 'tls://a.b.y.com:5432')).toBe('ROUTED b');
    expect(connect(both, 'tls://z.com:5432')).toBe('ROUTED a');
    // `ts_t_x-2.conf` is before `ts_t_x.conf`
    expect(connect([...both, named('x-2', 'w.com', 'b')], 'tls://z.com:5432')).toBe('ROUTED b');
  });

  /** `validateTransportServerSpec`. */
  it.each<[what: string, spec: JsonObject]>([
    ['has no host for packets', { listener: { name: 'dns-udp', protocol: 'UDP' }, host: 'x.com' }],
    ['has no host without Secret', { listener: DB, host: 'x.com' }],
    ['passes no TLS through without host', { listener: PASSES }],
    ['passes no TLS through that it ends', { listener: PASSES, host: 'x.com', tls: { secret: 's' } }],
    ['passes TLS through by its own listener', { listener: { name: 'db', protocol: 'TLS_PASSTHROUGH' }, host: 'x.com' }],
    ['has an action', { listener: DB, action: null }],
    ['has an upstream', { listener: DB, action: { pass: 'nobody' } }],
    ['has each upstream once', { listener: DB, upstreams: [1, 2].map(() => ({ name: 'a', service: 'a', port: 80 })) }],
    ['has a host that is a name', { listener: DB, host: 'X.com', tls: { secret: 's' } }],
    ['has a known protocol', { listener: { name: 'db', protocol: 'SCTP' } }],
  ])('%s', (_what, spec) => {
    const { listener, ...more } = spec;
    const { rules, findings } = lintRoutes(modelOf([...OTHERS, CONFIGURATION, transport('x', listener as JsonObject, more)]));
    expect(rules.map(({ state }) => state)).toEqual(['unreachable']);
    expect(findings.map(({ code }) => code)).toEqual(['ING-INVALID']);
  });
});

/** `buildHostsAndResources`, step 3; `map $ssl_preread_server_name $dest_internal_passthrough` of `internal/configs/version1/nginx.tmpl`. */
describe('TLS that is passed through', () => {
  const passing = (host: string, more: JsonObject = {}, metadata: JsonObject = {}) => transport('p', PASSES, { host, ...more }, metadata);

  it('goes to the backend by its name, and takes the host', () => {
    expect(connect([passing('x.com')], 'tls://x.com:443')).toBe('ROUTED a');
    expect(line([passing('x.com')], 'https://x.com/any')).toBe('ROUTED a=1');
    expect(ask([passing('x.com')], 'https://x.com/').result.backends[0]?.tls).toMatchObject({ sni: 'x.com' });
    expect(ask([passing('x.com')], 'https://x.com/').assumptions.map(({ code }) => code)).toEqual(['SSL_PASSTHROUGH_ENABLED']);
    expect(line([passing('x.com')], 'http://x.com/')).toBe('NOT_FOUND 404');
    expect(ask([passing('x.com')], 'http://x.com/').assumptions.map(({ code }) => code)).toEqual(['SSL_PASSTHROUGH_ENABLED']);
    expect(connect([passing('x.com')], 'tls://y.com:443')).toBe('invalid-request');
  });

  it('has the host alone, or an older object has it', () => {
    const older = server('s', [to('/', 'b')], { host: 'x.com', tls: { secret: 'cert' } }, { creationTimestamp: '2025-01-01T00:00:00Z' });
    expect(line([passing('x.com'), older], 'https://x.com/')).toBe('ROUTED b=1');
    const younger = server('s', [to('/', 'b')], { host: 'x.com', tls: { secret: 'cert' } }, { creationTimestamp: '2026-03-01T00:00:00Z' });
    expect(line([passing('x.com'), younger], 'https://x.com/')).toBe('ROUTED a=1');
    expect(
      ask([passing('x.com'), younger], 'https://x.com/').result.candidates.map(({ object: name, outcome, reason }) => [
        name,
        outcome,
        reason,
      ]),
    ).toEqual([
      ['TransportServer t/p', 'selected', 'TLS_PASSED_THROUGH'],
      ['VirtualServer t/s', 'excluded', 'HOST_TAKEN'],
    ]);
  });

  // the `map` has no `hostnames`, so that a wildcard is a text like any other
  it('is not told by wildcards', () => {
    expect(connect([passing('*.x.com')], 'tls://a.x.com:443')).toBe('invalid-request');
  });
});

describe('route-lint', () => {
  it('tells which TransportServers get nothing, and why', () => {
    const objects = [
      transport('late', DB, {}, { creationTimestamp: '2026-02-01T00:00:00Z' }),
      transport('early', DB),
      transport('lost', { name: 'gone', protocol: 'TCP' }),
      transport('dead', { name: 'dns-udp', protocol: 'UDP' }, pass('gone')),
      transport('p', PASSES, { host: 'x.com' }),
    ];
    const { rules, findings } = lintRoutes(modelOf([...OTHERS, CONFIGURATION, ...objects]));
    expect(rules.map(ruleLine)).toEqual([
      'dead UDP dns-udp live',
      'early TCP db live',
      'lost TCP gone unreachable',
      'late TCP db unreachable',
      'p TLS_PASSTHROUGH tls-passthrough live GET https://x.com/',
    ]);
    expect(findings.map(({ code, object: { name } }) => `${code} ${name}`)).toEqual([
      'ING-SERVICE-MISSING dead',
      'ING-RULE-IGNORED late',
      'ING-RULE-IGNORED lost',
    ]);
  });

  // `chooseObjectMetaWinner`: of one age the larger UID; manifests have none.
  it('does not know which of several of one age has the listener, or the name', () => {
    const states = (...objects: readonly KubernetesObject[]) =>
      lintRoutes(modelOf([...OTHERS, CONFIGURATION, ...objects])).rules.map(ruleLine);
    expect(states(transport('x', DB), transport('y', DB))).toEqual(['x TCP db undecided', 'y TCP db undecided']);
    expect(states(transport('x', DB, {}, { uid: '1' }), transport('y', DB, {}, { uid: '2' }))).toEqual([
      'y TCP db live',
      'x TCP db unreachable',
    ]);
    const passes = ['p', 'q'].map((name) => transport(name, PASSES, { host: 'x.com' }));
    expect(states(...passes)).toEqual(['q', 'p'].map((name) => `${name} TLS_PASSTHROUGH tls-passthrough undecided`));
    // which of several GlobalConfigurations the controller reads is an argument of it
    const other = object('GlobalConfiguration', 'other', { listeners });
    expect(states(transport('x', DB), other)).toEqual(['x TCP db undecided']);
  });
});

describe('route-diff', () => {
  const F5 = { by: 'ingress', class: 'f5', dialect: undefined } as const;
  const side = (...objects: readonly KubernetesObject[]) => modelOf([...OTHERS, CONFIGURATION, ...objects]);
  const between = (a: KubernetesObject, b: KubernetesObject) => diffRoutes({ a: side(a), b: side(b) }, { a: F5, b: F5 });

  it('compares whom TLS is passed to, by its name', () => {
    const passing = (service: string) => transport('p', PASSES, { host: 'x.com', ...pass(service) });
    expect(between(passing('a'), passing('a')).verdict).toBe('EQUIVALENT');
    expect(differenceLines(between(passing('a'), passing('b')).result)).toContain('GET https://x.com/: backend; ROUTED a, ROUTED b');
  });

  it('compares who gets the connections of a listener', () => {
    expect(between(transport('x', DB), transport('x', DB)).verdict).toBe('EQUIVALENT');
    const lines = differenceLines(between(transport('x', DB), transport('x', DB, pass('b'))).result);
    expect(lines).toEqual(['GET tcp://witness.example.invalid:5432: backend; ROUTED a, ROUTED b']);
  });
});
