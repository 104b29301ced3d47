import { describe, expect, it } from 'vitest';
import { gatewayObject } from '../../../../../test/support/gateway-cluster.js';
import { modelOf } from '../../../../../test/support/model.js';
import type { ObjectReference } from '../../../resources/gateway-reference.js';
import { isGranted, type Referrer } from './grants.js';

const GROUP = 'gateway.networking.k8s.io';
const route: Referrer = { group: GROUP, kind: 'HTTPRoute', namespace: 'shop' };
const service = (name: string, namespace: string | undefined = 'other'): ObjectReference => ({
  pointer: '/spec/rules/0/backendRefs/0',
  group: '',
  kind: 'Service',
  namespace,
  name,
});

/** `apis/v1/referencegrant_types.go`: who is in `from`, from a namespace, may refer to what is in `to`; "if unspecified, this policy refers to all resources of the specified Group and Kind". */
describe('a reference into another namespace', () => {
  const grant = (name: string, from: object, to: object) =>
    gatewayObject('ReferenceGrant', `other/${name}`, {
      from: [{ group: GROUP, kind: 'HTTPRoute', namespace: 'shop', ...from }],
      to: [{ group: '', kind: 'Service', ...to }],
    });
  const ask = (from: object, to: object, asked = service('web'), by = route) =>
    isGranted(modelOf([grant('g', from, to)]).gatewayApi, by, asked);

  it.each<[what: string, from: object, to: object, granted: boolean]>([
    ['the kind', {}, {}, true],
    ['the name', {}, { name: 'web' }, true],
    ['another name', {}, { name: 'api' }, false],
    ['another kind', {}, { kind: 'Secret' }, false],
    ['another group', {}, { group: 'example.com' }, false],
    ['from another namespace', { namespace: 'elsewhere' }, {}, false],
    ['from another kind', { kind: 'GRPCRoute' }, {}, false],
    ['from another group', { group: 'example.com' }, {}, false],
  ])('is granted as it is written: %s', (_, from, to, granted) => {
    expect(ask(from, to)).toBe(granted);
  });

  it('is granted by what stands in its own namespace alone, and needs nothing within it', () => {
    expect(ask({}, {}, service('web', 'third'))).toBe(false);
    expect(ask({ namespace: 'elsewhere' }, {}, service('web', 'shop'))).toBe(true);
    expect(ask({ namespace: 'elsewhere' }, {}, { ...service('web'), namespace: undefined })).toBe(true);
  });

  // "ReferenceGrants are additive", and what one lets in the target of another does not open
  it('is granted by one grant as a whole', () => {
    const { gatewayApi } = modelOf([grant('a', {}, { name: 'web' }), grant('b', { namespace: 'elsewhere' }, { name: 'api' })]);
    expect(['web', 'api'].map((name) => isGranted(gatewayApi, route, service(name)))).toEqual([true, false]);
  });

  it('is looked up, however many grants there are', () => {
    let reads = 0;
    const { gatewayApi } = modelOf(Array.from({ length: 200 }, (_, index) => grant(`g${index}`, {}, { name: `s${index}` })));
    const grants = gatewayApi.grants.map((one) =>
      Object.defineProperty({ ...one }, 'namespace', {
        get: () => {
          reads += 1;
          return one.namespace;
        },
      }),
    );
    const counted = { ...gatewayApi, grants };
    for (let index = 0; index < 200; index += 1) expect(isGranted(counted, route, service(`s${index}`))).toBe(true);
    expect(isGranted(counted, route, service('none'))).toBe(false);
    expect(reads).toBeLessThanOrEqual(grants.length);
  });

  // the API server takes 16 entries of each; more of them are told at import, and read all the same
  it('is looked up, however many entries one grant has', () => {
    let reads = 0;
    const many = Array.from({ length: 300 }, (_, index) => `n${index}`);
    const { gatewayApi } = modelOf([
      gatewayObject('ReferenceGrant', 'other/g', {
        from: many.map((namespace) => ({ group: GROUP, kind: 'HTTPRoute', namespace })),
        to: many.map((name) => ({ group: '', kind: 'Service', name })),
      }),
    ]);
    const counting = <T extends { readonly kind: string }>(one: T): T =>
      Object.defineProperty({ ...one }, 'kind', {
        get: () => {
          reads += 1;
          return one.kind;
        },
      });
    const grants = gatewayApi.grants.map((one) => ({ ...one, from: one.from.map(counting), to: one.to.map(counting) }));
    const counted = { ...gatewayApi, grants };
    for (const name of many) expect(isGranted(counted, { ...route, namespace: name }, service(name))).toBe(true);
    expect(isGranted(counted, { ...route, namespace: 'n300' }, service('n0'))).toBe(false);
    expect(isGranted(counted, { ...route, namespace: 'n0' }, service('n300'))).toBe(false);
    expect(reads).toBeLessThanOrEqual(2 * many.length);
  });
});
