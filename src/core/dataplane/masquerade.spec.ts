import { describe, expect, it } from 'vitest';
import { askPath, pathCluster } from '../../../test/support/path-cluster.js';
import type { ProfileSettings } from '../model/profile-settings.js';
import { AddressSet, NO_ADDRESSES } from '../net/address-set.js';
import { formatCidr, parseCidr } from '../net/cidr.js';
import { type IpFamily, parseIp } from '../net/ip.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import {
  ciliumNonMasqueradeCIDRs,
  masqueradeDecision,
  type Masquerading,
  type MasqueradingPool,
  nonMasqueradeCIDRs,
} from './masquerade.js';

const cidrs = (...texts: readonly string[]) => texts.map((text) => parseCidr(text)!);
const addresses = (...texts: readonly string[]) => AddressSet.of(texts.map((text) => parseIp(text)!));
const packet = (source: string, destination: string) => ({ source: parseIp(source)!, destination: parseIp(destination)! });

describe('Flannel masquerades by the first rule that matches (pkg/trafficmngr/iptables/iptables.go masqRules)', () => {
  const flannel: Masquerading = { engine: 'flannel', clusterCIDRs: cidrs('10.244.0.0/16'), podCIDRs: cidrs('10.244.1.0/24') };

  it.each([
    ['10.244.1.5', '10.244.2.6', false, 2],
    ['10.244.2.6', '10.244.1.5', false, 3],
    ['198.51.100.7', '10.244.1.5', false, 4],
    ['10.244.1.5', '192.168.0.2', true, 5],
    ['192.168.0.1', '10.244.2.6', true, 6],
    ['10.244.1.5', '224.0.0.251', false, null],
    ['192.168.0.1', '198.51.100.7', false, null],
  ])('%s → %s: %s by rule %s', (source, destination, masquerade, rule) => {
    expect(masqueradeDecision(flannel, packet(source, destination))).toMatchObject({ masquerade, rule });
  });

  it('leaves what kube-proxy has marked to kube-proxy', () => {
    const marked = { ...packet('10.244.1.5', '198.51.100.7'), kubeProxyMark: true };
    expect(masqueradeDecision(flannel, marked)).toMatchObject({ masquerade: false, rule: 1 });
  });
});

describe('Calico masquerades by pools (felix/rules/nat.go)', () => {
  const pool = (cidr: string, natOutgoing: boolean, ...allowedUses: readonly string[]): MasqueradingPool => ({
    cidr: parseCidr(cidr),
    natOutgoing,
    allowedUses,
  });
  const pools = [pool('10.0.0.0/16', true), pool('10.1.0.0/16', false), pool('203.0.113.0/24', false, 'LoadBalancer')];
  const calico: Masquerading = { engine: 'calico', pools, exemptHosts: addresses('192.168.0.2') };

  it.each([
    ['10.0.0.5', '198.51.100.7', true],
    ['10.0.0.5', '10.1.0.5', false],
    ['10.1.0.5', '198.51.100.7', false],
    ['10.0.0.5', '203.0.113.7', true],
    ['10.0.0.5', '192.168.0.2', false],
    ['192.168.0.1', '198.51.100.7', false],
  ])('%s → %s: %s', (source, destination, masquerade) => {
    expect(masqueradeDecision(calico, packet(source, destination)).masquerade).toBe(masquerade);
  });
});

describe('Calico’s natOutgoingAddress (felix/rules/nat.go, NATOutgoingChain)', () => {
  const pools = ['10.0.0.0/16', 'fd00:10::/48'].map((cidr) => ({ cidr: parseCidr(cidr), natOutgoing: true, allowedUses: [] }));
  const calico: Masquerading = { engine: 'calico', pools, exemptHosts: NO_ADDRESSES, outgoingAddress: parseIp('203.0.113.80') };
  const addressOf = (source: string, destination: string) => masqueradeDecision(calico, packet(source, destination)).address;

  it('is the source of what leaves the pools, in its own family', () => {
    expect(addressOf('10.0.0.5', '198.51.100.7')).toEqual(parseIp('203.0.113.80'));
    expect(addressOf('10.0.0.5', '10.0.9.9')).toBeUndefined();
    expect(addressOf('fd00:10::5', '2001:db8::7')).toBeUndefined();
  });
});

