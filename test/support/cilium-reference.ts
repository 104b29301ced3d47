import type { JsonObject } from '../../src/core/kernel/json.js';
import { inCidr, networkPoliciesDecide, type ReferenceCluster, type ReferencePeer, type ReferencePod } from './policy-reference.js';

/**
 * A second evaluator for policies of Cilium: plain loops over plain JSON, one function for each sentence of cilium/cilium `Documentation/security/policy` and
 * of the texts of its CRDs. It shares nothing with the product.
 */
export interface ReferenceCiliumCluster extends ReferenceCluster {
  /** Without a namespace: a clusterwide one. */
  readonly ciliumPolicies: readonly { readonly namespace?: string; readonly spec: JsonObject }[];
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly services: readonly {
    readonly namespace: string;
    readonly name: string;
    readonly selector?: Readonly<Record<string, string>>;
    readonly addresses?: readonly string[];
  }[];
  readonly agent: {
    readonly always: boolean;
    readonly hostPolicies: boolean;
    readonly nodeLabels: boolean;
    readonly icmpRules: boolean;
    readonly kinds: readonly string[];
  };
  /** The address behind the service `kubernetes`. */
  readonly apiServer: string;
}

/** A node itself. */
export interface ReferenceNode {
  readonly node: string;
  readonly ip: string;
}

type Peer = ReferencePeer | ReferenceNode;
type Direction = 'ingress' | 'egress';
type Packet = { readonly destination: Peer; readonly protocol: string; readonly port: number };

/** Whether one packet's connection is allowed, and what each side says. */
export function ciliumVerdict(
  cluster: ReferenceCiliumCluster,
  source: Peer,
  destination: Peer,
  protocol: string,
  port: number,
): { readonly egress: boolean; readonly ingress: boolean } {
  if (source === destination && cluster.switches.loopback === 'allow') return { egress: true, ingress: true };
  // What stays in a node's network namespace meets no policy.
  if (isHost(source) && isHost(destination) && source.node === destination.node) return { egress: true, ingress: true };
  const packet = { destination, protocol, port };
  const egress = sideAllows(cluster, 'egress', source, destination, packet);
  // "Kubernetes will automatically allow all communication from the local host of all local endpoints."
  const local = isPod(destination) && isHost(source) && source.node === destination.node && cluster.switches.nodeToOwnPod;
  return { egress, ingress: local || sideAllows(cluster, 'ingress', destination, source, packet) };
}

/** A pod with an identity of its own; one on the host network is its node. */
function isPod(peer: Peer): peer is ReferencePod {
  return 'name' in peer && !peer.hostNetwork;
}

function isHost(peer: Peer): peer is ReferencePod | ReferenceNode {
  return 'node' in peer && !isPod(peer);
}

function sideAllows(cluster: ReferenceCiliumCluster, direction: Direction, subject: Peer, other: Peer, packet: Packet): boolean {
  if (!isPod(subject) && !isHost(subject)) return true;
  if (isHost(subject) && !cluster.agent.hostPolicies) return true;
  // `enable-cilium-network-policy`, `enable-cilium-clusterwide-network-policy`: what the agent does not watch is not there.
  const kindOf = ({ namespace }: { readonly namespace?: string }) =>
    namespace === undefined ? 'CiliumClusterwideNetworkPolicy' : 'CiliumNetworkPolicy';
  const watched = cluster.ciliumPolicies.filter((policy) => cluster.agent.kinds.includes(kindOf(policy)));
  const specs = watched.filter((policy) => selects(cluster, policy, subject));
  const rules = (field: string) =>
    specs.flatMap(({ namespace, spec }) =>
      ((spec[field] ?? []) as readonly JsonObject[]).map((rule) => ({ namespace, rule: withoutDeniedServices(field, rule) })),
    );
  const hits = (field: string) =>
    rules(field).some((one) =>
      refused(cluster, one.rule) ? field.endsWith('Deny') : ruleMatches(cluster, direction, one, subject, other, packet),
    );
  // "Deny policies take precedence over allow policies, regardless of whether they are … or even a Kubernetes Network Policy."
  if (hits(`${direction}Deny`) || hits(direction)) return !hits(`${direction}Deny`);
  const network =
    isPod(subject) && cluster.agent.kinds.includes('NetworkPolicy')
      ? networkPoliciesSay(cluster, direction, subject, other, packet)
      : undefined;
  if (network === true) return true;
  // "If any rule selects an endpoint and the rule has an ingress section, the endpoint goes into default deny-mode for ingress."
  const isolated = specs.some(({ spec }) => {
    const written = [direction, `${direction}Deny`].some((field) => ((spec[field] ?? []) as readonly unknown[]).length > 0);
    return written && ((spec['enableDefaultDeny'] as Record<string, boolean> | undefined)?.[direction] ?? true);
  });
  return !(isolated || network === false || cluster.agent.always);
}

