import type { Steps } from '../../../kernel/steps.js';
import type { ModelNode } from '../../../model/network-model.js';
import { wholeFamily } from '../../../net/ip-set.js';
import { formatIp, type Ip, type IpFamily } from '../../../net/ip.js';
import type { CalicoHostEndpoint } from '../../../resources/calico-host-endpoint.js';
import type { ContainerPort } from '../../../resources/pod.js';
import { isCiliumPolicy } from '../acting-cilium-policy.js';
import type { AddressCuts } from '../address-cuts.js';
import { NAMESPACE_PREFIX, SERVICE_ACCOUNT_PREFIX } from '../calico-labels.js';
import type { AnyPolicy } from '../layer.js';
import type { PolicyIndex } from '../policy-index.js';
import { EVERY_POD_HAS, NAMESPACE, SERVICE_ACCOUNT } from '../unknown/pod-formula.js';
import { askedFormulas } from './asked-formulas.js';
import { portMaps } from './asked-ports.js';
import { type LabelKind, labelKinds, type LabelKinds } from './label-kinds.js';
import { addressFact, MOST_ASKED, MOST_ENDPOINTS, type Place, type PossibleEndpoint, textOfLabels, TOO_MANY } from './possible-endpoint.js';
import { type HostsAsked, NODES, type PossibleHosts, possibleHosts } from './possible-hosts.js';

/** Endpoints that there could be, with the objects without which they would not be what they are. */
export interface PossibleWorld {
  readonly endpoints: readonly PossibleEndpoint[];
  readonly hostEndpoints: readonly CalicoHostEndpoint[];
  readonly nodes: readonly ModelNode[];
}

const NAME_LABEL = 'kubernetes.io/metadata.name';

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
  cni: HostsAsked['cni'],
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
  const hosts = yield* possibleHosts(asked, { indexes, policies, places, ports, cni });
  if (typeof hosts === 'string') return hosts;
  const stands = standsOf(hosts, policies);
  if (pods.kinds.length * ports.length * podPlaces.length * stands.length + hosts.endpoints.length > MOST_ENDPOINTS) return TOO_MANY;
  const own = pods.kinds.flatMap((kind, position) =>
    ports.flatMap((named) => podPlaces.flatMap((place) => stands.map((stand) => podOf({ kind, position, pods, named, place, stand })))),
  );
  const outside = places.map(({ address, only }): PossibleEndpoint => ({
    endpoint: { kind: 'address', address },
    name: formatIp(address),
    facts: addressFact(only, address, 'outside'),
    twins: !only,
  }));
  return { endpoints: [...own, ...hosts.endpoints, ...outside], hostEndpoints: hosts.hostEndpoints, nodes: hosts.passed };
}

/** The nodes on which pods are, as far as rules tell that. */
function standsOf({ passed }: PossibleHosts, policies: readonly AnyPolicy[]): readonly PodParts['stand'][] {
  if (passed.length > 0) return passed.map(({ name, said }) => ({ node: name, said: ` on a node with ${said}` }));
  return [{ node: policies.some(isCiliumPolicy) ? NODES[0] : undefined, said: '' }];
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
  readonly stand: { readonly node: string | undefined; readonly said: string };
}

function podOf({ kind, position, pods, named, place, stand }: PodParts): PossibleEndpoint {
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
    ...(onlySpace ? [[`namespace ${namespace}`, textOfLabels(spaceLabels)] as const] : []),
    ...(onlySpace && pods.isOnly(SERVICE_ACCOUNT, account)
      ? [[`service account ${namespace}/${account ?? ''}`, textOfLabels(accountLabels)] as const]
      : []),
    ...addressFact(only, address, `pod ${position}`),
  ]);
  const spaceName = `namespace ${namespace}${Object.keys(spaceLabels).length > 0 ? ` (${textOfLabels(spaceLabels)})` : ''}`;
  const portNames = named.map(({ name, protocol, containerPort }) => `${name ?? ''}=${protocol} ${containerPort}`);
  const as =
    account === undefined && Object.keys(accountLabels).length === 0
      ? ''
      : ` as service account ${account ?? 'other'} (${textOfLabels(accountLabels)})`;
  const where = address === undefined ? (families.length === 0 ? '' : ` over IPv${families.join()}`) : ` at ${formatIp(address)}`;
  return {
    endpoint: {
      kind: 'pod',
      node: stand.node,
      serviceAccount: account ?? 'default',
      serviceAccountLabels: accountLabels,
      namespace,
      labels,
      namespaceLabels: { [NAME_LABEL]: namespace, ...spaceLabels },
      ports: named,
      address,
      families,
    },
    name: `a pod of ${spaceName} with ${[textOfLabels(labels), ...portNames].join(' and port ')}${as}${where}${stand.said}`,
    facts,
    twins: !only,
  };
}