describe('Weave’s NO_MASQ_LOCAL (net/expose.go: "external traffic sent to these CIDRs avoids SNAT’ing")', () => {
  it.each([
    [true, true, false],
    [true, false, true],
    [false, true, true],
  ])('%s, to a container of the node %s: masqueraded %s', (exemptsLocal, destinationIsLocalPod, masquerade) => {
    const weave: Masquerading = { engine: 'weave', ranges: cidrs('10.32.0.0/12'), exemptsLocal };
    expect(masqueradeDecision(weave, { ...packet('203.0.113.9', '10.32.0.5'), destinationIsLocalPod }).masquerade).toBe(masquerade);
  });
});

describe('the others', () => {
  const cilium: Masquerading = {
    engine: 'cilium',
    nativeRoutingCIDRs: cidrs('10.0.0.0/8'),
    nodeAddresses: addresses('192.168.0.2'),
    localPodCIDRs: cidrs('10.0.1.0/24'),
    agent: { masqLinkLocal: false, masqLinkLocalIPv6: false },
  };
  const weave: Masquerading = { engine: 'weave', ranges: cidrs('10.32.0.0/12') };
  const aws: Masquerading = { engine: 'aws', vpcCIDRs: cidrs('10.0.0.0/16'), excludedCIDRs: [], externalSNAT: false };

  it.each([
    ['Cilium (Documentation/network/concepts/masquerading.rst)', cilium, '10.0.1.5', '8.8.8.8', true],
    ['Cilium', cilium, '10.0.1.5', '10.9.9.9', false],
    ['Cilium, of no pod of the node (bpf/lib/nat.h: a local endpoint)', cilium, '10.0.2.5', '8.8.8.8', false],
    ['Cilium', cilium, '10.0.1.5', '192.168.0.2', false],
    ['Cilium, of a pool that skips it', { ...cilium, exemptSources: cidrs('10.0.1.0/28') }, '10.0.1.5', '8.8.8.8', false],
    ['Cilium, of another pool', { ...cilium, exemptSources: cidrs('10.0.1.0/28') }, '10.0.1.25', '8.8.8.8', true],
    ['Cilium’s ip-masq-agent (pkg/ipmasq/ipmasq.go)', cilium, '10.0.1.5', '100.64.3.4', false],
    ['Weave (net/expose.go)', weave, '10.32.0.5', '8.8.8.8', true],
    ['Weave', weave, '10.32.0.5', '10.40.0.5', false],
    ['Weave', weave, '10.32.0.5', '224.0.0.5', false],
    ['Weave', weave, '192.168.0.1', '10.40.0.5', true],
    ['the VPC CNI (README)', aws, '10.0.0.5', '8.8.8.8', true],
    ['the VPC CNI', aws, '10.0.0.5', '10.0.9.9', false],
    ['the VPC CNI with external SNAT', { ...aws, externalSNAT: true }, '10.0.0.5', '8.8.8.8', false],
    [
      'the VPC CNI, of IPv6 (pkg/networkutils/network.go, updateHostIptablesRules)',
      { ...aws, families: [4] },
      '2001:db8:1::5',
      '2001:db8:ffff::9',
      false,
    ],
    ['nobody', { engine: 'none' }, '10.0.0.5', '8.8.8.8', false],
  ] as const)('%s: %3$s → %4$s', (_, by, source, destination, masquerade) => {
    expect(masqueradeDecision(by, packet(source, destination)).masquerade).toBe(masquerade);
  });
});

