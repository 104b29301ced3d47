import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { formatCidr } from '../net/cidr.js';
import { formatIp } from '../net/ip.js';
import type { NetworkProfile } from './network-profile.js';
import type { ProfileSettings } from './profile-settings.js';

const configMap = (name: string, data: Readonly<Record<string, string>>): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'kube-system' },
  data,
});
const daemonSet = (
  name: string,
  image: string,
  args: readonly string[],
  env: readonly { name: string; value: string }[] = [],
): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name, namespace: 'kube-system' },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { hostNetwork: true, containers: [{ name, image, args: [...args], env: [...env] }] },
    },
  },
});
const felix = (spec: Readonly<Record<string, string | number | boolean>>): KubernetesObject => ({
  apiVersion: 'projectcalico.org/v3',
  kind: 'FelixConfiguration',
  metadata: { name: 'default' },
  spec,
});
const pool = (spec: Readonly<Record<string, string | boolean>>): KubernetesObject => ({
  apiVersion: 'projectcalico.org/v3',
  kind: 'IPPool',
  metadata: { name: 'default' },
  spec: { cidr: '10.244.0.0/16', ...spec },
});
const cilium = (data: Readonly<Record<string, string>>) => configMap('cilium-config', data);
const flannel = (config: object) =>
  configMap('kube-flannel-cfg', { 'net-conf.json': JSON.stringify({ Network: '10.244.0.0/16', ...config }) });
const FLANNELD = 'ghcr.io/flannel-io/flannel:v0.27.0';

function profileOf(objects: readonly KubernetesObject[], settings?: ProfileSettings): NetworkProfile {
  return modelOf(objects, settings).profile;
}

