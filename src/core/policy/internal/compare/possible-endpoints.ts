import type { Steps } from '../../../kernel/steps.js';
import { DEFAULT_ALLOW_PROFILE } from '../../../resources/default-allow-profile.js';
import type { CalicoHostEndpoint } from '../../../resources/calico-host-endpoint.js';
import type { ContainerPort } from '../../../resources/pod.js';
import type { Labels } from '../../../resources/resource.js';
import { IP_PROTOCOLS } from '../../../net/ip-protocol.js';
import { wholeFamily } from '../../../net/ip-set.js';
import { formatIp, type Ip, type IpFamily } from '../../../net/ip.js';
import { isCiliumPolicy } from '../acting-cilium-policy.js';
import type { AddressCuts } from '../address-cuts.js';
import { NAMESPACE_PREFIX, SERVICE_ACCOUNT_PREFIX } from '../calico-labels.js';
import { isCalicoPolicy } from '../calico-layers.js';
import type { AnyPolicy } from '../layer.js';
import type { HostEndpoint, PolicyEndpoint } from '../policy-endpoint.js';
import type { PolicyIndex } from '../policy-index.js';
import { EVERY_POD_HAS, NAMESPACE, SERVICE_ACCOUNT } from '../unknown/pod-formula.js';
import { type AskedFormulas, askedFormulas } from './asked-formulas.js';
import { portMaps } from './asked-ports.js';
import { type Facts, NO_FACTS } from './kinds.js';
import { type LabelKind, labelKinds, type LabelKinds } from './label-kinds.js';

/** An endpoint that there could be. */
export interface PossibleEndpoint {
  readonly endpoint: PolicyEndpoint;
  readonly name: string;
  readonly facts: Facts;
  /** There can be another one like it. */
  readonly twins: boolean;
}

/** Endpoints that there could be, with the objects without which they would not be what they are. */
export interface PossibleWorld {
  readonly endpoints: readonly PossibleEndpoint[];
  readonly hostEndpoints: readonly CalicoHostEndpoint[];
}

/** So many combinations of pods, ports and addresses are looked through. */
const MOST_ENDPOINTS = 20_000;
/** So many times a selector, or a rule, is asked about one of them. */
export const MOST_ASKED = 2_000_000;

const NAME_LABEL = 'kubernetes.io/metadata.name';
const TOO_MANY = 'there are more kinds of pods that the policies tell apart than can be compared';

/** An address of every part of the address space that rules tell apart. */
interface Place {
  readonly address: Ip;
  /** The part has no other. */
  readonly only: boolean;
}

/** Where a pod is, as far as rules can tell: undefined, that is no matter. */
interface PodPlace {
  readonly address: Ip | undefined;
  readonly families: readonly IpFamily[];
  readonly only: boolean;
}

/**
 * One endpoint of every kind that the policies can tell apart, of all that there could be: labels of pods, namespaces, service accounts, nodes and host endpoints
 * in every way in which they can fare with the selectors (`label-kinds.ts`); each port name absent, and at a number of every stretch that the rules tell apart; an
 * address of every part that blocks, sets and services tell apart. A text says why there are too many.
 */
export function* possibleWorld(
  indexes: readonly PolicyIndex[],
  cuts: AddressCuts,
  policies: readonly AnyPolicy[],
): Steps<PossibleWorld | string> {
  const [index] = indexes;
  if (!index) return TOO_MANY;
  const asked = yield* askedFormulas({ settings: index.settings, cilium: indexes.find(({ cilium }) => cilium)?.cilium }, policies);
  const ports = portMaps(policies, MOST_ENDPOINTS);
  const pods = yield* labelKinds(asked.pods, EVERY_POD_HAS, MOST_ASKED);
  if (!pods || !ports) return 'the selectors name more labels, and the rules more port names, than can be combined';
  const places = ([4, 6] as const).flatMap((family) =>
    cuts.cut(wholeFamily(family)).map(({ first, last }): Place => ({ address: { family, value: first }, only: first === last })),
  );
  const podPlaces = podPlacesOf(indexes, cuts, places);
  const hosts = yield* hostsOf(asked, policies, places, ports);
  if (typeof hosts === 'string') return hosts;
  if (pods.kinds.length * ports.length * podPlaces.length + hosts.endpoints.length > MOST_ENDPOINTS) return TOO_MANY;
  const node = policies.some(isCiliumPolicy) ? NODES[0] : undefined;
  const own = pods.kinds.flatMap((kind, position) =>
    ports.flatMap((named) => podPlaces.map((place) => podOf({ kind, position, pods, named, place, node }))),
  );
  const outside = places.map(({ address, only }): PossibleEndpoint => ({
    endpoint: { kind: 'address', address },
    name: formatIp(address),
    facts: addressFact(only, address, 'outside'),
    twins: !only,
  }));
  return { endpoints: [...own, ...hosts.endpoints, ...outside], hostEndpoints: hosts.hostEndpoints };
}

