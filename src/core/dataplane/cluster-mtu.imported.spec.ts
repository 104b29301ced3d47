import { describe, expect, it } from 'vitest';
import { calicoNode } from '../../../test/support/calico-node.js';
import { modelOf } from '../../../test/support/model.js';
import { askPath, pathCluster } from '../../../test/support/path-cluster.js';
import type { NetworkProfile } from '../model/network-profile.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { finished } from '../kernel/steps.js';
import { clusterMtu } from './cluster-mtu.js';
import { dataplaneLint } from './dataplane-lint.js';
import { podMtuAnswer } from './pod-mtu-answer.js';
import { tunnels } from './tunnels.js';

/**
 * What changes the MTU of pods beside the mode, read from the objects of a cluster. The numbers: the reference's section 8, and the plugins' own tables, which
 * `pod-mtu.spec.ts` names.
 */

const configMap = (name: string, data: Readonly<Record<string, string>>): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'kube-system' },
  data,
});
const calico = (kind: string, spec: object, name = 'default'): KubernetesObject => ({
  apiVersion: 'projectcalico.org/v3',
  kind,
  metadata: { name },
  spec: spec as never,
});
const POOL = calico('IPPool', { cidr: '10.244.0.0/16', ipipMode: 'Never', vxlanMode: 'Never' });
const WIREGUARD = { wireguardEnabled: true, wireguardHostEncryptionEnabled: true };
const AKS = calico('ClusterInformation', { clusterType: 'k8s,operator,bgp,AKS' });
const KUBE_PROXY_FREE = { 'kube-proxy-replacement': 'true' };
const cilium = (data: Readonly<Record<string, string>>) => configMap('cilium-config', { ...KUBE_PROXY_FREE, ...data });
const GENEVE = { 'routing-mode': 'tunnel', 'tunnel-protocol': 'geneve' };
const antrea = (text: string) => configMap('antrea-config', { 'antrea-agent.conf': text });
const GATEWAY = 'featureGates:\n  Multicluster: true\nmulticluster:\n  enableGateway: true\n';

const answerOf = (objects: readonly KubernetesObject[], settings = {}) => {
  const asked = { cni: undefined, mode: undefined, underlayFamily: undefined, hostMtu: undefined, options: {} };
  const answer = podMtuAnswer(modelOf(objects, settings), asked);
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
};

