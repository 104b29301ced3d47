import { describe, expect, it } from 'vitest';
import { askPolicy, policyCluster, type PolicySpecs } from '../../../test/support/policy-cluster.js';

const CLUSTER = `
  ns shop team=red
  ns data team=blue
  shop/web app=web @10.0.1.1
  data/db app=db sql=5432 @10.0.2.1
`;

const FLOW = 'shop/web -> data/db:5432';

/** Each near miss as `reason: fix`; those that do not suffice alone are marked. */
function misses(policies: PolicySpecs, flow = FLOW, cluster = CLUSTER): readonly string[] {
  const { result } = askPolicy(policyCluster(cluster, policies), flow);
  return result.nearMisses.map(({ reason, fix, suffices }) => `${suffices ? '' : '(not alone) '}${reason}: ${fix}`);
}

/** The first near miss, and the verdict after the same change was made to the manifests by hand. */
function changed(before: PolicySpecs, after: { readonly policies?: PolicySpecs; readonly cluster?: string }, flow = FLOW) {
  expect(askPolicy(policyCluster(CLUSTER, before), flow).verdict).toBe('DENIED');
  return [misses(before, flow)[0], askPolicy(policyCluster(after.cluster ?? CLUSTER, after.policies ?? before), flow).verdict];
}

const ingress = (...rules: readonly object[]): PolicySpecs => ({ 'data/p': { podSelector: {}, ingress: rules as never } });
const anywhere = { namespaceSelector: {} };

