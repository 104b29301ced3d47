import { type Arbitrary, array, boolean, constant, constantFrom, oneof, option, record, subarray } from 'fast-check';
import type { JsonObject } from '../../src/core/kernel/json.js';
import type { ProfileSettings } from '../../src/core/model/profile-settings.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { arbitraryCluster, labels, manifestsOf } from './arbitrary-policies.js';
import type { ReferenceCiliumCluster } from './cilium-reference.js';
import { networkPolicy } from './policy-cluster.js';

/** Few names, labels and networks, so that policies meet the pods of {@link arbitraryCluster} often. */
const NAMESPACES = ['a', 'b', 'c'] as const;
const VALUES = ['x', 'y'] as const;
const CIDRS = ['0.0.0.0/0', '10.0.0.0/8', '10.0.0.0/17', '192.168.1.0/24', '192.168.1.1/32', '203.0.113.0/24', '203.0.113.5/32'] as const;
const NAMESPACE_KEYS = ['k8s:io.kubernetes.pod.namespace', 'io.kubernetes.pod.namespace'] as const;

const matchLabels = oneof(
  { arbitrary: labels, weight: 4 },
  { arbitrary: constantFrom(...VALUES).map((value) => ({ 'k8s:app': value })), weight: 1 },
  { arbitrary: record({ [NAMESPACE_KEYS[0]]: constantFrom(...NAMESPACES), app: constantFrom(...VALUES) }), weight: 2 },
  { arbitrary: constantFrom(...NAMESPACES).map((name) => ({ [NAMESPACE_KEYS[1]]: name })), weight: 1 },
  { arbitrary: constantFrom(...VALUES).map((value) => ({ 'io.cilium.k8s.namespace.labels.app': value })), weight: 1 },
  {
    arbitrary: constantFrom('host', 'remote-node', 'world', 'kube-apiserver').map((name) => ({ [`reserved:${name}`]: '' })),
    weight: 2,
  },
) as Arbitrary<JsonObject>;

const expression = oneof(
  record({ key: constantFrom('app', 'k8s:tier', ...NAMESPACE_KEYS), operator: constantFrom('In', 'NotIn'), values: constant(['x', 'a']) }),
  record({ key: constantFrom('app', 'k8s:tier', 'reserved:host', 'reserved:world'), operator: constantFrom('Exists', 'DoesNotExist') }),
);

const selector: Arbitrary<JsonObject> = oneof(
  { arbitrary: constant({}), weight: 2 },
  { arbitrary: matchLabels.map((own) => ({ matchLabels: own })), weight: 5 },
  { arbitrary: expression.map((one) => ({ matchExpressions: [one] })), weight: 1 },
) as Arbitrary<JsonObject>;

const entity = constantFrom('all', 'cluster', 'world', 'host', 'remote-node', 'kube-apiserver', 'none', 'init');
const cidrSet = oneof(
  record({ cidr: constant('10.0.0.0/8'), except: array(constantFrom('10.0.0.0/17', '10.0.9.0/24'), { maxLength: 2 }) }),
  record({ cidr: constantFrom(...CIDRS) }),
  record({ cidrGroupRef: constantFrom('first', 'second', 'missing') }),
);
const service = record({
  k8sService: record({ serviceName: constantFrom('pods', 'outside', 'missing'), namespace: constantFrom('a', 'b') }),
});

/** The peers of a rule: one field, which may be an empty list, or none. */
const peers = (preposition: 'from' | 'to'): Arbitrary<JsonObject> => {
  const listed = (kind: string, one: Arbitrary<unknown>, minLength = 0) =>
    record({ [`${preposition}${kind}`]: array(one, { minLength, maxLength: 2 }) }) as Arbitrary<JsonObject>;
  return oneof(
    { arbitrary: listed('Endpoints', selector), weight: 5 },
    { arbitrary: listed('Entities', entity), weight: 3 },
    { arbitrary: listed('CIDR', constantFrom(...CIDRS)), weight: 2 },
    { arbitrary: listed('CIDRSet', cidrSet), weight: 2 },
    {
      arbitrary: listed(
        'Nodes',
        labels.map((own) => ({ matchLabels: own })),
      ),
      weight: 1,
    },
    ...(preposition === 'to' ? [{ arbitrary: listed('Services', service, 1), weight: 1 }] : []),
    { arbitrary: constant({}), weight: 2 },
  ) as Arbitrary<JsonObject>;
};

const port = record(
  {
    port: constantFrom('80', '81', '8080', '0', 'http', 'dns'),
    protocol: constantFrom('TCP', 'UDP', 'SCTP', 'ANY'),
    endPort: constantFrom(79, 82),
  },
  { requiredKeys: ['port'] },
);
const toPorts = array(record({ ports: array(port, { maxLength: 2 }) }), { maxLength: 2 });
const ports: Arbitrary<JsonObject> = oneof(
  { arbitrary: constant({}), weight: 3 },
  { arbitrary: record({ toPorts }), weight: 4 },
  { arbitrary: constant({ icmps: [{ fields: [{ type: 8 }] }] }), weight: 1 },
) as Arbitrary<JsonObject>;

