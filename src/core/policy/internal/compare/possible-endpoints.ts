import { wholeFamily } from '../../../net/ip-set.js';
import { type Ip, formatIp } from '../../../net/ip.js';
import { PROTOCOLS, type Protocol } from '../../../net/protocol.js';
import type { ClusterPolicy, ClusterPort } from '../../../resources/cluster-policy.js';
import { formatSelector, type LabelSelector, selectorMatches } from '../../../resources/label-selector.js';
import type { NetworkPolicy } from '../../../resources/network-policy.js';
import type { ContainerPort } from '../../../resources/pod.js';
import type { Labels } from '../../../resources/resource.js';
import { DIRECTIONS } from '../direction.js';
import type { PolicyEndpoint } from '../policy-endpoint.js';
import type { PolicyIndex } from '../policy-index.js';
import { isNamed } from '../ports-at.js';

type Policy = NetworkPolicy | ClusterPolicy;

/** An endpoint that there could be, and what it is called. */
export interface PossibleEndpoint {
  readonly endpoint: PolicyEndpoint;
  readonly name: string;
}

/** So many combinations of labels, and of pods, namespaces, ports and addresses, are looked through. */
const MOST_LABELS = 50_000;
const MOST_ENDPOINTS = 20_000;
/** So many times a selector, or a rule, is asked about one of them. */
export const MOST_ASKED = 2_000_000;

const NAME_LABEL = 'kubernetes.io/metadata.name';

/**
 * One endpoint of every kind that the policies can tell apart, of all that there could be: each label that a selector speaks of absent, with each value that is
 * mentioned, and with another; each namespace that a policy is in or names, and another; each port name absent, and at a number of every stretch that the rules
 * tell apart; an address of every part that blocks tell apart. A text says why there are too many.
 */
export function possibleEndpoints(index: PolicyIndex, policies: readonly Policy[]): readonly PossibleEndpoint[] | string {
  const selectors = selectorsOf(policies);
  const pods = labelKinds(selectors.pods, new Map());
  const spaces = namespaceKinds(selectors.namespaces, policies);
  const nodes = selectors.nodes.length === 0 ? [] : labelKinds(selectors.nodes, new Map());
  const ports = portMaps(policies);
  if (!pods || !spaces || !nodes || !ports) return 'the selectors name more labels, and the rules more port names, than can be combined';
  const { ipBlockMatchesPods, networksMatchPods } = index.settings;
  const judged = (ipBlockMatchesPods && index.cuts.judging) || (networksMatchPods && index.cuts.judgingNetworks);
  const addresses = ([4, 6] as const).flatMap((family) =>
    index.cuts.cut(wholeFamily(family)).map(({ first }): Ip => ({ family, value: first })),
  );
  const podAddresses: readonly (Ip | undefined)[] = judged ? addresses : [undefined];
  const hosts = nodes.length * addresses.length;
  if (pods.length * spaces.length * ports.length * podAddresses.length + hosts > MOST_ENDPOINTS) {
    return 'there are more kinds of pods that the policies tell apart than can be compared';
  }
  return [
    ...spaces.flatMap((space) =>
      pods.flatMap((labels) =>
        ports.flatMap((named) => podAddresses.map((address): PossibleEndpoint => podOf(space, labels, named, address))),
      ),
    ),
    ...nodes.flatMap((labels) =>
      addresses.map((address): PossibleEndpoint => ({
        endpoint: { kind: 'host', node: 'a-node', labels, address },
        name: `a node with ${textOf(labels)} at ${formatIp(address)}`,
      })),
    ),
    ...addresses.map((address): PossibleEndpoint => ({ endpoint: { kind: 'address', address }, name: formatIp(address) })),
  ];
}

function podOf(space: Space, labels: Labels, ports: readonly ContainerPort[], address: Ip | undefined): PossibleEndpoint {
  const { [NAME_LABEL]: _, ...others } = space.labels;
  const namespace = `namespace ${space.name}${Object.keys(others).length > 0 ? ` (${textOf(others)})` : ''}`;
  const named = ports.map(({ name, protocol, containerPort }) => `${name ?? ''}=${protocol} ${containerPort}`);
  const where = address === undefined ? '' : ` at ${formatIp(address)}`;
  const families = address === undefined ? [] : [address.family];
  return {
    endpoint: {
      kind: 'pod',
      node: undefined,
      serviceAccount: undefined,
      namespace: space.name,
      labels,
      namespaceLabels: space.labels,
      ports,
      address,
      families,
    },
    name: `a pod of ${namespace} with ${[textOf(labels), ...named].join(' and port ')}${where}`,
  };
}

function textOf(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? 'no label that a policy speaks of' : pairs.join(',');
}

interface Selectors {
  readonly pods: readonly LabelSelector[];
  readonly namespaces: readonly LabelSelector[];
  readonly nodes: readonly LabelSelector[];
}

