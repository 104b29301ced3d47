import { describe, expect, it } from 'vitest';
import { knownKind } from './known-kind.js';

const KINDS = ['ConfigMap', 'Ingress', 'IngressClass', 'NetworkPolicy', 'Service'].map((kind) => ({ group: '', kind, objects: 1 }));

describe('knownKind', () => {
  /** What `kubectl get` takes for a kind: its singular and plural, in any case. */
  it.each([
    ['Service', 'Service'],
    ['service', 'Service'],
    ['services', 'Service'],
    ['networkpolicies', 'NetworkPolicy'],
    ['NetworkPolicies', 'NetworkPolicy'],
    ['ingresses', 'Ingress'],
    ['ingressclasses', 'IngressClass'],
    ['configmaps', 'ConfigMap'],
    ['EndpointSlice', 'EndpointSlice'], // well spelt: the revision has none, that is all
  ])('%s is %s', (written, kind) => expect(knownKind(written, KINDS)).toEqual({ ok: true, value: kind }));

  it.each([
    ['servces', 'did you mean `Service`?'],
    ['xyz', 'kinds are spelt as Kubernetes does, as in `NetworkPolicy`'],
    ["'; DROP TABLE object; --", 'kinds are spelt as Kubernetes does, as in `NetworkPolicy`'],
  ])('%s is none', (written, hint) => {
    expect(knownKind(written, KINDS)).toMatchObject({
      ok: false,
      error: { kind: 'invalid-request', hint, errors: [{ pointer: '/kind' }] },
    });
  });
});
