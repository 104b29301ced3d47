import { describe, expect, it } from 'vitest';
import { askRoute, routeLine } from '../../../test/support/ask-route.js';
import { backend } from '../../../test/support/gateway-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { normaliseObject } from '../resources/normalise-object.js';

const CLASS: KubernetesObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: 'c' },
  spec: { controller: 'example.com/c' },
};
const to = (service: JsonObject): JsonObject => ({ backend: { service } });
const WEB = to({ name: 'web', port: { number: 80 } });

/** Where import finds errors, and what becomes of a request by the specification itself. */
function outcome(host: string, path: JsonObject): readonly [errors: readonly string[], answer: string] {
  const ingress: KubernetesObject = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'i', namespace: 'shop' },
    spec: { ingressClassName: 'c', rules: [{ host, http: { paths: [{ path: '/x', pathType: 'Prefix', ...WEB, ...path }] } }] },
  };
  const model = modelOf([CLASS, ...backend('web'), ingress]);
  const answer = askRoute(model, 'http://a.example.com/x', { class: 'c', dialect: 'ingress-v1' });
  const errors = normaliseObject(ingress).diagnostics.filter(({ severity }) => severity === 'error');
  return [errors.map(({ pointer = '' }) => pointer), routeLine(answer)];
}

const PATH = '/spec/rules/0/http/paths/0';

/**
 * kubernetes/kubernetes `pkg/apis/networking/validation/validation.go`: `validateIngressRules`, `validateHTTPIngressPath`, `validateIngressBackend`. What a controller answers without Service or port
 * the specification does not say (KEP-1453).
 */
describe('a rule of an Ingress with', () => {
  it.each<[fault: string, path: JsonObject, errors: readonly string[], answer: string]>([
    ['nothing wrong', {}, [], 'ROUTED web'],
    ['`//` in its path', { path: '/x//y' }, [`${PATH}/path`], 'NOT_FOUND'],
    ['dots in its path', { path: '/x/../x' }, [`${PATH}/path`], 'NOT_FOUND'],
    ['a path without `/`', { path: 'x' }, [`${PATH}/path`], 'NOT_FOUND'],
    ['a type of path that is none', { pathType: 'Suffix' }, [`${PATH}/pathType`], 'NOT_FOUND'],
    ['a type of path that is no text', { pathType: 5 }, [`${PATH}/pathType`], 'NOT_FOUND'],
    ['a backend without port', to({ name: 'web' }), [`${PATH}/backend`], 'UNDEFINED BACKEND_INVALID'],
    ['a backend without name', to({ port: { number: 80 } }), [`${PATH}/backend`], 'UNDEFINED BACKEND_INVALID'],
    ['a Service that does not exist', to({ name: 'gone', port: { number: 80 } }), [], 'SERVICE_MISSING'],
    ['a port that the Service does not have', to({ name: 'web', port: { number: 81 } }), [], 'PORT_MISSING'],
    ['a name of a port that it does not have', to({ name: 'web', port: { name: 'https' } }), [], 'PORT_MISSING'],
  ])('%s', (_, path, errors, answer) => {
    expect(outcome('a.example.com', path)).toEqual([errors, answer]);
  });

  it.each(['a.*.com', '*', 'a.example.com:80', '192.0.2.1'])('host %s takes nothing', (host) => {
    expect(outcome(host, {})).toEqual([['/spec/rules/0/host'], 'NOT_FOUND']);
  });
});
