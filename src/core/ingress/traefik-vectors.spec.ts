import { describe, expect, it } from 'vitest';
import { CERTIFICATES } from '../../../test/support/certificates.js';
import { askTraefik, ingressRoute, to, traefikLine, traefikObject } from '../../../test/support/traefik.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { rulePriority } from '../traefik-rule/compile-rule.js';

/** One vector for each comparator mistake about Traefik that no other spec notices (`npm run mutants`). */

/** traefik/traefik `pkg/muxer/http/mux.go`: `GetRulePriority` is `len(rule)`, in bytes. */
it('priorities are counted in bytes', () => {
  expect(['a', 'é', '€', '😀'].map(rulePriority)).toEqual([1, 2, 3, 4]);
});

/** `pkg/rules/parser.go`: `&&` holds where both parts do, `!` where its part does not. */
it.each([
  ['Host(`foo.com`) && Path(`/x`)', '/x', '/y'],
  ['Host(`foo.com`) && !Path(`/y`)', '/x', '/y'],
])('%s', (rule, taken, refused) => {
  const route = ingressRoute('r', to(rule, 'a'));
  expect([traefikLine([route], `http://foo.com${taken}`), traefikLine([route], `http://foo.com${refused}`)]).toEqual([
    'ROUTED a=1',
    'NOT_FOUND 404',
  ]);
});

/** `GetBestCertificate` of `pkg/tls/certificate_store.go`, `buildTLSStores` of `pkg/provider/kubernetes/crd`. */
describe('the certificate', () => {
  const secret = (name: string, pem: string): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 't' },
    data: { 'tls.crt': Buffer.from(pem).toString('base64'), 'tls.key': '' },
  });
  const route = (name: string, secretName: string) =>
    traefikObject('IngressRoute', name, { routes: [to('Host(`a.foo.com`)', 'a')], tls: { secretName } });
  const shown = (objects: readonly KubernetesObject[]) => askTraefik(objects, 'https://a.foo.com/').result.certificate?.secret;

  it('made out to the very name goes before one with a wildcard', () => {
    const secrets = [secret('a-wild', CERTIFICATES.alternativeNames), secret('z-precise', CERTIFICATES.precise)];
    expect(shown([...secrets, route('one', 'a-wild'), route('two', 'z-precise')])).toBe('z-precise');
  });

  it('of several for one name the first by the name of its Secret', () => {
    const secrets = ['one', 'two'].map((name) => secret(name, CERTIFICATES.precise));
    expect(shown([...secrets, route('a', 'two'), route('b', 'one')])).toBe('one');
  });

  it('of several TLSStores `default` none counts', () => {
    const store = (namespace: string) => traefikObject('TLSStore', 'default', { defaultCertificate: { secretName: 'own' } }, namespace);
    const objects = [
      secret('own', CERTIFICATES.commonName),
      traefikObject('IngressRoute', 'r', { routes: [to('Host(`a.foo.com`)', 'a')], tls: {} }),
    ];
    expect([shown([...objects, store('t')]), shown([...objects, store('t'), store('u')])]).toEqual(['own', undefined]);
  });
});
