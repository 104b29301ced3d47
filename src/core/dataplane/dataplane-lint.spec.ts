import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { askPath, pathCluster } from '../../../test/support/path-cluster.js';
import { modelOf, objectsBelow } from '../../../test/support/model.js';
import { finished } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { dataplaneLint } from './dataplane-lint.js';
import { DATAPLANE_CODES, type DataplaneCodeName } from './lint-codes.js';

function findings(model: NetworkModel) {
  return finished(dataplaneLint(model, { codes: undefined, severity: 'info' })).result.findings;
}

const codesOf = (model: NetworkModel) => findings(model).map(({ code }) => code);

function pool(name: string, spec: Readonly<Record<string, string | boolean>>): KubernetesObject {
  return {
    apiVersion: 'projectcalico.org/v3',
    kind: 'IPPool',
    metadata: { name },
    spec: { natOutgoing: true, ...spec },
  };
}

function calicoNode(name: string, address: string): KubernetesObject {
  const [ip = ''] = address.split('/');
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, annotations: { 'projectcalico.org/IPv4Address': address } },
    status: { addresses: [{ type: 'InternalIP', address: ip }] },
  };
}

/** Nothing is wrong with it. */
const SOUND = { cni: { plugin: 'flannel', mode: 'vxlan' }, ipFamilies: ['IPv4'] };

