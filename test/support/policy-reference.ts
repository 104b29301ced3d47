import type { JsonObject } from '../../src/core/kernel/json.js';

/**
 * A second evaluator for differential tests: plain loops over plain JSON, one function for each sentence of kubernetes/api `networking/v1/types.go` and of
 * network-policy-api `apis/v1alpha1`, `apis/v1alpha2`. It shares nothing with the product: not its types, not its reading of selectors, addresses or ports.
 */
export interface ReferencePod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly name: string; readonly containerPort: number; readonly protocol: string }[];
  /** Dotted IPv4. */
  readonly ip: string;
  readonly hostNetwork: boolean;
  readonly node: string;
}

/** What the answer depends on. */
export interface ReferenceCluster {
  readonly namespaces: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly pods: readonly ReferencePod[];
  readonly policies: readonly { readonly namespace: string; readonly spec: JsonObject }[];
  readonly clusterPolicies: readonly { readonly kind: string; readonly name: string; readonly spec: JsonObject }[];
  /** Labels of each node, and its address. */
  readonly nodes: Readonly<Record<string, { readonly labels: Readonly<Record<string, string>>; readonly ip: string }>>;
  readonly switches: {
    readonly ipBlockMatchesPods: boolean;
    readonly networksMatchPods: boolean;
    readonly loopback: 'allow' | 'policy';
    readonly hostNetworkPods: 'as-pods' | 'excluded';
    readonly nodeToOwnPod: boolean;
    /** Left out: they do. */
    readonly ipBlockMatchesNodes?: boolean;
  };
}

/** A pod, or an address outside. */
export type ReferencePeer = ReferencePod | { readonly ip: string };

type Rule = { readonly peers: readonly JsonObject[]; readonly ports: readonly JsonObject[] };
type Direction = 'ingress' | 'egress';

/** Whether one packet's connection is allowed, and what each side says. */
export function referenceVerdict(
  cluster: ReferenceCluster,
  source: ReferencePeer,
  destination: ReferencePeer,
  protocol: string,
  port: number,
): { readonly egress: boolean; readonly ingress: boolean } {
  if (source === destination && cluster.switches.loopback === 'allow') return { egress: true, ingress: true };
  const egress = sideAllows(cluster, 'egress', source, destination, destination, protocol, port);
  const fromOwnNode =
    cluster.switches.nodeToOwnPod &&
    isPod(source) &&
    isPod(destination) &&
    countsAsNode(cluster, source) &&
    source.node === destination.node;
  const ingress = fromOwnNode || sideAllows(cluster, 'ingress', destination, source, destination, protocol, port);
  return { egress, ingress };
}

function isPod(peer: ReferencePeer): peer is ReferencePod {
  return 'name' in peer;
}

function countsAsNode(cluster: ReferenceCluster, pod: ReferencePod): boolean {
  return pod.hostNetwork && cluster.switches.hostNetworkPods === 'excluded';
}

function sideAllows(
  cluster: ReferenceCluster,
  direction: Direction,
  subject: ReferencePeer,
  other: ReferencePeer,
  destination: ReferencePeer,
  protocol: string,
  port: number,
): boolean {
  if (!isPod(subject) || countsAsNode(cluster, subject)) return true;
  // "The Admin tier takes precedence over all other policies."
  const admin = tierDecides(cluster, 'Admin', direction, subject, other, destination, protocol, port);
  if (admin !== undefined) return admin;
  // "v1.NetworkPolicy always makes a final decision for selected pods."
  const decided = networkPoliciesDecide(cluster, direction, subject, other, destination, protocol, port);
  if (decided !== undefined) return decided;
  // "If a given connection wasn't allowed or denied by any of the tiers, … all pods can communicate with each other."
  return tierDecides(cluster, 'Baseline', direction, subject, other, destination, protocol, port) ?? true;
}

