import { type Arbitrary, array, boolean, constant, constantFrom, integer, oneof, option, record, uniqueArray } from 'fast-check';
import type { JsonObject } from '../../src/core/kernel/json.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { networkPolicy } from './policy-cluster.js';
import type { ReferenceCluster, ReferencePod } from './policy-reference.js';

/** Few names, labels, ports and addresses, so that policies meet the pods often. */
const NAMESPACES = ['a', 'b', 'c'] as const;
const KEYS = ['app', 'tier'] as const;
const VALUES = ['x', 'y'] as const;
const PORT_NAMES = ['http', 'dns'] as const;
const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const;
/** A port of every interval that the boundaries of the generated rules cut, those of two rules together too. */
export const PORTS = [1, 79, 80, 81, 82, 83, 8080, 65535] as const;
/** Addresses outside: in and around the generated blocks. */
export const OUTSIDE = ['10.0.9.9', '10.0.128.1', '192.168.1.1', '203.0.113.5'] as const;
const BLOCKS = ['0.0.0.0/0', '10.0.0.0/8', '10.0.0.0/16', '10.0.0.0/17', '10.0.1.0/24', '10.0.1.1/32', '203.0.113.0/24'] as const;

export const labels = record({ app: option(constantFrom(...VALUES)), tier: option(constantFrom(...VALUES)) }).map(
  (pairs) => Object.fromEntries(Object.entries(pairs).filter(([, value]) => value !== null)) as Record<string, string>,
);

const containerPorts = uniqueArray(
  record({ name: constantFrom(...PORT_NAMES), containerPort: constantFrom(80, 81, 8080), protocol: constantFrom(...PROTOCOLS) }),
  { maxLength: 2, selector: ({ name }) => name },
);

const pods: Arbitrary<readonly ReferencePod[]> = array(
  record({
    namespace: constantFrom(...NAMESPACES),
    labels,
    ports: containerPorts,
    hostNetwork: integer({ min: 0, max: 5 }).map((number) => number === 0),
    node: constantFrom('n1', 'n2'),
  }),
  { minLength: 2, maxLength: 6 },
).map((drafts) =>
  drafts.map((draft, index) => ({
    ...draft,
    name: `p${index}`,
    ip: draft.hostNetwork ? (draft.node === 'n1' ? '192.168.1.1' : '192.168.1.2') : `10.0.${index % 3}.${index + 1}`,
  })),
);

const expression = oneof(
  record({ key: constantFrom(...KEYS), operator: constantFrom('In', 'NotIn'), values: array(constantFrom(...VALUES), { maxLength: 2 }) }),
  record({ key: constantFrom(...KEYS), operator: constantFrom('Exists', 'DoesNotExist') }),
  constant({ key: 'app', operator: 'Exists', values: ['x'] }),
  constant({ key: 'app', operator: 'Like', values: ['x'] }),
);

const podSelector: Arbitrary<JsonObject> = oneof(
  { arbitrary: constant({}), weight: 2 },
  { arbitrary: labels.map((matchLabels) => ({ matchLabels })), weight: 4 },
  { arbitrary: record({ matchExpressions: array(expression, { minLength: 1, maxLength: 2 }) }), weight: 1 },
) as Arbitrary<JsonObject>;

const namespaceSelector: Arbitrary<JsonObject> = oneof(
  constant({}),
  constantFrom(...NAMESPACES).map((name) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } })),
  podSelector,
) as Arbitrary<JsonObject>;

const ipBlock = record({ cidr: constantFrom(...BLOCKS), except: array(constantFrom(...BLOCKS), { maxLength: 2 }) });

const peer: Arbitrary<JsonObject> = oneof(
  { arbitrary: record({ podSelector }), weight: 3 },
  { arbitrary: record({ namespaceSelector }), weight: 2 },
  { arbitrary: record({ namespaceSelector, podSelector }), weight: 3 },
  { arbitrary: record({ ipBlock }), weight: 3 },
  { arbitrary: record({ ipBlock, podSelector }), weight: 1 },
  { arbitrary: constant({}), weight: 1 },
) as Arbitrary<JsonObject>;

