import { hopPath, type PathQuestion } from '../../src/core/dataplane/hop-path.js';
import type { HopView, PathResult } from '../../src/core/dataplane/path-result.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import { parseEndpointSelector } from '../../src/core/model/parse-endpoint-selector.js';
import type { ProfileSettings } from '../../src/core/model/profile-settings.js';
import { resolveEndpoints } from '../../src/core/model/resolve-endpoints.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { parseIp } from '../../src/core/net/ip.js';
import { modelOf } from './model.js';

/** The example of the data-plane reference: node2 is in the subnet of node1, node3 is not. */
const NODES = [
  ['node1', '192.168.0.1', '2001:db8:0::1', 1],
  ['node2', '192.168.0.2', '2001:db8:0::2', 2],
  ['node3', '192.168.9.3', '2001:db8:9::3', 3],
] as const;

/** Name, node, last part of its addresses. */
const PODS = [
  ['a', 1, '5'],
  ['c', 1, '7'],
  ['b', 2, '6'],
  ['d', 3, '8'],
] as const;

/** Weave has one network without ranges of nodes. */
const v4 = (node: number, last: string) => `10.244.${node}.${last}`;
const v6 = (node: number, last: string) => `fd00:244:0:${node}::${last}`;

/** Both subnets of nodes, as a user names them. */
const SUBNETS = ['192.168.0.0/24', '192.168.9.0/24', '2001:db8:0::/64', '2001:db8:9::/64'].map((cidr) => ({ cidr }));

/** Three nodes, four pods in namespace `t`, and the service `t/web` in front of pod `b`. */
export function pathCluster(settings: ProfileSettings, more: readonly KubernetesObject[] = []): NetworkModel {
  return modelOf([...NODES.map(nodeObject), ...PODS.map(podObject), service(), ...more], {
    podCIDRs: ['10.244.0.0/16', 'fd00:244::/48'],
    serviceCIDRs: ['10.96.0.0/24', 'fd00:96::/112'],
    ipFamilies: ['IPv4', 'IPv6'],
    underlay: { subnets: SUBNETS },
    ...settings,
  });
}

function nodeObject([name, address, address6, number]: (typeof NODES)[number]): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name } },
    spec: { podCIDR: `10.244.${number}.0/24`, podCIDRs: [`10.244.${number}.0/24`, `fd00:244:0:${number}::/64`] },
    status: {
      addresses: [
        { type: 'InternalIP', address },
        { type: 'InternalIP', address: address6 },
      ],
    },
  };
}

function podObject([name, node, last]: (typeof PODS)[number]): KubernetesObject {
  const podIPs = [{ ip: v4(node, last) }, { ip: v6(node, last) }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 't', uid: name, labels: { app: name } },
    spec: { nodeName: `node${node}`, containers: [{ name: 'c', image: 'c', ports: [{ containerPort: 8080 }] }] },
    status: {
      phase: 'Running',
      podIP: v4(node, last),
      podIPs,
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  };
}

function service(): KubernetesObject {
  const ports = [{ name: 'http', port: 80, targetPort: 8080, nodePort: 30_080 }];
  const clusterIPs = ['10.96.0.10', 'fd00:96::10'];
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 't' },
    spec: {
      type: 'NodePort',
      selector: { app: 'b' },
      clusterIP: '10.96.0.10',
      clusterIPs,
      ipFamilies: ['IPv4', 'IPv6'],
      ipFamilyPolicy: 'RequireDualStack',
      ports,
    },
  };
}

/** Asks for a path between two selectors; a refusal fails the test. */
export function askPath(model: NetworkModel, from: string, to: string, more: Partial<PathQuestion> = {}) {
  const [source, target] = [from, to].map((text) => {
    const selector = parseEndpointSelector(text);
    if (!selector.ok) throw new Error(selector.error.message);
    const resolved = resolveEndpoints(model, selector.value);
    if (!resolved.ok) throw new Error(resolved.error.message);
    return { endpoints: resolved.value, ip: text.startsWith('ip/') ? parseIp(text.slice(3)) : undefined };
  });
  const answer = hopPath(model, {
    from: source!.endpoints,
    to: target!.endpoints,
    fromIP: source!.ip,
    toIP: target!.ip,
    port: undefined,
    protocol: undefined,
    family: 4,
    endpoint: undefined,
    ...more,
  });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

/**
 * A way in short: the devices in order, `|` between nodes, `(VXLAN 8472 vni 1)` behind a device where that is around the packet when it leaves, `>DNAT`, `>SNAT` …
 * where addresses are rewritten.
 */
export function inShort({ hops }: PathResult['forward']): string {
  let node: string | null | undefined;
  return hops
    .map((hop) => {
      const isOther = node !== undefined && hop.node !== node;
      node = hop.node;
      return `${isOther ? '| ' : ''}${hop.device}${around(hop)}${hop.translations.map(({ kind }) => `>${kind}`).join('')}`;
    })
    .join(' ');
}

function around({ encap }: HopView): string {
  const parts = encap.map(({ kind, port, number, networkId }) =>
    [kind, port ?? number, networkId === null ? '' : `vni ${networkId}`].join(' ').trim(),
  );
  return parts.length === 0 ? '' : `(${parts.join(' around ')})`;
}
