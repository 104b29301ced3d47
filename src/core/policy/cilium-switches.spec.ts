import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../kernel/json.js';
import { finished } from '../kernel/steps.js';
import { modelOf } from '../../../test/support/model.js';
import { askPolicy, judgedRows, policyCluster, policyObjects, type PolicySpecs, rowsOf } from '../../../test/support/policy-cluster.js';

import { PolicyIndex } from './internal/policy-index.js';
import { lint } from '../../../test/support/policy-lint.js';

/** Switches of the agent that change what its policies mean; the keys are those of cilium-config (cilium/cilium `Documentation/cmdref/cilium-agent.md`). */

const PODS = `
  ns web team=red
  web/client app=client @10.0.1.1
  web/proxy k8s-app=konnectivity-agent @10.0.1.2
  data/db app=db @10.0.2.1`;

function expectRows(config: Record<string, string>, policies: PolicySpecs, table: string): void {
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cilium-config', namespace: 'kube-system' }, data: config };
  expect(judgedRows(modelOf([map, ...policyObjects(PODS, policies)]), table)).toEqual(rowsOf(table));
}

const select = (labels: JsonObject) => ({ matchLabels: labels });

/** `pkg/policy/api/entity.go`, ParseAdditionalEntitySelectors, applyAdditionalEntitySelectors, and entity_test.go. */
describe('policy-entity-selectors', () => {
  const konnectivity = { 'kube-apiserver': select({ 'k8s-app': 'konnectivity-agent' }) };
  const from = (entity: string, direction = 'ingress') => ({
    'ciliumnp data/p': {
      endpointSelector: {},
      [direction]: [{ fromEntities: [entity] }],
      ...(direction === 'ingress' ? {} : { ingress: [{ fromEntities: ['all'] }] }),
    },
  });
  const row = (pod: string, outcome: string) => `web/${pod} -> data/db:80 = ${outcome}`;

  it('pods of any namespace count to an entity, and to no other', () => {
    const config = { 'policy-entity-selectors': JSON.stringify(konnectivity) };
    expectRows({}, from('kube-apiserver'), row('proxy', 'deny'));
    expectRows(config, from('kube-apiserver'), `${row('proxy', 'allow')}\n${row('client', 'deny')}`);
    expectRows(config, from('world'), row('proxy', 'deny'));
  });

  it('in rules that deny too', () => {
    const config = { 'policy-entity-selectors': JSON.stringify({ world: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } }) };
    expectRows(
      config,
      from('world', 'ingressDeny'),
      `${row('client', 'deny')}\n${row('proxy', 'allow')}\n203.0.113.7 -> data/db:80 = deny`,
    );
    expectRows({}, from('world', 'ingressDeny'), `${row('client', 'allow')}\n203.0.113.7 -> data/db:80 = deny`);
  });

  it.each([
    ['no JSON', '{'],
    ['an entity that cannot be customised', JSON.stringify({ ...konnectivity, cluster: select({ foo: 'bar' }) })],
    ['all', JSON.stringify({ ...konnectivity, all: select({ foo: 'bar' }) })],
    ['an empty selector', JSON.stringify({ 'kube-apiserver': {} })],
    ['a selector that is none', JSON.stringify({ 'kube-apiserver': 'k8s-app=konnectivity-agent' })],
    ['a label that is none', JSON.stringify({ 'kube-apiserver': select({ 'k8s app': 'x' }) })],
  ])('what the agent refuses opens nothing: %s', (_, text) => {
    expectRows({ 'policy-entity-selectors': text }, from('kube-apiserver'), row('proxy', 'deny'));
  });

  it('what would help is never a selector beside the entity: the two do not go together', () => {
    const settings = { cni: { plugin: 'cilium' }, policy: { cilium: { entitySelectors: konnectivity } } };
    const { nearMisses } = askPolicy(policyCluster(PODS, from('kube-apiserver'), settings), 'web/client -> data/db:80').result;
    expect(nearMisses.map(({ reason }) => reason)).not.toContain('RULE_PEER');
    expect(nearMisses.map(({ fix }) => fix)).toContain('give Pod web/client the label `k8s-app=konnectivity-agent`');
  });

  it('is set as an object', () => {
    const set = (entitySelectors: JsonObject) =>
      policyCluster(PODS, from('kube-apiserver'), { cni: { plugin: 'cilium' }, policy: { cilium: { entitySelectors } } });
    expect(judgedRows(set(konnectivity), row('proxy', 'allow'))).toEqual([row('proxy', 'allow')]);
    expect(() => set({ cluster: select({ a: 'b' }) })).toThrow(/entitySelectors/);
  });
});

