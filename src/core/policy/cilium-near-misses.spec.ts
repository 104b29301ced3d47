import { describe, expect, it } from 'vitest';
import { askPolicy, policyCluster, type PolicySpecs } from '../../../test/support/policy-cluster.js';

const CLUSTER = `
  node n1 192.168.0.1
  node n2 192.168.0.2
  shop/web app=web on n1
  data/db app=db on n2`;
const FLOW = 'shop/web -> data/db:5432';
const SETTINGS = { cni: { plugin: 'cilium' } };

const model = (policies: PolicySpecs, cluster = CLUSTER) => policyCluster(cluster, policies, SETTINGS);

/** The first near miss, and the verdict after the same change was made to the manifests by hand. */
function changed(before: PolicySpecs, after: { readonly policies?: PolicySpecs; readonly cluster?: string }, flow = FLOW) {
  const { verdict, result } = askPolicy(model(before), flow);
  expect(verdict).toBe('DENIED');
  const [first] = result.nearMisses;
  const told = first && `${first.suffices ? '' : '(not alone) '}${first.reason}: ${first.fix}`;
  return [told, askPolicy(model(after.policies ?? before, after.cluster), flow).verdict];
}

const ingress = (...rules: readonly object[]): PolicySpecs => ({ 'ciliumnp data/p': { endpointSelector: {}, ingress: rules as never } });
const web = { matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'shop', app: 'web' } };
const port = (number: string) => ({ ports: [{ port: number, protocol: 'TCP' }] });