/** Addresses of pods where rules judge them, else their families where these matter. */
function podPlacesOf(indexes: readonly PolicyIndex[], cuts: AddressCuts, places: readonly Place[]): readonly PodPlace[] {
  const judged = indexes.some(
    ({ settings: { ipBlockMatchesPods, networksMatchPods }, calico }) =>
      (ipBlockMatchesPods && cuts.judging) || (networksMatchPods && cuts.judgingNetworks) || calico?.asksServices === true,
  );
  if (judged) return places.map(({ address, only }) => ({ address, families: [address.family], only }));
  const families = indexes.some(({ calico }) => calico?.asksFamilies === true);
  return (families ? ([[4], [6]] as const) : [[]]).map((some) => ({ address: undefined, families: some, only: false }));
}

interface PodParts {
  readonly kind: LabelKind;
  readonly position: number;
  readonly pods: LabelKinds;
  readonly named: readonly ContainerPort[];
  readonly place: PodPlace;
  readonly node: string | undefined;
}

function podOf({ kind, position, pods, named, place, node }: PodParts): PossibleEndpoint {
  const { address, families, only } = place;
  const given = [...kind].flatMap(([label, value]) => (value === undefined ? [] : [[label, value] as const]));
  const behind = (prefix: string) =>
    Object.fromEntries(given.flatMap(([label, value]) => (label.startsWith(prefix) ? [[label.slice(prefix.length), value]] : [])));
  const spaceLabels = behind(NAMESPACE_PREFIX);
  const accountLabels = behind(SERVICE_ACCOUNT_PREFIX);
  const inherited = (label: string) => [NAMESPACE_PREFIX, SERVICE_ACCOUNT_PREFIX].some((one) => label.startsWith(one));
  const labels = Object.fromEntries(given.filter(([label]) => !inherited(label) && !EVERY_POD_HAS.has(label)));
  const [space, account] = [kind.get(NAMESPACE), kind.get(SERVICE_ACCOUNT)];
  const namespace = space ?? 'other';
  const onlySpace = pods.isOnly(NAMESPACE, space);
  const facts = new Map([
    ...(onlySpace ? [[`namespace ${namespace}`, textOf(spaceLabels)] as const] : []),
    ...(onlySpace && pods.isOnly(SERVICE_ACCOUNT, account)
      ? [[`service account ${namespace}/${account ?? ''}`, textOf(accountLabels)] as const]
      : []),
    ...addressFact(only, address, `pod ${position}`),
  ]);
  const spaceName = `namespace ${namespace}${Object.keys(spaceLabels).length > 0 ? ` (${textOf(spaceLabels)})` : ''}`;
  const portNames = named.map(({ name, protocol, containerPort }) => `${name ?? ''}=${protocol} ${containerPort}`);
  const as =
    account === undefined && Object.keys(accountLabels).length === 0
      ? ''
      : ` as service account ${account ?? 'other'} (${textOf(accountLabels)})`;
  const where = address === undefined ? (families.length === 0 ? '' : ` over IPv${families.join()}`) : ` at ${formatIp(address)}`;
  return {
    endpoint: {
      kind: 'pod',
      node,
      serviceAccount: account ?? 'default',
      serviceAccountLabels: accountLabels,
      namespace,
      labels,
      namespaceLabels: { [NAME_LABEL]: namespace, ...spaceLabels },
      ports: named,
      address,
      families,
    },
    name: `a pod of ${spaceName} with ${[textOf(labels), ...portNames].join(' and port ')}${as}${where}`,
    facts,
    twins: !only,
  };
}