describe('the MTU of an imported cluster', () => {
  it.each<readonly [what: string, objects: readonly KubernetesObject[], podMtu: number]>([
    // projectcalico/calico felix/dataplane/linux/int_dataplane_test.go:227; felix/config/config_params.go, KubernetesProvider: whichever case the type is written in.
    ['Calico: WireGuard for hosts too, on AKS', [POOL, calico('FelixConfiguration', WIREGUARD), AKS], 1340],
    ['Calico: WireGuard for hosts too, elsewhere', [POOL, calico('FelixConfiguration', WIREGUARD)], 1440],
    ['Calico: WireGuard for pods alone, on AKS', [POOL, calico('FelixConfiguration', { wireguardEnabled: true }), AKS], 1440],
    // docs.tigera.io, "Encrypt in-cluster pod traffic", AKS: "set env daemonset/calico-node FELIX_WIREGUARDHOSTENCRYPTIONENABLED".
    [
      'Calico: told by the environment of calico-node',
      [POOL, calicoNode({ FELIX_WIREGUARDENABLED: 'true', FELIX_WIREGUARDHOSTENCRYPTIONENABLED: 'true', CLUSTER_TYPE: 'k8s,aks' })],
      1340,
    ],
    // The environment goes before objects (felix/config/config_params.go, SourcesInDescendingOrder).
    [
      'Calico: the environment switches off what the object switches on',
      [POOL, calico('FelixConfiguration', WIREGUARD), AKS, calicoNode({ FELIX_WIREGUARDHOSTENCRYPTIONENABLED: 'false' })],
      1440,
    ],
    // ConfigureDefaultMTUs: only what is 0 is reckoned.
    ['Calico: an MTU that is set stays', [POOL, calico('FelixConfiguration', { ...WIREGUARD, wireguardMTU: 1400 }), AKS], 1400],
    // cilium/cilium pkg/datapath/tunnel/cell.go, WithoutMTUAdaptation: the agent leaves pods their MTU, whatever is put around clients' packets.
    ['Cilium: DSR by Geneve', [cilium({ ...GENEVE, 'bpf-lb-mode': 'dsr', 'bpf-lb-dsr-dispatch': 'geneve' })], 1450],
    ['Cilium: DSR by Geneve for TCP alone', [cilium({ ...GENEVE, 'bpf-lb-mode': 'hybrid', 'bpf-lb-dsr-dispatch': 'geneve' })], 1450],
    ['Cilium: a dispatch that SNAT does not use', [cilium({ ...GENEVE, 'bpf-lb-mode': 'snat', 'bpf-lb-dsr-dispatch': 'geneve' })], 1450],
    [
      'Cilium: a dispatch without the replacement of kube-proxy',
      [configMap('cilium-config', { ...GENEVE, 'bpf-lb-mode': 'dsr', 'bpf-lb-dsr-dispatch': 'geneve' })],
      1450,
    ],
    ['Cilium: DSR by IPIP', [cilium({ 'routing-mode': 'native', 'bpf-lb-mode': 'dsr', 'bpf-lb-dsr-dispatch': 'ipip' })], 1500],
    ['Cilium: DSR by an option of IP', [cilium({ 'routing-mode': 'native', 'bpf-lb-mode': 'dsr', 'bpf-lb-dsr-dispatch': 'opt' })], 1500],
    // antrea-io/antrea pkg/agent/config/node_config_test.go, TestCalculateMTUDeduction.
    ['Antrea: a gateway to other clusters', [antrea(GATEWAY)], 1450],
    ['Antrea: a gateway that encrypts', [antrea(`${GATEWAY}  trafficEncryptionMode: wireGuard\n`)], 1390],
    ['Antrea: a gateway beside noEncap', [antrea(`trafficEncapMode: noEncap\n${GATEWAY}`)], 1450],
    // cmd/antrea-agent/agent.go: the gateway needs the feature gate, which is off unless it is switched on.
    ['Antrea: the feature gate is off', [antrea('trafficEncapMode: noEncap\nmulticluster:\n  enableGateway: true\n')], 1500],
  ])('%s: %3$i', (_, objects, podMtu) => {
    expect(answerOf(objects).result.podMtu).toBe(podMtu);
    expect(clusterMtu(modelOf(objects), 4).podMtu).toBe(podMtu);
  });

  // cilium/cilium pkg/mtu/mtu_test.go: keys of 16, 32 and 12 bytes; pkg/datapath/linux/ipsec/ipsec_linux.go, LoadIPSecKeys: of AEAD the length of the ICV counts.
  it.each([
    [undefined, 1423, ['UNDERLAY_MTU_ASSUMED', 'AUTH_KEY_ASSUMED']],
    [16, 1423, ['UNDERLAY_MTU_ASSUMED']],
    [32, 1407, ['UNDERLAY_MTU_ASSUMED']],
    [12, 1427, ['UNDERLAY_MTU_ASSUMED']],
  ])('Cilium: IPsec with a key of %s bytes: %i', (authKeyBytes, podMtu, assumed) => {
    const objects = [cilium({ 'routing-mode': 'native', 'enable-ipsec': 'true' })];
    const { result, assumptions } = answerOf(objects, { cni: { authKeyBytes: authKeyBytes ?? null } });
    expect([result.podMtu, assumptions.map(({ code }) => code)]).toEqual([podMtu, assumed]);
  });

  it('says what the options are', () => {
    const [step] = answerOf([cilium({ 'routing-mode': 'native', 'enable-ipsec': 'true' })]).evidence;
    expect(step?.message).toContain('native with ipsec takes 77 of 1500');
  });
});