describe('ip-masq-agent (cmd/ip-masq-agent/ip-masq-agent.go)', () => {
  const settings = { masqLinkLocal: false, masqLinkLocalIPv6: true };

  it('leaves the private ranges and link-local alone', () => {
    expect(nonMasqueradeCIDRs(settings, false).map(formatCidr)).toEqual([
      '10.0.0.0/8',
      '172.16.0.0/12',
      '192.168.0.0/16',
      '169.254.0.0/16',
    ]);
  });

  it('leaves eight reserved ranges alone beside, where it is told so', () => {
    expect(nonMasqueradeCIDRs(settings, true)).toHaveLength(12);
  });

  it('takes a list in place of the default', () => {
    const by: Masquerading = {
      engine: 'ip-masq-agent',
      settings: { ...settings, nonMasqueradeCIDRs: cidrs('172.16.0.0/12') },
      allReservedRanges: false,
    };
    expect(masqueradeDecision(by, packet('10.0.0.5', '10.9.9.9')).masquerade).toBe(true);
    expect(masqueradeDecision(by, { ...packet('10.0.0.5', '8.8.8.8'), destinationIsLocal: true }).masquerade).toBe(false);
  });
});

/** cilium/cilium `pkg/ipmasq/ipmasq_test.go`, `TestUpdate` and `TestRestore`, with the IPv6 prefix of `ipmasq.go`. */
describe('Cilium’s own agent', () => {
  const settings = { masqLinkLocal: false, masqLinkLocalIPv6: false };
  const linkLocal = ['169.254.0.0/16', 'fe80::/10'];

  it.each([
    ['a list', { ...settings, nonMasqueradeCIDRs: cidrs('1.1.1.1/32', '2.2.2.2/16') }, ['1.1.1.1/32', '2.2.0.0/16', ...linkLocal]],
    ['an empty list', { ...settings, nonMasqueradeCIDRs: [] }, linkLocal],
    [
      'a list, and link-local masqueraded',
      { ...settings, masqLinkLocal: true, nonMasqueradeCIDRs: cidrs('3.3.0.0/16') },
      ['3.3.0.0/16', 'fe80::/10'],
    ],
    ['no list, and link-local masqueraded', { ...settings, masqLinkLocal: true }, ['fe80::/10']],
  ])('%s: %3$j', (_, agent, left) => {
    expect(ciliumNonMasqueradeCIDRs(agent).map(formatCidr)).toEqual(left);
  });

  it('has eleven ranges and link-local ones where its file is empty or missing', () => {
    expect(ciliumNonMasqueradeCIDRs(settings)).toHaveLength(13);
  });
});

/** kubernetes-sigs/ip-masq-agent `ip-masq-agent_test.go`, `TestSyncMasqRules` and `TestSyncMasqRulesIPv6`: both chains of the same settings. */
describe('ip-masq-agent with lists of its own', () => {
  it.each([
    ['an empty list', { masqLinkLocal: false, masqLinkLocalIPv6: false, nonMasqueradeCIDRs: [] }, ['169.254.0.0/16', 'fe80::/10']],
    [
      'both families',
      { masqLinkLocal: false, masqLinkLocalIPv6: false, nonMasqueradeCIDRs: cidrs('10.244.0.0/16', 'fc00::/7') },
      ['10.244.0.0/16', 'fc00::/7', '169.254.0.0/16', 'fe80::/10'],
    ],
    ['IPv6 link-local masqueraded', { masqLinkLocal: false, masqLinkLocalIPv6: true, nonMasqueradeCIDRs: [] }, ['169.254.0.0/16']],
    [
      'just masqLinkLocal',
      { masqLinkLocal: true, masqLinkLocalIPv6: false },
      ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fe80::/10'],
    ],
  ])('%s: %3$j', (_, agent, left) => {
    expect(nonMasqueradeCIDRs(agent, false).map(formatCidr)).toEqual(left);
  });
});

/**
 * cilium/cilium `bpf/lib/nat.h`, snat_v4_needs_masquerade: "In the tunnel mode, a packet from a local ep to a remote node is not encap'd, and is sent via a native dev. Therefore, such packet has to
 * be MASQ'd"; `Documentation/operations/upgrade.rst`, 1.19: `enable-remote-node-masquerade` "in BPF masquerading mode". Netfilter: `pkg/datapath/iptables/iptables.go`,
 * installMasqueradeRules, with the set of nodes where `NodeIpsetNeeded` (no tunnel), of their InternalIPs (`pkg/node/manager/manager.go`); masquerading.rst: "traffic from pods to the
 * External IP of cluster nodes will also not be masqueraded. The eBPF implementation differs from the iptables-based masquerading on that aspect".
 */
