import { type Arbitrary, array, boolean, constantFrom, integer, option, record, uniqueArray } from 'fast-check';
import type { JsonObject } from '../../src/core/kernel/json.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { arbitraryCluster, labels, manifestsOf } from './arbitrary-policies.js';
import type { ReferenceHosts } from './calico-host-reference.js';
import {
  NAMESPACE_SELECTORS,
  type ReferenceCalicoCluster,
  type ReferenceCalicoPolicy,
  type ReferenceRule,
  SELECTORS,
} from './calico-reference.js';

const NAMESPACES = ['a', 'b', 'c'] as const;
const NETS = ['0.0.0.0/0', '10.0.0.0/8', '10.0.0.0/17', '10.0.1.0/24', '203.0.113.0/24', '203.0.113.5/32'] as const;
const selector = constantFrom(...Object.keys(SELECTORS));
const maybe = <T>(one: Arbitrary<T>, freq = 2): Arbitrary<T | undefined> => option(one, { nil: undefined, freq });
const nets = array(constantFrom(...NETS), { minLength: 1, maxLength: 2 });

const who = {
  selector: maybe(selector),
  notSelector: maybe(selector, 6),
  namespaceSelector: maybe(constantFrom(...Object.keys(NAMESPACE_SELECTORS)), 4),
  nets: maybe(nets, 6),
  notNets: maybe(nets, 8),
};
const ports = array(constantFrom<number | string>(80, 81, 8080, 'http', 'dns'), { minLength: 1, maxLength: 3 });

const action = constantFrom('Allow', 'Allow', 'Deny', 'Pass', 'Log');
const plain = record({
  action,
  notProtocol: maybe(constantFrom('TCP', 'UDP'), 5),
  source: maybe(record(who)),
  destination: maybe(record(who)),
});
const ported = record({
  action,
  protocol: constantFrom('TCP', 'UDP', 'SCTP'),
  source: maybe(record(who)),
  destination: maybe(record({ ...who, ports: maybe(ports), notPorts: maybe(ports, 5) })),
});
const rules = array(
  boolean().chain((named): Arbitrary<ReferenceRule> => (named ? ported : plain)),
  { maxLength: 3 },
);

const policy = record({
  namespace: maybe(constantFrom(...NAMESPACES)),
  tier: constantFrom('first', 'default', 'default', 'last'),
  selector,
  types: maybe(uniqueArray(constantFrom('Ingress', 'Egress'), { minLength: 1 })),
  ingress: rules,
  egress: rules,
});

const defaultAction = constantFrom('Deny', 'Pass');

/** A small cluster with policies of Calico in three tiers, and sets of networks. */
export const arbitraryCalicoCluster: Arbitrary<ReferenceCalicoCluster> = record({
  cluster: arbitraryCluster,
  policies: array(policy, { minLength: 1, maxLength: 6 }),
  turn: integer({ min: 0, max: 5 }),
  ends: record({ first: defaultAction, last: defaultAction }),
  sets: array(record({ namespace: maybe(constantFrom(...NAMESPACES)), labels, nets }), { maxLength: 2 }),
  ipBlockMatchesPods: boolean(),
}).map(({ cluster, policies, turn, ends, sets, ipBlockMatchesPods }) => ({
  namespaces: cluster.namespaces,
  pods: cluster.pods.map((pod, index) => ({ ...pod, hostNetwork: false, ip: `10.0.${index % 3}.${index + 1}` })),
  policies: policies.map((one, index): ReferenceCalicoPolicy => ({ ...one, order: (index * 5 + turn) % 7 })),
  tiers: [
    { name: 'last', order: undefined, defaultAction: ends.last },
    { name: 'default', order: 1_000_000, defaultAction: 'Deny' as const },
    { name: 'first', order: 10, defaultAction: ends.first },
  ],
  sets,
  ipBlockMatchesPods,
}));

const NODES = { n1: '192.168.1.1', n2: '192.168.1.2' } as const;
const failsafe = array(
  record({ protocol: constantFrom('TCP', 'UDP'), port: constantFrom(80, 81), net: maybe(constantFrom('10.0.0.0/8', '203.0.113.5/32')) }),
  { maxLength: 2 },
).map((ports) => ports.map(({ net, ...port }) => (net === undefined ? port : { ...port, net })));

