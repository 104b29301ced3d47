import { describe, expect, it } from 'vitest';
import { CALICO, calicoCluster } from '../../../test/support/calico-cluster.js';
import { policyCluster, type PolicySpecs } from '../../../test/support/policy-cluster.js';
import type { JsonObject } from '../kernel/json.js';
import { finished } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import { exposure } from './exposure.js';

const CILIUM = { cni: { plugin: 'cilium' } } as const;

/** `ingress shop/[pod with {app=x}]: TCP 80` of the pod `shop/web`, and the codes of warnings. */
function rows(model: NetworkModel) {
  const answer = finished(exposure(model, { of: undefined, workload: 'shop/web', direction: 'ingress', format: 'table' }));
  if (!answer.ok) throw new Error(answer.error.message);
  const { result, warnings } = answer.value;
  return { rows: result.exposures.map((row) => `${row.with}: ${row.connection}`), warnings: warnings.map(({ code }) => code) };
}

const calico = (specs: PolicySpecs, others: PolicySpecs = {}) =>
  rows(
    calicoCluster('shop/web app=web http=8080 @10.0.0.1\nshop/cart app=cart @10.0.0.2', specs, {
      others,
      settings: { ...CALICO, podCIDRs: ['10.0.0.0/16'] },
    }),
  );
const tcp = (selector: JsonObject, ports: readonly (number | string)[] = [80]): JsonObject => ({
  action: 'Allow',
  protocol: 'TCP',
  source: selector,
  destination: { ports },
});

/** Whom selectors mean is that of projectcalico/calico `api/pkg/apis/projectcalico/v3` EntityRule; how rows are named and chosen, np-guard/netpol-analyzer's `docs/exposure_*`. */
describe('exposure by rules of Calico', () => {
  it('selectors of a NetworkPolicy mean pods of its namespace, and equalities that a pod has are left out', () => {
    const ingress = [tcp({ selector: 'app == "new"' }), tcp({ selector: 'app == "cart"' }, [81])];
    expect(calico({ 'np shop/web': { selector: 'app == "web"', ingress } })).toEqual({
      rows: ['shop/[pod with {app=new}]: TCP 80'],
      warnings: [],
    });
  });

  it('a namespaceSelector leads out; a global policy looks in every namespace', () => {
    const ingress = [
      tcp({ selector: 'app == "new"', namespaceSelector: 'team == "a"' }),
      tcp({ selector: 'role in {"b", "a"} && !has(old)' }, [81]),
      tcp({ namespaceSelector: 'projectcalico.org/name == "ops"' }, [82]),
      tcp({ namespaceSelector: 'global()' }, [83]),
    ];
    expect(calico({ 'gnp web': { selector: 'app == "web"', ingress } }).rows).toEqual([
      '[all namespaces]/[pod with {{Key:old,Operator:DoesNotExist,Values:[],},{Key:role,Operator:In,Values:[a b],}}]: TCP 81',
      '[namespace with {team=a}]/[pod with {app=new}]: TCP 80',
      'ops/[all pods]: TCP 82',
    ]);
  });

  it('what selectors of labels cannot say is told as it was written, and a rule counts for all that follow from it', () => {
    const ingress = [tcp({ selector: 'app starts with "job-" || has(batch)' }), tcp({ selector: 'app starts with "job-"' }, [81])];
    expect(calico({ 'gnp web': { selector: 'app == "web"', ingress } }).rows).toEqual([
      '[pod that matches app starts with "job-" || has(batch)]: TCP 80',
      '[pod that matches app starts with "job-"]: TCP 80-81',
    ]);
  });

  it('whoever has a label or has it not is everybody; a denial before is an exception', () => {
    const ingress = [{ action: 'Deny', source: { selector: 'has(quarantine)' } }, tcp({ selector: 'has(app) || !has(app)' })];
    expect(calico({ 'gnp web': { selector: 'app == "web"', ingress } }).rows).toEqual([
      'entire-cluster: TCP 80',
      '[all namespaces]/[pod with {{Key:quarantine,Operator:Exists,Values:[],}}]: No Connections',
    ]);
  });

  it('notSelector is everybody else', () => {
    const ingress = [tcp({ notSelector: 'has(quarantine)' })];
    expect(calico({ 'gnp web': { selector: 'app == "web"', ingress } }).rows).toEqual([
      '[all namespaces]/[pod with {{Key:quarantine,Operator:DoesNotExist,Values:[],}}]: TCP 80',
    ]);
  });

  it('networks mean every pod, none, or some: of which no label tells', () => {
    const nets = (...list: readonly string[]) => calico({ 'gnp web': { selector: 'app == "web"', ingress: [tcp({ nets: list })] } });
    expect(nets('10.0.0.0/8')).toEqual({ rows: ['entire-cluster: TCP 80'], warnings: [] });
    expect(nets('203.0.113.0/24')).toEqual({ rows: [], warnings: [] });
    expect(nets('10.0.1.0/24')).toEqual({ rows: [], warnings: ['SELECTORS_NOT_TOLD'] });
  });

  it('networks that are excepted leave every pod, or none where they are of the other family (felix/rules/policy.go, FilterRuleToIPVersion)', () => {
    const but = (...list: readonly string[]) => calico({ 'gnp web': { selector: 'app == "web"', ingress: [tcp({ notNets: list })] } });
    expect(but('203.0.113.0/24')).toEqual({ rows: ['entire-cluster: TCP 80'], warnings: [] });
    expect(but('10.0.0.0/8')).toEqual({ rows: [], warnings: [] });
    expect(but('2001:db8::/32')).toEqual({ rows: [], warnings: [] });
  });

  it('selectors of NetworkPolicies beside them are told once, and meet the rules of tiers before', () => {
    const specs = {
      'tier first': { order: 1 },
      'gnp first.deny': {
        tier: 'first',
        selector: 'all()',
        ingress: [{ action: 'Deny', source: { selector: 'app == "bad"' } }, { action: 'Pass' }],
      },
    };
    const others = {
      'shop/web': {
        podSelector: {},
        ingress: [
          { from: [{ podSelector: { matchLabels: { app: 'bad' } } }] },
          { from: [{ podSelector: { matchLabels: { app: 'good' } } }] },
        ],
      },
    };
    expect(calico(specs, others).rows).toEqual(['shop/[pod with {app=good}]: All Connections']);
  });
});