const port: Arbitrary<JsonObject> = record(
  {
    protocol: constantFrom(...PROTOCOLS),
    port: oneof(constantFrom(80, 81, 8080), constantFrom(...PORT_NAMES)),
    endPort: constantFrom(80, 82),
  },
  { requiredKeys: [] },
) as Arbitrary<JsonObject>;

const ruleOf = (field: 'from' | 'to'): Arbitrary<JsonObject> =>
  record({ [field]: array(peer, { maxLength: 3 }), ports: array(port, { maxLength: 2 }) }, { requiredKeys: [] }) as Arbitrary<JsonObject>;

const spec: Arbitrary<JsonObject> = record(
  {
    podSelector,
    policyTypes: uniqueArray(constantFrom('Ingress', 'Egress'), { maxLength: 2 }),
    ingress: array(ruleOf('from'), { maxLength: 2 }),
    egress: array(ruleOf('to'), { maxLength: 2 }),
  },
  { requiredKeys: [] },
) as Arbitrary<JsonObject>;

const validSelector: Arbitrary<JsonObject> = oneof(
  { arbitrary: constant({}), weight: 2 },
  { arbitrary: labels.map((matchLabels) => ({ matchLabels })), weight: 3 },
  { arbitrary: constant({ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['x'] }] }), weight: 1 },
) as Arbitrary<JsonObject>;

const podsOrNamespaces: Arbitrary<JsonObject> = oneof(
  record({ namespaces: validSelector }),
  record({ pods: record({ namespaceSelector: validSelector, podSelector: validSelector }) }),
) as Arbitrary<JsonObject>;

const clusterPeer = (egress: boolean): Arbitrary<JsonObject> =>
  oneof(
    { arbitrary: podsOrNamespaces, weight: 6 },
    { arbitrary: constant({}), weight: 1 },
    ...(egress
      ? [
          { arbitrary: record({ nodes: validSelector }) as Arbitrary<JsonObject>, weight: 1 },
          {
            arbitrary: record({ networks: uniqueArray(constantFrom(...BLOCKS), { minLength: 1, maxLength: 2 }) }) as Arbitrary<JsonObject>,
            weight: 3,
          },
        ]
      : []),
  ) as Arbitrary<JsonObject>;

const protocolName = constantFrom(...PROTOCOLS);
const adminPort: Arbitrary<JsonObject> = oneof(
  record({ portNumber: record({ protocol: protocolName, port: constantFrom(80, 81, 8080) }) }),
  record({ portRange: record({ protocol: protocolName, start: constant(80), end: constantFrom(82, 8080) }) }),
  record({ namedPort: constantFrom(...PORT_NAMES) }),
) as Arbitrary<JsonObject>;
const destinationPort = oneof(
  record({ number: constantFrom(80, 81, 8080) }),
  record({ range: record({ start: constant(80), end: constantFrom(82, 8080) }) }),
);
const clusterProtocol: Arbitrary<JsonObject> = oneof(
  protocolName.chain((name) => destinationPort.map((one) => ({ [name.toLowerCase()]: { destinationPort: one } }))),
  record({ destinationNamedPort: constantFrom(...PORT_NAMES) }),
) as Arbitrary<JsonObject>;

/** Rules that the CRD takes, but for peers of an unknown kind; names of ports stand beside pods only, as v1alpha2 wants it. */
function clusterRules(egress: boolean, actions: readonly string[], field: 'ports' | 'protocols'): Arbitrary<readonly JsonObject[]> {
  const onPods = record({ peers: array(podsOrNamespaces, { minLength: 1, maxLength: 2 }), named: constant(true) });
  const onAny = record({ peers: array(clusterPeer(egress), { minLength: 1, maxLength: 2 }), named: constant(false) });
  const entry = field === 'ports' ? adminPort : clusterProtocol;
  const nameless = entry.filter((one) => one['namedPort'] === undefined && one['destinationNamedPort'] === undefined);
  const rule = oneof(onPods, onAny).chain(({ peers, named }) =>
    record({
      action: constantFrom(...actions),
      [egress ? 'to' : 'from']: constant(peers),
      ports: option(array(named ? entry : nameless, { minLength: 1, maxLength: 2 })),
    }).map(({ ports, ...rest }) => ({ ...rest, ...(ports === null ? {} : { [field]: ports }) })),
  );
  return array(rule, { maxLength: 3 });
}