/** What an object has that nobody stored. */
const BARE = { annotations: {}, createdAt: undefined, owners: [], defaulted: [] } as const;

function addressFact(only: boolean, address: Ip | undefined, who: string): Facts {
  return only && address ? new Map([[`address ${formatIp(address)}`, who]]) : NO_FACTS;
}

function textOf(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? 'no label that a policy speaks of' : pairs.join(',');
}

/** Two are enough: one is the own node of the pods, and one another. */
const NODES = ['node-1', 'node-2'] as const;

interface PossibleHosts {
  readonly endpoints: readonly PossibleEndpoint[];
  readonly hostEndpoints: readonly CalicoHostEndpoint[];
}

/** Nodes with their labels, where rules ask for them or can mean them; with Calico, nodes with and without a host endpoint. */
function* hostsOf(
  { nodes, hosts }: AskedFormulas,
  policies: readonly AnyPolicy[],
  places: readonly Place[],
  ports: readonly (readonly ContainerPort[])[],
): Steps<PossibleHosts | string> {
  const [cilium, calico] = [policies.some(isCiliumPolicy), policies.some(isCalicoPolicy)];
  if (nodes.length === 0 && !cilium && !calico) return { endpoints: [], hostEndpoints: [] };
  const [ofNodes, ofHosts] = [yield* labelKinds(nodes, new Set(), MOST_ASKED), yield* labelKinds(hosts, new Set(), MOST_ASKED)];
  if (!ofNodes || !ofHosts) return 'the selectors name more labels of nodes than can be combined';
  const variants = calico ? ofHosts.kinds.length * 2 * ports.length : 0;
  if ((ofNodes.kinds.length * (cilium ? 2 : 1) + variants) * places.length > MOST_ENDPOINTS) return TOO_MANY;
  const plain = (cilium ? NODES : NODES.slice(0, 1)).flatMap((node) =>
    ofNodes.kinds.flatMap((kind) => places.map((place) => hostOf(node, labelsOf(kind), place, `a node with ${textOf(labelsOf(kind))}`))),
  );
  if (!calico) return { endpoints: plain, hostEndpoints: [] };
  const hostEndpoints = ofHosts.kinds
    .flatMap((kind) => ports.flatMap((named) => [true, false].map((open) => ({ kind, named, open }))))
    .map(hostEndpointOf);
  const governed = hostEndpoints.flatMap((host) => {
    const end = host.profiles.length > 0 ? 'open' : 'closed';
    return places.map((place) => hostOf(host.node, undefined, place, `a host endpoint, ${end}, with ${textOf(host.labels)}`));
  });
  return { endpoints: [...plain, ...governed], hostEndpoints };
}

function hostOf(node: string, labels: Labels | undefined, { address }: Place, name: string): PossibleEndpoint {
  const endpoint: HostEndpoint = { kind: 'host', node, labels, address };
  const full = `${name} at ${formatIp(address)}`;
  return { endpoint, name: full, facts: new Map([[`node ${node}`, full]]), twins: false };
}

function labelsOf(kind: LabelKind): Labels {
  return Object.fromEntries([...kind].flatMap(([label, value]) => (value === undefined ? [] : [[label, value]])));
}

/** "No profile = deny": what policies leave open is denied, or allowed where the profile allows everything. No profile can tell the two sets of policies otherwise apart. */
function hostEndpointOf(
  { kind, named, open }: { readonly kind: LabelKind; readonly named: readonly ContainerPort[]; readonly open: boolean },
  position: number,
): CalicoHostEndpoint & { readonly node: string } {
  const name = `host-${position}`;
  return {
    kind: 'HostEndpoint',
    ref: { apiVersion: 'projectcalico.org/v3', kind: 'HostEndpoint', name },
    labels: labelsOf(kind),
    ...BARE,
    node: name,
    interfaceName: 'eth0',
    expectedIPs: [],
    profiles: open ? [DEFAULT_ALLOW_PROFILE.ref.name] : [],
    ports: named.map((port) => ({ name: port.name ?? '', protocol: IP_PROTOCOLS[port.protocol], port: port.containerPort })),
  };
}
