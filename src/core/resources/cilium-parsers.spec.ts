import { describe, expect, it } from 'vitest';
import { networkPolicy } from '../../../test/support/policy-cluster.js';
import type { JsonObject } from '../kernel/json.js';
import { normaliseObject } from './normalise-object.js';

const ingress = (...rules: object[]) => ({ endpointSelector: {}, ingress: rules }) as JsonObject;

function read(spec: JsonObject) {
  const { diagnostics } = normaliseObject(networkPolicy('ciliumnp a/p', spec));
  return { findings: diagnostics.map(({ severity, pointer }) => `${severity} ${pointer ?? ''}`), diagnostics };
}

/** cilium/cilium `pkg/policy/l4.go`, L7ParserType.Merge: "cannot merge conflicting L7 parsers"; canPromoteTo: TLS becomes anything but DNS and CRD. */
describe('rules of one spec that read one port of one peer by two parsers', () => {
  const on = (rules: JsonObject, port = '80') => ({ ports: [{ port, protocol: 'TCP' }], ...rules });
  const [http, kafka] = [{ rules: { http: [{ method: 'GET' }] } }, { rules: { kafka: [{ topic: 'a' }] } }];
  const from = (app: string, ...toPorts: object[]) => ({ fromEndpoints: [{ matchLabels: { app } }], toPorts });

  it.each<[string, JsonObject, readonly string[]]>([
    ['HTTP and Kafka', ingress(from('a', on(http)), from('a', on(kafka))), ['error /spec/ingress/0', 'error /spec/ingress/1']],
    ['within one rule', ingress(from('a', on(http), on(kafka))), ['error /spec/ingress/0']],
    ['another peer', ingress(from('a', on(http)), from('b', on(kafka))), []],
    ['another port', ingress(from('a', on(http)), from('a', on(kafka, '81'))), []],
    ['an empty list reads nothing', ingress(from('a', on(http)), from('a', on({ rules: { kafka: [] } }))), []],
    ['TLS becomes HTTP', ingress(from('a', on(http)), from('a', on({ serverNames: ['a.example.com'] }))), []],
  ])('%s', (_, spec, expected) => {
    const { findings, diagnostics } = read(spec);
    expect(findings).toEqual(expected);
    for (const { code } of diagnostics) expect(code).toBe('conflicting-parsers');
  });

  it('those of two specs may select different endpoints', () => {
    const [one, other] = [ingress(from('a', on(http))), ingress(from('a', on(kafka)))];
    const object = { apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', metadata: { name: 'p', namespace: 'a' } };
    expect(normaliseObject({ ...object, specs: [one, other] }).diagnostics).toEqual([]);
  });
});
