import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { lintRoutes, ruleLine } from '../../../test/support/route-lint.js';
import { ask, line, OTHERS, server, to } from '../../../test/support/virtual-servers.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const backend = (service: string): JsonObject => ({ service: { name: service, port: { number: 80 } } });
interface More {
  readonly annotations?: JsonObject;
  readonly spec?: JsonObject;
  readonly created?: string;
}
/** An Ingress of class `f5`: a path and a Service for each host; `''` is a rule without host. */
const ingress = (name: string, hosts: Readonly<Record<string, readonly [path: string, service: string][]>>, more: More = {}) =>
  ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace: 't', creationTimestamp: more.created ?? '2026-01-01T00:00:00Z', annotations: more.annotations ?? {} },
    spec: {
      ingressClassName: 'f5',
      rules: Object.entries(hosts).map(([host, paths]) => ({
        ...(host === '' ? {} : { host }),
        ...(paths.length === 0
          ? {}
          : { http: { paths: paths.map(([path, service]) => ({ path, pathType: 'Prefix', backend: backend(service) })) } }),
      })),
      ...more.spec,
    },
  }) satisfies KubernetesObject;

/** The controller as it runs for class `f5`. */
const running = (...args: readonly string[]): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'nginx-ingress', namespace: 'edge' },
  spec: {
    selector: { matchLabels: { app: 'nginx-ingress' } },
    template: {
      metadata: { labels: { app: 'nginx-ingress' } },
      spec: { containers: [{ name: 'main', image: 'nginx/nginx-ingress:5.5.1', args: ['-ingress-class=f5', ...args] }] },
    },
  },
});
const TAKING = running('-allow-empty-ingress-host', '-default-server-tls-secret=edge/default');
const WITHOUT_SECRET = running('-allow-empty-ingress-host');
const OTHER = ingress('other', { '': [['/', 'a']] });
const NAMED = ingress('named', { 'foo.com': [['/b', 'b']] });
const MASTER = { 'nginx.org/mergeable-ingress-type': 'master' };
const MINION = { 'nginx.org/mergeable-ingress-type': 'minion' };

/**
 * nginx/kubernetes-ingress `tests/suite/test_empty_host_ingress.py`, `test_empty_host_ingress_mergeable.py`, pull request 9728, `examples/ingress-resources/empty-host`;
 * `internal/configs/version1/nginx-plus.ingress.tmpl` (`IsDefaultServer`, `SSLRedirect`).
 */
