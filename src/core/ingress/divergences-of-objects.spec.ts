import { expect, it } from 'vitest';
import { backend, conditionLine, gateway, gatewayObject, gatewayStatusOf, listener } from '../../../test/support/gateway-cluster.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { lintRoutes } from '../../../test/support/route-lint.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { classOfIngress } from './class-of-ingress.js';

/** The rows of the catalogue of divergences (reference §7) that no request tells apart; the others are in `divergences.spec.ts`. */
const OLD = '2026-01-01T00:00:00Z';
const YOUNG = '2026-01-03T00:00:00Z';

/** Divergence D16: "newest (old servers: error)"; KEP-1453 and kubernetes `plugin/pkg/admission/network/defaultingressclass`. */
it('divergence D16: of two default classes the newest is filled in, which old servers refuse', () => {
  const defaultClass = (name: string, createdAt: string): KubernetesObject => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name, creationTimestamp: createdAt, annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
    spec: { controller: 'example.com/ingress' },
  });
  const classes = [defaultClass('older', OLD), defaultClass('newer', '2026-01-02T00:00:00Z')];
  const model = modelOf([...ingressCluster('i#@never : foo.com Prefix / -> s'), ...classes]);
  const answer = classOfIngress(model, 't', 'i');
  if (!answer.ok) throw new Error(answer.error.message);
  expect(answer.value.result.defaultedClass).toBe('newer');
  expect(lintRoutes(model).findings.map(({ message }) => message)).toContainEqual(expect.stringContaining('403'));
});

/** Divergence D22: "own list: all refused; ListenerSet: first wins" (kubernetes-sigs/gateway-api `apis/v1/gateway_types.go`, `listenerset_types.go`). */
it('divergence D22: of listeners that clash none counts, unless one is of a ListenerSet', () => {
  const own = [listener('ok', { port: 8000 }), listener('web', { port: 9000 }), listener('tcp', { port: 9000, protocol: 'TCP' })];
  const set = gatewayObject('ListenerSet', 'ls', {
    parentRef: { name: 'gw' },
    listeners: [listener('clash', { port: 8000, protocol: 'TCP' }), listener('fine', { port: 8001 })],
  });
  const model = modelOf([...gateway(own, { allowedListeners: { namespaces: { from: 'Same' } } }), set]);
  const accepted = (kind: 'Gateway' | 'ListenerSet', name: string) =>
    (gatewayStatusOf(model, kind, name).listeners ?? []).map((one) => [
      one.name,
      conditionLine(one.conditions.filter(({ type }) => type === 'Accepted' || type === 'Conflicted')),
    ]);
  expect(Object.fromEntries([...accepted('Gateway', 'shop/gw'), ...accepted('ListenerSet', 'shop/ls')])).toEqual({
    ok: expect.stringContaining('Accepted=True'),
    web: expect.stringMatching(/Accepted=False.*Conflicted=True ProtocolConflict/),
    tcp: expect.stringMatching(/Accepted=False.*Conflicted=True ProtocolConflict/),
    clash: expect.stringMatching(/Accepted=False.*Conflicted=True ProtocolConflict/),
    fine: expect.stringContaining('Accepted=True'),
  });
});

/** Divergence D23: "older only (some products merge both)" (kubernetes-sigs/gateway-api `apis/v1/grpcroute_types.go`). */
it('divergence D23: of an HTTPRoute and a GRPCRoute with one hostname the older is accepted', () => {
  const shared = { parentRefs: [{ name: 'gw' }], hostnames: ['shared.example'], rules: [{ backendRefs: [{ name: 's', port: 80 }] }] };
  const model = modelOf([
    ...gateway([listener('http')]),
    ...backend('s'),
    gatewayObject('HTTPRoute', 'web', shared, { createdAt: OLD }),
    gatewayObject('GRPCRoute', 'rpc', shared, { createdAt: YOUNG }),
  ]);
  const accepted = (kind: 'HTTPRoute' | 'GRPCRoute', name: string) =>
    (gatewayStatusOf(model, kind, name).parents ?? []).flatMap(({ conditions }) =>
      conditions.filter(({ type }) => type === 'Accepted').map(({ status }) => status),
    );
  expect([accepted('HTTPRoute', 'shop/web'), accepted('GRPCRoute', 'shop/rpc')]).toEqual([['True'], ['False']]);
});
