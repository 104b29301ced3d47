import { describe, expect, it } from 'vitest';
import { askPath, inShort, pathCluster } from '../../../test/support/path-cluster.js';
import { normaliseObject } from '../resources/normalise-object.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import type { ProfileSettings } from '../model/profile-settings.js';
import { clusterMtu } from './cluster-mtu.js';

/**
 * CiliumEgressGatewayPolicy. cilium/cilium: Documentation/network/egress-gateway/egress-gateway.rst; `pkg/egressgateway/policy.go` (ParseCEGP, regenerateGatewayConfig: the first node by name,
 * sortGwConfigs), `pkg/egressgateway/manager.go` (updateEgressRules4: one entry for each source and destination, of which the longest prefix counts; exclusions are entries of their own;
 * `policyConfigs` is walked in no order); `bpf/lib/egress_gateway.h`: what goes to a gateway is encapsulated, in native routing too, and so are the replies; without a gateway the packet is
 * dropped.
 */

const at = (name: string) => ({ matchLabels: { 'kubernetes.io/hostname': name } });
const policy = (spec: object, name = 'egress'): KubernetesObject => ({
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumEgressGatewayPolicy',
  metadata: { name },
  spec: {
    selectors: [{ podSelector: { matchLabels: { app: 'a' } } }],
    destinationCIDRs: ['0.0.0.0/0'],
    egressGateway: { nodeSelector: at('node3'), egressIP: '192.168.9.100' },
    ...spec,
  },
});
const cilium = (mode: string, more: object = {}): ProfileSettings => ({ cni: { plugin: 'cilium', mode, ...more } });
const OUTSIDE = 'ip/203.0.113.9';

const ask = (objects: readonly KubernetesObject[], settings = cilium('vxlan'), from = 'pod/t/a', to = OUTSIDE) =>
  askPath(pathCluster(settings, objects), from, to);

