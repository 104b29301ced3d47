import type { Steps } from '../../kernel/steps.js';
import { type IpRange, wholeFamily } from '../../net/ip-set.js';
import type { ModelPod, NetworkModel } from '../../model/network-model.js';
import type { ResolvedEndpoints } from '../../model/resolved-endpoints.js';
import type { ConnectivityQuestion } from '../connectivity-result.js';
import { AddressCuts } from './address-cuts.js';
import type { Direction } from './direction.js';
import { formatRange, isOut } from './parties.js';
import type { EndpointClass, PolicyIndex } from './policy-index.js';

/** How many endpoints of a class a group has, and on which nodes. */
export interface GroupClass {
  readonly class: EndpointClass;
  count: number;
  /** Empty text: not placed. */
  readonly nodes: Set<string>;
}

/** One line's side of a listing: a workload, pod, namespace, node or address range. */
export interface Group {
  readonly name: string;
  /** Set for addresses outside, whose groups are `external`. */
  readonly range: IpRange | undefined;
  readonly external: boolean;
  readonly classes: ReadonlyMap<number, GroupClass>;
}

/** Which side of the listing: sources are cut by ingress rules, destinations by egress rules. */
export type ListingSide = 'from' | 'to';

/** Names a pod's group. */
type Naming = (model: NetworkModel, pod: Pick<ModelPod, 'namespace' | 'name' | 'labels' | 'workload'>, keys: readonly string[]) => string;

const NAMINGS: Readonly<Record<ConnectivityQuestion['level'], Naming>> = {
  label: (_, { labels }, keys) => keys.map((key) => `${key}=${Object.hasOwn(labels, key) ? labels[key] : '<none>'}`).join(','),
  pod: (_, pod) => `Pod ${pod.namespace}/${pod.name}`,
  namespace: (_, pod) => `Namespace ${pod.namespace}`,
  workload: (model, pod) => {
    const workload = model.workloads[pod.workload];
    return workload ? `${workload.kind} ${workload.namespace}/${workload.name}` : `Pod ${pod.namespace}/${pod.name}`;
  },
};

/** Builds groups by name, in order of first appearance. */
export class GroupBuilder {
  private readonly groups = new Map<string, Group & { readonly classes: Map<number, GroupClass> }>();

  add(name: string, classes: readonly EndpointClass[], node = '', external: boolean | IpRange = false): void {
    const range = typeof external === 'boolean' ? undefined : external;
    const group = this.groups.get(name) ?? { name, range, external: external !== false, classes: new Map<number, GroupClass>() };
    this.groups.set(name, group);
    for (const one of classes) {
      const known = group.classes.get(one.id) ?? { class: one, count: 0, nodes: new Set<string>() };
      group.classes.set(one.id, known);
      known.count++;
      known.nodes.add(node);
    }
  }

  list(): readonly Group[] {
    return [...this.groups.values()];
  }
}

/** The groups of one side. Yields often. Workloads without pods (scaled to nothing, CronJobs) are judged by their template, where everything is listed by workload. */
export function* listingGroups(
  model: NetworkModel,
  index: PolicyIndex,
  question: ConnectivityQuestion,
  side: ListingSide,
  chosen: ResolvedEndpoints | undefined,
): Steps<readonly Group[]> {
  const everybody = yield* clusterGroups(model, index, question, chosen);
  return everybody.concat(yield* rangeGroups(model, index, side, chosen, question.external));
}

/** Both sides of a listing in which neither is chosen: the same groups of the cluster, found once, and the addresses of each side. Yields often. */
export function* groupsOfBothSides(
  model: NetworkModel,
  index: PolicyIndex,
  question: ConnectivityQuestion,
): Steps<Readonly<Record<'sources' | 'destinations', readonly Group[]>>> {
  const everybody = yield* clusterGroups(model, index, question, undefined);
  const { external } = question;
  return {
    sources: everybody.concat(yield* rangeGroups(model, index, 'from', undefined, external)),
    destinations: everybody.concat(yield* rangeGroups(model, index, 'to', undefined, external)),
  };
}

/** So many pods are grouped in one step. */
const BREATH = 50;

function* clusterGroups(
  model: NetworkModel,
  index: PolicyIndex,
  { level, label = [] }: ConnectivityQuestion,
  chosen: ResolvedEndpoints | undefined,
): Steps<readonly Group[]> {
  const builder = new GroupBuilder();
  const name = NAMINGS[level];
  const pods = chosen ? chosen.pods.flatMap((id) => model.pods[id] ?? []) : model.pods;
  for (const [at, pod] of pods.entries()) {
    if (at % BREATH === 0) yield;
    if (!isOut(model, pod)) builder.add(name(model, pod, label), index.classesOf(pod), pod.nodeName?.value);
  }
  if (!chosen && level === 'workload') addTemplates(model, index, builder);
  for (const node of chosen?.nodes ?? []) {
    const found = model.nodes.get(node);
    if (found) builder.add(`Node ${node}`, index.classesOfNode(found), node);
  }
  return builder.list();
}

function addTemplates(model: NetworkModel, index: PolicyIndex, builder: GroupBuilder): void {
  for (const { kind, namespace, name, template, pods } of model.workloads) {
    if (pods.length > 0 || !template) continue;
    builder.add(`${kind} ${namespace}/${name}`, [index.classOfTemplate(namespace, template.labels, template.spec)]);
  }
}

function* rangeGroups(
  model: NetworkModel,
  index: PolicyIndex,
  side: ListingSide,
  chosen: ResolvedEndpoints | undefined,
  external: boolean,
): Steps<readonly Group[]> {
  const ranges = chosen ? chosen.ranges : external ? model.profile.ipFamilies.map(wholeFamily) : [];
  return yield* externalGroups(index, side, ranges, formatRange);
}

/** Address ranges, cut where a block of the direction begins or ends; neighbours are not joined again, as netpol-analyzer does. */
export function* externalGroups(
  index: PolicyIndex,
  side: ListingSide,
  ranges: readonly IpRange[],
  format: (range: IpRange) => string,
): Steps<readonly Group[]> {
  if (ranges.length === 0) return [];
  const direction: Direction = side === 'from' ? 'ingress' : 'egress';
  const cuts = yield* AddressCuts.of(index.policies, [direction]);
  const builder = new GroupBuilder();
  for (const range of ranges) {
    for (const part of cuts.cut(range)) {
      yield;
      builder.add(format(part), [index.classOfRange(part)], '', part);
    }
  }
  return builder.list();
}
