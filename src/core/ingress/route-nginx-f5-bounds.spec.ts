import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { lintRoutes } from '../../../test/support/route-lint.js';
import { OTHERS, server, subroutes, to } from '../../../test/support/virtual-servers.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { nginxF5 } from './internal/nginx-f5/nginx-f5.js';

const COUNT = 5_000;
const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);
const service = (name: string): JsonObject => ({ service: { name, port: { number: 80 } } });
const ingress = (name: string, annotations: JsonObject, paths: readonly JsonObject[]): KubernetesObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name, namespace: 't', creationTimestamp: '2026-01-01T00:00:00Z', annotations },
  spec: { ingressClassName: 'f5', rules: [{ host: 'foo.com', ...(paths.length === 0 ? {} : { http: { paths: [...paths] } }) }] },
});
const PATHS = numbers(COUNT).map((number) => ({ path: `/p${number}`, pathType: 'Prefix', backend: service('a') }));

/** Counts how often a field of objects is read. */
function counted(objects: readonly object[], field: string): { reads: number } {
  const count = { reads: 0 };
  for (const one of objects) {
    const own: unknown = Reflect.get(one, field);
    Object.defineProperty(one, field, {
      get() {
        count.reads++;
        return own;
      },
    });
  }
  return count;
}

/** What is counted is work, in one step and in all: an object may have as many paths as fit into it. */
describe('the controller of NGINX Inc.', () => {
  it.each<[what: string, objects: readonly KubernetesObject[]]>([
    [
      'a VirtualServer',
      [
        server(
          's',
          numbers(COUNT).map((number) => to(`/p${number}`, 'a')),
        ),
      ],
    ],
    [
      'expressions of a VirtualServer',
      [
        server(
          's',
          numbers(COUNT).map((number) => to(`~ ^/p${number}$`, 'a')),
        ),
      ],
    ],
    [
      'a VirtualServerRoute',
      [
        server('s', [{ path: '/p', route: 'r' }]),
        subroutes(
          'r',
          numbers(COUNT).map((number) => to(`/p${number}`, 'a')),
        ),
      ],
    ],
  ])('makes the server of %s in steps', (_what, objects) => {
    const model = modelOf([...OTHERS, ...objects]);
    const { servers, routes } = model.virtualServers;
    const count = counted(
      [...servers, ...routes].flatMap((one) => one.routes),
      'matches',
    );
    expect(most(model, count)).toBeLessThan(COUNT / 2);
    expect(count.reads).toBeGreaterThanOrEqual(COUNT);
  });

  it.each<[what: string, objects: readonly KubernetesObject[]]>([
    ['an Ingress', [ingress('i', {}, PATHS)]],
    [
      'a minion',
      [
        ingress('m', { 'nginx.org/mergeable-ingress-type': 'master' }, []),
        ingress('i', { 'nginx.org/mergeable-ingress-type': 'minion' }, PATHS),
      ],
    ],
  ])('checks %s, and makes its server, in steps', (_what, objects) => {
    const model = modelOf([...OTHERS, ...objects]);
    const count = counted(
      [...model.ingresses].flatMap(({ rules }) => rules.flatMap(({ paths }) => paths)),
      'path',
    );
    expect(most(model, count)).toBeLessThan(COUNT);
    expect(count.reads).toBeGreaterThanOrEqual(COUNT * 3);
  });

  it('looks upstreams up by their names, however many routes name them', () => {
    const names = numbers(1_000).map((number) => `u${number}`);
    const upstreams = names.map((name) => ({ name, service: 'a', port: 80 }));
    const model = modelOf([
      ...OTHERS,
      server(
        's',
        names.map((name) => to(`/${name}`, name)),
        { upstreams },
      ),
    ]);
    const count = counted(model.virtualServers.servers[0]?.upstreams ?? [], 'name');
    expect(lintRoutes(model).states).toMatchObject({ rules: 1_000, live: 1_000 });
    expect(count.reads).toBeLessThan(20 * names.length);
  });
});

/** The most that is read between two steps. */
function most(model: ReturnType<typeof modelOf>, count: { readonly reads: number }): number {
  let [before, found] = [0, 0];
  const steps = nginxF5.compile(model, 'f5');
  while (!steps.next().done) {
    found = Math.max(found, count.reads - before);
    before = count.reads;
  }
  return Math.max(found, count.reads - before);
}