describe('the devices that wrap', () => {
  const mtuOf = (settings: object, objects: readonly KubernetesObject[] = []) => {
    const answer = tunnels(pathCluster(settings as never, objects), { node: 'node1', limit: 10 });
    return answer.ok ? answer.value.result.tunnels.map(({ device, mtu, family }) => `${device} ${mtu} v${family}`) : [];
  };

  it('Felix gives WireGuard’s the MTU that it reckons, or is told', () => {
    const objects = [calico('FelixConfiguration', WIREGUARD), AKS];
    expect(mtuOf({ cni: { plugin: 'calico' } }, objects)).toContain('wireguard.cali 1340 v4');
    const told = [calico('FelixConfiguration', { ...WIREGUARD, wireguardMTU: 1400 }), AKS];
    expect(mtuOf({ cni: { plugin: 'calico' } }, told)).toContain('wireguard.cali 1400 v4');
  });
});

// kubeovn/kube-ovn pkg/daemon/handler.go: "if podSubnet.Spec.Mtu > 0 { mtu = int(podSubnet.Spec.Mtu) }", before the provider network's and that of the CNI server.
describe('a Subnet of Kube-OVN with an MTU of its own', () => {
  const subnet = (name: string, spec: object): KubernetesObject => ({
    apiVersion: 'kubeovn.io/v1',
    kind: 'Subnet',
    metadata: { name },
    spec: spec as never,
  });
  const KUBE_OVN = { cni: { plugin: 'kube-ovn', mode: 'geneve' } };
  const near = subnet('near', { cidrBlock: '10.244.1.0/24,fd00:244:0:1::/64', mtu: 1300 });

  it.each<readonly [what: string, objects: readonly KubernetesObject[], podMtu: number, pathMtu: number]>([
    ['none', [], 1400, 1400],
    ['by the address of the pod', [near], 1300, 1300],
    ['that reckons it', [subnet('near', { cidrBlock: '10.244.1.0/24', mtu: 0 })], 1400, 1400],
    ['of other pods', [subnet('far', { cidrBlock: '10.244.2.0/24', mtu: 1300 })], 1400, 1300],
    // ovn0 has the MTU of the node; what the sender may send does not fit into the receiver's device, which does not lie between the nodes.
  ])('%s', (_, objects, podMtu, pathMtu) => {
    const { result } = askPath(pathCluster(KUBE_OVN, objects), 'pod/t/a', 'pod/t/b');
    expect([result.forward.hops[0]?.mtu, result.forward.pathMtu]).toEqual([podMtu, pathMtu]);
  });

  it('that is the default one tells the cluster’s', () => {
    expect(answerOf([subnet('ovn-default', { cidrBlock: '10.16.0.0/16', default: true, mtu: 1342 })], KUBE_OVN).result.podMtu).toBe(1342);
  });

  it.each<readonly [what: string, spec: object, expected: readonly string[]]>([
    ['more than the device', { mtu: 1600 }, ['MTU_LARGER_THAN_HOST /spec/mtu']],
    ['no room for the tunnel', { mtu: 1450 }, ['MTU_TOO_LARGE /spec/mtu']],
    ['room', { mtu: 1400 }, []],
    ['of a VLAN, where nothing is wrapped', { mtu: 1500, vlan: 'vlan1' }, []],
  ])('is found to have %s', (_, spec, expected) => {
    const model = pathCluster({ ...KUBE_OVN, ipFamilies: ['IPv4'] }, [subnet('near', { cidrBlock: '10.244.1.0/24', ...spec })]);
    const { findings } = finished(dataplaneLint(model, { codes: undefined, severity: 'error' })).result;
    expect(findings.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual(expected);
  });
});

describe('where the profile has it from', () => {
  const profileOf = (objects: readonly KubernetesObject[]): NetworkProfile => modelOf(objects).profile;

  it.each<readonly [what: string, objects: readonly KubernetesObject[], read: (profile: NetworkProfile) => unknown, expected: unknown]>([
    ['the machines of AKS', [POOL, AKS], ({ underlay }) => underlay.provider, 'aks'],
    ['nobody’s machines', [POOL, calico('ClusterInformation', { clusterType: 'k8s,bgp' })], ({ underlay }) => underlay.provider, undefined],
    ['Antrea’s port of tunnels', [antrea('tunnelPort: 6082\n')], ({ cni }) => cni.tunnelPort, 6082],
    ['Antrea’s own port', [antrea('tunnelPort: 0\n')], ({ cni }) => cni.tunnelPort, undefined],
    // Documentation/cmdref/cilium-agent.md.
    ['Cilium’s direct routes', [cilium({ 'auto-direct-node-routes': 'true' })], ({ cni }) => cni.directRoutes, 'required'],
    [
      'Cilium’s direct routes to whoever is near',
      [cilium({ 'auto-direct-node-routes': 'true', 'direct-routing-skip-unreachable': 'true' })],
      ({ cni }) => cni.directRoutes,
      'optional',
    ],
    ['no direct routes', [cilium({ 'direct-routing-skip-unreachable': 'true' })], ({ cni }) => cni.directRoutes, 'none'],
  ])('%s', (_, objects, read, expected) => {
    expect(read(profileOf(objects))).toEqual(expected);
  });
});

// tigera/operator pkg/render/node_test.go, "should properly render an explicitly configured MTU": 1450 in the configuration of the CNI plugin, FELIX_IPINIPMTU, FELIX_VXLANMTU and FELIX_WIREGUARDMTU.
describe('the MTU that Calico’s operator is told', () => {
  const installation = (spec: object): KubernetesObject => ({
    apiVersion: 'operator.tigera.io/v1',
    kind: 'Installation',
    metadata: { name: 'default' },
    spec: spec as never,
  });
  const VXLAN = calico('IPPool', { cidr: '10.244.0.0/16', ipipMode: 'Never', vxlanMode: 'Always' });
  const told = (mtu: number) => installation({ calicoNetwork: { mtu } });

  it.each<readonly [what: string, objects: readonly KubernetesObject[], mtus: readonly (number | undefined)[]]>([
    ['is that of pods and of tunnels', [VXLAN, told(1400)], [1400, 1400]],
    ['goes before what an object tells Felix', [VXLAN, told(1400), calico('FelixConfiguration', { vxlanMTU: 1300 })], [1400, 1400]],
    ['is found out where it is 0, or left out', [VXLAN, told(0)], [1450, 1450]],
    ['and where nothing is said of the network', [VXLAN, installation({})], [1450, 1450]],
    ['counts without tunnels', [POOL, told(8900)], [8900, undefined]],
  ])('%s', (_, objects, expected) => {
    const model = pathCluster({ ipFamilies: ['IPv4'], cni: { plugin: 'calico' } }, objects);
    const listed = tunnels(model, { node: 'node1', limit: 5 });
    const { podMtu } = askPath(model, 'pod/t/a', 'pod/t/b').result;
    expect([podMtu, listed.ok ? listed.value.result.tunnels[0]?.mtu : 0]).toEqual(expected);
  });

  // api/v1/installation_types.go, CNISpec: Calico, AmazonVPC, AzureVNET or GKE.
  it.each([
    [{}, 'calico'],
    [{ cni: { type: 'Calico' } }, 'calico'],
    [{ cni: { type: 'AmazonVPC' } }, 'unknown'],
  ])('shows the plugin: %j is of %s', (spec, plugin) => {
    expect(modelOf([installation(spec)], {}).profile.cni.plugin).toBe(plugin);
  });
});