const rules = (direction: 'ingress' | 'egress') =>
  array(
    record({ who: peers(direction === 'ingress' ? 'from' : 'to'), what: ports }).map(({ who, what }) => ({ ...who, ...what })),
    { maxLength: 3 },
  );
const sections = record(
  {
    ingress: rules('ingress'),
    egress: rules('egress'),
    ingressDeny: rules('ingress'),
    egressDeny: rules('egress'),
    enableDefaultDeny: record({ ingress: boolean(), egress: boolean() }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);
const onEndpoints = record({ endpointSelector: selector, more: sections }).map(({ endpointSelector, more }) => ({
  endpointSelector,
  ...more,
}));
const onNodes = record({ nodeSelector: labels.map((own) => ({ matchLabels: own })), more: sections }).map(({ nodeSelector, more }) => ({
  nodeSelector,
  ...more,
}));
const ciliumPolicy = oneof(
  { arbitrary: record({ namespace: constantFrom(...NAMESPACES), spec: onEndpoints }), weight: 3 },
  { arbitrary: record({ spec: onEndpoints }), weight: 2 },
  { arbitrary: record({ spec: onNodes }), weight: 1 },
);

const KINDS: readonly string[] = ['NetworkPolicy', 'CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'];

/** A small cluster of Cilium, with NetworkPolicies beside its own. */
export const arbitraryCiliumCluster = record({
  cluster: arbitraryCluster,
  ciliumPolicies: array(ciliumPolicy, { maxLength: 4 }),
  agent: record({
    always: constantFrom(false, false, false, true),
    hostPolicies: boolean(),
    nodeLabels: boolean(),
    icmpRules: constantFrom(true, true, false),
    kinds: oneof({ arbitrary: constant(KINDS), weight: 3 }, { arbitrary: subarray([...KINDS]), weight: 1 }),
  }),
  ipBlockMatchesNodes: boolean(),
  apiServer: constantFrom('192.168.1.1', '203.0.113.5'),
  group: option(constantFrom('10.0.9.0/24', '203.0.113.0/24'), { nil: '10.0.0.0/8' }),
}).map(({ cluster, ciliumPolicies, agent, ipBlockMatchesNodes, apiServer, group }): ReferenceCiliumCluster => ({
  ...cluster,
  clusterPolicies: [],
  ciliumPolicies: ciliumPolicies as unknown as ReferenceCiliumCluster['ciliumPolicies'],
  agent,
  apiServer,
  groups: { first: [group], second: ['203.0.113.5/32', '10.0.128.0/24'] },
  services: [
    { namespace: 'a', name: 'pods', selector: { app: 'x' } },
    { namespace: 'b', name: 'outside', addresses: ['203.0.113.5', '192.168.1.2'] },
  ],
  switches: { ...cluster.switches, ipBlockMatchesPods: false, hostNetworkPods: 'excluded', ipBlockMatchesNodes },
}));

/** The cluster as manifests. */
export function ciliumManifestsOf(cluster: ReferenceCiliumCluster): readonly KubernetesObject[] {
  const { ciliumPolicies, groups, services, apiServer } = cluster;
  return [
    ...manifestsOf(cluster),
    ...Object.entries(groups).map(([name, externalCIDRs]) => networkPolicy(`cidrgroup ${name}`, { externalCIDRs })),
    ...ciliumPolicies.map(({ namespace, spec }, index) =>
      networkPolicy(namespace === undefined ? `ccnp policy-${index}` : `ciliumnp ${namespace}/policy-${index}`, spec),
    ),
    ...services.flatMap(({ namespace, name, selector: own, addresses }) => serviceObjects(namespace, name, own, addresses)),
    ...serviceObjects('default', 'kubernetes', undefined, [apiServer]),
  ];
}

function serviceObjects(
  namespace: string,
  name: string,
  own: Readonly<Record<string, string>> | undefined,
  addresses: readonly string[] | undefined,
): readonly KubernetesObject[] {
  const spec = { ports: [{ port: 443 }], ...(own ? { selector: own } : {}) };
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec };
  if (!addresses) return [service];
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: [{ addresses, conditions: { ready: true } }],
    ports: [{ port: 443 }],
  };
  return [service, slice];
}

/** The switches of the profile. */
export function ciliumSettingsOf({ switches, agent }: ReferenceCiliumCluster): ProfileSettings {
  const { always, ...flags } = agent;
  const cilium = { ...flags, mode: always ? 'always' : 'default' };
  return { cni: { plugin: 'cilium' }, policy: { ...switches, cilium } };
}
