import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../kernel/json.js';
import { modelOf } from '../../../test/support/model.js';
import { askPolicy, judgedRows, policyCluster, policyObjects, type PolicySpecs, rowsOf } from '../../../test/support/policy-cluster.js';

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