/** `pkg/policy/utils/helpers.go`, addClusterFilterByDefault and getEndpointSelector. */
describe('policy-default-local-cluster', () => {
  const other = { matchExpressions: [{ key: 'k8s:io.kubernetes.pod.namespace', operator: 'NotIn', values: ['data'] }] };
  const policy = (peer: JsonObject) => ({ 'ccnp p': { endpointSelector: select({ app: 'db' }), ingress: [{ fromEndpoints: [peer] }] } });
  const rows = (pods: string, world: string) => `web/client -> data/db:80 = ${pods}\n203.0.113.7 -> data/db:80 = ${world}`;

  it('what is not in a namespace is the world too, unless selectors mean the own cluster', () => {
    expectRows({ 'policy-default-local-cluster': 'false' }, policy(other), rows('allow', 'allow'));
    expectRows({}, policy(other), rows('allow', 'allow'));
    expectRows({ 'policy-default-local-cluster': 'true' }, policy(other), rows('allow', 'deny'));
  });

  it('selectors that name a cluster, and those of reserved labels, stay as they are', () => {
    const on = { 'policy-default-local-cluster': 'true', 'cluster-name': 'east' };
    const cluster = (key: string, name: string) => select({ [key]: name });
    expectRows(on, policy(cluster('io.cilium.k8s.policy.cluster', 'east')), rows('allow', 'deny'));
    expectRows(on, policy(cluster('k8s:io.cilium.k8s.policy.cluster', 'west')), rows('deny', 'deny'));
    expectRows(on, policy(select({ 'reserved:world': '' })), rows('deny', 'allow'));
    expectRows(on, policy({}), rows('allow', 'deny'));
  });
});

/** `pkg/policy/utils/helpers.go`, evaluateDefaultDenyForRule: without the feature "DefaultDeny is enabled". */
describe('enable-non-default-deny-policies', () => {
  const policy = {
    'ciliumnp data/p': {
      endpointSelector: {},
      ingress: [{ fromEntities: ['none'] }],
      enableDefaultDeny: { ingress: false, egress: false },
    },
  };
  it.each([
    ['true', 'allow'],
    ['false', 'deny'],
  ])('%s', (flag, ingress) => {
    const table = `web/client -> data/db:80 = ${ingress}\ndata/db -> web/client:80 = allow`;
    expectRows({ 'enable-non-default-deny-policies': flag }, policy, table);
  });

  it.each([true, false])('what would help, where it is %s', (nonDefaultDeny) => {
    const closed = { 'ciliumnp data/p': { endpointSelector: {}, ingress: [{ fromEntities: ['none'] }] } };
    const model = policyCluster(PODS, closed, { cni: { plugin: 'cilium' }, policy: { cilium: { nonDefaultDeny } } });
    const { nearMisses } = askPolicy(model, 'web/client -> data/db:80').result;
    expect(nearMisses.some(({ reason }) => reason === 'DEFAULT_DENY')).toBe(nonDefaultDeny);
  });
});

const AGENT = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cilium-config', namespace: 'kube-system' } };

function agentCluster(config: Record<string, string>, policies: PolicySpecs) {
  return modelOf([{ ...AGENT, data: config }, ...policyObjects(PODS, policies)]);
}

const KINDS = {
  'enable-k8s-networkpolicy': 'NetworkPolicy',
  'enable-cilium-network-policy': 'CiliumNetworkPolicy',
  'enable-cilium-clusterwide-network-policy': 'CiliumClusterwideNetworkPolicy',
};