describe('what Cilium does with packets of pods to nodes', () => {
  const KEPT = '10.244.1.5';
  const MASQUERADED = '192.168.0.1';
  const node4: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node4' },
    status: {
      addresses: [
        { type: 'InternalIP', address: '192.168.0.4' },
        { type: 'ExternalIP', address: '203.0.113.4' },
      ],
    },
  };
  const sourceSeen = (mode: string, masquerade: ProfileSettings, to: string, family: IpFamily = 4) =>
    askPath(pathCluster({ cni: { plugin: 'cilium', mode }, masquerade }, [node4]), 'pod/t/a', to, { family }).result.sourceSeen;

  it.each([
    ['vxlan', 'bpf', false, MASQUERADED],
    ['vxlan', 'iptables', false, MASQUERADED],
    ['geneve', 'bpf', false, MASQUERADED],
    ['native', 'bpf', false, KEPT],
    ['native', 'iptables', false, KEPT],
    ['native', 'bpf', true, MASQUERADED],
    ['native', 'iptables', true, KEPT],
    ['eni', 'bpf', false, KEPT],
  ])('%s, by %s, remote nodes too: %s', (mode, program, remoteNodes, source) => {
    expect(sourceSeen(mode, { program, remoteNodes }, 'node/node2')).toBe(source);
  });

  it.each([
    ['bpf', KEPT],
    ['iptables', MASQUERADED],
  ])('at their external addresses, without tunnels, by %s', (program, source) => {
    expect(sourceSeen('native', { program }, 'ip/203.0.113.4')).toBe(source);
  });

  // pkg/ipam/crd.go, autoDetectIPv4NativeRoutingCIDR: with ENIs the VPC's ranges are native; BPF looks the sender up among its endpoints, whatever its range (bpf/lib/nat.h).
  it('with ENIs, leaves the VPC alone, and masquerades pods of any range outside it', () => {
    const pod = (name: string, ip: string): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 't' },
      spec: { nodeName: 'node1', containers: [{ name: 'c', image: 'c' }] },
      status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] },
    });
    const model = pathCluster({ cni: { plugin: 'cilium', mode: 'eni' } }, [pod('v', '192.168.0.77')]);
    const seen = ['ip/10.99.0.9', 'ip/203.0.113.9'].map((to) => askPath(model, 'pod/t/v', to).result.sourceSeen);
    expect(seen).toEqual(['192.168.0.77', MASQUERADED]);
  });

  it('told to masquerade one family, leaves the other', () => {
    const only = { families: ['IPv4'] };
    expect(sourceSeen('vxlan', only, 'ip/198.51.100.9')).toBe(MASQUERADED);
    expect(sourceSeen('vxlan', only, 'ip/2001:db8:ffff::9', 6)).toBe('fd00:244:0:1::5');
  });

  // pkg/datapath/linux/config/config.go: with ip-masq-agent "native-routing-cidr is optional […] and may be nil"; without it the local pod CIDR, RemoteSNATDstAddrExclusionCIDRv4.
  it.each([
    [{}, '10.244.2.99', MASQUERADED],
    [{}, '10.244.1.99', KEPT],
    [{ nativeRoutingCIDRs: ['10.244.0.0/16'] }, '10.244.2.99', KEPT],
    [{ agent: true, nonMasqueradeCIDRs: ['172.16.0.0/12'] }, '10.244.1.99', MASQUERADED],
    [{ agent: true, nonMasqueradeCIDRs: ['172.16.0.0/12'] }, '172.16.0.9', KEPT],
    [{ agent: true, program: 'iptables', nonMasqueradeCIDRs: ['172.16.0.0/12'] }, '172.16.0.9', MASQUERADED],
  ])('with tunnels, told %j: to %s, which no pod has', (masquerade, to, source) => {
    expect(sourceSeen('vxlan', masquerade, `ip/${to}`)).toBe(source);
  });
});