/** Services are looked up for `egress` alone (cilium `pkg/policy/k8s/service.go`, processRule). */
function withoutDeniedServices(field: string, rule: JsonObject): JsonObject {
  return field === 'egressDeny' && rule['toServices'] !== undefined ? { ...rule, toServices: [] } : rule;
}

function networkPoliciesSay(cluster: ReferenceCiliumCluster, direction: Direction, subject: ReferencePod, other: Peer, packet: Packet) {
  const plain = (peer: Peer): ReferencePeer => ('name' in peer ? peer : { ip: peer.ip });
  const { destination, protocol, port } = packet;
  return networkPoliciesDecide(cluster, direction, subject, plain(other), plain(destination), protocol, port);
}

/** "The endpointSelector always applies to pods in the namespace associated with the CiliumNetworkPolicy"; a nodeSelector to nodes. */
function selects(
  cluster: ReferenceCiliumCluster,
  { namespace, spec }: { readonly namespace?: string; readonly spec: JsonObject },
  subject: ReferencePod | ReferenceNode,
): boolean {
  if (spec['nodeSelector'] !== undefined) {
    if (!isHost(subject)) return false;
    const own = Object.entries(cluster.nodes[subject.node]?.labels ?? {}).map(([key, value]) => ['k8s', key, value] as const);
    return selectorMatches(spec['nodeSelector'] as JsonObject, [...own, ['reserved', 'host', '']]);
  }
  if (!isPod(subject) || (namespace !== undefined && subject.namespace !== namespace)) return false;
  const selector = spec['endpointSelector'] as { matchLabels?: Record<string, string> };
  const { 'k8s:io.kubernetes.pod.namespace': ignored, ...others } = selector.matchLabels ?? {};
  const own = namespace !== undefined && ignored !== undefined ? { ...selector, matchLabels: others } : selector;
  return selectorMatches(own, identity(cluster, subject, undefined));
}

type Identity = readonly (readonly [source: string, key: string, value: string])[];

/** The labels by which Cilium knows a peer, seen from a node. */
function identity(cluster: ReferenceCiliumCluster, peer: Peer, from: string | undefined): Identity {
  if (isPod(peer)) {
    const own = Object.entries(peer.labels);
    const labels = Object.entries({ ...cluster.namespaces[peer.namespace], 'kubernetes.io/metadata.name': peer.namespace });
    return [
      ...own.map(([key, value]) => ['k8s', key, value] as const),
      ...labels.map(([key, value]) => ['k8s', `io.cilium.k8s.namespace.labels.${key}`, value] as const),
      ['k8s', 'io.kubernetes.pod.namespace', peer.namespace],
    ];
  }
  const server: Identity = isApiServer(cluster, peer) ? [['reserved', 'kube-apiserver', '']] : [];
  if (isHost(peer)) {
    const own = Object.entries(cluster.nodes[peer.node]?.labels ?? {}).map(([key, value]) => ['node', key, value] as const);
    return [...own, ['reserved', peer.node === from ? 'host' : 'remote-node', ''], ...server];
  }
  // One label in a cluster of one family, as these are (cilium `pkg/labels/cidr.go` AddWorldLabel).
  return [['reserved', 'world', ''], ...server];
}