describe('an Ingress without host', () => {
  it.each<[what: string, objects: readonly KubernetesObject[], url: string, expected: string]>([
    ['is refused where the controller is not told to take it', [OTHER, running()], 'http://x.com/', 'NOT_FOUND 404'],
    ['takes any name', [OTHER, TAKING], 'https://anything.example.com/', 'ROUTED a=1'],
    ['takes an address', [OTHER, TAKING], 'https://10.0.0.1/', 'ROUTED a=1'],
    ['leaves a name to the object that has it', [OTHER, NAMED, TAKING], 'http://foo.com/b', 'ROUTED b=1'],
    ['leaves it with all its paths', [OTHER, NAMED, TAKING], 'http://foo.com/', 'NOT_FOUND 404'],
    ['sends clients to https, as one with TLS does', [OTHER, TAKING], 'http://x.com/p', 'REDIRECTED 301 = https://x.com:443/p'],
    [
      'does not where it says so',
      [ingress('other', { '': [['/', 'a']] }, { annotations: { 'nginx.org/ssl-redirect': 'false' } }), TAKING],
      'http://x.com/',
      'ROUTED a=1',
    ],
    ['has its TLS refused without a certificate', [OTHER, WITHOUT_SECRET], 'https://x.com/', 'CONNECTION_REFUSED'],
    ['may send clients there all the same', [OTHER, WITHOUT_SECRET], 'http://x.com/', 'UNDEFINED ? NOT_EVALUATED'],
    ['gets the TLS of a name that ends none', [OTHER, NAMED, TAKING], 'https://foo.com/', 'ROUTED a=1'],
    [
      'has one location `/` where its default backend is there',
      [ingress('other', { '': [['/b', 'b']] }, { spec: { defaultBackend: backend('a') } }), TAKING],
      'https://x.com/c',
      'DEFAULT_BACKEND a=1',
    ],
    [
      'belongs to the older of two',
      [ingress('old', { '': [['/b', 'b']] }, { created: '2025-01-01T00:00:00Z' }), OTHER, TAKING],
      'https://x.com/',
      'NOT_FOUND 404',
    ],
    [
      'says where nginx listens, so that it cannot itself',
      [ingress('other', { '': [['/', 'a']] }, { annotations: { 'nginx.org/listen-ports': '8080' } }), TAKING],
      'https://x.com/',
      'NOT_FOUND 404',
    ],
    [
      'stands once',
      [{ ...OTHER, spec: { ...OTHER.spec, rules: [...OTHER.spec.rules, ...OTHER.spec.rules] } }, TAKING],
      'https://x.com/',
      'NOT_FOUND 404',
    ],
    [
      'as a minion needs a master',
      [ingress('m', { '': [['/b', 'b']] }, { annotations: MINION }), TAKING],
      'https://x.com/b',
      'NOT_FOUND 404',
    ],
    [
      'as a minion of such a master has its paths',
      [
        ingress('m', { '': [] }, { annotations: MASTER }),
        ingress('m1', { '': [['/b', 'b']] }, { annotations: MINION }),
        ingress('m2', { '': [['/c', 'a']] }, { annotations: MINION }),
        TAKING,
      ],
      'https://x.com/c',
      'ROUTED a=1',
    ],
  ])('%s', (_, objects, url, expected) => {
    expect(line(objects, url)).toBe(expected);
  });

  it('is told of to those who want to have it, too', () => {
    const { conflicts, findings } = lintRoutes(
      modelOf([...OTHERS, ingress('old', { '': [['/', 'b']] }, { created: '2025-01-01T00:00:00Z' }), OTHER, TAKING]),
    );
    expect(conflicts.map(({ host, claims }) => [host, ...claims.map(({ object, pointer }) => `${object.name} ${pointer}`)])).toEqual([
      [null, 'old /spec/rules/0', 'other /spec/rules/0'],
    ]);
    expect(findings.find(({ code }) => code === 'ING-CONFLICT')?.message).toMatch(
      /^every other host is claimed by .*t\/old gets all its requests$/,
    );
  });

  it('is told of as such', () => {
    const { evidence } = ask([ingress('old', { '': [['/b', 'b']] }, { created: '2025-01-01T00:00:00Z' }), OTHER, TAKING], 'https://x.com/');
    expect(evidence.map(({ message }) => message)).toContain('every other host belongs to Ingress t/old, which comes first');
  });

  it('is shown to be reached', () => {
    const { rules } = lintRoutes(modelOf([...OTHERS, OTHER, NAMED, TAKING]));
    expect(rules.map(ruleLine)).toEqual(['named /b live GET http://foo.com/b', 'other / live GET https://witness.example.invalid/']);
  });
});

/** `spec.tls` of a master holds for its minions, which have none (`validateMinionSpec`). */
it('a path of a minion is shown to be reached by the TLS of its master', () => {
  const master = ingress('m', { 'foo.com': [] }, { annotations: MASTER, ...tls('foo.com') });
  const { rules } = lintRoutes(modelOf([...OTHERS, master, ingress('m1', { 'foo.com': [['/b', 'b']] }, { annotations: MINION })]));
  expect(rules.map(ruleLine)).toEqual(['m1 /b live GET https://foo.com/b']);
});

const tls = (...hosts: string[]) => ({ spec: { tls: [{ hosts, secretName: 'cert' }] } });