function selectorsOf(policies: readonly Policy[]): Selectors {
  const found = { pods: [] as LabelSelector[], namespaces: [] as LabelSelector[], nodes: [] as LabelSelector[] };
  const take = (pods: LabelSelector | undefined, namespaces: LabelSelector | undefined) => {
    if (pods) found.pods.push(pods);
    if (namespaces) found.namespaces.push(namespaces);
  };
  for (const policy of policies) {
    if (policy.kind === 'NetworkPolicy') take(policy.podSelector, undefined);
    else take(policy.subject?.podSelector, policy.subject?.namespaceSelector);
    for (const direction of DIRECTIONS) {
      for (const { peers } of policy[direction]) {
        for (const peer of peers) {
          if (peer.type === 'pods') take(peer.podSelector, peer.namespaceSelector);
          else if (peer.type === 'nodes') found.nodes.push(peer.selector);
        }
      }
    }
  }
  return found;
}

/** Labels of every kind that the selectors tell apart, one each; undefined where there are too many to look through. */
function labelKinds(written: readonly LabelSelector[], fixed: ReadonlyMap<string, string>): readonly Labels[] | undefined {
  const selectors = [...new Map(written.map((one) => [`${one.invalid} ${formatSelector(one)}`, one])).values()];
  const values = new Map<string, Set<string>>();
  for (const { requirements } of selectors) {
    for (const requirement of requirements) {
      const known = values.get(requirement.key) ?? new Set<string>();
      values.set(requirement.key, known);
      for (const value of requirement.values) known.add(value);
    }
  }
  for (const key of fixed.keys()) values.delete(key);
  const combinations = [...values.values()].reduce((product, known) => product * (known.size + 2), 1);
  if (combinations > MOST_LABELS || combinations * selectors.length > MOST_ASKED) return undefined;
  let all: readonly Labels[] = [Object.fromEntries(fixed)];
  for (const [key, known] of values) {
    const options = [undefined, ...known, otherThan(known)];
    all = all.flatMap((labels) => options.map((value) => (value === undefined ? labels : { ...labels, [key]: value })));
  }
  const kinds = new Map(
    all.toReversed().map((labels) => [selectors.map((one) => (selectorMatches(one, labels) ? '1' : '0')).join(''), labels]),
  );
  return [...kinds.values()];
}

/** A value that nobody mentions. */
function otherThan(known: ReadonlySet<string>): string {
  let value = 'other';
  while (known.has(value)) value += '-1';
  return value;
}

interface Space {
  readonly name: string;
  readonly labels: Labels;
}

/** "The control plane sets an immutable label kubernetes.io/metadata.name on all namespaces": name and label go together. */
function namespaceKinds(selectors: readonly LabelSelector[], policies: readonly Policy[]): readonly Space[] | undefined {
  const names = new Set(policies.flatMap((policy) => (policy.kind === 'NetworkPolicy' ? [policy.namespace] : [])));
  for (const { requirements } of selectors)
    for (const { key, values } of requirements) if (key === NAME_LABEL) for (const one of values) names.add(one);
  const spaces: Space[] = [];
  for (const name of [...names, otherThan(names)]) {
    const kinds = labelKinds(selectors, new Map([[NAME_LABEL, name]]));
    if (!kinds || spaces.length + kinds.length > MOST_ENDPOINTS || names.size * selectors.length * kinds.length > MOST_ASKED)
      return undefined;
    spaces.push(...kinds.map((labels) => ({ name, labels })));
  }
  return spaces;
}

/**
 * What names of ports can stand for: nothing, or as many different numbers of every stretch as there are names, so that two of them may be the same and may
 * differ.
 */
function portMaps(policies: readonly Policy[]): readonly (readonly ContainerPort[])[] | undefined {
  const ports = policies.flatMap((policy) =>
    DIRECTIONS.flatMap((direction) => policy[direction].flatMap((rule): readonly ClusterPort[] => rule.ports)),
  );
  const wanted = new Map<string, Set<Protocol>>();
  for (const port of ports) {
    if (!isNamed(port) || port.type === 'invalid') continue;
    const name = port.type === 'named' ? port.name : String(port.port);
    const protocols = wanted.get(name) ?? new Set<Protocol>();
    wanted.set(name, protocols);
    for (const protocol of port.type === 'named' ? PROTOCOLS : [port.protocol]) protocols.add(protocol);
  }
  let all: readonly (readonly ContainerPort[])[] = [[]];
  for (const [name, protocols] of wanted) {
    const options = [...protocols].flatMap((protocol) =>
      numbersOf(ports, protocol, wanted.size).map((containerPort): ContainerPort => ({
        name,
        protocol,
        containerPort,
        hostPort: undefined,
        hostIP: undefined,
      })),
    );
    if (all.length * (options.length + 1) > MOST_ENDPOINTS) return undefined;
    all = all.flatMap((map) => [map, ...options.map((one) => [...map, one])]);
  }
  return all;
}

/** Some numbers of every stretch of a protocol's ports that the rules tell apart. */
function numbersOf(ports: readonly ClusterPort[], protocol: Protocol, some: number): readonly number[] {
  const starts = new Set([1]);
  for (const port of ports) {
    if (port.type !== 'port' || port.protocol !== protocol || typeof port.port !== 'number') continue;
    starts.add(port.port);
    const next = (port.endPort ?? port.port) + 1;
    if (next <= 65535) starts.add(next);
  }
  const sorted = [...starts].sort((a, b) => a - b);
  return sorted.flatMap((start, position) => {
    const end = (sorted[position + 1] ?? 65536) - 1;
    return Array.from({ length: Math.min(some, end - start + 1) }, (_, offset) => start + offset);
  });
}
