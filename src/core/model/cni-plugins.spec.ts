import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { apisOf, CNI_PLUGINS, listsApi } from './cni-plugins.js';
import type { CniPlugin } from './network-profile.js';
import type { ProfileSettings } from './profile-settings.js';

const agent = (name: string, image = 'example/agent:v1', container = name): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name, namespace: 'kube-system' },
  spec: { selector: {}, template: { metadata: { labels: {} }, spec: { containers: [{ name: container, image }] } } },
});
const ciliumConfig = (data: Record<string, string>): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'cilium-config', namespace: 'kube-system' },
  data,
});
const ciliumPolicy: KubernetesObject = {
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumNetworkPolicy',
  metadata: { name: 'p', namespace: 'shop' },
  spec: { endpointSelector: {}, ingress: [{}] },
};

const profileOf = (objects: readonly KubernetesObject[], settings?: ProfileSettings) => modelOf(objects, settings).profile;

/** `policy.networking.k8s.io/v1alpha1` → `+anp`, `/v1alpha2` → `+cnp`. */
const tiered = (apis: readonly string[]) =>
  (['v1alpha1', 'v1alpha2'] as const).filter((version) => listsApi(apis, `policy.networking.k8s.io/${version}`));

describe('what each plugin enforces (policy reference 3; the source stands in each row)', () => {
  const cases: readonly (readonly [plugin: CniPlugin, networkPolicy: boolean, tieredVersions: readonly string[]])[] = [
    ['calico', true, []],
    ['canal', true, []],
    ['cilium', true, []],
    ['gke-dataplane-v2', true, []],
    ['antrea', true, []],
    ['ovn-kubernetes', true, ['v1alpha1', 'v1alpha2']],
    ['kube-network-policies', true, ['v1alpha1', 'v1alpha2']],
    ['kindnet', true, ['v1alpha1', 'v1alpha2']],
    ['kube-router', true, []],
    ['weave', true, []],
    ['flannel', false, []],
    ['aws-vpc-cni', false, []],
    ['azure-cni', false, []],
  ];
  it.each(cases)('%s', (plugin, networkPolicy, versions) => {
    const { apis, source } = CNI_PLUGINS[plugin];
    expect([listsApi(apis, 'networking.k8s.io/v1'), tiered(apis)]).toEqual([networkPolicy, versions]);
    expect(source).not.toBe('');
  });

  it('Cilium alone does not match pods and nodes by address', () => {
    const without = (field: 'ipBlockMatchesPods' | 'ipBlockMatchesNodes') =>
      Object.entries(CNI_PLUGINS).flatMap(([plugin, facts]) => (facts[field] ? [] : plugin));
    expect(without('ipBlockMatchesPods')).toEqual(['cilium', 'gke-dataplane-v2']);
    expect(without('ipBlockMatchesNodes')).toEqual(['cilium', 'gke-dataplane-v2']);
  });

  /** Policy reference 3: "CNP since v3.32, which drops ANP". */
  it.each([
    ['v3.28.1', []],
    ['v3.31.0', ['v1alpha1']],
    ['v3.32.0', ['v1alpha2']],
    ['v4.0.0', ['v1alpha2']],
    [undefined, []],
  ])('Calico %s', (tag, expected) => {
    expect(tiered(apisOf('calico', tag))).toEqual(expected);
  });
});

