import type { ReferencePeer, ReferencePod } from './policy-reference.js';

type LabelsOf = Readonly<Record<string, string>>;

/**
 * A second evaluator for Calico's policies: loops over plain objects, one function for each sentence of projectcalico/calico
 * `api/pkg/apis/projectcalico/v3` and `app-policy/checker/check.go`. It shares nothing with the product, selectors included.
 */
export interface ReferenceCalicoCluster {
  readonly namespaces: Readonly<Record<string, LabelsOf>>;
  readonly pods: readonly ReferencePod[];
  /** Every order is another, so that names never decide. */
  readonly policies: readonly ReferenceCalicoPolicy[];
  readonly tiers: readonly { readonly name: string; readonly order: number | undefined; readonly defaultAction: 'Deny' | 'Pass' }[];
  readonly sets: readonly { readonly namespace: string | undefined; readonly labels: LabelsOf; readonly nets: readonly string[] }[];
  readonly ipBlockMatchesPods: boolean;
  /** Host endpoints are found like sets, by their labels and the addresses that they expect. */
  readonly hosts?: readonly ReferenceHost[];
  readonly nodes?: Readonly<Record<string, string>>;
}

/** A host endpoint that expects the address of its node. */
export interface ReferenceHost {
  readonly name: string;
  readonly node: string;
  readonly interfaceName: 'eth0' | '*';
  readonly labels: Readonly<Record<string, string>>;
  /** Whether it has the profile that allows everything. */
  readonly open: boolean;
}

export interface ReferenceCalicoPolicy {
  readonly namespace: string | undefined;
  readonly tier: string;
  readonly order: number;
  readonly selector: string;
  readonly types: readonly string[] | undefined;
  /** Which packets of nodes it is about; left out: normal. */
  readonly kind?: 'normal' | 'forward' | 'pre-dnat' | 'untracked';
  readonly ingress: readonly ReferenceRule[];
  readonly egress: readonly ReferenceRule[];
}

export interface ReferenceRule {
  readonly action: 'Allow' | 'Deny' | 'Log' | 'Pass';
  readonly protocol?: string | undefined;
  readonly notProtocol?: string | undefined;
  readonly source?: ReferenceEntity | undefined;
  readonly destination?: ReferenceEntity | undefined;
}

export interface ReferenceEntity {
  readonly selector?: string | undefined;
  readonly notSelector?: string | undefined;
  readonly namespaceSelector?: string | undefined;
  readonly nets?: readonly string[] | undefined;
  readonly notNets?: readonly string[] | undefined;
  readonly ports?: readonly (number | string)[] | undefined;
  readonly notPorts?: readonly (number | string)[] | undefined;
}

/** What each selector that is generated means, written by hand. */
export const SELECTORS: Readonly<Record<string, (labels: LabelsOf) => boolean>> = {
  'all()': () => true,
  "app == 'x'": ({ app }) => app === 'x',
  "app != 'x'": ({ app }) => app !== 'x',
  'has(tier)': ({ tier }) => tier !== undefined,
  '!has(tier)': ({ tier }) => tier === undefined,
  "app in {'x', 'y'} && tier not in {'x'}": ({ app, tier }) => (app === 'x' || app === 'y') && tier !== 'x',
  "(app == 'y' || tier == 'y')": ({ app, tier }) => app === 'y' || tier === 'y',
};

/** The same for selectors of namespaces. */
export const NAMESPACE_SELECTORS: Readonly<Record<string, (labels: LabelsOf | undefined) => boolean>> = {
  'all()': (labels) => labels !== undefined,
  'global()': (labels) => labels === undefined,
  "app == 'x'": (labels) => labels?.['app'] === 'x',
  "projectcalico.org/name == 'a'": (labels) => labels?.['name of the namespace'] === 'a',
};

type Direction = 'ingress' | 'egress';

/** One packet that begins a connection. */
export interface Packet {
  readonly source: ReferencePeer;
  readonly destination: ReferencePeer;
  readonly protocol: string;
  readonly port: number;
}

/** Whether one connection is allowed, by what stands on each side. */
export function calicoVerdict(cluster: ReferenceCalicoCluster, packet: Packet): { readonly egress: boolean; readonly ingress: boolean } {
  return { egress: allows(cluster, 'egress', packet), ingress: allows(cluster, 'ingress', packet) };
}

function allows(cluster: ReferenceCalicoCluster, direction: Direction, packet: Packet): boolean {
  const subject = direction === 'egress' ? packet.source : packet.destination;
  if (!isPod(subject)) return true;
  // "Order … if omitted, the tier is applied last."
  const tiers = [...cluster.tiers].sort((one, other) => (one.order ?? Infinity) - (other.order ?? Infinity));
  for (const tier of tiers) {
    const policies = cluster.policies
      .filter((policy) => policy.tier === tier.name && applies(policy, direction) && selects(policy, subject))
      .sort((one, other) => one.order - other.order);
    if (policies.length === 0) continue;
    const action = policies.flatMap((policy) =>
      policy[direction].filter((rule) => matches(cluster, policy, rule, packet)).map((rule) => rule.action),
    );
    const decision = action.find((one) => one !== 'Log') ?? tier.defaultAction;
    if (decision !== 'Pass') return decision === 'Allow';
  }
  // The profile of the namespace, `kns.<namespace>`.
  return true;
}

