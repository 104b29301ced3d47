import { describe, expect, it } from 'vitest';
import { compare, witnesses } from '../../../test/support/policy-compare.js';
import type { JsonObject } from '../kernel/json.js';
import { modelOf } from '../../../test/support/model.js';
import { policyCluster, policyObjects, type PolicySpecs } from '../../../test/support/policy-cluster.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import type { CompareVerdict } from './compare-result.js';

const SHOP = `
  ns shop team=shop
  ns data team=data
  shop/web app=web tier=front http=8080 @10.0.0.1
  shop/api app=api tier=back http=8080 @10.0.0.2
  data/db app=db tier=back sql=5432 @10.0.0.3
`;

const app = (name: string) => ({ podSelector: { matchLabels: { app: name } } });
const tcp = (port: number | string, endPort?: number) => [{ protocol: 'TCP', port, ...(endPort === undefined ? {} : { endPort }) }];
const ingress = (...rules: readonly JsonObject[]) => ({ policyTypes: ['Ingress'], ingress: rules });

/** Both relations of two specs that stand side by side in namespace `shop`: over the cluster, and over all that there could be. */
function relations(a: object, b: object): readonly (string | null)[] {
  const model = policyCluster(SHOP, { 'shop/a': a, 'shop/b': b } as PolicySpecs, {
    policy: { enforcement: 'on', ipBlockMatchesPods: false },
  });
  const { cluster, possible, whyNot } = compare(model, ['shop/a'], ['shop/b']).result;
  return [cluster.relation, possible?.relation ?? whyNot];
}