describe('findings of the data plane', () => {
  /** antrea-io/antrea cmd/antrea-agent/options.go, validateNodeOptions: hybrid supports packets that are not wrapped, too. */
  it.each([
    ['encap', 'wireguard', 0],
    ['noEncap', 'wireguard', 1],
    ['hybrid', 'ipsec', 1],
    ['noEncap', 'none', 0],
  ])('Antrea, trafficEncapMode %s, trafficEncryptionMode %s', (trafficEncapMode, trafficEncryptionMode, count) => {
    const data = { 'antrea-agent.conf': `trafficEncapMode: ${trafficEncapMode}\ntrafficEncryptionMode: ${trafficEncryptionMode}\n` };
    const config: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'antrea-config', namespace: 'kube-system' },
      data,
    };
    expect(codesOf(modelOf([config], {})).filter((code) => code === 'ENCRYPTION_REFUSED')).toHaveLength(count);
  });

  it('are none where nothing is wrong', () => {
    expect(findings(pathCluster(SOUND))).toEqual([]);
  });

  it('tell of an MTU that does not fit: pod MTU + overhead > underlay', () => {
    const fitting = pathCluster({ ...SOUND, cni: { ...SOUND.cni, mtu: 1450 } });
    const broken = pathCluster({ ...SOUND, cni: { ...SOUND.cni, mtu: 1451 } });
    expect([codesOf(fitting), codesOf(broken)]).toEqual([[], ['MTU_TOO_LARGE']]);
    expect(findings(broken)[0]).toMatchObject({ severity: 'error', fix: 'let pods have an MTU of at most 1450' });
  });

  it('tell of an MTU that is larger than the device, by the object that sets it', () => {
    const config = { Network: '10.244.0.0/16', Backend: { Type: 'vxlan', MTU: 8951 } };
    const map: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-flannel-cfg', namespace: 'kube-flannel' },
      data: { 'net-conf.json': JSON.stringify(config) },
    };
    const [finding] = findings(pathCluster({ ipFamilies: ['IPv4'] }, [map]));
    expect(finding).toMatchObject({
      code: 'MTU_LARGER_THAN_HOST',
      object: { kind: 'ConfigMap', name: 'kube-flannel-cfg' },
      pointer: '/data/net-conf.json',
    });
  });

  it('tell of devices whose MTUs differ, and of a network between them that takes less', () => {
    const subnets = [
      { cidr: '192.168.0.0/24', mtu: 9000 },
      { cidr: '192.168.9.0/24', mtu: 1500 },
    ];
    expect(codesOf(pathCluster({ ...SOUND, underlay: { subnets } }))).toEqual(['MTU_TOO_LARGE', 'MTU_MIXED']);
  });

  it('tell of Flannel’s 20 bytes too few over IPv6, and not over IPv4', () => {
    expect(codesOf(pathCluster({ ...SOUND, ipFamilies: ['IPv4', 'IPv6'] }))).toEqual(['OVERHEAD_UNDERSTATED']);
  });

  // felix/calc/l3_route_resolver.go, nodeInOurSubnet.
  it('tell of masks that differ under CrossSubnet, and of nothing where they are alike', () => {
    const crossing = pool('p', { cidr: '10.244.0.0/16', vxlanMode: 'CrossSubnet' });
    const lint = (...addresses: readonly string[]) =>
      codesOf(modelOf([crossing, ...addresses.map((address, index) => calicoNode(`n${index}`, address))]));
    expect(lint('10.0.0.1/16', '10.0.1.1/24')).toEqual(['ROUTES_ASYMMETRIC']);
    expect(lint('10.0.0.1/24', '10.0.1.1/24')).toEqual([]);
    expect(lint('10.0.0.1/16', '10.0.1.1/16')).toEqual([]);
    // Each holds the other's address, however long its mask is; one address further it does not.
    expect(lint('10.0.127.255/16', '10.0.1.1/17')).toEqual([]);
    expect(lint('10.0.128.0/16', '10.0.1.1/17')).toEqual(['ROUTES_ASYMMETRIC']);
  });

  // shared/reference/ipam-dataplane.md §8: "pod MTU + overhead ≤ smallest underlay MTU of the path".
  it.each([
    ['vxlan', 1450, 1500, []],
    ['vxlan', 1451, 1500, ['MTU_TOO_LARGE']],
    ['vxlan', 1450, 1499, ['MTU_TOO_LARGE']],
    ['vxlan', 1501, 1500, ['MTU_LARGER_THAN_HOST']],
    ['host-gw', 1500, 1500, []],
    ['host-gw', 1501, 1500, ['MTU_LARGER_THAN_HOST']],
  ])('tell of an MTU that is one byte too large, and not of the one below it: %s, %i of %i', (mode, mtu, underlay, codes) => {
    const cni = { plugin: 'flannel', mode, mtu };
    const mtus = codesOf(pathCluster({ ...SOUND, cni, underlay: { mtu: underlay } })).filter((code) => code.startsWith('MTU'));
    expect(mtus).toEqual(codes);
  });

  // Felix takes the family of a pool alone; a pool of the other family, or WireGuard between all nodes, changes nothing there (felix/calc/l3_route_resolver.go; felix/wireguard/wireguard.go).
  it('tell of masks that differ only where a pool of the family asks for subnets, and not where all goes by WireGuard', () => {
    const nodes = [calicoNode('n0', '10.0.0.1/16'), calicoNode('n1', '10.0.1.1/24')];
    const always = pool('p4', { cidr: '10.244.0.0/16', vxlanMode: 'Always' });
    const other = pool('p6', { cidr: 'fd00:244::/48', vxlanMode: 'CrossSubnet' });
    const crossing = pool('p', { cidr: '10.244.0.0/16', vxlanMode: 'CrossSubnet' });
    const felix: KubernetesObject = {
      apiVersion: 'projectcalico.org/v3',
      kind: 'FelixConfiguration',
      metadata: { name: 'default' },
      spec: { wireguardEnabled: true },
    };
    expect(codesOf(modelOf([...nodes, always, other]))).toEqual([]);
    expect(codesOf(modelOf([...nodes, crossing, felix]))).toEqual([]);
  });

  // Every node has a subnet of its own, as with addresses of /32, and one has that of all: pairs of subnets would be millions.
  it.each([
    ['CrossSubnet', {}, 'ROUTES_ASYMMETRIC', 2000],
    ['Never', { underlay: { routesPods: false } }, 'NODES_UNREACHABLE', 2000],
  ] as const)('are as many as there are subnets at most, not as their pairs: %s', (mode, settings, code, most) => {
    const address = (index: number, prefix: number) => `10.0.${index >> 8}.${index & 255}/${prefix}`;
    const nodes = Array.from({ length: 2000 }, (_, index) => calicoNode(`n${index + 1}`, address(index + 1, 32)));
    const model = modelOf([pool('p', { cidr: '10.244.0.0/16', vxlanMode: mode }), ...nodes, calicoNode('wide', '10.0.100.1/16')], settings);
    const found = codesOf(model).filter((one) => one === code);
    expect([found.length > 0, found.length <= most]).toEqual([true, true]);
  });

  it('tell of nodes that host-gw cannot reach', () => {
    const [finding] = findings(pathCluster({ ...SOUND, cni: { plugin: 'flannel', mode: 'host-gw' } }));
    expect(finding).toMatchObject({ code: 'NODES_UNREACHABLE', nodes: ['node1', 'node3'] });
  });

  // shared/reference/ipam-dataplane.md §9: "requires one layer-2 segment, else an error, or skipped with `direct-routing-skip-unreachable`".
  it.each([
    ['required', ['NODES_UNREACHABLE']],
    ['optional', []],
    ['none', []],
  ])('tell of nodes that Cilium’s direct routes do not lead to: %s', (directRoutes, expected) => {
    expect(findings(pathCluster({ ...SOUND, cni: { plugin: 'cilium', mode: 'native', directRoutes } })).map(({ code }) => code)).toEqual(
      expected,
    );
  });

  it.each([
    ['ip-masq-agent', { agent: true, nonMasqueradeCIDRs: ['10.0.0.0/24'] }, 'kindnet', undefined, ['PODS_MASQUERADED']],
    ['ip-masq-agent', { agent: true, nonMasqueradeCIDRs: ['10.0.0.0/8'] }, 'kindnet', undefined, []],
    ['ip-masq-agent', { agent: true, nonMasqueradeCIDRs: ['10.0.0.0/8', '8.8.0.0/16'] }, 'kindnet', undefined, ['EXEMPTS_PUBLIC']],
    ['Cilium', { nativeRoutingCIDRs: ['10.99.0.0/16'] }, 'cilium', 'native', ['PODS_MASQUERADED']],
    ['Cilium, in a tunnel', { nativeRoutingCIDRs: ['10.99.0.0/16'] }, 'cilium', 'vxlan', []],
    ['Cilium, switched off', { plugin: false }, 'cilium', 'native', ['NAT_OUTGOING_OFF']],
  ])('tell of masquerading by %s: %j', (_, masquerade, plugin, mode, expected) => {
    const settings = {
      cni: { plugin, ...(mode === undefined ? {} : { mode }) },
      masquerade,
      ipFamilies: ['IPv4'],
      podCIDRs: ['10.244.0.0/16'],
      underlay: {},
    };
    expect(codesOf(pathCluster(settings))).toEqual(expected);
  });

  it('tell of pools without natOutgoing', () => {
    const model = pathCluster({ ipFamilies: ['IPv4'] }, [pool('bare', { cidr: '10.244.0.0/16', vxlanMode: 'Always', natOutgoing: false })]);
    expect(findings(model)).toMatchObject([{ code: 'NAT_OUTGOING_OFF', object: { name: 'bare' }, pointer: '/spec/natOutgoing' }]);
  });
});

