import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../../test/support/model.js';
import { parseEndpointSelector } from '../../model/parse-endpoint-selector.js';
import { resolveEndpoints } from '../../model/resolve-endpoints.js';
import { parseIp } from '../../net/ip.js';
import type { Protocol } from '../../net/protocol.js';
import { hostPortTurn } from './host-port-turn.js';

/** `hostPort`, `containerPort`, protocol, `hostIP` of the test’s mappings. */
const MAPPINGS = [
  [8080, 80, 'TCP', undefined],
  [8081, 80, 'TCP', undefined],
  [8080, 81, 'UDP', undefined],
  [8082, 82, 'UDP', undefined],
  [8083, 83, 'TCP', '192.168.0.2'],
  [8084, 84, 'TCP', '0.0.0.0'],
  [8085, 85, 'TCP', '2001:db8:a::1'],
  [8086, 86, 'TCP', '::'],
] as const;

/** Addresses of the node: of each family that which a mapping names, after another. */
const ADDRESSES = ['192.168.0.1', '192.168.0.2', '2001:db8:a::9', '2001:db8:a::1'];

function cluster(plugin: string) {
  const ports = MAPPINGS.map(([hostPort, containerPort, protocol, hostIP]) => ({
    hostPort,
    containerPort,
    protocol,
    ...(hostIP === undefined ? {} : { hostIP }),
  }));
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n' },
    spec: { podCIDR: '10.0.0.0/24', podCIDRs: ['10.0.0.0/24', '2001:db8::/64'] },
    status: { addresses: ADDRESSES.map((address) => ({ type: 'InternalIP', address })) },
  };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 't', uid: 'p' },
    spec: { nodeName: 'n', containers: [{ name: 'c', image: 'c', ports }] },
    status: { phase: 'Running', podIP: '10.0.0.2', podIPs: [{ ip: '10.0.0.2' }, { ip: '2001:db8::2' }] },
  };
  return modelOf([node, pod], {
    cni: { plugin },
    podCIDRs: ['10.0.0.0/16', '2001:db8::/48'],
    serviceCIDRs: ['10.96.0.0/24', 'fd00:96::/112'],
    ipFamilies: ['IPv4', 'IPv6'],
  });
}

const models = new Map(['flannel', 'calico'].map((plugin) => [plugin, cluster(plugin)]));

interface Packet {
  readonly plugin?: string;
  readonly port: number;
  readonly protocol?: Protocol;
  readonly family: 4 | 6;
  readonly from?: string;
  readonly to?: string;
}

function turnOf({ plugin = 'flannel', port, protocol = 'TCP', family, from, to }: Packet) {
  const model = models.get(plugin);
  const selector = parseEndpointSelector('node/n');
  const node = model && selector.ok ? resolveEndpoints(model, selector.value) : undefined;
  if (!model || !node?.ok) throw new Error('no node');
  return hostPortTurn(model, {
    to: node.value,
    port: String(port),
    protocol,
    family,
    sourceIP: from === undefined ? undefined : parseIp(from),
    destinationIP: to === undefined ? undefined : parseIp(to),
  });
}

// containernetworking/plugins plugins/meta/portmap/portmap_iptables_test.go, “generates a correct standard container chain”
describe('the rules of portmap', () => {
  it.each([
    [8080, 'TCP', '10.0.0.2:80', '[2001:db8::2]:80'],
    [8081, 'TCP', '10.0.0.2:80', '[2001:db8::2]:80'],
    [8080, 'UDP', '10.0.0.2:81', '[2001:db8::2]:81'],
    [8082, 'UDP', '10.0.0.2:82', '[2001:db8::2]:82'],
    [8082, 'TCP', undefined, undefined],
    [8083, 'TCP', '10.0.0.2:83', undefined],
    [8084, 'TCP', '10.0.0.2:84', undefined],
    [8085, 'TCP', undefined, '[2001:db8::2]:85'],
    [8086, 'TCP', undefined, '[2001:db8::2]:86'],
  ] as const)('%i/%s goes to %s and %s', (port, protocol, v4, v6) => {
    const endpoint = (family: 4 | 6, to?: string) =>
      turnOf({ port, protocol, family, ...(to === undefined ? {} : { to }) })?.endpoint?.endpoint;
    expect([endpoint(4), endpoint(6)]).toEqual([v4, v6]);
    expect([endpoint(4, '192.168.0.2'), endpoint(6, '2001:db8:a::1')]).toEqual([v4, v6]);
  });

  it.each([
    [8083, 4, '192.168.0.1', '192.168.0.2'],
    [8085, 6, '2001:db8:a::9', '2001:db8:a::1'],
  ] as const)('%i is had by the very address it was asked for', (port, family, other, own) => {
    expect(turnOf({ port, family, to: other })).toBeUndefined();
    expect(turnOf({ port, family })?.destination.ip).toEqual(parseIp(own));
  });

  it.each([
    ['flannel', 4, '10.0.0.7', true],
    ['flannel', 4, '10.0.1.7', false],
    ['flannel', 6, '2001:db8::7', true],
    ['flannel', 6, '2001:db8:0:1::7', false],
    // Calico gives its addresses out as /32 and /128: `-s 10.0.0.2/32`.
    ['calico', 4, '10.0.0.7', false],
    ['calico', 4, '10.0.0.2', true],
    ['calico', 6, '2001:db8::2', true],
  ] as const)('%s marks what comes from the network of the pod’s address: IPv%i %s', (plugin, family, from, masquerade) => {
    expect(turnOf({ plugin, port: 8080, family, from })?.endpoint?.masquerade).toBe(masquerade);
  });
});