/** Undefined where no policy of the tier makes a final decision. */
function tierDecides(
  cluster: ReferenceCluster,
  tier: string,
  direction: Direction,
  subject: ReferencePod,
  other: ReferencePeer,
  destination: ReferencePeer,
  protocol: string,
  port: number,
): boolean | undefined {
  const tierOf = ({ kind, spec }: { readonly kind: string; readonly spec: JsonObject }) =>
    kind === 'AdminNetworkPolicy' ? 'Admin' : kind === 'BaselineAdminNetworkPolicy' ? 'Baseline' : spec['tier'];
  // "Policies with lower priority values have higher precedence"; equal ones by name, as kube-network-policies; the one without priority is last.
  const rank = ({ spec }: { readonly spec: JsonObject }) => (spec['priority'] as number | undefined) ?? 9999;
  const policies = cluster.clusterPolicies.filter((policy) => tierOf(policy) === tier);
  policies.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
  for (const { kind, spec } of policies) {
    if (!clusterPeerMatches(cluster, spec['subject'] as JsonObject, subject)) continue;
    for (const rule of (spec[direction] ?? []) as readonly JsonObject[]) {
      const peers = (rule[direction === 'ingress' ? 'from' : 'to'] ?? []) as readonly JsonObject[];
      const ports = (rule[kind === 'ClusterNetworkPolicy' ? 'protocols' : 'ports'] ?? []) as readonly JsonObject[];
      const accepts = rule['action'] === 'Allow' || rule['action'] === 'Accept';
      // "If an implementation sees no fields are set … it should fail closed."
      if (peers.some((peer) => Object.keys(peer).length === 0)) {
        if (accepts) continue;
        return false;
      }
      const peerFits = peers.some((peer) => clusterPeerMatches(cluster, peer, other));
      const portFits = ports.length === 0 || ports.some((entry) => clusterPortMatches(cluster, entry, destination, protocol, port));
      if (!peerFits || !portFits) continue;
      if (rule['action'] === 'Pass') return undefined;
      return accepts;
    }
  }
  return undefined;
}

function clusterPeerMatches(cluster: ReferenceCluster, peer: JsonObject, other: ReferencePeer): boolean {
  const asNode = isPod(other) ? countsAsNode(cluster, other) : false;
  if (peer['nodes'] !== undefined) {
    const node = isPod(other)
      ? asNode
        ? cluster.nodes[other.node]
        : undefined
      : Object.values(cluster.nodes).find(({ ip }) => ip === other.ip);
    return node !== undefined && labelsMatch(peer['nodes'] as JsonObject, node.labels);
  }
  if (peer['networks'] !== undefined) {
    if (isPod(other) && !asNode && !cluster.switches.networksMatchPods) return false;
    return (peer['networks'] as readonly string[]).some((cidr) => inCidr(cidr, other.ip));
  }
  // "Note that host-networked pods are not included in this type of peer."
  if (!isPod(other) || asNode) return false;
  const namespaceLabels = { ...cluster.namespaces[other.namespace], 'kubernetes.io/metadata.name': other.namespace };
  if (peer['namespaces'] !== undefined) return labelsMatch(peer['namespaces'] as JsonObject, namespaceLabels);
  const pods = peer['pods'] as { namespaceSelector: JsonObject; podSelector: JsonObject };
  return labelsMatch(pods.namespaceSelector, namespaceLabels) && labelsMatch(pods.podSelector, other.labels);
}

function clusterPortMatches(
  cluster: ReferenceCluster,
  entry: JsonObject,
  destination: ReferencePeer,
  protocol: string,
  port: number,
): boolean {
  const name = entry['namedPort'] ?? entry['destinationNamedPort'];
  if (name !== undefined) {
    if (!isPod(destination) || countsAsNode(cluster, destination)) return false;
    const found = destination.ports.find((one) => one.name === name);
    return found?.containerPort === port && found.protocol === protocol;
  }
  const number = entry['portNumber'] as { protocol?: string; port: number } | undefined;
  if (number) return (number.protocol ?? 'TCP') === protocol && number.port === port;
  const range = entry['portRange'] as { protocol?: string; start: number; end: number } | undefined;
  if (range) return (range.protocol ?? 'TCP') === protocol && range.start <= port && port <= range.end;
  const own = entry[protocol.toLowerCase()] as { destinationPort: { number?: number; range?: { start: number; end: number } } } | undefined;
  if (!own) return false;
  const wanted = own.destinationPort;
  return wanted.range ? wanted.range.start <= port && port <= wanted.range.end : wanted.number === port;
}

/** "If any NetworkPolicy selects the pod": undefined where none does in this direction. */
export function networkPoliciesDecide(
  cluster: ReferenceCluster,
  direction: Direction,
  subject: ReferencePod,
  other: ReferencePeer,
  destination: ReferencePeer,
  protocol: string,
  port: number,
): boolean | undefined {
  let isolated = false;
  for (const { namespace, spec } of cluster.policies) {
    if (namespace !== subject.namespace) continue;
    if (!labelsMatch((spec['podSelector'] ?? {}) as JsonObject, subject.labels)) continue;
    if (!typesOf(spec).includes(direction === 'ingress' ? 'Ingress' : 'Egress')) continue;
    isolated = true;
    for (const rule of rulesOf(spec, direction)) {
      const peerFits = rule.peers.length === 0 || rule.peers.some((peer) => peerMatches(cluster, namespace, peer, other));
      const portFits = rule.ports.length === 0 || rule.ports.some((entry) => portMatches(cluster, entry, destination, protocol, port));
      if (peerFits && portFits) return true;
    }
  }
  return isolated ? false : undefined;
}