describe('the demo fleet', () => {
  // Its table of planted faults (demo/README.md): jumbo frames in Flannel's configuration, and devices of 1500 bytes.
  it('has an MTU in atoll that the nodes’ network does not take, and a path that says so', async () => {
    const model = modelOf(await objectsBelow(join('demo', 'atoll')));
    expect(findings(model)).toMatchObject([
      {
        code: 'MTU_LARGER_THAN_HOST',
        object: { kind: 'ConfigMap', name: 'kube-flannel-cfg' },
        fix: 'let pods have an MTU of at most 1450',
      },
    ]);
    expect(askPath(model, 'deploy/reef/coral', 'node/atoll-2').verdict).toBe('SMALL_ONLY');
  });

  it.each(['harbor', 'heritage'])('has no such fault in %s', async (cluster) => {
    expect(codesOf(modelOf(await objectsBelow(join('demo', cluster)))).filter((code) => code.startsWith('MTU_'))).toEqual([]);
  });
});

describe('a blocked tunnel', () => {
  /** A host policy of Cilium that lets one port in, from every other node. */
  const hostPolicy = (port: string, protocol: string): KubernetesObject => ({
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumClusterwideNetworkPolicy',
    metadata: { name: 'nodes' },
    spec: { nodeSelector: {}, ingress: [{ fromEntities: ['cluster'], toPorts: [{ ports: [{ port, protocol }] }] }] },
  });
  const lint = (mode: string, ...more: readonly KubernetesObject[]) =>
    codesOf(pathCluster({ cni: { plugin: 'cilium', mode }, ipFamilies: ['IPv4'] }, more));

  it('is a host policy that lets in another port than that of the tunnel', () => {
    expect(lint('vxlan', hostPolicy('6443', 'TCP'))).toEqual(['TUNNEL_PORT_BLOCKED']);
    expect(lint('vxlan', hostPolicy('8472', 'UDP'))).toEqual([]);
    expect(lint('geneve', hostPolicy('8472', 'UDP'))).toEqual(['TUNNEL_PORT_BLOCKED']);
    expect(lint('native', hostPolicy('6443', 'TCP'))).toEqual([]);
  });

  // cilium Documentation/security/host-firewall.rst; `--tunnel-port` (Documentation/cmdref/cilium-agent.md): the protocol counts, and the port that the tunnel really has.
  it.each([
    ['8472', 'UDP', undefined, []],
    ['8472', 'TCP', undefined, ['TUNNEL_PORT_BLOCKED']],
    ['8473', 'UDP', undefined, ['TUNNEL_PORT_BLOCKED']],
    ['8473', 'UDP', 8473, []],
    ['8472', 'UDP', 8473, ['TUNNEL_PORT_BLOCKED']],
    ['8472', 'ANY', undefined, []],
  ])('is not one that the policy lets in: %s %s, of a tunnel at %s', (port, protocol, tunnelPort, codes) => {
    const cni = { plugin: 'cilium', mode: 'vxlan', ...(tunnelPort === undefined ? {} : { tunnelPort }) };
    expect(codesOf(pathCluster({ cni, ipFamilies: ['IPv4'] }, [hostPolicy(port, protocol)]))).toEqual(codes);
  });

  // felix/rules/static.go: Felix lets its own tunnels through before policies of HostEndpoints; Flannel's, beside it in Canal, it does not.
  const HOST_ENDPOINTS: readonly KubernetesObject[] = ['node1', 'node2', 'node3'].map((node) => ({
    apiVersion: 'projectcalico.org/v3',
    kind: 'HostEndpoint',
    metadata: { name: node, labels: { host: 'yes' } },
    spec: { node, interfaceName: '*' },
  }));

  it('is of HostEndpoints where Flannel carries the packets, and not where Calico does', () => {
    const canal = { cni: { plugin: 'canal', mode: 'vxlan' }, ipFamilies: ['IPv4'] };
    const calico = { cni: { plugin: 'calico', mode: 'vxlan' }, ipFamilies: ['IPv4'] };
    expect(codesOf(pathCluster(canal, HOST_ENDPOINTS))).toEqual(['TUNNEL_PORT_BLOCKED']);
    expect(codesOf(pathCluster(calico, HOST_ENDPOINTS))).toEqual([]);
  });

  it('is BGP of Calico, where port 179 is no failsafe port any more', () => {
    const bgp = { cni: { plugin: 'calico', mode: 'bgp' }, ipFamilies: ['IPv4'] };
    const felix: KubernetesObject = {
      apiVersion: 'projectcalico.org/v3',
      kind: 'FelixConfiguration',
      metadata: { name: 'default' },
      spec: { failsafeInboundHostPorts: [{ protocol: 'TCP', port: 22 }], failsafeOutboundHostPorts: [{ protocol: 'TCP', port: 179 }] },
    };
    expect(codesOf(pathCluster(bgp, HOST_ENDPOINTS))).toEqual([]);
    expect(codesOf(pathCluster(bgp, [...HOST_ENDPOINTS, felix]))).toEqual(['TUNNEL_PORT_BLOCKED']);
  });
});