describe('the smallest change that would admit a connection', () => {
  it('the port of a rule whose peer matches', () => {
    expect(
      changed(ingress({ from: [anywhere], ports: [{ port: 80 }] }), {
        policies: ingress({ from: [anywhere], ports: [{ port: 80 }, { port: 5432 }] }),
      }),
    ).toEqual(['RULE_PORT: add `{protocol: TCP, port: 5432}` to `/spec/ingress/0/ports` of NetworkPolicy data/p', 'ALLOWED']);
  });

  it('the name of a container port', () => {
    const cluster = CLUSTER.replace('sql=5432', 'pg=5432');
    expect(changed(ingress({ ports: [{ port: 'pg' }] }), { cluster })).toEqual([
      'RULE_PORT: name the container port 5432 of Pod data/db `pg`',
      'ALLOWED',
    ]);
  });

  it('a label of the source', () => {
    const rule = { from: [{ namespaceSelector: {}, podSelector: { matchLabels: { role: 'client' } } }] };
    expect(changed(ingress(rule), { cluster: CLUSTER.replace('app=web', 'app=web role=client') })).toEqual([
      'POD_LABEL: give Pod shop/web the label `role=client`',
      'ALLOWED',
    ]);
  });

  it('a label that has to go', () => {
    const rule = { from: [{ namespaceSelector: {}, podSelector: { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] } }] };
    expect(changed(ingress(rule), { cluster: CLUSTER.replace('app=web', '') })).toEqual([
      'POD_LABEL: take the label `app` from Pod shop/web',
      'ALLOWED',
    ]);
  });

  it('a label of the namespace', () => {
    const rule = { from: [{ namespaceSelector: { matchLabels: { team: 'reds' } } }] };
    expect(changed(ingress(rule), { cluster: CLUSTER.replace('team=red', 'team=reds') })).toEqual([
      'NAMESPACE_LABEL: give Namespace shop the label `team=reds`',
      'ALLOWED',
    ]);
  });

  it('the namespace of a peer, whose name is no label that one could change', () => {
    const peer = (name: string) => ({ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } }] });
    expect(changed(ingress(peer('sales')), { policies: ingress(peer('shop')) })).toEqual([
      'RULE_PEER: let the peer at `/spec/ingress/0/from/0` of NetworkPolicy data/p select the namespace: `namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}`',
      'ALLOWED',
    ]);
  });

  it('the namespace that a podSelector alone forgets', () => {
    const podSelector = { matchLabels: { app: 'web' } };
    const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } };
    expect(changed(ingress({ from: [{ podSelector }] }), { policies: ingress({ from: [{ podSelector, namespaceSelector }] }) })).toEqual([
      'RULE_PEER: let the peer at `/spec/ingress/0/from/0` of NetworkPolicy data/p select the namespace: `namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}`',
      'ALLOWED',
    ]);
  });

  it('an address just outside the block, or in one of its exceptions', () => {
    const egress = (cidr: string, except: readonly string[] = []): PolicySpecs => ({
      'shop/p': { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr, except: [...except] } }] }] },
    });
    const flow = 'shop/web -> 203.0.113.7:443';
    expect(misses(egress('198.51.100.0/24'), flow)[0]).toBe('RULE_PEER: add 203.0.113.7/32 to `/spec/egress/0/to` of NetworkPolicy shop/p');
    expect(changed(egress('203.0.113.0/24', ['203.0.113.0/28']), { policies: egress('203.0.113.0/24') }, flow)).toEqual([
      'RULE_PEER: take 203.0.113.0/28 from `/spec/egress/0/to/0/ipBlock/except` of NetworkPolicy shop/p',
      'ALLOWED',
    ]);
  });

  it('a policy that would admit it, but selects another pod', () => {
    const policies: PolicySpecs = {
      'data/deny': { podSelector: {} },
      'data/open': { podSelector: { matchLabels: { app: 'dbs' } }, ingress: [{}] },
    };
    expect(changed(policies, { cluster: CLUSTER.replace('app=db', 'app=dbs') })).toEqual([
      'POLICY_SUBJECT: give Pod data/db the label `app=dbs`, or let the podSelector of NetworkPolicy data/open select it',
      'ALLOWED',
    ]);
  });

  it('a peer more, rather than a label that would make the pod another one', () => {
    const rule = (...apps: readonly string[]) => ({
      from: apps.map((app) => ({ namespaceSelector: {}, podSelector: { matchLabels: { app } } })),
    });
    expect(changed(ingress(rule('billing')), { policies: ingress(rule('billing', 'web')) })).toEqual([
      'RULE_PEER: add pods `app=web` of namespace shop to `/spec/ingress/0/from` of NetworkPolicy data/p',
      'ALLOWED',
    ]);
    expect(misses(ingress(rule('billing'))).at(-1)).toBe('POD_LABEL: give Pod shop/web the label `app=billing`');
  });

  it('a rule more, where nothing comes near', () => {
    const rule = {
      from: [
        { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } }, podSelector: { matchLabels: { app: 'web' } } },
      ],
      ports: [{ port: 5432 }],
    };
    expect(changed(ingress(), { policies: ingress(rule) })).toEqual([
      'NEW_RULE: add a rule to `/spec/ingress` of NetworkPolicy data/p: from pods `app=web` of namespace shop, TCP 5432',
      'ALLOWED',
    ]);
  });

  it('a block that holds all the addresses that were named', () => {
    expect(misses(ingress(), 'cidr/203.0.113.0/25 -> data/db:5432')).toEqual([
      'NEW_RULE: add a rule to `/spec/ingress` of NetworkPolicy data/p: from 203.0.113.0/25, TCP 5432',
    ]);
    expect(misses(ingress(), 'internet -> data/db:5432')).toEqual([
      'NEW_RULE: add a rule to `/spec/ingress` of NetworkPolicy data/p: from 0.0.0.0/0, TCP 5432',
    ]);
  });

  it('only what helps all the pods that were named', () => {
    const cluster = `${CLUSTER} shop/api app=api @10.0.1.2`.replace('@10.0.2.1\n shop/api', '@10.0.2.1\nshop/api');
    expect(misses(ingress(), 'ns/shop -> data/db:5432', cluster)).toEqual([]);
    const port = ingress({ from: [anywhere], ports: [{ port: 80 }] });
    expect(misses(port, 'ns/shop -> data/db:5432', cluster)).toEqual([
      'RULE_PORT: add `{protocol: TCP, port: 5432}` to `/spec/ingress/0/ports` of NetworkPolicy data/p',
    ]);
  });

  it('says where the other direction refuses too', () => {
    const policies: PolicySpecs = { ...ingress({ ports: [{ port: 80 }] }), 'shop/deny': { podSelector: {}, policyTypes: ['Egress'] } };
    expect(misses(policies)).toEqual([
      '(not alone) RULE_PORT: add `{protocol: TCP, port: 5432}` to `/spec/ingress/0/ports` of NetworkPolicy data/p',
      '(not alone) NEW_RULE: add a rule to `/spec/egress` of NetworkPolicy shop/deny: to pods `app=db` of namespace data, TCP 5432',
      '(not alone) NEW_RULE: add a rule to `/spec/ingress` of NetworkPolicy data/p: from pods `app=web` of namespace shop, TCP 5432',
    ]);
  });

  it('leaves out what does not help: a label that makes another policy refuse', () => {
    const policies: PolicySpecs = {
      ...ingress({ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { role: 'client' } } }] }),
      'shop/clients': { podSelector: { matchLabels: { role: 'client' } }, policyTypes: ['Egress'] },
    };
    const told = misses(policies);
    expect(told[0]).toMatch(/^RULE_PEER: add pods /);
    expect(told).toContain('(not alone) POD_LABEL: give Pod shop/web the label `role=client`');
  });

  it('tells none where everything is allowed, or where every port was asked for', () => {
    expect(misses(ingress({}))).toEqual([]);
    expect(misses(ingress({ ports: [{ port: 80 }] }), 'shop/web -> data/db')).toEqual([]);
  });
});