function isApiServer(cluster: ReferenceCiliumCluster, peer: Peer): boolean {
  if (peer.ip === cluster.apiServer) return !isPod(peer);
  return isHost(peer) && cluster.nodes[peer.node]?.ip === cluster.apiServer;
}

/** "k8s:", "reserved:"; without a source "any" label of that key. */
function selectorMatches(selector: JsonObject, labels: Identity): boolean {
  const find = (written: string) => {
    const [source, key] = written.includes(':') ? [written.split(':')[0], written.split(':')[1]] : ['any', written];
    return labels.find((one) => one[1] === key && (source === 'any' || one[0] === source))?.[2];
  };
  for (const [key, value] of Object.entries((selector['matchLabels'] ?? {}) as Record<string, string>))
    if (find(key) !== value) return false;
  return ((selector['matchExpressions'] ?? []) as readonly JsonObject[]).every((one) => {
    const value = find(one['key'] as string);
    const values = (one['values'] ?? []) as readonly string[];
    if (one['operator'] === 'Exists') return value !== undefined;
    if (one['operator'] === 'DoesNotExist') return value === undefined;
    return one['operator'] === 'In' ? value !== undefined && values.includes(value) : value === undefined || !values.includes(value);
  });
}

/** "ICMP rules can only be applied when the flag is set": refused, one that accepts matches nothing, one that denies matches everything. */
function refused({ agent }: ReferenceCiliumCluster, rule: JsonObject): boolean {
  return !agent.icmpRules && ((rule['icmps'] ?? []) as readonly unknown[]).length > 0;
}

function ruleMatches(
  cluster: ReferenceCiliumCluster,
  direction: Direction,
  { namespace, rule }: { readonly namespace: string | undefined; readonly rule: JsonObject },
  subject: ReferencePod | ReferenceNode,
  other: Peer,
  packet: Packet,
): boolean {
  const ports = (rule['toPorts'] ?? []) as readonly JsonObject[];
  const icmps = (rule['icmps'] ?? []) as readonly JsonObject[];
  // "If any ICMP policy is specified, layer 4 communication will be blocked."
  if (icmps.length > 0) return false;
  const fits =
    ports.length === 0 || ports.some((one) => ((one['ports'] ?? []) as readonly JsonObject[]).some((entry) => portMatches(entry, packet)));
  return fits && peersMatch(cluster, direction, namespace, rule, subject, other, ports.length > 0);
}

/** "An empty non-nil list does not select anything; nil is implicitly treated as a wildcard selector if ToPorts are also specified." */
function peersMatch(
  cluster: ReferenceCiliumCluster,
  direction: Direction,
  namespace: string | undefined,
  rule: JsonObject,
  subject: ReferencePod | ReferenceNode,
  other: Peer,
  hasPorts: boolean,
): boolean {
  const written = direction === 'ingress' ? 'from' : 'to';
  const list = (kind: string) => rule[`${written}${kind}`] as readonly (JsonObject & string)[] | undefined;
  const lists = ['Endpoints', 'Entities', 'CIDR', 'CIDRSet', 'Nodes', 'Services'].filter((kind) => list(kind) !== undefined);
  if (lists.length === 0) return hasPorts;
  return lists.some((kind) =>
    (list(kind) ?? []).some((one) => {
      if (kind === 'Endpoints') return endpointsMatch(cluster, namespace, one, subject, other);
      if (kind === 'Entities') return entityMatches(cluster, one, subject, other);
      if (kind === 'CIDR') return cidrMatches(cluster, one, [], other);
      if (kind === 'CIDRSet') return setMatches(cluster, one, other);
      if (kind === 'Services') return servicesMatch(cluster, one, other);
      // "An extension of the remote-node entity": never the own node (`pkg/policy/utils/helpers.go`, getNodeSelector).
      const remote = cluster.agent.nodeLabels && isHost(other) && other.node !== subject.node;
      return remote && selectorMatches(one, identity(cluster, other, subject.node));
    }),
  );
}