// kubernetes pkg/scheduler/framework/types_test.go, TestHostPortInfo_Check: 0.0.0.0 excludes every address, another protocol nothing.
describe('host ports', () => {
  const pod = (name: string, nodeName: string, port: Readonly<Record<string, string | number>>, hostNetwork = false): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 't', uid: name },
    spec: { nodeName, hostNetwork, containers: [{ name: 'c', image: 'c', ports: [{ containerPort: 80, ...port }] }] },
    status: { phase: 'Running', podIP: '10.244.1.90', podIPs: [{ ip: '10.244.1.90' }] },
  });
  const first = pod('first', 'node1', { hostPort: 80, hostIP: '127.0.0.1' });

  it.each([
    ['the same address', 'node1', { hostPort: 80, hostIP: '127.0.0.1' }, ['HOST_PORT_CONFLICT']],
    ['every address', 'node1', { hostPort: 80 }, ['HOST_PORT_CONFLICT']],
    ['another address', 'node1', { hostPort: 80, hostIP: '127.0.0.2' }, []],
    ['another protocol', 'node1', { hostPort: 80, protocol: 'UDP' }, []],
    ['another port', 'node1', { hostPort: 81 }, []],
    ['another node', 'node2', { hostPort: 80 }, []],
  ])('of %s', (_, node, port, expected) => {
    expect(codesOf(pathCluster(SOUND, [first, pod('second', node, port)]))).toEqual(expected);
  });

  // shared/reference/ipam-dataplane.md §7: "`hostPort` is defaulted to and must equal `containerPort`".
  it.each<readonly [what: string, port: Readonly<Record<string, number>>, hostNetwork: boolean, expected: readonly string[]]>([
    ['another port', { hostPort: 8080 }, true, ['HOST_PORT_DIFFERS']],
    ['its own', { hostPort: 80 }, true, []],
    ['none', {}, true, []],
    ['another port, on a network of its own', { hostPort: 8080 }, false, []],
  ])('of hostNetwork pods have to be those of the container: %s', (_, port, hostNetwork, expected) => {
    expect(codesOf(pathCluster(SOUND, [pod('p', 'node1', port, hostNetwork)]))).toEqual(expected);
  });

  it('that differ are told once for all pods of a workload, with what mends it', () => {
    const set: KubernetesObject = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'agent', namespace: 't' },
      spec: {
        selector: { matchLabels: { app: 'agent' } },
        template: {
          metadata: { labels: { app: 'agent' } },
          spec: { hostNetwork: true, containers: [{ name: 'c', image: 'c', ports: [{ containerPort: 80, hostPort: 8080 }] }] },
        },
      },
    };
    const found = findings(pathCluster(SOUND, [set])).filter(({ code }) => code === 'HOST_PORT_DIFFERS');
    expect(found).toMatchObject([{ pointer: '/spec/containers/0/ports/0/hostPort', fix: 'set hostPort to 80, or leave it out' }]);
  });

  it('of hostNetwork pods are their container ports', () => {
    const [finding] = findings(pathCluster(SOUND, [first, pod('second', 'node1', {}, true)]));
    expect(finding).toMatchObject({
      code: 'HOST_PORT_CONFLICT',
      object: { name: 'second' },
      pointer: '/spec/containers/0/ports/0/hostPort',
      nodes: ['node1'],
    });
  });
});