describe('what objects tell of the data plane', () => {
  // Names and meanings: cilium Documentation/cmdref/cilium-agent.md; flannel Documentation/{backends,configuration}.md; calico felixconfig.go; the VPC CNI's README;
  // ip-masq-agent README; antrea build/charts/antrea/conf/antrea-agent.conf.
  it.each<readonly [what: string, objects: readonly KubernetesObject[], read: (profile: NetworkProfile) => unknown, expected: unknown]>([
    [
      'OVN-Kubernetes is told its gateway mode',
      [
        configMap('ovn-config', { net_cidr: '10.128.0.0/14/23' }),
        daemonSet(
          'ovnkube-node',
          'ghcr.io/ovn-kubernetes/ovn-kubernetes/ovn-kube-ubuntu:master',
          [],
          [{ name: 'OVN_GATEWAY_MODE', value: 'local' }],
        ),
      ],
      ({ cni }) => cni.routingViaHost,
      true,
    ],
    [
      'Kube-OVN’s underlay has the MTU of the provider network on a node',
      [
        daemonSet('kube-ovn-controller', 'kubeovn/kube-ovn:v1.13', ['--network-type=vlan']),
        {
          apiVersion: 'v1',
          kind: 'Node',
          metadata: {
            name: 'a',
            labels: { 'net1.provider-network.kubernetes.io/mtu': '1500', 'net1.provider-network.kubernetes.io/ready': 'true' },
          },
        },
      ],
      ({ cni }) => [cni.mode, cni.mtu],
      ['vlan', 1500],
    ],
    [
      'Cilium gives addresses of ENIs',
      [cilium({ ipam: 'eni', 'routing-mode': 'native' })],
      ({ cni }) => [cni.mode, cni.ipam],
      ['eni', 'eni'],
    ],
    ['Cilium leaves ranges to kube-controller-manager', [cilium({ ipam: 'kubernetes' })], ({ cni }) => cni.ipam, 'kubernetes'],
    ['Cilium’s `ipam` is none that there is', [cilium({ ipam: 'magic' })], ({ cni }) => cni.ipam, undefined],
    ['Cilium encrypts by WireGuard', [cilium({ 'enable-wireguard': 'true' })], ({ cni }) => cni.encryption, 'wireguard'],
    ['Cilium encrypts by IPsec', [cilium({ 'enable-ipsec': 'true' })], ({ cni }) => cni.encryption, 'ipsec'],
    ['Cilium’s tunnel has another port', [cilium({ 'tunnel-port': '8473' })], ({ cni }) => cni.tunnelPort, 8473],
    ['Cilium is told the MTU underneath', [cilium({ mtu: '9000' })], ({ cni, underlay }) => [cni.mtu, underlay.mtu], [undefined, 9000]],
    [
      'Weave trusts subnets (prog/weave-kube/launch.sh)',
      [
        daemonSet(
          'weave-net',
          'weaveworks/weave-kube:2.8.1',
          [],
          [{ name: 'EXTRA_ARGS', value: '--log-level=info --trusted-subnets=10.0.2.0/24,192.168.48.0/24' }],
        ),
      ],
      ({ cni }) => cni.trustedSubnets.map(formatCidr),
      ['10.0.2.0/24', '192.168.48.0/24'],
    ],
    ['Cilium masquerades by BPF', [cilium({ 'enable-bpf-masquerade': 'true' })], ({ masquerade }) => masquerade.program, 'bpf'],
    ['Cilium masquerades by netfilter, as by default', [cilium({})], ({ masquerade }) => masquerade.program, 'iptables'],
    ['Cilium’s own ip-masq-agent needs BPF', [cilium({ 'enable-ip-masq-agent': 'true' })], ({ masquerade }) => masquerade.program, 'bpf'],
    [
      'Cilium masquerades what goes to other nodes',
      [cilium({ 'enable-bpf-masquerade': 'true', 'enable-remote-node-masquerade': 'true' })],
      ({ masquerade }) => masquerade.remoteNodes,
      true,
    ],
    [
      'Cilium masquerades IPv4 alone',
      [cilium({ 'enable-ipv4-masquerade': 'true', 'enable-ipv6-masquerade': 'false' })],
      ({ masquerade }) => [masquerade.plugin, masquerade.families],
      [true, [4]],
    ],
    [
      'Cilium masquerades IPv6 alone',
      [cilium({ 'enable-ipv4-masquerade': 'false', 'enable-ipv6-masquerade': 'true' })],
      ({ masquerade }) => [masquerade.plugin, masquerade.families],
      [true, [6]],
    ],
    [
      // daemon/cmd/daemon_main.go: flags.Bool(option.EnableIPv6Masquerade, true, …)
      'Cilium masquerades IPv6 by default, whatever is said of IPv4',
      [cilium({ 'enable-ipv6': 'true', 'enable-ipv4-masquerade': 'false' })],
      ({ masquerade }) => [masquerade.plugin, masquerade.families],
      [true, [6]],
    ],
    [
      'one switch of both families, as before 1.10',
      [cilium({ 'enable-ipv6': 'true', masquerade: 'false' })],
      ({ masquerade }) => masquerade.plugin,
      false,
    ],
    ['Cilium does not masquerade', [cilium({ 'enable-ipv4-masquerade': 'false' })], ({ masquerade }) => masquerade.plugin, false],
    [
      'Cilium routes natively to a range',
      [cilium({ 'ipv4-native-routing-cidr': '10.0.0.0/8' })],
      ({ masquerade }) => masquerade.nativeRoutingCIDRs.map(formatCidr),
      ['10.0.0.0/8'],
    ],
    [
      'Flannel has a VNI and a port',
      [flannel({ Backend: { Type: 'vxlan', VNI: 7, Port: 4789 } })],
      ({ cni }) => [cni.vni, cni.tunnelPort],
      [7, 4789],
    ],
    // flannel Documentation/backends.md: `MTU` is that of the outgoing packets; pkg/backend/vxlan/vxlan_network.go, MTU: less encapOverhead.
    ['Flannel is told an MTU', [flannel({ Backend: { Type: 'vxlan', MTU: 9000 } })], ({ cni }) => cni.mtu, 8950],
    [
      'Flannel is told an MTU that its backend does not read',
      [flannel({ Backend: { Type: 'host-gw', MTU: 9000 } })],
      ({ cni }) => cni.mtu,
      undefined,
    ],
    [
      'flanneld masquerades',
      [flannel({}), daemonSet('kube-flannel-ds', FLANNELD, ['--ip-masq', '--kube-subnet-mgr'])],
      ({ masquerade }) => masquerade.plugin,
      true,
    ],
    [
      'flanneld does not',
      [flannel({}), daemonSet('kube-flannel-ds', FLANNELD, ['--kube-subnet-mgr'])],
      ({ masquerade }) => masquerade.plugin,
      false,
    ],
    [
      'Felix has a VNI and a port',
      [pool({ vxlanMode: 'Always' }), felix({ vxlanVNI: 4097, vxlanPort: 4790 })],
      ({ cni }) => [cni.vni, cni.tunnelPort],
      [4097, 4790],
    ],
    [
      'Felix exempts nodes',
      [pool({}), felix({ natOutgoingExclusions: 'IPPoolsAndHostIPs' })],
      ({ masquerade }) => masquerade.exemptNodes,
      true,
    ],
    [
      'Felix has an address for what leaves',
      [pool({}), felix({ natOutgoingAddress: '203.0.113.80' })],
      ({ masquerade }) => masquerade.natOutgoingAddress && formatIp(masquerade.natOutgoingAddress),
      '203.0.113.80',
    ],
    [
      'Antrea encrypts',
      [configMap('antrea-config', { 'antrea-agent.conf': 'trafficEncryptionMode: WireGuard\nnoSNAT: true' })],
      ({ cni, masquerade }) => [cni.encryption, masquerade.plugin],
      ['wireguard', false],
    ],
    [
      'the VPC CNI leaves translation to a gateway',
      [daemonSet('aws-node', 'example/amazon-k8s-cni:v1.20', [], [{ name: 'AWS_VPC_K8S_CNI_EXTERNALSNAT', value: 'true' }])],
      ({ masquerade, underlay }) => [masquerade.plugin, underlay.mtu],
      [false, 9001],
    ],
    // aws/amazon-vpc-cni-k8s pkg/networkutils/network.go, parseCIDRString: blanks are cut off, what is no prefix or of IPv6 is skipped.
    [
      'the VPC CNI leaves ranges alone',
      [
        daemonSet(
          'aws-node',
          'example/amazon-k8s-cni:v1.20',
          [],
          [{ name: 'AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS', value: '172.16.8.0/24, 198.51.100.7/24,nonsense,2001:db8::/32' }],
        ),
      ],
      ({ masquerade }) => [masquerade.plugin, masquerade.exemptDestinations.map(formatCidr)],
      [true, ['172.16.8.0/24', '198.51.100.0/24']],
    ],
    [
      'ip-masq-agent has a list',
      [
        daemonSet('ip-masq-agent', 'registry.k8s.io/networking/ip-masq-agent:v2.12.0', []),
        configMap('ip-masq-agent', { config: 'nonMasqueradeCIDRs:\n- 10.0.0.0/8\n- 100.64.0.0/10\nmasqLinkLocal: true\n' }),
      ],
      ({ masquerade }) => [masquerade.agent, masquerade.nonMasqueradeCIDRs?.map(formatCidr), masquerade.linkLocal],
      [true, ['10.0.0.0/8', '100.64.0.0/10'], true],
    ],
    [
      'nothing',
      [],
      ({ cni, underlay, masquerade }) => [cni.encryption, underlay.mtu, masquerade.plugin, masquerade.agent],
      ['none', 1500, true, false],
    ],
  ])('%s', (_, objects, read, expected) => {
    expect(read(profileOf(objects))).toEqual(expected);
  });

  // cilium/cilium pkg/ipam/multipool_test.go, TestAllocateNext_SkipMasquerade; only with masquerading by BPF (Documentation/network/concepts/ipam/multi-pool.rst).
  it.each<readonly [what: string, data: Readonly<Record<string, string>>, annotated: readonly string[], exempt: readonly string[]]>([
    ['neither the flag nor an annotation', {}, [], []],
    ['the flag: every pool but the default one', { 'only-masquerade-default-pool': 'true' }, [], ['10.0.1.0/24', '10.0.2.0/24']],
    [
      'the flag, where another pool is the default one',
      { 'only-masquerade-default-pool': 'true', 'ipam-default-ip-pool': 'blue' },
      [],
      ['10.0.0.0/24', '10.0.2.0/24'],
    ],
    ['an annotation', {}, ['red'], ['10.0.2.0/24']],
    ['an annotation of the default pool', {}, ['default'], ['10.0.0.0/24']],
    ['both', { 'only-masquerade-default-pool': 'true' }, ['default'], ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24']],
    ['both, without BPF', { 'only-masquerade-default-pool': 'true', 'enable-bpf-masquerade': 'false' }, ['default'], []],
    ['both, in another mode', { 'only-masquerade-default-pool': 'true', ipam: 'cluster-pool' }, ['default'], []],
  ])('pools of Cilium that skip masquerading: %s', (_, data, annotated, exempt) => {
    const pools = ['default', 'blue', 'red'].map((name, index) => ({
      apiVersion: 'cilium.io/v2alpha1',
      kind: 'CiliumPodIPPool',
      metadata: { name, annotations: { 'ipam.cilium.io/skip-masquerade': String(annotated.includes(name)) } },
      spec: { ipv4: { cidrs: [`10.0.${index}.0/24`], maskSize: 26 } },
    }));
    const { masquerade } = profileOf([cilium({ ipam: 'multi-pool', 'enable-bpf-masquerade': 'true', ...data }), ...pools]);
    expect(masquerade.exemptSources.map(formatCidr).toSorted()).toEqual(exempt);
  });

  it('takes subnets of nodes from a user', () => {
    const settings = {
      underlay: {
        mtu: 9000,
        subnets: [
          { cidr: '192.168.0.0/24', vlan: 12 },
          { cidr: '192.168.9.0/24', mtu: 1500 },
        ],
      },
    };
    expect(profileOf([], settings).underlay.subnets.map(({ cidr, vlan, mtu }) => [formatCidr(cidr), vlan, mtu])).toEqual([
      ['192.168.0.0/24', 12, undefined],
      ['192.168.9.0/24', undefined, 1500],
    ]);
  });

  it.each([{ vlan: 0 }, { mtu: 12 }, { cidr: 'x' }, { port: 1 }])('refuses a subnet with %o', (wrong) => {
    expect(() => profileOf([], { underlay: { subnets: [{ cidr: '192.168.0.0/24', ...wrong }] } })).toThrow(/network profile has an error/);
  });
});

/** k8snetworkplumbingwg/multus-cni `docs/configuration.md` (delegates), `deployments/multus-daemonset.yml`; containernetworking/plugins `plugins/main/macvlan`, `plugins/ipam/host-local`; whereabouts `doc/extended-configuration.md`. */
describe('what the first network of Multus tells', () => {
  const multus = (...delegates: readonly object[]) =>
    configMap('multus-cni-config', { 'cni-conf.json': JSON.stringify({ name: 'multus-cni-network', type: 'multus', delegates }) });
  const macvlan = (more: object) => ({ cniVersion: '0.3.1', type: 'macvlan', master: 'eth0', mode: 'bridge', ...more });
  const hostLocal = { type: 'host-local', ranges: [[{ subnet: '192.168.5.0/24' }], [{ subnet: 'fd00:5::/64' }]] };
  const whereabouts = { type: 'whereabouts', range: '192.168.5.10-192.168.5.90/25' };

  it.each<readonly [what: string, map: KubernetesObject, expected: readonly unknown[]]>([
    ['macvlan', multus(macvlan({ ipam: hostLocal, mtu: 9000 })), ['unknown', 'macvlan', 9000, ['192.168.5.0/24', 'fd00:5::/64']]],
    ['macvlan on a VLAN', multus(macvlan({ master: 'eth0.12', ipam: whereabouts })), ['unknown', 'vlan', undefined, ['192.168.5.0/25']]],
    [
      'a list of plugins',
      multus({ name: 'n', plugins: [macvlan({ ipam: whereabouts }), { type: 'tuning' }] }),
      ['unknown', 'macvlan', undefined, ['192.168.5.0/25']],
    ],
    [
      'a plugin with a network of its own',
      multus({ type: 'cilium-cni' }, macvlan({})),
      ['cilium', undefined, undefined, ['10.244.0.0/16']],
    ],
    [
      'nothing that can be read',
      configMap('multus-cni-config', { 'cni-conf.json': '{' }),
      ['unknown', undefined, undefined, ['10.244.0.0/16']],
    ],
  ])('%s', (_, map, expected) => {
    const { cni, podCIDRs } = profileOf([map]);
    expect([cni.plugin, cni.mode, cni.mtu, podCIDRs.map(formatCidr)]).toEqual(expected);
  });

  // docs/configuration.md: "If you use clusterNetwork/defaultNetworks, delegates is ignored"; a name is that of a NetworkAttachmentDefinition of `multusNamespace`, else of a file (getNetDelegate).
  describe('named by `clusterNetwork`', () => {
    const named = (config: object) => configMap('multus-cni-config', { 'cni-conf.json': JSON.stringify({ type: 'multus', ...config }) });
    const attachment = (namespace: string, config?: object): KubernetesObject => ({
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: { name: 'first', namespace },
      spec: config ? { config: JSON.stringify(config) } : {},
    });
    const OF_DELEGATES = { delegates: [macvlan({ ipam: hostLocal, mtu: 9000 })] };
    const network = attachment('kube-system', macvlan({ master: 'eth0.12', ipam: whereabouts }));

    it.each<readonly [what: string, objects: readonly KubernetesObject[], expected: readonly unknown[]]>([
      ['a network', [named({ clusterNetwork: 'first' }), network], ['unknown', 'vlan', 'NetworkAttachmentDefinition']],
      [
        'a network, beside delegates',
        [named({ clusterNetwork: 'first', ...OF_DELEGATES }), network],
        ['unknown', 'vlan', 'NetworkAttachmentDefinition'],
      ],
      [
        'one of its own namespace',
        [named({ clusterNetwork: 'first', multusNamespace: 'net' }), attachment('net', { plugins: [{ type: 'weave-net' }] })],
        ['weave', undefined, undefined],
      ],
      [
        'one of another namespace',
        [named({ clusterNetwork: 'first', ...OF_DELEGATES }), attachment('other', macvlan({}))],
        ['unknown', undefined, undefined],
      ],
      [
        'one whose configuration is a file',
        [named({ clusterNetwork: 'first', ...OF_DELEGATES }), attachment('kube-system')],
        ['unknown', undefined, undefined],
      ],
      ['a file', [named({ clusterNetwork: '/etc/cni/net.d/10-x.conflist', ...OF_DELEGATES }), network], ['unknown', undefined, undefined]],
      ['no network: those that pods ask for besides', [network], ['unknown', undefined, undefined]],
    ])('%s', (_, objects, expected) => {
      const { profile, profileSources } = modelOf([...objects], {});
      expect([profile.cni.plugin, profile.cni.mode, profileSources.get('cni.mode')?.object?.kind]).toEqual(expected);
    });
  });

  it('counts less than the plugin that runs', () => {
    expect(profileOf([multus(macvlan({})), cilium({})]).cni.plugin).toBe('cilium');
  });
});