describe('the smallest change to a policy of Cilium that would admit a connection', () => {
  it('a port of a rule whose peer matches', () => {
    const after = ingress({ fromEndpoints: [web], toPorts: [port('80'), port('5432')] });
    expect(changed(ingress({ fromEndpoints: [web], toPorts: [port('80')] }), { policies: after })).toEqual([
      'RULE_PORT: add `{ports: [{port: "5432", protocol: TCP}]}` to `/spec/ingress/0/toPorts` of CiliumNetworkPolicy data/p',
      'ALLOWED',
    ]);
  });

  it('a label of the source', () => {
    const client = { matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'shop', role: 'client' } };
    expect(changed(ingress({ fromEndpoints: [client] }), { cluster: CLUSTER.replace('app=web', 'app=web role=client') })).toEqual([
      'POD_LABEL: give Pod shop/web the label `role=client`',
      'ALLOWED',
    ]);
  });

  it('a peer more: endpoints of the policy’s own namespace alone were named', () => {
    expect(changed(ingress({ fromEndpoints: [{}] }), { policies: ingress({ fromEndpoints: [{}, web] }) })).toEqual([
      'RULE_PEER: add endpoints `app=web` of namespace shop to `/spec/ingress/0/fromEndpoints` of CiliumNetworkPolicy data/p',
      'ALLOWED',
    ]);
  });

  it('a rule more', () => {
    const after = ingress({ fromEntities: ['world'] }, { fromEndpoints: [web], toPorts: [port('5432')] });
    expect(changed(ingress({ fromEntities: ['world'] }), { policies: after })).toEqual([
      'NEW_RULE: add a rule to `/spec/ingress` of CiliumNetworkPolicy data/p: from endpoints `app=web` of namespace shop, TCP 5432',
      'ALLOWED',
    ]);
  });

  it('a node as an entity, where policies tell nodes apart', () => {
    const [host, world] = [{ fromEntities: ['host'] }, { fromEntities: ['world'] }];
    const after = ingress({ fromEntities: ['host', 'remote-node'] }, world);
    expect(changed(ingress(host, world), { policies: after }, 'node/n1 -> data/db:5432')).toEqual([
      'RULE_PEER: add the entity remote-node to `/spec/ingress/0/fromEntities` of CiliumNetworkPolicy data/p',
      'ALLOWED',
    ]);
  });

  it('a rule more for an address', () => {
    const after = ingress({ fromEndpoints: [{}] }, { fromCIDR: ['203.0.113.7/32'], toPorts: [port('5432')] });
    expect(changed(ingress({ fromEndpoints: [{}] }), { policies: after }, '203.0.113.7 -> data/db:5432')).toEqual([
      'NEW_RULE: add a rule to `/spec/ingress` of CiliumNetworkPolicy data/p: from 203.0.113.7/32, TCP 5432',
      'ALLOWED',
    ]);
  });

  it('none helps against a rule that denies, and none is told', () => {
    const policy = { endpointSelector: {}, ingress: [{ fromEntities: ['world'] }], ingressDeny: [{ fromEntities: ['cluster'] }] };
    expect(askPolicy(model({ 'ciliumnp data/p': policy }), FLOW).result.nearMisses).toEqual([]);
  });

  // cilium/cilium `Documentation/security/policy/deny.rst`: what a rule denies stays denied, whatever else accepts it.
  const denying = (...rules: readonly object[]): PolicySpecs => ({
    'ciliumnp data/p': { endpointSelector: {}, ingress: [{ fromEntities: ['all'] }], ingressDeny: rules as never },
  });

  it('a denial: a label by which it means the pod, if that is only asked for', () => {
    const old = {
      matchExpressions: [
        { key: 'k8s:old', operator: 'Exists' },
        { key: 'k8s:io.kubernetes.pod.namespace', operator: 'Exists' },
      ],
    };
    const cluster = CLUSTER.replace('app=web', 'app=web old=true');
    const { result } = askPolicy(model(denying({ fromEndpoints: [old] }), cluster), FLOW);
    expect(result.nearMisses.map(({ reason, fix, suffices }) => [reason, fix, suffices])).toEqual([
      ['POD_LABEL', 'take the label `old` from Pod shop/web', true],
      ['DENY_RULE', 'take the rule `/spec/ingressDeny/0` from CiliumNetworkPolicy data/p', true],
    ]);
    expect(askPolicy(model(denying({ fromEndpoints: [old] })), FLOW).verdict).toBe('ALLOWED');
  });

  it('a denial: one of its ports', () => {
    const deny = (...ports: readonly string[]) => denying({ fromEntities: ['cluster'], toPorts: ports.map(port) });
    expect(changed(deny('80', '5432'), { policies: deny('80') })).toEqual([
      'DENY_PORT: take `/spec/ingressDeny/0/toPorts/1/ports/0` (TCP 5432) from CiliumNetworkPolicy data/p',
      'ALLOWED',
    ]);
  });

  it('a denial: an exception from its block', () => {
    const deny = (except?: readonly string[]) => denying({ fromCIDRSet: [{ cidr: '203.0.113.0/24', ...(except ? { except } : {}) }] });
    expect(changed(deny(), { policies: deny(['203.0.113.7/32']) }, '203.0.113.7 -> data/db:5432')).toEqual([
      'DENY_PEER: add `203.0.113.7/32` to `/spec/ingressDeny/0/fromCIDRSet/0/except` of CiliumNetworkPolicy data/p',
      'ALLOWED',
    ]);
  });

  it('a denial: the rule itself; where two deny, neither alone', () => {
    expect(changed(denying({ fromEntities: ['cluster'] }), { policies: denying() })).toEqual([
      'DENY_RULE: take the rule `/spec/ingressDeny/0` from CiliumNetworkPolicy data/p',
      'ALLOWED',
    ]);
    expect(askPolicy(model(denying({ fromEntities: ['cluster'] }, { fromEntities: ['all'] })), FLOW).result.nearMisses).toEqual([]);
  });

  // "EnableDefaultDeny determines whether this policy configures the subject endpoint(s) to have a default deny mode" (the text of the CRD).
  it('the switch of default-deny, behind every other change, where one policy alone isolates', () => {
    const open = { endpointSelector: {}, ingress: [{ fromEntities: ['world'] }] };
    const fixes = (policies: PolicySpecs) =>
      askPolicy(model(policies), FLOW).result.nearMisses.map(({ reason, fix }) => `${reason}: ${fix}`);
    expect(fixes({ 'ciliumnp data/p': open }).at(-1)).toBe(
      'DEFAULT_DENY: set `/spec/enableDefaultDeny/ingress` of CiliumNetworkPolicy data/p to `false`: whatever no rule denies is then open',
    );
    expect(askPolicy(model({ 'ciliumnp data/p': { ...open, enableDefaultDeny: { ingress: false } } }), FLOW).verdict).toBe('ALLOWED');
    expect(fixes({ 'ciliumnp data/p': open, 'ciliumnp data/q': open }).filter((fix) => fix.startsWith('DEFAULT_DENY'))).toEqual([]);
  });

  // "Combining fromCIDR and fromCIDRSet is not supported yet" (rule_validation.go).
  it('a block more stands where the rule has its blocks', () => {
    const rule = (...cidrs: readonly string[]) => ingress({ fromCIDRSet: cidrs.map((cidr) => ({ cidr })) });
    expect(changed(rule('198.51.100.0/24'), { policies: rule('198.51.100.0/24', '203.0.113.7/32') }, '203.0.113.7 -> data/db:80')).toEqual([
      'RULE_PEER: add 203.0.113.7/32 to `/spec/ingress/0/fromCIDRSet` of CiliumNetworkPolicy data/p',
      'ALLOWED',
    ]);
  });

  it('a rule of a NetworkPolicy helps as well', () => {
    const np = { podSelector: {}, ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 5432 }] }] };
    const { result } = askPolicy(model({ 'data/np': np }), FLOW);
    expect(result.nearMisses.map(({ reason, object }) => `${reason} ${object}`)).toContain('RULE_PEER NetworkPolicy data/np');
  });
});