/** The same with nodes that have host endpoints, and policies about the packets that they pass on. */
export const arbitraryHostCluster: Arbitrary<ReferenceCalicoCluster & ReferenceHosts> = record({
  cluster: arbitraryCalicoCluster,
  hosts: array(
    record({ node: constantFrom('n1', 'n2'), interfaceName: constantFrom('eth0' as const, '*' as const), labels, open: boolean() }),
    { minLength: 1, maxLength: 3 },
  ),
  kinds: array(constantFrom(...(['normal', 'forward', 'forward', 'pre-dnat', 'untracked'] as const)), { minLength: 6, maxLength: 6 }),
  failsafe: record({ ingress: failsafe, egress: failsafe }),
  endpointToHost: constantFrom(...(['Accept', 'Drop', 'Return'] as const)),
}).map(({ cluster, hosts, kinds, ...felix }) => ({
  ...cluster,
  ...felix,
  nodes: NODES,
  hosts: hosts.map((host, index) => ({ ...host, name: `host-${index}` })),
  policies: cluster.policies.map((one, index): ReferenceCalicoPolicy => {
    const kind = one.namespace === undefined ? (kinds[index] ?? 'normal') : 'normal';
    return kind === 'pre-dnat' ? { ...one, kind, egress: [], types: ['Ingress'] } : { ...one, kind };
  }),
}));

/** The cluster as manifests. */
export function calicoManifestsOf(cluster: ReferenceCalicoCluster & Partial<ReferenceHosts>): readonly KubernetesObject[] {
  const { namespaces, pods, policies, tiers, sets, nodes = {} } = cluster;
  const switches = {
    ipBlockMatchesPods: true,
    networksMatchPods: true,
    loopback: 'policy',
    hostNetworkPods: 'excluded',
    nodeToOwnPod: false,
  } as const;
  const object = (kind: string, metadata: JsonObject, spec: object): KubernetesObject =>
    JSON.parse(JSON.stringify({ apiVersion: 'projectcalico.org/v3', kind, metadata, spec })) as KubernetesObject;
  return [
    ...manifestsOf({ namespaces, pods, policies: [], clusterPolicies: [], nodes: labelled(nodes), switches }),
    ...hostObjects(cluster, object),
    ...tiers.filter(({ name }) => name !== 'default').map(({ name, ...spec }) => object('Tier', { name }, spec)),
    ...sets.map(({ namespace, labels: own, nets: held }, index) => {
      const kind = namespace === undefined ? 'GlobalNetworkSet' : 'NetworkSet';
      return object(kind, { name: `set-${index}`, labels: own, ...(namespace === undefined ? {} : { namespace }) }, { nets: held });
    }),
    ...policies.map(({ namespace, kind, ...body }, index) => {
      const spec = { ...body, ...FLAGS[kind ?? 'normal'] };
      const name = spec.tier === 'default' ? `policy-${index}` : `${spec.tier}.policy-${index}`;
      if (namespace === undefined) return object('GlobalNetworkPolicy', { name }, spec);
      return object('NetworkPolicy', { name, namespace }, spec);
    }),
  ];
}

const FLAGS = {
  normal: {},
  forward: { applyOnForward: true },
  'pre-dnat': { applyOnForward: true, preDNAT: true },
  untracked: { applyOnForward: true, doNotTrack: true },
} as const;

function labelled(nodes: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(nodes).map(([name, ip]) => [name, { labels: {}, ip }]));
}

function hostObjects(
  { hosts, nodes = {}, failsafe: ports, endpointToHost }: Partial<ReferenceHosts>,
  object: (kind: string, metadata: JsonObject, spec: object) => KubernetesObject,
): readonly KubernetesObject[] {
  if (!hosts) return [];
  const felix = {
    failsafeInboundHostPorts: ports?.ingress,
    failsafeOutboundHostPorts: ports?.egress,
    defaultEndpointToHostAction: endpointToHost,
  };
  return [
    object('FelixConfiguration', { name: 'default' }, felix),
    ...hosts.map(({ name, labels: own, open, node, interfaceName }) => {
      const profiles = open ? ['projectcalico-default-allow'] : [];
      return object('HostEndpoint', { name, labels: own }, { node, interfaceName, expectedIPs: [nodes[node]], profiles });
    }),
  ];
}

/** The profile in which the reference answers. */
export function calicoSettingsOf({ ipBlockMatchesPods }: ReferenceCalicoCluster, nodeToOwnPod = false): JsonObject {
  return {
    cni: { plugin: 'calico', mode: 'bgp' },
    policy: { ipBlockMatchesPods, loopback: 'policy', hostNetworkPods: 'excluded', nodeToOwnPod },
  };
}