/** cilium/cilium `Documentation/security/policy/layer3.rst`, `deny.rst`, `kubernetes.rst`. */
/** "AOF policy on all-interfaces host endpoints will result in the ingress and egress policy boundaries being enforced" (projectcalico/calico `felix/fv/hostendpoints_test.go`). */
describe('exposure through host endpoints of Calico', () => {
  const edge = (spec: JsonObject, own: PolicySpecs = {}) =>
    rows(
      calicoCluster('shop/web app=web on n1 @10.0.0.1\nnode n1 192.168.0.1\nnode n2 192.168.0.2', {
        'hep n1-all role=edge': { node: 'n1', interfaceName: '*' },
        'gnp edge': { selector: "role == 'edge'", applyOnForward: true, ...spec },
        ...own,
      }),
    );
  const denied = { action: 'Deny', protocol: 'TCP', destination: { ports: [80] } };

  it('what the node lets in is left to new pods', () => {
    const ingress = [tcp({}, [80, 443])];
    expect(edge({ types: ['Ingress'], ingress })).toEqual({ rows: ['entire-cluster: TCP 80,443'], warnings: [] });
  });

  it('what the node lets out to its pod has to be let in by the pod, too', () => {
    const own = { 'np shop/web': { selector: "app == 'web'", types: ['Ingress'], ingress: [tcp({}, [80, 81])] } };
    expect(edge({ types: ['Egress'], egress: [denied, { action: 'Allow' }] }, own).rows).toEqual(['entire-cluster: TCP 81']);
  });

  it('a rule about who sends through the node means new pods by their labels', () => {
    const egress = [{ ...denied, source: { selector: "app == 'new'" } }, { action: 'Allow' }];
    expect(edge({ types: ['Egress'], egress }).rows).toEqual([
      'entire-cluster: All Connections',
      expect.stringMatching(/^\[all namespaces\]\/\[pod with \{app=new\}\]: .*TCP 1-79,81-65535/),
    ]);
  });
});

describe('exposure by rules of Cilium', () => {
  const cilium = (specs: PolicySpecs) => rows(policyCluster('shop/web app=web\nshop/cart app=cart', specs, CILIUM));
  const web = { endpointSelector: { matchLabels: { app: 'web' } } };
  const toPorts = (port: number) => [{ ports: [{ port: String(port), protocol: 'TCP' }] }];

  it('endpoints of the own namespace, of others by name or by their labels', () => {
    const ingress = [
      { fromEndpoints: [{ matchLabels: { app: 'new' } }], toPorts: toPorts(80) },
      { fromEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'ops', app: 'new' } }], toPorts: toPorts(81) },
      { fromEndpoints: [{ matchLabels: { 'k8s:io.cilium.k8s.namespace.labels.team': 'a' } }], toPorts: toPorts(82) },
    ];
    expect(cilium({ 'ciliumnp shop/web': { ...web, ingress } })).toEqual({
      rows: [
        '[namespace with {team=a}]/[all pods]: TCP 82',
        'ops/[pod with {app=new}]: TCP 81',
        'shop/[pod with {app=new}]: TCP 80',
      ].sort(),
      warnings: [],
    });
  });

  it('the entities cluster and all are every pod; nodes, the world and networks none', () => {
    const from = (rule: JsonObject) => cilium({ 'ciliumnp shop/web': { ...web, ingress: [{ ...rule, toPorts: toPorts(80) }] } }).rows;
    expect(from({ fromEntities: ['cluster'] })).toEqual(['entire-cluster: TCP 80']);
    expect(from({ fromEntities: ['host', 'remote-node', 'world'] })).toEqual([]);
    expect(from({ fromEndpoints: [{ matchLabels: { 'reserved:host': '' } }] })).toEqual([]);
    expect(from({ fromCIDR: ['0.0.0.0/0'] })).toEqual([]);
    expect(from({})).toEqual(['entire-cluster: TCP 80']);
  });

  it('what is denied stays denied', () => {
    const spec = {
      ...web,
      ingress: [{ fromEntities: ['all'] }],
      ingressDeny: [{ fromEndpoints: [{ matchLabels: { 'k8s:role': 'bad' } }] }],
    };
    expect(cilium({ 'ccnp web': spec }).rows).toEqual([
      'entire-cluster: All Connections',
      '[all namespaces]/[pod with {role=bad}]: No Connections',
    ]);
  });
});