describe('a policy of egress gateways', () => {
  it('leads the packet through the tunnel to the gateway, which gives it its address, and the reply back', () => {
    const { verdict, result, evidence } = ask([policy({})]);
    const around = 'VXLAN 8472 vni identity';
    expect(verdict).toBe('DELIVERED');
    expect(inShort(result.forward)).toBe(
      `eth0 lxc* cilium_vxlan(${around}) eth0(${around}) | routers(${around}) | eth0(${around}) cilium_vxlan eth0>SNAT | the gateway`,
    );
    expect(inShort(result.reply)).toBe(
      `the gateway | eth0>REVERSE_SNAT cilium_vxlan(${around}) eth0(${around}) | routers(${around}) | eth0(${around}) cilium_vxlan lxc* eth0`,
    );
    expect(result.sourceSeen).toBe('192.168.9.100');
    expect(result.reply.hops.at(-1)).toMatchObject({ node: 'node1', srcIp: '203.0.113.9', dstIp: '10.244.1.5' });
    expect(evidence).toContainEqual(
      expect.objectContaining({
        reason: 'EGRESS_GATEWAY',
        object: expect.objectContaining({ kind: 'CiliumEgressGatewayPolicy', name: 'egress' }),
      }),
    );
  });

  it.each([
    ['native', {}, 'cilium_vxlan VXLAN 8472'],
    ['native', { tunnelProtocol: 'geneve' }, 'cilium_geneve GENEVE 6081'],
    ['geneve', {}, 'cilium_geneve GENEVE 6081'],
  ])('uses the tunnel in mode %s too: %j', (mode, more, expected) => {
    const { verdict, result } = ask([policy({})], cilium(mode, { ...more, egressGateways: true }));
    const [device = '', kind, port] = expected.split(' ');
    expect([verdict, inShort(result.forward)]).toEqual(['DELIVERED', expect.stringContaining(`${device}(${kind} ${port} vni identity)`)]);
    expect(inShort(result.reply)).toContain(`${device}(${kind} ${port} vni identity)`);
    expect(result.sourceSeen).toBe('192.168.9.100');
  });

  // pkg/datapath/tunnel/tunnel_test.go: "tunnel enabled, vxlan", shouldAdaptMTU; pkg/egressgateway/manager.go: NewEnabler(true).
  it('has the agent make room for the tunnel, where it is switched on', () => {
    const mtu = (more: object) => clusterMtu(pathCluster(cilium('native', more)), 4).podMtu;
    expect([mtu({}), mtu({ egressGateways: true }), mtu({ egressGateways: false })]).toEqual([1500, 1450, 1500]);
    expect(clusterMtu(pathCluster(cilium('vxlan', { egressGateways: true })), 4).podMtu).toBe(1450);
  });

  it('needs no tunnel where the pod is on the gateway', () => {
    const { result } = ask([policy({ egressGateway: { nodeSelector: at('node1'), egressIP: '192.168.0.100' } })]);
    expect([inShort(result.forward), inShort(result.reply), result.sourceSeen]).toEqual([
      'eth0 lxc* eth0>SNAT | the gateway',
      'the gateway | eth0>REVERSE_SNAT lxc* eth0',
      '192.168.0.100',
    ]);
  });

  it('drops what has no gateway', () => {
    const { verdict, result, evidence } = ask([policy({ egressGateway: { nodeSelector: at('node9'), egressIP: '192.168.9.100' } })]);
    expect([verdict, inShort(result.forward), result.sourceSeen]).toEqual(['NO_ROUTE', 'eth0 lxc*', null]);
    expect(evidence.find(({ reason }) => reason === 'NO_EGRESS_GATEWAY')).toMatchObject({ outcome: 'deny', pointer: '/spec' });
  });

  it.each<readonly [what: string, gateway: object, source: string, device: string, assumed: readonly string[]]>([
    ['an address', { egressIP: '192.168.9.100' }, '192.168.9.100', 'eth0', []],
    ['neither: the device of the default route', {}, '192.168.9.3', 'eth0', []],
    ['an interface, whose address no object tells', { interface: 'eth1' }, '192.168.9.3', 'eth1', ['SOURCE_ADDRESS_ASSUMED']],
  ])('packets leave with %s', (_, gateway, source, device, assumed) => {
    const { result, assumptions, evidence } = ask([policy({ egressGateway: { nodeSelector: at('node3'), ...gateway } })]);
    expect(result.sourceSeen).toBe(source);
    expect(evidence.find(({ reason }) => reason === 'MASQUERADED')?.message).toContain(`the address of ${device}`);
    expect(assumptions.map(({ code }) => code)).toEqual(expect.arrayContaining([...assumed]));
  });

  it.each<readonly [what: string, spec: object, applies: boolean]>([
    ['another destination', { destinationCIDRs: ['198.51.100.0/24'] }, false],
    ['an exclusion', { excludedCIDRs: ['203.0.113.0/24'] }, false],
    ['an exclusion elsewhere', { excludedCIDRs: ['198.51.100.0/24'] }, true],
    [
      'an exclusion that is wider than a destination',
      { destinationCIDRs: ['0.0.0.0/0', '203.0.113.9/32'], excludedCIDRs: ['203.0.113.0/24'] },
      true,
    ],
    ['another pod', { selectors: [{ podSelector: { matchLabels: { app: 'z' } } }] }, false],
    ['the namespace of the pod', { selectors: [{ podSelector: { matchLabels: { 'io.kubernetes.pod.namespace': 't' } } }] }, true],
    ['every namespace', { selectors: [{ namespaceSelector: {} }] }, true],
    ['a namespace by its labels', { selectors: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 't' } } }] }, true],
    ['another namespace', { selectors: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'u' } } }] }, false],
    ['pods of a node', { selectors: [{ podSelector: {}, nodeSelector: at('node1') }] }, true],
    ['pods of another node', { selectors: [{ podSelector: {}, nodeSelector: at('node2') }] }, false],
    ['one of two rules', { selectors: [{ podSelector: { matchLabels: { app: 'z' } } }, { podSelector: {} }] }, true],
    // The agent goes without the policy.
    ['a rule that selects nothing', { selectors: [{}, { podSelector: {} }] }, false],
    ['an interface and an address', { egressGateway: { nodeSelector: at('node3'), egressIP: '192.168.9.100', interface: 'eth1' } }, false],
    ['a broken destination', { destinationCIDRs: ['0.0.0.0/0', '203.0.113.0/33'] }, false],
  ])('with %s', (_, spec, applies) => {
    expect(ask([policy(spec)]).result.sourceSeen).toBe(applies ? '192.168.9.100' : '192.168.0.1');
  });

  it('of several the longest destination counts, exclusions among them', () => {
    const wide = policy({ egressGateway: { nodeSelector: at('node2'), egressIP: '192.168.0.77' } }, 'wide');
    const narrow = policy({ destinationCIDRs: ['203.0.113.0/24'] }, 'narrow');
    expect(ask([wide, narrow]).result.sourceSeen).toBe('192.168.9.100');
    const excluded = policy({ destinationCIDRs: ['203.0.0.0/16'], excludedCIDRs: ['203.0.113.0/24'] }, 'narrow');
    expect(ask([wide, excluded]).result.sourceSeen).toBe('192.168.0.1');
  });

  it('says so where two name the same destination, for then nothing decides', () => {
    const { assumptions, confidence } = ask([
      policy({}, 'b'),
      policy({ egressGateway: { nodeSelector: at('node2'), egressIP: '192.168.0.77' } }, 'a'),
    ]);
    expect(assumptions.find(({ code }) => code === 'EGRESS_POLICY_UNDECIDED')?.message).toContain('a, b');
    expect(confidence).toBe('ASSUMED');
  });

  it('says so where it has several gateways, one for each pod; they stand in place of the single one', () => {
    const egressGateways = [
      { nodeSelector: at('node3'), egressIP: '192.168.9.100' },
      { nodeSelector: at('node2'), egressIP: '192.168.0.77' },
    ];
    const { result, assumptions } = ask([policy({ egressGateways, egressGateway: { nodeSelector: at('node1') } })]);
    expect(assumptions.find(({ code }) => code === 'EGRESS_GATEWAY_UNDECIDED')?.message).toContain('2 gateways (node2, node3)');
    expect(result.sourceSeen).toBe('192.168.0.77');
  });

  it.each([
    ['to a pod', 'pod/t/a', 'pod/t/b', '10.244.1.5'],
    ['to a node', 'pod/t/a', 'node/node2', '10.244.1.5'],
    ['of another pod', 'pod/t/b', OUTSIDE, '192.168.0.2'],
    ['of a node', 'node/node1', OUTSIDE, '192.168.0.1'],
  ])('does not concern packets %s', (_, from, to, source) => {
    expect(ask([policy({})], cilium('native'), from, to).result.sourceSeen).toBe(source);
  });

  it('does not count where egress gateways are off, nor with another plugin', () => {
    expect(ask([policy({})], cilium('vxlan', { egressGateways: false })).result.sourceSeen).toBe('192.168.0.1');
    expect(ask([policy({})], { cni: { plugin: 'flannel', mode: 'vxlan' } }).result.sourceSeen).toBe('192.168.0.1');
  });

  it('counts where cilium-config switches it on, and not where it says nothing', () => {
    const config = (data: Readonly<Record<string, string>>): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'cilium-config', namespace: 'kube-system' },
      data: { 'routing-mode': 'native', ...data },
    });
    const seen = (data: Readonly<Record<string, string>>) => ask([policy({}), config(data)], {}).result.sourceSeen;
    expect([seen({}), seen({ 'enable-ipv4-egress-gateway': 'true' }), seen({ 'enable-egress-gateway': 'true' })]).toEqual([
      '192.168.0.1',
      '192.168.9.100',
      '192.168.9.100',
    ]);
  });

  it.each<readonly [spec: object, pointer: string]>([
    [{ destinationCIDRs: undefined }, '/spec/destinationCIDRs'],
    [{ egressGateway: undefined }, '/spec/egressGateway'],
    [{ selectors: [{}] }, '/spec/selectors/0/podSelector'],
    [{ egressGateway: { interface: 'eth1', egressIP: '192.168.9.100' } }, '/spec/egressGateway/interface'],
  ])('is told where the agent refuses it: %j', (spec, pointer) => {
    const { spec: whole, ...others } = policy({});
    const merged = Object.fromEntries(Object.entries({ ...(whole as object), ...spec }).filter(([, value]) => value !== undefined));
    expect(normaliseObject({ ...others, spec: merged as never }).diagnostics.map((one) => one.pointer)).toContain(pointer);
  });
});

it('objects of other plugins that choose where packets leave are told of', () => {
  const egress: KubernetesObject = { apiVersion: 'crd.antrea.io/v1beta1', kind: 'Egress', metadata: { name: 'e' }, spec: {} };
  const model = pathCluster({ cni: { plugin: 'antrea' } });
  expect(askPath(model, 'pod/t/a', OUTSIDE).warnings).toEqual([]);
  const { unmodelled } = normaliseObject(egress);
  const told = { ...model, unmodelled: unmodelled ? [unmodelled] : [] };
  expect(askPath(told, 'pod/t/a', OUTSIDE).warnings.map(({ code }) => code)).toEqual(['EXITS_NOT_MODELLED']);
});