/** `pkg/policy/k8s/cell.go` and `watcher.go`: each kind is watched by its switch, which is on unless it is told off (`daemon/cmd/daemon_main.go`). */
describe('the kinds of policies that the agent reads', () => {
  const closed = { podSelector: {}, policyTypes: ['Ingress'] };
  const none = { endpointSelector: {}, ingress: [{}] };
  const all: PolicySpecs = { 'data/k8s': closed, 'ciliumnp data/own': none, 'ccnp wide': none };
  const row = (verdict: string) => `web/client -> data/db:80 = ${verdict}`;

  it.each(Object.keys(KINDS))('%s: false leaves one kind out', (key) => {
    const others = Object.keys(KINDS).filter((one) => one !== key);
    const allOthersOff = Object.fromEntries(others.map((one) => [one, 'false']));
    expectRows(allOthersOff, all, row('deny'));
    expectRows({ ...allOthersOff, [key]: 'false' }, all, row('allow'));
  });

  it.each(Object.entries(KINDS))('%s: false is said where such a policy is stored', (key, kind) => {
    const answer = askPolicy(agentCluster({ [key]: 'false' }, all), 'web/client -> data/db:80');
    expect(answer.verdict).toBe('DENIED');
    expect(answer.warnings.map(({ code, message }) => `${code} ${message}`)).toEqual([
      `API_NOT_ENFORCED 1 policy of kind ${kind} is stored, not enforced: Cilium's agent does not read them (\`policy.cilium.kinds\` of the profile)`,
    ]);
    expect(answer.enforcement?.caveats).toContain(
      `cilium: the agent does not read policies of kind ${kind}: they are stored, not enforced`,
    );
  });

  it('nothing is said where no such policy is stored', () => {
    const answer = askPolicy(agentCluster({ 'enable-k8s-networkpolicy': 'false' }, { 'ccnp wide': none }), 'web/client -> data/db:80');
    expect([answer.verdict, answer.warnings]).toEqual(['DENIED', []]);
  });

  it('lint says that they are not enforced', () => {
    const model = agentCluster(Object.fromEntries(Object.keys(KINDS).map((key) => [key, 'false'])), all);
    const { findings } = lint(model).result;
    const said = findings.filter(({ code }) => code === 'POL-NOT-ENFORCED').map(({ object }) => object.kind);
    expect(said.sort()).toEqual(Object.values(KINDS).sort());
  });

  it('is set as a list', () => {
    const settings = { cni: { plugin: 'cilium' }, policy: { cilium: { kinds: ['CiliumNetworkPolicy'] } } };
    expect(judgedRows(policyCluster(PODS, { 'data/k8s': closed, 'ccnp wide': none }, settings), row('allow'))).toEqual([row('allow')]);
    expect(() => policyCluster(PODS, {}, { policy: { cilium: { kinds: ['AdminNetworkPolicy'] } } })).toThrow(
      /`kinds`: "AdminNetworkPolicy" is not one of NetworkPolicy, /,
    );
  });

  it('the format of netpol-analyzer reads NetworkPolicies, whatever the agent does', () => {
    const model = agentCluster({ 'enable-k8s-networkpolicy': 'false' }, { 'data/k8s': closed });
    expect(finished(PolicyIndex.ofSpecification(model)).policiesIn('data')).toHaveLength(1);
    expect(finished(PolicyIndex.inSteps(model)).policiesIn('data')).toHaveLength(0);
  });
});

/** `pkg/policy/api/rule_validation.go`: "L7 policy is not supported since L7 proxy is not enabled", "ICMP rules can only be applied when the … flag is set". */
describe.each([
  ['enable-l7-proxy', { toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }], rules: { http: [{ method: 'GET' }] } }] }, 'TCP/80'],
  ['enable-icmp-rules', { icmps: [{ fields: [{ family: 'IPv4', type: 8 }] }] }, 'ICMP'],
])('%s', (key, what, asked) => {
  const policies: PolicySpecs = {
    'ciliumnp data/p': { endpointSelector: {}, ingress: [{ fromEntities: ['all'], ...what }, { toPorts: [{ ports: [{ port: '81' }] }] }] },
  };
  const rows = (verdict: string) =>
    asked === 'ICMP' ? `web/client -> data/db:81 = allow` : `web/client -> data/db:80 = ${verdict}\nweb/client -> data/db:81 = allow`;

  it('is on by default; off, the agent refuses such rules, and they fail closed', () => {
    expectRows({}, policies, rows('allow'));
    expectRows({ [key]: 'false' }, policies, rows('deny'));
  });

  it('off, the answer says why the rule fails closed', () => {
    const answer = askPolicy(agentCluster({ [key]: 'false' }, policies), 'web/client -> data/db:80');
    expect(answer.warnings.map(({ code }) => code)).toEqual(['RULE_FAILS_CLOSED']);
    expect(answer.evidence.find(({ reason }) => reason === 'RULE_FAILS_CLOSED')?.message).toContain(`\`${key}\` is off`);
    expect(answer.enforcement?.caveats.some((text) => text.includes(`\`${key}: false\``))).toBe(true);
  });

  it('off, lint names the rule', () => {
    const model = agentCluster({ [key]: 'false' }, policies);
    const { findings } = lint(model).result;
    const [found] = findings.filter(({ code }) => code === 'POL-NOT-ENFORCED');
    expect([found?.pointer, found?.message.includes(key)]).toEqual(['/spec/ingress/0', true]);
  });
});