/** A name is looked for among the servers that listen where the request comes to (ngx_http_core_module `server_name`, nginx.org "How nginx processes a request"). */
describe('a wildcard of the controller of NGINX Inc.', () => {
  const WIDE = ingress('wide', { '*.foo.com': [['/', 'b']] }, tls('*.foo.com'));
  const PLAIN = ingress('plain', { 'x.foo.com': [['/', 'a']] });
  it.each<[what: string, objects: readonly KubernetesObject[], url: string, expected: string]>([
    ['takes the TLS of a name below it that has none', [WIDE, PLAIN], 'https://x.foo.com/', 'ROUTED b=1'],
    ['leaves it what comes by http', [WIDE, PLAIN], 'http://x.foo.com/', 'ROUTED a=1'],
    ['does not where it has no TLS itself', [ingress('wide', { '*.foo.com': [['/', 'b']] }), PLAIN], 'https://x.foo.com/', 'NOT_FOUND 404'],
    [
      'takes what comes to the usual ports for a VirtualServer with a port of its own',
      [
        WIDE,
        server('s', [to('/', 'a')], { host: 'x.foo.com', listener: { http: 'own' } }),
        {
          apiVersion: 'k8s.nginx.org/v1',
          kind: 'GlobalConfiguration',
          metadata: { name: 'g', namespace: 'edge' },
          spec: { listeners: [{ name: 'own', port: 8080, protocol: 'HTTP' }] },
        },
      ],
      'https://x.foo.com/',
      'ROUTED b=1',
    ],
  ])('%s', (_, objects, url, expected) => {
    expect(line(objects, url)).toBe(expected);
  });
});

/** `parseAnnotations` of `internal/configs/annotations.go`; `listen`, `{{index $server.SSLPorts 0}}` and `default_server` of `version1/nginx.ingress.tmpl`; ngx_http_core_module, `listen`. */
describe('an Ingress with ports of its own', () => {
  const OWN = ingress('own', { 'foo.com': [['/', 'a']] }, { annotations: { 'nginx.org/listen-ports': '8080,9090' } });
  const SECURE = ingress('own', { 'foo.com': [['/', 'a']] }, { annotations: { 'nginx.org/listen-ports-ssl': '8443' }, ...tls('foo.com') });
  const USUAL = ingress('usual', { 'bar.com': [['/', 'b']] });
  it.each<[what: string, objects: readonly KubernetesObject[], url: string, expected: string]>([
    ['takes what comes to them', [OWN, USUAL], 'http://foo.com:9090/', 'ROUTED a=1'],
    ['takes nothing at others', [OWN, USUAL], 'http://foo.com/', 'NOT_FOUND 404'],
    ['takes there what nobody has the name of', [OWN, USUAL], 'http://x.com:8080/', 'ROUTED a=1'],
    ['and what another has elsewhere', [OWN, USUAL], 'http://bar.com:8080/', 'ROUTED a=1'],
    [
      'leaves what nobody has to the default server where that listens',
      [ingress('own', { 'foo.com': [['/', 'a']] }, { annotations: { 'nginx.org/listen-ports': '80,8080' } })],
      'http://x.com/',
      'NOT_FOUND 404',
    ],
    ['leaves others the usual ones', [OWN, USUAL], 'http://bar.com/', 'ROUTED b=1'],
    ['has the usual ones for http where it names some for https', [SECURE], 'http://foo.com/p', 'REDIRECTED 301 = https://foo.com:8443/p'],
    ['takes TLS at those', [SECURE], 'https://foo.com:8443/', 'ROUTED a=1'],
    ['and not at the usual one', [SECURE], 'https://foo.com/', 'NOT_FOUND 404'],
  ])('%s', (_, objects, url, expected) => {
    expect(line(objects, url)).toBe(expected);
  });

  it('is shown to be reached there', () => {
    const { rules } = lintRoutes(modelOf([...OTHERS, OWN, USUAL]));
    expect(rules.map(ruleLine)).toEqual(['own / live GET http://foo.com:8080/', 'usual / live GET http://bar.com/']);
  });
});
