import { describe, expect, it } from 'vitest';
import { modelOf, objectsOf } from '../../../test/support/model.js';
import { ROUTES } from './gateway-routes.js';

const route = (kind: string, spec: string) =>
  `{apiVersion: gateway.networking.k8s.io/v1, kind: ${kind}, metadata: {name: r, namespace: n}, spec: {parentRefs: [{name: g, sectionName: web, port: 80}], ${spec}}}`;

async function shown(kind: string, spec: string) {
  const model = modelOf(await objectsOf(route(kind, spec)));
  return [...ROUTES.items(model)].map((item) => ROUTES.show(item, model));
}

/** Defaults of gateway-api `apis/v1/httproute_types.go` and `grpcroute_types.go`: a match without path is the prefix `/`, one of calls without method is every call; weight 1. */
describe('a route in words', () => {
  it.each([
    [
      'HTTPRoute',
      'rules: [{matches: [{method: GET, path: {value: /api}, headers: [{name: x, value: y}], queryParams: [{name: q, value: a.*, type: RegularExpression}]}, {headers: [{name: x, value: y}]}], backendRefs: [{name: s, port: 80}, {name: t, namespace: m, port: 81, weight: 3}]}]',
      ['GET PathPrefix /api, header x = y, query q ~ a.*', 'PathPrefix /, header x = y'],
      ['Service n/s:80, weight 1', 'Service m/t:81, weight 3'],
    ],
    [
      'GRPCRoute',
      'rules: [{matches: [{method: {service: a.B, method: C}}, {method: {method: C}}, {headers: [{name: env, value: canary}]}], backendRefs: [{name: s, port: 80}]}]',
      ['Exact a.B/C', 'Exact */C', 'every call, header env = canary'],
      ['Service n/s:80, weight 1'],
    ],
  ])('%s', async (kind, spec, matches, backends) => {
    expect(await shown(kind, spec)).toMatchObject([
      { kind, parents: ['Gateway n/g, listener web, port 80'], rules: [{ matches, backends }] },
    ]);
  });
});