describe('policy-compare', () => {
  it.each<[string, object, object, CompareVerdict, CompareVerdict]>([
    [
      'a policy and itself',
      { ...app('web'), ...ingress({ from: [app('api')] }) },
      { ...app('web'), ...ingress({ from: [app('api')] }) },
      'EQUAL',
      'EQUAL',
    ],
    [
      'fewer ports',
      { ...app('web'), ...ingress({ ports: tcp(80) }) },
      { ...app('web'), ...ingress({ ports: tcp(80, 90) }) },
      'CONTAINED',
      'CONTAINED',
    ],
    [
      'a label `namespace` of pods themselves is not the name of theirs',
      { ...app('web'), ...ingress({ from: [{ podSelector: { matchExpressions: [{ key: 'namespace', operator: 'Exists' }] } }] }) },
      { ...app('web'), ...ingress() },
      'EQUAL',
      'CONTAINING',
    ],
    ['more peers', { ...app('web'), ...ingress({}) }, { ...app('web'), ...ingress({ from: [app('api')] }) }, 'CONTAINING', 'CONTAINING'],
    [
      'other ports',
      { ...app('web'), ...ingress({ ports: tcp(80, 90) }) },
      { ...app('web'), ...ingress({ ports: tcp(85, 95) }) },
      'OVERLAPPING',
      'OVERLAPPING',
    ],
    [
      'no port in common',
      { ...app('web'), ...ingress({ ports: tcp(80) }) },
      { ...app('web'), ...ingress({ ports: tcp(81) }) },
      'DISJOINT',
      'DISJOINT',
    ],
    // One element of two values is two elements of one: the selectors differ in text only.
    [
      'the same in other words',
      {
        ...app('web'),
        ...ingress({ from: [{ podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['api', 'db'] }] } }] }),
      },
      { ...app('web'), ...ingress({ from: [app('db')] }, { from: [app('api')] }) },
      'EQUAL',
      'EQUAL',
    ],
    // All pods of today that are `tier=back` in shop are `app=api`; others there could be.
    [
      'equal today',
      { ...app('web'), ...ingress({ from: [app('api')] }) },
      { ...app('web'), ...ingress({ from: [{ podSelector: { matchLabels: { tier: 'back' } } }] }) },
      'EQUAL',
      'OVERLAPPING',
    ],
    [
      'contained by more labels',
      { ...app('web'), ...ingress({ from: [{ podSelector: { matchLabels: { app: 'api', tier: 'back' } } }] }) },
      { ...app('web'), ...ingress({ from: [app('api')] }) },
      'EQUAL',
      'CONTAINED',
    ],
    [
      'a name and its number',
      { ...app('web'), ...ingress({ ports: tcp('http') }) },
      { ...app('web'), ...ingress({ ports: tcp(8080) }) },
      'EQUAL',
      'OVERLAPPING',
    ],
    [
      'two names',
      { ...app('web'), ...ingress({ ports: tcp('http') }) },
      { ...app('web'), ...ingress({ ports: tcp('web') }) },
      'CONTAINING',
      'OVERLAPPING',
    ],
    [
      'two halves of a block',
      { ...app('web'), ...ingress({ from: [{ ipBlock: { cidr: '203.0.113.0/25' } }, { ipBlock: { cidr: '203.0.113.128/25' } }] }) },
      { ...app('web'), ...ingress({ from: [{ ipBlock: { cidr: '203.0.113.0/24' } }] }) },
      'EQUAL',
      'EQUAL',
    ],
    [
      'a block and its exception',
      { ...app('web'), ...ingress({ from: [{ ipBlock: { cidr: '203.0.113.0/24', except: ['203.0.113.7/32'] } }] }) },
      { ...app('web'), ...ingress({ from: [{ ipBlock: { cidr: '203.0.113.0/24' } }] }) },
      'CONTAINED',
      'CONTAINED',
    ],
    [
      'its own namespace by name',
      { ...app('web'), ...ingress({ from: [{ podSelector: {} }] }) },
      { ...app('web'), ...ingress({ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } }] }) },
      'EQUAL',
      'EQUAL',
    ],
    [
      'its own namespace by a label that others may carry',
      { ...app('web'), ...ingress({ from: [{ podSelector: {} }] }) },
      { ...app('web'), ...ingress({ from: [{ namespaceSelector: { matchLabels: { team: 'shop' } } }] }) },
      'EQUAL',
      'OVERLAPPING',
    ],
    [
      'deny in one direction each',
      { ...app('web'), policyTypes: ['Ingress'] },
      { ...app('web'), policyTypes: ['Egress'] },
      'DISJOINT',
      'DISJOINT',
    ],
  ])('%s', (_, a, b, cluster, possible) => {
    expect(relations(a, b)).toEqual([cluster, possible]);
  });

  it('gives a connection that only one of them allows', () => {
    const policies = {
      'shop/a': { ...app('web'), ...ingress({ from: [app('api')], ports: tcp(80) }) },
      'shop/b': { ...app('web'), ...ingress() },
    };
    const { cluster, possible } = compare(policyCluster(SHOP, policies), ['shop/a'], ['shop/b']).result;
    expect(witnesses(cluster)).toEqual(['a: Pod shop/api -> Pod shop/web TCP 80']);
    expect(possible?.differences.map(({ a, b }) => [a, b])).toContainEqual(['TCP 80', 'No Connections']);
    expect(witnesses(possible!)[0]).toBe('a: a pod of namespace shop with app=api -> a pod of namespace shop with app=web TCP 80');
  });

  it('compares sets: two policies are one that has the rules of both', () => {
    const policies = {
      'shop/a1': { ...app('web'), ...ingress({ from: [app('api')] }) },
      'shop/a2': { ...app('web'), ...ingress({ ports: tcp(80) }) },
      'shop/b': { ...app('web'), ...ingress({ ports: tcp(80) }, { from: [app('api')] }) },
    };
    const { cluster, possible } = compare(policyCluster(SHOP, policies), ['shop/a1', 'shop/a2'], ['shop/b']).result;
    expect([cluster.relation, possible?.relation]).toEqual(['EQUAL', 'EQUAL']);
  });

  it('compares policies of tiers with others: the first rule that matches decides', () => {
    const subject = { pods: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } }, ...app('web') } };
    const policies: PolicySpecs = {
      'cnp deny': {
        tier: 'Admin',
        priority: 1,
        subject,
        ingress: [{ action: 'Deny', from: [{ namespaces: {} }], protocols: [{ tcp: { destinationPort: { number: 80 } } }] }],
      },
      'shop/open': { ...app('web'), ...ingress({}) },
    };
    expect(compare(policyCluster(SHOP, policies), ['deny'], ['shop/open']).result.cluster.relation).toBe('CONTAINED');
  });

  it('compares a policy with what it was in another revision', () => {
    const at = (port: number) => policyCluster(SHOP, { 'shop/a': { ...app('web'), ...ingress({ ports: tcp(80, port) }) } });
    const { result, summary } = compare(at(90), ['shop/a'], ['shop/a'], at(85));
    expect([result.cluster.relation, result.possible?.relation, result.cluster.interferes]).toEqual(['CONTAINING', 'CONTAINING', null]);
    expect(summary).toContain('of revision 1');
  });

  it('says whether one permits, forbids or interferes with the other (NCA SupportedQueries)', () => {
    const policies = {
      'shop/narrow': { ...app('web'), ...ingress({ from: [app('api')], ports: tcp(80) }) },
      'shop/wide': { ...app('web'), ...ingress({ ports: tcp(80) }) },
      'shop/deny': { ...app('web'), ...ingress() },
      'shop/other': { ...app('api'), ...ingress() },
    };
    const model = policyCluster(SHOP, policies);
    const told = (a: string, b: string) => {
      const { permits, forbids, interferes } = compare(model, [a], [b]).result.cluster;
      return { permits, forbids, interferes };
    };
    expect(told('shop/wide', 'shop/narrow')).toEqual({ permits: true, forbids: false, interferes: true });
    expect(told('shop/narrow', 'shop/wide')).toEqual({ permits: false, forbids: false, interferes: false });
    expect(told('shop/deny', 'shop/wide')).toEqual({ permits: false, forbids: true, interferes: false });
    expect(told('shop/other', 'shop/wide')).toEqual({ permits: true, forbids: false, interferes: false });
  });

  it('does not guess where there are too many kinds of pods', () => {
    const keys = Array.from({ length: 20 }, (_, key) => ({ podSelector: { matchLabels: { [`key-${key}`]: 'x' } } }));
    const policies = { 'shop/a': { ...app('web'), ...ingress({ from: keys }) } };
    const { possible, whyNot, cluster } = compare(policyCluster(SHOP, policies), ['shop/a'], ['shop/a']).result;
    expect([possible, whyNot, cluster.relation]).toEqual([null, expect.stringContaining('more labels'), 'EQUAL']);
  });

  // Two million times a selector, or a rule, is asked about a kind of pods: 1,421 selectors and the 1,423 values that they tell apart are more, 1,401 and 1,403 are not.
  it.each([
    [1_420, 'the selectors name more labels'],
    [1_400, 'there are more kinds of pods'],
  ])('asks %i rules about all that there could be only within two million questions', (count, expected) => {
    const rules = Array.from({ length: count }, (_, number) => ({ from: [app(`x${number}`)] }));
    const model = policyCluster(SHOP, { 'shop/a': { ...app('web'), ...ingress(...rules) }, 'shop/b': app('web') });
    const { possible, whyNot } = compare(model, ['shop/a'], ['shop/b']).result;
    expect([possible, whyNot]).toEqual([null, expect.stringContaining(expected)]);
  });

  it('refuses selectors of very many labels over all that there could be before it tries them', () => {
    const matchExpressions = Array.from({ length: 3_000 }, (_, number) => ({ key: `x${number}`, operator: 'Exists' }));
    const some = { podSelector: { matchExpressions }, ...ingress({}) };
    const { possible, whyNot } = compare(policyCluster(SHOP, { 'shop/a': some, 'shop/b': app('web') }), ['shop/a'], ['shop/b']).result;
    expect([possible, whyNot]).toEqual([null, expect.stringContaining('the selectors name more labels')]);
  });

  it('compares policies of Calico: what a policy passes the profile allows', () => {
    const policy = (name: string, action: string) => ({
      apiVersion: 'projectcalico.org/v3',
      kind: 'GlobalNetworkPolicy',
      metadata: { name },
      spec: { selector: "app == 'web'", types: ['Ingress'], ingress: [{ action, source: { selector: "app == 'api'" } }] },
    });
    const model = modelOf([...policyObjects(SHOP), policy('allow', 'Allow'), policy('deny', 'Deny'), policy('pass', 'Pass')], {
      cni: { plugin: 'calico' },
      policy: { enforcement: 'on' },
    });
    expect(compare(model, ['allow'], ['pass']).result.cluster.relation).toBe('EQUAL');
    const { cluster } = compare(model, ['deny'], ['allow']).result;
    expect([cluster.relation, witnesses(cluster)]).toEqual(['CONTAINED', ['b: Pod shop/api -> Pod shop/web TCP 1']]);
  });

  // "One view over NetworkPolicy and plugin CRDs", "does this still hold when we move from Calico to Cilium": each set counts where its own plugin is.
  it('compares a policy of Cilium with one of Calico', () => {
    const cilium = {
      endpointSelector: { matchLabels: { app: 'web' } },
      ingress: [{ fromEndpoints: [{ matchLabels: { app: 'api' } }], toPorts: [{ ports: [{ port: '8080', protocol: 'TCP' }] }] }],
    };
    const calico = (port: number): KubernetesObject => ({
      apiVersion: 'projectcalico.org/v3',
      kind: 'NetworkPolicy',
      metadata: { name: 'calico', namespace: 'shop' },
      spec: {
        selector: 'app == "web"',
        types: ['Ingress'],
        ingress: [{ action: 'Allow', protocol: 'TCP', source: { selector: 'app == "api"' }, destination: { ports: [port] } }],
      },
    });
    for (const plugin of ['cilium', 'calico', 'flannel']) {
      for (const [port, relation] of [
        [8080, 'EQUAL'],
        [9090, 'DISJOINT'],
      ] as const) {
        const objects = [...policyObjects(SHOP, { 'ciliumnp shop/cilium': cilium }), calico(port)];
        const model = modelOf(objects, { cni: { plugin }, policy: { enforcement: 'on', ipBlockMatchesPods: false } });
        for (const [one, other] of [
          ['shop/cilium', 'shop/calico'],
          ['shop/calico', 'shop/cilium'],
        ] as const) {
          expect([plugin, port, compare(model, [one], [other]).result.cluster.relation]).toEqual([plugin, port, relation]);
        }
      }
    }
  });
});