describe('detection', () => {
  it.each([
    ['Calico 3.32', [agent('calico-node', 'quay.io/calico/node:v3.32.1')], 'calico', ['v1alpha2']],
    ['Calico 3.31', [agent('calico-node', 'quay.io/calico/node:v3.31.0@sha256:00')], 'calico', ['v1alpha1']],
    ['kindnet', [agent('kindnet', 'docker.io/kindest/kindnetd:v20250512', 'kindnet-cni')], 'kindnet', ['v1alpha1', 'v1alpha2']],
    ['Flannel', [agent('kube-flannel-ds', 'flannel/flannel:v0.27')], 'flannel', []],
    [
      'kube-network-policies beside Flannel',
      [agent('kube-flannel-ds'), agent('kube-network-policies')],
      'flannel',
      ['v1alpha1', 'v1alpha2'],
    ],
    ['GKE', [agent('anetd', 'gke.gcr.io/cilium/cilium:v1.14', 'cilium-agent')], 'gke-dataplane-v2', []],
    ['Azure', [agent('azure-cns')], 'azure-cni', []],
    ['nothing but policies of Cilium', [ciliumPolicy], 'cilium', []],
  ])('%s', (_, objects, plugin, versions) => {
    const { cni, policy } = profileOf(objects);
    expect([cni.plugin, tiered(policy.apis)]).toEqual([plugin, versions]);
  });

  it.each([
    [[agent('azure-cns')], 'none'],
    [[agent('azure-cns'), agent('azure-npm')], 'on'],
    [[agent('kube-flannel-ds')], 'none'],
    [[agent('kube-router', 'cloudnativelabs/kube-router:v2')], 'on'],
  ])('enforcement %#', (objects, expected) => {
    expect(profileOf(objects).policy.enforcement).toBe(expected);
  });

  /** Documentation/cmdref/cilium-agent.md: the switches and their defaults. */
  const agentDefaults = {
    mode: 'default',
    hostPolicies: false,
    nodeLabels: false,
    clusterName: 'default',
    labels: [],
    entitySelectors: {},
    localCluster: false,
    nonDefaultDeny: true,
    kinds: ['NetworkPolicy', 'CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'],
    layer7: true,
    icmpRules: true,
  };
  it.each([
    [{}, {}, false, false],
    [{ 'enable-policy': 'always', 'cluster-name': 'blue' }, { mode: 'always', clusterName: 'blue' }, false, false],
    [{ 'enable-host-firewall': 'true', 'enable-node-selector-labels': 'true' }, { hostPolicies: true, nodeLabels: true }, false, false],
    [
      { 'policy-cidr-match-mode': 'nodes', 'enable-sctp': 'true', labels: 'k8s:app k8s:!env' },
      { labels: ['k8s:app', 'k8s:!env'] },
      true,
      true,
    ],
    [
      {
        'policy-entity-selectors': '{"world": {"matchLabels": {"a": "b"}}}',
        'policy-default-local-cluster': 'true',
        'enable-non-default-deny-policies': 'false',
      },
      { entitySelectors: { world: { matchLabels: { a: 'b' } } }, localCluster: true, nonDefaultDeny: false },
      false,
      false,
    ],
    [{ 'enable-l7-proxy': 'false', 'enable-icmp-rules': 'false' }, { layer7: false, icmpRules: false }, false, false],
    [
      { 'enable-k8s-networkpolicy': 'false', 'enable-cilium-network-policy': 'true' },
      { kinds: ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'] },
      false,
      false,
    ],
    [
      { 'enable-cilium-network-policy': 'false', 'enable-cilium-clusterwide-network-policy': 'false' },
      { kinds: ['NetworkPolicy'] },
      false,
      false,
    ],
  ])('cilium-config %o', (data, cilium, matchesNodes, sctp) => {
    const { policy } = profileOf([ciliumConfig(data)]);
    expect([policy.cilium, policy.ipBlockMatchesNodes, policy.sctp]).toEqual([{ ...agentDefaults, ...cilium }, matchesNodes, sctp]);
    expect(policy.ipBlockMatchesPods).toBe(false);
  });

  /** cilium `Documentation/cmdref/cilium-agent.md`, `pkg/k8s/cluster_network_policy.go`: networks are CIDR selectors, which match no pod. */
  it('Cilium enforces ClusterNetworkPolicies where it is told to', () => {
    const [off, on] = ['false', 'true'].map((flag) => profileOf([ciliumConfig({ 'enable-k8s-cluster-network-policy': flag })]).policy);
    expect([tiered(off!.apis), tiered(on!.apis), on!.apis.includes('cilium.io')]).toEqual([[], ['v1alpha2'], true]);
    expect([on!.networksMatchPods, off!.clusterPolicyGaps]).toEqual([false, []]);
  });

  /**
   * cilium `pkg/k8s/cluster_network_policy.go`: "egress.to.nodes is not supported since node selector labels are disabled", "egress.to.domainNames is not
   * supported since L7 proxy is disabled".
   */
  it.each([
    [{}, ['nodes']],
    [{ 'enable-node-selector-labels': 'true' }, []],
    [{ 'enable-l7-proxy': 'false' }, ['nodes', 'domainNames']],
  ])('what rules of a ClusterNetworkPolicy may not name with %o', (data, gaps) => {
    const { policy } = profileOf([ciliumConfig({ 'enable-k8s-cluster-network-policy': 'true', ...data })]);
    expect(policy.clusterPolicyGaps).toEqual(gaps);
  });

  it('"Enable policy audit (non-drop) mode": nothing is enforced', () => {
    const enforcement = ['false', 'true'].map((flag) => profileOf([ciliumConfig({ 'policy-audit-mode': flag })]).policy.enforcement);
    expect(enforcement).toEqual(['on', 'none']);
  });

  it('Calico knows pods, namespaces, networks and ports by number in a ClusterNetworkPolicy', () => {
    const { policy } = profileOf([agent('calico-node', 'quay.io/calico/node:v3.32.1')]);
    expect([policy.networksMatchPods, policy.clusterPolicyGaps]).toEqual([true, ['nodes', 'domainNames', 'namedPorts']]);
  });

  it('each switch can be set', () => {
    const settings = {
      policy: { ipBlockMatchesNodes: false, endPort: false, sctp: false, cilium: { mode: 'never', hostPolicies: false } },
    };
    const { policy } = profileOf([agent('kindnet', 'kindnetd:v1')], settings);
    expect(policy).toMatchObject(settings.policy);
  });
});
