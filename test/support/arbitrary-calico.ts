import { type Arbitrary, array, boolean, constantFrom, integer, option, record, uniqueArray } from 'fast-check';
import type { JsonObject } from '../../src/core/kernel/json.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { arbitraryCluster, labels, manifestsOf } from './arbitrary-policies.js';
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

/** The cluster as manifests. */
export function calicoManifestsOf({ namespaces, pods, policies, tiers, sets }: ReferenceCalicoCluster): readonly KubernetesObject[] {
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
    ...manifestsOf({ namespaces, pods, policies: [], clusterPolicies: [], nodes: {}, switches }),
    ...tiers.filter(({ name }) => name !== 'default').map(({ name, ...spec }) => object('Tier', { name }, spec)),
    ...sets.map(({ namespace, labels: own, nets: held }, index) => {
      const kind = namespace === undefined ? 'GlobalNetworkSet' : 'NetworkSet';
      return object(kind, { name: `set-${index}`, labels: own, ...(namespace === undefined ? {} : { namespace }) }, { nets: held });
    }),
    ...policies.map(({ namespace, ...spec }, index) => {
      const name = spec.tier === 'default' ? `policy-${index}` : `${spec.tier}.policy-${index}`;
      if (namespace === undefined) return object('GlobalNetworkPolicy', { name }, spec);
      return object('NetworkPolicy', { name, namespace }, spec);
    }),
  ];
}

/** The profile in which the reference answers. */
export function calicoSettingsOf({ ipBlockMatchesPods }: ReferenceCalicoCluster): JsonObject {
  return {
    cni: { plugin: 'calico' },
    policy: { ipBlockMatchesPods, loopback: 'policy', hostNetworkPods: 'excluded', nodeToOwnPod: false },
  };
}