/** "Types … defaulted based on which rules are present." */
function applies({ types, ingress, egress }: ReferenceCalicoPolicy, direction: Direction): boolean {
  if (types) return types.includes(direction === 'ingress' ? 'Ingress' : 'Egress');
  if (direction === 'egress') return egress.length > 0;
  return ingress.length > 0 || egress.length === 0;
}

function selects({ namespace, selector, kind = 'normal' }: ReferenceCalicoPolicy, pod: ReferencePod): boolean {
  // "doNotTrack, preDNAT: … only apply to host endpoints".
  if (kind === 'pre-dnat' || kind === 'untracked') return false;
  return (namespace === undefined || namespace === pod.namespace) && SELECTORS[selector]!(pod.labels);
}

/** Whether a rule is about the packet. */
export function matches(cluster: ReferenceCalicoCluster, policy: ReferenceCalicoPolicy, rule: ReferenceRule, packet: Packet): boolean {
  if (rule.protocol !== undefined && rule.protocol !== packet.protocol) return false;
  if (rule.notProtocol !== undefined && rule.notProtocol === packet.protocol) return false;
  if (!isMeant(cluster, policy, rule.source ?? {}, packet.source)) return false;
  const { destination = {} } = rule;
  return isMeant(cluster, policy, destination, packet.destination) && portIsMeant(destination, packet);
}

function portIsMeant({ ports, notPorts }: ReferenceEntity, { destination, protocol, port }: Packet): boolean {
  const isOne = (one: number | string) =>
    typeof one === 'number'
      ? one === port
      : isPod(destination) && destination.ports.some((own) => own.name === one && own.protocol === protocol && own.containerPort === port);
  return (ports === undefined || ports.some(isOne)) && (notPorts === undefined || !notPorts.some(isOne));
}

function isMeant(cluster: ReferenceCalicoCluster, policy: ReferenceCalicoPolicy, entity: ReferenceEntity, peer: ReferencePeer): boolean {
  const { selector, notSelector, namespaceSelector, nets, notNets } = entity;
  const addressed = !isPod(peer) || cluster.ipBlockMatchesPods;
  if (nets && !(addressed && nets.some((net) => holds(net, peer.ip)))) return false;
  if (notNets && (!addressed || notNets.some((net) => holds(net, peer.ip)))) return false;
  const limited = policy.namespace !== undefined && namespaceSelector === undefined && (selector ?? notSelector) !== undefined;
  const positive = selector !== undefined || namespaceSelector !== undefined || limited;
  const inSelector = (thing: Thing) => {
    if (limited && thing.namespace !== policy.namespace) return false;
    if (namespaceSelector !== undefined && !NAMESPACE_SELECTORS[namespaceSelector]!(namespaceOf(cluster, thing))) return false;
    return selector === undefined || SELECTORS[selector]!(thing.labels);
  };
  const excluded = (thing: Thing) => notSelector !== undefined && SELECTORS[notSelector]!(thing.labels);
  const found: Thing[] = [
    ...(isPod(peer) ? [peer] : []),
    ...(addressed ? cluster.sets.filter((set) => set.nets.some((net) => holds(net, peer.ip))) : []),
    ...(cluster.hosts ?? [])
      .filter((host) => cluster.nodes?.[host.node] === peer.ip)
      .map(({ labels }) => ({ namespace: undefined, labels })),
  ];
  return positive ? found.some((thing) => inSelector(thing) && !excluded(thing)) : !found.some(excluded);
}

/** What selectors find: a pod, or a set of networks. */
interface Thing {
  readonly namespace: string | undefined;
  readonly labels: LabelsOf;
}

function namespaceOf({ namespaces }: ReferenceCalicoCluster, { namespace }: Thing): LabelsOf | undefined {
  return namespace === undefined ? undefined : { ...namespaces[namespace], 'name of the namespace': namespace };
}

/** Whether a peer is a pod; if not, it is an address. */
export function isPod(peer: ReferencePeer): peer is ReferencePod {
  return 'labels' in peer;
}

/** Whether a prefix holds an IPv4 address. */
export function holds(net: string, ip: string): boolean {
  const [base = '', bits = '32'] = net.split('/');
  const size = 2 ** (32 - Number(bits));
  return Math.floor(numberOf(base) / size) === Math.floor(numberOf(ip) / size);
}

function numberOf(ip: string): number {
  return ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