const body = (actions: readonly string[], field: 'ports' | 'protocols') => ({
  subject: podsOrNamespaces,
  ingress: clusterRules(false, actions, field),
  egress: clusterRules(true, actions, field),
});

const priority = integer({ min: 0, max: 3 });
const adminPolicy = record({ priority, ...body(['Allow', 'Deny', 'Pass'], 'ports') }).map((own) => ({
  kind: 'AdminNetworkPolicy',
  spec: own,
}));
const baselinePolicy = record(body(['Allow', 'Deny'], 'ports')).map((own) => ({ kind: 'BaselineAdminNetworkPolicy', spec: own }));
const clusterPolicy = record({
  tier: constantFrom('Admin', 'Baseline'),
  priority,
  ...body(['Accept', 'Deny', 'Pass'], 'protocols'),
}).map((own) => ({ kind: 'ClusterNetworkPolicy', spec: own }));

const clusterPolicies = record({
  baseline: option(baselinePolicy),
  others: array(oneof(adminPolicy, clusterPolicy), { maxLength: 3 }),
}).map(({ baseline, others }) => [
  ...(baseline ? [{ ...baseline, name: 'default' }] : []),
  ...others.map((one, index) => ({ ...one, name: `policy-${index}` })),
]) as unknown as Arbitrary<ReferenceCluster['clusterPolicies']>;

/** A small cluster with any policies, right and wrong ones. */
export const arbitraryCluster: Arbitrary<ReferenceCluster> = record({
  namespaces: record({ a: labels, b: labels, c: labels }),
  pods,
  policies: array(record({ namespace: constantFrom(...NAMESPACES), spec }), { maxLength: 5 }),
  clusterPolicies: oneof({ arbitrary: constant([]), weight: 1 }, { arbitrary: clusterPolicies, weight: 2 }),
  nodes: record({ n1: record({ labels, ip: constant('192.168.1.1') }), n2: record({ labels, ip: constant('192.168.1.2') }) }),
  switches: record({
    ipBlockMatchesPods: boolean(),
    networksMatchPods: boolean(),
    loopback: constantFrom('allow' as const, 'policy' as const),
    hostNetworkPods: constantFrom('as-pods' as const, 'excluded' as const),
    nodeToOwnPod: boolean(),
  }),
});

/** The cluster as manifests. */
export function manifestsOf({
  namespaces,
  pods: all,
  policies,
  clusterPolicies: ofCluster,
  nodes,
}: ReferenceCluster): readonly KubernetesObject[] {
  return [
    ...Object.entries(namespaces).map(([name, own]) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: own } })),
    ...Object.entries(nodes).map(([name, { labels: own, ip }]) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: own },
      status: { addresses: [{ type: 'InternalIP', address: ip }] },
    })),
    ...all.map((pod) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: pod.name, namespace: pod.namespace, labels: pod.labels },
      spec: { nodeName: pod.node, hostNetwork: pod.hostNetwork, containers: [{ name: 'main', ports: pod.ports }] },
      status: { phase: 'Running', podIP: pod.ip, podIPs: [{ ip: pod.ip }], conditions: [{ type: 'Ready', status: 'True' }] },
    })),
    ...ofCluster.map(({ kind, name, spec: one }) => ({
      apiVersion: `policy.networking.k8s.io/${kind === 'ClusterNetworkPolicy' ? 'v1alpha2' : 'v1alpha1'}`,
      kind,
      metadata: { name },
      spec: one,
    })),
    ...policies.map(({ namespace, spec: one }, index) => networkPolicy(`${namespace}/policy-${index}`, one)),
  ];
}