// kubernetes-sigs/ip-masq-agent cmd/ip-masq-agent/ip-masq-agent.go: 64 at most; shared/reference/ipam-dataplane.md §10, §12.
describe('ranges that are left alone', () => {
  const ABOUT = ['MASQ_AGENT_TOO_MANY', 'NON_MASQUERADE_OVERLAP', 'EXEMPTS_PUBLIC'];
  const listed = (masquerade: object, plugin = 'kindnet', mode?: string) =>
    findings(pathCluster({ ...SOUND, cni: { plugin, mode: mode ?? null }, masquerade: masquerade as never }))
      .filter(({ code }) => ABOUT.includes(code))
      .map(({ code, message }) => `${code} ${message}`);
  const many = (count: number) => ['10.244.0.0/16', ...Array.from({ length: count - 1 }, (_, index) => `10.${index}.0.0/24`)];

  it('may be 64 of ip-masq-agent, and as many as one likes of Cilium', () => {
    const masquerade = (count: number) => ({ agent: true, nonMasqueradeCIDRs: many(count) });
    expect(listed(masquerade(64))).toEqual([]);
    expect(listed(masquerade(65))).toEqual(['MASQ_AGENT_TOO_MANY ip-masq-agent is told of 65 ranges, and takes 64']);
    expect(listed(masquerade(65), 'cilium', 'vxlan')).toEqual([]);
  });

  it.each<readonly [what: string, masquerade: object, plugin: string, mode: string | undefined, expected: readonly string[]]>([
    [
      'ip-masq-agent',
      { agent: true, nonMasqueradeCIDRs: ['10.1.0.0/16', '10.0.0.0/8', '172.16.0.0/12'] },
      'kindnet',
      undefined,
      ['10.1.0.0/16 lies in 10.0.0.0/8'],
    ],
    ['one twice', { agent: true, nonMasqueradeCIDRs: ['10.0.0.0/8', '10.0.0.0/8'] }, 'kindnet', undefined, ['10.0.0.0/8 is listed twice']],
    ['apart', { agent: true, nonMasqueradeCIDRs: ['10.0.0.0/8', '172.16.0.0/12'] }, 'kindnet', undefined, []],
    [
      'Cilium’s native routing',
      { nativeRoutingCIDRs: ['10.0.0.0/8', '10.244.0.0/16'] },
      'cilium',
      'native',
      ['10.244.0.0/16 lies in 10.0.0.0/8'],
    ],
    ['the VPC CNI', { exemptDestinations: ['10.0.0.0/8', '10.9.9.0/24'] }, 'aws-vpc-cni', undefined, ['10.9.9.0/24 lies in 10.0.0.0/8']],
  ])('say nothing new where others hold them: %s', (_, masquerade, plugin, mode, expected) => {
    const found = listed(masquerade, plugin, mode);
    expect(found).toEqual(expected.map((text) => expect.stringContaining(`NON_MASQUERADE_OVERLAP ${text}`)));
  });

  it('by the VPC CNI are found where they are public, the VPC’s own are not', () => {
    const found = listed({ exemptDestinations: ['8.8.0.0/16'], nativeRoutingCIDRs: ['9.9.0.0/16'] }, 'aws-vpc-cni');
    expect(found).toEqual([expect.stringContaining('EXEMPTS_PUBLIC 8.8.0.0/16')]);
    expect(listed({ exemptDestinations: ['192.168.0.0/16'] }, 'aws-vpc-cni')).toEqual([]);
  });
});

describe('the codes', () => {
  it.each(Object.entries(DATAPLANE_CODES))('%s says what it means, and who says so', (_, { means, source }) => {
    expect([means, source]).not.toContain('');
  });

  it('are told only where they are asked for', () => {
    const model = pathCluster({ ...SOUND, ipFamilies: ['IPv4', 'IPv6'], cni: { ...SOUND.cni, mtu: 1500 } });
    const asked = (codes: readonly DataplaneCodeName[]) =>
      finished(dataplaneLint(model, { codes, severity: 'info' })).result.findings.map(({ code }) => code);
    expect(new Set(asked(['MTU_TOO_LARGE']))).toEqual(new Set(['MTU_TOO_LARGE']));
    expect(
      finished(dataplaneLint(model, { codes: undefined, severity: 'error' })).result.findings.every(({ severity }) => severity === 'error'),
    ).toBe(true);
  });
});
