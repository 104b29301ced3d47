import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { askPolicy, judgedRows, policyCluster, policyObjects, type PolicySpecs, rowsOf } from '../../../test/support/policy-cluster.js';
import { lint } from '../../../test/support/policy-lint.js';
import type { JsonObject } from '../kernel/json.js';

/**
 * cilium/cilium `pkg/policy/l4.go`, L7ParserType.Merge and canPromoteTo; `rule_test.go`: "cannot merge conflicting L7 parsers (kafka/http)"; cilium/cilium#26644:
 * "only failing out if there is an L7 parser or Listener conflict on the same cached selector".
 */
const PODS = `
  web/client app=client @10.0.1.1
  web/other app=other @10.0.1.2
  data/db app=db http=80 @10.0.2.1`;

const CILIUM = { cni: { plugin: 'cilium' } };
const HTTP = { rules: { http: [{ method: 'GET' }] } };
const KAFKA = { rules: { kafka: [{ topic: 'orders' }] } };
const OWN = { rules: { l7proto: 'testparser', l7: [{ method: 'GET' }] } };
const TLS = { serverNames: ['db.example.com'] };
const LISTENER = { listener: { envoyConfig: { name: 'one' }, name: 'first' } };

const from = (app: string) => ({ fromEndpoints: [{ matchLabels: { app, 'k8s:io.kubernetes.pod.namespace': 'web' } }] });
const rule = (what: JsonObject, who: JsonObject = from('client'), port: JsonObject = { port: '80', protocol: 'TCP' }): JsonObject => ({
  ...who,
  toPorts: [{ ports: [port], ...what }],
});
const ingress = (...rules: readonly JsonObject[]) => ({ endpointSelector: { matchLabels: { app: 'db' } }, ingress: rules });
const two = (one: JsonObject, other: JsonObject): PolicySpecs => ({ 'ciliumnp data/a': ingress(one), 'ciliumnp data/b': ingress(other) });

function expectRows(policies: PolicySpecs, table: string): void {
  expect(judgedRows(policyCluster(PODS, policies, CILIUM), table)).toEqual(rowsOf(table));
}
const row = (verdict: string, pod = 'client', port = 80) => `web/${pod} -> data/db:${port} = ${verdict}`;

describe('parsers that read one port of one peer', () => {
  it.each([
    ['HTTP and Kafka', HTTP, KAFKA],
    ['HTTP and one of one’s own', HTTP, OWN],
    ['Kafka and one of one’s own', KAFKA, OWN],
  ])('%s are not merged: both rules fail closed', (_, one, other) => {
    expectRows(two(rule(one), rule(other)), row('deny'));
    expectRows({ 'ciliumnp data/a': ingress(rule(one), rule(other)) }, row('deny'));
    expectRows(
      {
        'ciliumnp data/a': ingress({
          ...from('client'),
          toPorts: [rule(one), rule(other)].flatMap((each) => each['toPorts'] as JsonObject[]),
        }),
      },
      row('deny'),
    );
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['of one kind', rule(HTTP), rule({ rules: { http: [{ method: 'PUT' }] } })],
    ['none beside one: the layer 7 portions have no effect', rule(HTTP), rule({})],
    ['an empty list is none', rule(HTTP), rule({ rules: { kafka: [] } })],
    ['TLS becomes HTTP', rule(TLS), rule(HTTP)],
    ['of another peer', rule(HTTP), rule(KAFKA, from('other'))],
    ['of another port', rule(HTTP), rule(KAFKA, from('client'), { port: '81', protocol: 'TCP' })],
    ['of a range that holds the port', rule(HTTP), rule(KAFKA, from('client'), { port: '80', endPort: 90, protocol: 'TCP' })],
    ['of the port by its name', rule(HTTP), rule(KAFKA, from('client'), { port: 'http', protocol: 'TCP' })],
  ])('are merged, or not met: %s', (_, one, other) => {
    expectRows(two(one, other), row('allow'));
  });

  it('TLS becomes no DNS, and no listener anything else', () => {
    const egress = (...rules: readonly JsonObject[]) => ({ endpointSelector: { matchLabels: { app: 'client' } }, egress: rules });
    const to = { toEndpoints: [{ matchLabels: { app: 'db', 'k8s:io.kubernetes.pod.namespace': 'data' } }] };
    const dns = { rules: { dns: [{ matchPattern: '*.example.com' }] } };
    for (const [one, other, verdict] of [
      [TLS, dns, 'deny'],
      [LISTENER, HTTP, 'deny'],
      [LISTENER, TLS, 'deny'],
      [TLS, TLS, 'allow'],
    ] as const) {
      expectRows({ 'ciliumnp web/a': egress(rule(one, to)), 'ciliumnp web/b': egress(rule(other, to)) }, row(verdict));
    }
  });

  it('everybody is one peer, however it is written', () => {
    expectRows(two(rule(HTTP, {}), rule(KAFKA, { fromEntities: ['all'] })), row('deny'));
    expectRows(two(rule(HTTP, {}), rule(KAFKA)), row('allow'));
  });

  it('only where both select the endpoint; what else the policies allow stays', () => {
    const elsewhere = { ...ingress(rule(KAFKA)), endpointSelector: { matchLabels: { app: 'other' } } };
    expectRows({ 'ciliumnp data/a': ingress(rule(HTTP)), 'ciliumnp data/b': elsewhere }, row('allow'));
    expectRows(
      { ...two(rule(HTTP), rule(KAFKA)), 'ciliumnp data/c': ingress(rule({}, from('other'))) },
      `${row('deny')}\n${row('allow', 'other')}`,
    );
  });

  it('the answer says which rules, and lint names them', () => {
    const model = policyCluster(PODS, two(rule(HTTP), rule(KAFKA)), CILIUM);
    const answer = askPolicy(model, 'web/client -> data/db:80');
    const [warning] = answer.warnings;
    expect([warning?.code, warning?.message]).toEqual(['RULE_FAILS_CLOSED', expect.stringContaining('by the parser `kafka` too')]);
    const found = lint(model, { codes: ['POL-PARSERS-CONFLICT'] }).result.findings;
    expect(found.map(({ object, pointer }) => `${object.name} ${pointer}`)).toEqual(['a /spec/ingress/0', 'b /spec/ingress/0']);
    expect(lint(policyCluster(PODS, two(rule(HTTP), rule(TLS)), CILIUM), { codes: ['POL-PARSERS-CONFLICT'] }).result.findings).toEqual([]);
  });

  it('a rule with many peers and ports counts them as one', () => {
    const peers = {
      fromEndpoints: Array.from({ length: 2_000 }, (_, index) => ({
        matchLabels: { app: index === 0 ? 'client' : `c${index}`, 'k8s:io.kubernetes.pod.namespace': 'web' },
      })),
    };
    const ports = Array.from({ length: 6 }, (_, index) => ({ port: String(80 + index), protocol: 'TCP' }));
    const many = (what: JsonObject) => ({ ...peers, toPorts: [{ ports, ...what }] });
    expectRows(two(many(HTTP), many(KAFKA)), row('deny'));
    expect(modelOf(policyObjects(PODS, two(many(HTTP), many(KAFKA))), CILIUM).ciliumPolicies).toHaveLength(2);
  });
});