/** "If this field is not specified, it will default based on the existence of ingress or egress rules; policies … will always be assumed to affect ingress." */
function typesOf(spec: JsonObject): readonly string[] {
  const given = (spec['policyTypes'] ?? []) as readonly string[];
  if (given.length > 0) return given;
  return ((spec['egress'] ?? []) as readonly unknown[]).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

function rulesOf(spec: JsonObject, direction: Direction): readonly Rule[] {
  const rules = (spec[direction] ?? []) as readonly JsonObject[];
  return rules.map((rule) => ({
    peers: (rule[direction === 'ingress' ? 'from' : 'to'] ?? []) as readonly JsonObject[],
    ports: (rule['ports'] ?? []) as readonly JsonObject[],
  }));
}

function peerMatches(cluster: ReferenceCluster, policyNamespace: string, peer: JsonObject, other: ReferencePeer): boolean {
  const fields = ['ipBlock', 'namespaceSelector', 'podSelector'].filter((field) => peer[field] !== undefined);
  if (fields.length === 0) return false;
  if (peer['ipBlock'] !== undefined) return fields.length === 1 && blockMatches(cluster, peer['ipBlock'] as JsonObject, other);
  if (!isPod(other) || countsAsNode(cluster, other)) return false;
  const { namespaceSelector, podSelector } = peer as { namespaceSelector?: JsonObject; podSelector?: JsonObject };
  const namespaceLabels = { ...cluster.namespaces[other.namespace], 'kubernetes.io/metadata.name': other.namespace };
  if (namespaceSelector === undefined && other.namespace !== policyNamespace) return false;
  if (namespaceSelector !== undefined && !labelsMatch(namespaceSelector, namespaceLabels)) return false;
  // An unusable selector matches nothing; so does a peer with one beside it.
  return podSelector === undefined || labelsMatch(podSelector, other.labels);
}

function labelsMatch(selector: JsonObject, labels: Readonly<Record<string, string>>): boolean {
  for (const [key, value] of Object.entries((selector['matchLabels'] ?? {}) as Record<string, string>))
    if (labels[key] !== value) return false;
  for (const expression of (selector['matchExpressions'] ?? []) as readonly JsonObject[]) {
    const value = labels[expression['key'] as string];
    const values = (expression['values'] ?? []) as readonly string[];
    const holds: Readonly<Record<string, boolean>> = {
      In: values.length > 0 && value !== undefined && values.includes(value),
      NotIn: values.length > 0 && (value === undefined || !values.includes(value)),
      Exists: values.length === 0 && value !== undefined,
      DoesNotExist: values.length === 0 && value === undefined,
    };
    if (holds[expression['operator'] as string] !== true) return false;
  }
  return true;
}

function blockMatches(cluster: ReferenceCluster, block: JsonObject, other: ReferencePeer): boolean {
  if (isPod(other) && !countsAsNode(cluster, other) && !cluster.switches.ipBlockMatchesPods) return false;
  const node = isPod(other) ? countsAsNode(cluster, other) : Object.values(cluster.nodes).some(({ ip }) => ip === other.ip);
  if (node && cluster.switches.ipBlockMatchesNodes === false) return false;
  const cidr = block['cidr'] as string;
  const except = (block['except'] ?? []) as readonly string[];
  // "Except values will be rejected if they are outside the cidr range."
  const invalid = except.some((inner) => lengthOf(inner) <= lengthOf(cidr) || !inCidr(cidr, inner.split('/')[0] ?? ''));
  return !invalid && inCidr(cidr, other.ip) && !except.some((inner) => inCidr(inner, other.ip));
}

function lengthOf(cidr: string): number {
  return Number(cidr.split('/')[1]);
}

/** Compares the first bits as text. */
export function inCidr(cidr: string, ip: string): boolean {
  const bits = (address: string) =>
    address
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('');
  const length = lengthOf(cidr);
  return bits(cidr.split('/')[0] ?? '').slice(0, length) === bits(ip).slice(0, length);
}

function portMatches(cluster: ReferenceCluster, entry: JsonObject, destination: ReferencePeer, protocol: string, port: number): boolean {
  if ((entry['protocol'] ?? 'TCP') !== protocol) return false;
  const wanted = entry['port'];
  const end = entry['endPort'] as number | undefined;
  if (wanted === undefined) return end === undefined;
  if (typeof wanted === 'string') {
    if (end !== undefined || !isPod(destination) || countsAsNode(cluster, destination)) return false;
    const named = destination.ports.find((one) => one.name === wanted && one.protocol === protocol);
    return named?.containerPort === port;
  }
  if (end !== undefined) return (wanted as number) <= end && (wanted as number) <= port && port <= end;
  return wanted === port;
}