/** `getEndpointSelector`: the own namespace, or in a clusterwide policy any, unless the selector says which, or is about reserved labels. */
function endpointsMatch(
  cluster: ReferenceCiliumCluster,
  namespace: string | undefined,
  selector: JsonObject,
  subject: ReferencePod | ReferenceNode,
  other: Peer,
): boolean {
  const labels = identity(cluster, other, subject.node);
  if (!selectorMatches(selector, labels)) return false;
  const keys = [
    ...Object.keys((selector['matchLabels'] ?? {}) as object),
    ...((selector['matchExpressions'] ?? []) as readonly JsonObject[]).map((one) => one['key'] as string),
  ];
  if (keys.some((key) => key.startsWith('reserved:'))) return true;
  if (keys.some((key) => /^((k8s|any):)?io\.kubernetes\.pod\.namespace$/.test(key))) return true;
  if (namespace === undefined) return isPod(other);
  if (keys.some((key) => /^((k8s|any):)?io\.cilium\.k8s\.namespace\.labels/.test(key))) return true;
  return isPod(other) && other.namespace === namespace;
}

function entityMatches(cluster: ReferenceCiliumCluster, entity: string, subject: ReferencePod | ReferenceNode, other: Peer): boolean {
  switch (entity) {
    case 'all':
      return true;
    case 'cluster':
      return isPod(other) || isHost(other) || isApiServer(cluster, other);
    case 'host':
      return isHost(other) && other.node === subject.node;
    case 'remote-node':
      return isHost(other) && other.node !== subject.node;
    case 'world':
      return !isPod(other) && !isHost(other);
    case 'kube-apiserver':
      return isApiServer(cluster, other);
    default:
      return false;
  }
}

/** "CIDR rules do not apply to traffic where both sides are either managed by Cilium or use an IP belonging to a node"; nodes as an option. */
function cidrMatches(cluster: ReferenceCiliumCluster, cidr: string, except: readonly string[], other: Peer): boolean {
  if (isPod(other) || (isHost(other) && cluster.switches.ipBlockMatchesNodes === false)) return false;
  return inCidr(cidr, other.ip) && !except.some((inner) => inCidr(inner, other.ip));
}

function setMatches(cluster: ReferenceCiliumCluster, set: JsonObject, other: Peer): boolean {
  const except = (set['except'] ?? []) as readonly string[];
  const name = set['cidrGroupRef'] as string | undefined;
  const cidrs = name === undefined ? [set['cidr'] as string] : (cluster.groups[name] ?? []);
  return cidrs.some((cidr) => cidrMatches(cluster, cidr, except, other));
}

/** "The service's label selector as an endpoint selector … the IPs in the EndpointSlices are converted to CIDR selectors." */
function servicesMatch(cluster: ReferenceCiliumCluster, reference: JsonObject, other: Peer): boolean {
  const { serviceName, namespace } = reference['k8sService'] as { serviceName: string; namespace?: string };
  return cluster.services.some((service) => {
    if (service.name !== serviceName || (namespace !== undefined && service.namespace !== namespace)) return false;
    if (!service.selector) return (service.addresses ?? []).some((ip) => cidrMatches(cluster, `${ip}/32`, [], other));
    const labels = isPod(other) ? other.labels : {};
    return (
      isPod(other) &&
      other.namespace === service.namespace &&
      Object.entries(service.selector).every(([key, value]) => labels[key] === value)
    );
  });
}

/** "If ANY, omitted or empty, any protocols with transport ports match"; a name is that of the destination; 0 is every port. */
function portMatches(entry: JsonObject, { destination, protocol, port }: Packet): boolean {
  const wanted = (entry['protocol'] ?? 'ANY') as string;
  if (wanted !== 'ANY' && wanted !== protocol) return false;
  const written = entry['port'] as string;
  if (!/^\d+$/.test(written)) {
    if (!isPod(destination)) return false;
    return destination.ports.find((one) => one.name === written && one.protocol === protocol)?.containerPort === port;
  }
  const first = Number(written);
  const last = Math.max(first, (entry['endPort'] ?? first) as number);
  return first === 0 || (first <= port && port <= last);
}
