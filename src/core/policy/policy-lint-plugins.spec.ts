import { describe, expect, it } from 'vitest';
import { calicoCluster } from '../../../test/support/calico-cluster.js';
import { policyObjects, type PolicySpecs, rowsOf } from '../../../test/support/policy-cluster.js';
import { lineOf, lint, unhelpfulFixes } from '../../../test/support/policy-lint.js';
import { modelOf } from '../../../test/support/model.js';
import type { JsonObject } from '../kernel/json.js';
import type { ProfileSettings } from '../model/profile-settings.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const SHOP = `
  ns shop
  shop/web app=web http=8080 @10.0.0.1
  shop/api app=api http=8080 @10.0.0.2
`;

const CALICO: ProfileSettings = { cni: { plugin: 'calico' }, policy: { enforcement: 'on' } };
const CILIUM: ProfileSettings = { cni: { plugin: 'cilium' }, policy: { enforcement: 'on' } };

function calicoPolicy(kind: 'NetworkPolicy' | 'GlobalNetworkPolicy', name: string, spec: JsonObject): KubernetesObject {
  const [namespace, own] = kind === 'NetworkPolicy' ? name.split('/') : [undefined, name];
  return { apiVersion: 'projectcalico.org/v3', kind, metadata: { name: own ?? '', ...(namespace ? { namespace } : {}) }, spec };
}

/** Every finding but those about what no policy selects. */
function found(settings: ProfileSettings, own: readonly KubernetesObject[], policies: PolicySpecs = {}): readonly string[] {
  const objects = [...policyObjects(SHOP, policies), ...own];
  expect(unhelpfulFixes(objects, settings)).toEqual([]);
  const { findings } = lint(modelOf(objects, settings)).result;
  return findings.filter(({ code }) => code !== 'POL-UNCOVERED-WORKLOAD' && code !== 'POL-ALL-BLOCKED').map(lineOf);
}

describe('policy-lint and Calico (projectcalico/calico api/pkg/apis/projectcalico/v3)', () => {
  const tcp = (port: number) => ({ ports: [port] });
  it('says nothing of a cluster in which a policy allows what it should: profiles are no policies', () => {
    const policy = calicoPolicy('NetworkPolicy', 'shop/web', {
      selector: "app == 'web'",
      types: ['Ingress'],
      ingress: [{ action: 'Allow', protocol: 'TCP', source: { selector: "app == 'api'" }, destination: tcp(8080) }],
    });
    expect(found(CALICO, [policy])).toEqual([]);
  });

  it('a selector that cannot be read is no selector that nobody meets', () => {
    expect(found(CALICO, [calicoPolicy('GlobalNetworkPolicy', 'typo', { selector: "app = 'web'", types: ['Ingress'] })])).toEqual([
      'POL-INVALID typo /spec',
    ]);
  });

  it('follows rules in order ("first matching rule wins"), over policies and tiers', () => {
    const first = calicoPolicy('GlobalNetworkPolicy', 'a-first', {
      order: 10,
      selector: "app == 'web'",
      types: ['Ingress'],
      ingress: [
        { action: 'Deny', protocol: 'TCP', destination: tcp(8080) },
        { action: 'Allow', protocol: 'TCP', source: { selector: "app == 'api'" }, destination: tcp(8080) },
        { action: 'Allow', protocol: 'TCP', destination: tcp(9090) },
      ],
    });
    const later = calicoPolicy('NetworkPolicy', 'shop/b-later', {
      order: 20,
      selector: "app == 'web'",
      types: ['Ingress'],
      ingress: [{ action: 'Deny', protocol: 'TCP', destination: tcp(9090) }],
    });
    expect(found(CALICO, [first, later])).toEqual(
      rowsOf(`
        POL-SHADOWED-RULE a-first /spec/ingress/1
        POL-SHADOWED-RULE shop/b-later /spec/ingress/0
        POL-REDUNDANT-POLICY shop/b-later
      `),
    );
  });

  it('knows policies that select nobody, and rules that match nobody', () => {
    const nobody = calicoPolicy('NetworkPolicy', 'shop/nobody', { selector: "app == 'wbe'", types: ['Ingress'] });
    const unmet = calicoPolicy('NetworkPolicy', 'shop/unmet', {
      selector: "app == 'web'",
      types: ['Ingress'],
      ingress: [{ action: 'Allow', source: { selector: "app == 'none'" } }],
    });
    expect(found(CALICO, [nobody, unmet])).toEqual([
      'POL-SELECTS-NOTHING shop/nobody /spec',
      'POL-PEER-MATCHES-NOTHING shop/unmet /spec/ingress/0',
    ]);
  });

  it('knows a tier that does not exist, which is no selector that nobody meets (api/pkg/apis/projectcalico/v3/tier.go)', () => {
    const policy = calicoPolicy('NetworkPolicy', 'shop/lost.web', { tier: 'lost', selector: "app == 'web'", types: ['Ingress'] });
    expect(found(CALICO, [policy])).toEqual(['POL-INVALID shop/lost.web /spec/tier']);
  });

  it('knows that policies about packets of nodes select host endpoints', () => {
    const host: KubernetesObject = {
      apiVersion: 'projectcalico.org/v3',
      kind: 'HostEndpoint',
      metadata: { name: 'n1', labels: { role: 'edge' } },
      spec: { node: 'n1', interfaceName: '*' },
    };
    const stage = { applyOnForward: true, types: ['Ingress'], ingress: [{ action: 'Deny' }] };
    const before = calicoPolicy('GlobalNetworkPolicy', 'early', { ...stage, preDNAT: true, selector: "role == 'edge'" });
    const nobody = calicoPolicy('GlobalNetworkPolicy', 'late', { ...stage, preDNAT: true, selector: "role == 'none'" });
    const node = policyObjects('node n1 192.168.0.1');
    expect(found(CALICO, [...node, host, before, nobody])).toEqual(['POL-SELECTS-NOTHING late /spec']);
    expect(lint(modelOf([...node, host, before], CALICO)).warnings).toEqual([]);
  });

  // docs.tigera.io, host endpoints, "Apply policy to forwarded traffic" and "Pre-DNAT policy": the latter sees the address of a service, which no endpoint has.
  it.each([
    ['of forwarded packets are followed', { applyOnForward: true }, ['POL-SHADOWED-RULE edge /spec/ingress/1']],
    ['before the translation of services count as effective', { applyOnForward: true, preDNAT: true }, []],
    ['of the node itself leave pods alone', {}, ['POL-SHADOWED-RULE edge /spec/ingress/1']],
  ])('rules %s', (_, flags, expected) => {
    const model = calicoCluster('shop/a app=a on n1\nshop/b app=b on n2\nnode n1 192.168.0.1\nnode n2 192.168.0.2', {
      'hep n1-all role=edge': { node: 'n1', interfaceName: '*' },
      'gnp edge': { selector: "role == 'edge'", types: ['Ingress'], ...flags, ingress: [{ action: 'Allow' }, { action: 'Deny' }] },
    });
    const lines = lint(model).result.findings.map(lineOf);
    expect(lines.filter((line) => / edge /.test(line))).toEqual(expected);
  });

  it('knows networks that are addresses of services, which no packet has behind DNAT (projectcalico/calico#3393)', () => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'api', namespace: 'shop' },
      spec: { clusterIP: '10.96.0.7', selector: { app: 'api' }, ports: [{ port: 80 }] },
    };
    const to = (nets: readonly string[]) => ({
      selector: "app == 'web'",
      types: ['Egress'],
      egress: [{ action: 'Allow', destination: { nets } }],
    });
    const codes = (settings: ProfileSettings, own: readonly KubernetesObject[], policies: PolicySpecs = {}) =>
      found({ ...settings, serviceCIDRs: ['10.96.0.0/16'] }, [service, ...own], policies).filter((line) => line.includes('CLUSTER-IP'));
    const calico = calicoPolicy('NetworkPolicy', 'shop/web', to(['203.0.113.0/24', '10.96.0.7/32']));
    expect(codes(CALICO, [calico])).toEqual(['POL-CLUSTER-IP-IN-BLOCK shop/web /spec/egress/0/destination/nets/1']);
    // "Pre-DNAT: rules … should be applied before any DNAT" (globalnetworkpolicy.go).
    const early = { selector: "role == 'edge'", preDNAT: true, applyOnForward: true, types: ['Ingress'] };
    const ingress = [{ action: 'Allow', destination: { nets: ['10.96.0.7/32'] } }];
    expect(codes(CALICO, [calicoPolicy('GlobalNetworkPolicy', 'early', { ...early, ingress })])).toEqual([]);
    const cilium: PolicySpecs = {
      'ciliumnp shop/web': { endpointSelector: { matchLabels: { app: 'web' } }, egress: [{ toCIDR: ['10.96.0.7/32'] }] },
    };
    expect(codes(CILIUM, [], cilium)).toEqual(['POL-CLUSTER-IP-IN-BLOCK shop/web /spec/egress/0/toCIDR/0']);
  });

  it('knows that flannel enforces nothing of it', () => {
    const policy = calicoPolicy('NetworkPolicy', 'shop/web', { selector: "app == 'web'", types: ['Ingress'] });
    expect(found({ cni: { plugin: 'flannel' }, policy: { enforcement: 'none' } }, [policy])).toContain('POL-NOT-ENFORCED shop/web');
  });
});

describe('policy-lint and Cilium (cilium/cilium Documentation/security/policy)', () => {
  const web = { matchLabels: { app: 'web' } };
  const on = (port: string) => ({ toPorts: [{ ports: [{ port, protocol: 'TCP' }] }] });
  const from = (app: string) => ({ fromEndpoints: [{ matchLabels: { app } }] });

  it('lets deny rules come first ("deny policies take precedence"), and finds allow rules without effect', () => {
    const policies: PolicySpecs = {
      'ciliumnp shop/web': {
        endpointSelector: web,
        ingress: [
          { ...from('api'), ...on('8080') },
          { ...from('api'), ...on('9090') },
        ],
        ingressDeny: [on('9090')],
      },
    };
    expect(found(CILIUM, [], policies)).toEqual(['POL-SHADOWED-RULE shop/web /spec/ingress/1']);
  });

  it('knows policies that select nobody, and rules that match nobody', () => {
    const policies: PolicySpecs = {
      'ciliumnp shop/nobody': { endpointSelector: { matchLabels: { app: 'wbe' } }, ingress: [{}] },
      'ciliumnp shop/unmet': { endpointSelector: web, ingress: [{ ...from('none') }, { ...from('api') }] },
    };
    expect(found(CILIUM, [], policies)).toEqual([
      'POL-SELECTS-NOTHING shop/nobody /spec',
      'POL-PEER-MATCHES-NOTHING shop/unmet /spec/ingress/0',
    ]);
  });

  it('knows domain names whose addresses are never learnt: that takes "an L7 policy allowing DNS requests" for the same pods (layer3.rst)', () => {
    const named = { toFQDNs: [{ matchName: 'example.com' }] };
    const queries = { toEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s-app': 'kube-dns' } }] };
    const ports = [{ port: '53', protocol: 'ANY' }];
    const read = { ...queries, toPorts: [{ ports, rules: { dns: [{ matchPattern: '*' }] } }] };
    const unread = { ...queries, toPorts: [{ ports }] };
    const of = (...egress: readonly JsonObject[]): PolicySpecs => ({ 'ciliumnp shop/web': { endpointSelector: web, egress } });
    const dns = policyObjects('kube-system/coredns k8s-app=kube-dns @10.0.0.53');
    const missing = 'POL-NAMES-NOT-LEARNT shop/web';
    expect(found(CILIUM, dns, of(named))).toContain(`${missing} /spec/egress/0 +fix`);
    expect(found(CILIUM, dns, of(unread, named))).toEqual([`${missing} /spec/egress/1 +fix`]);
    expect(found(CILIUM, dns, of(read, named))).toEqual([]);
    // Any policy of the same pods may let them through; those of others do not help.
    const elsewhere = (app: string): PolicySpecs => ({
      ...of(named),
      'ciliumnp shop/dns': { endpointSelector: { matchLabels: { app } }, egress: [read] },
    });
    expect(found(CILIUM, dns, elsewhere('web'))).toEqual([]);
    expect(found(CILIUM, dns, elsewhere('api'))).toContain(`${missing} /spec/egress/0 +fix`);
  });

  it('takes no rule for idle that admits addresses which nobody knows here', () => {
    const group = { toGroups: [{ aws: { securityGroupsIds: ['sg-1'] } }] };
    const policies: PolicySpecs = { 'ciliumnp shop/web': { endpointSelector: web, egress: [group] } };
    const idle = lint(modelOf(policyObjects(SHOP, policies), CILIUM)).result.findings.map(({ code }) => code);
    for (const code of ['POL-PEER-MATCHES-NOTHING', 'POL-REDUNDANT-RULE', 'POL-REDUNDANT-POLICY', 'POL-ALL-BLOCKED']) {
      expect(idle).not.toContain(code);
    }
    // ClusterNetworkPolicy `domainNames`: "Accept rules only".
    const names: PolicySpecs = {
      'cnp names': {
        tier: 'Admin',
        priority: 1,
        subject: { namespaces: {} },
        egress: [{ action: 'Accept', to: [{ domainNames: ['example.com'] }] }],
      },
    };
    expect(found({ policy: { enforcement: 'on' } }, [], names)).toEqual([]);
  });
});
