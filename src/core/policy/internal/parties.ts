import type { Steps } from '../../kernel/steps.js';
import { rangeToCidrs, type IpRange } from '../../net/ip-set.js';
import { formatCidr } from '../../net/cidr.js';
import { formatIp } from '../../net/ip.js';
import type { ModelPod, NetworkModel } from '../../model/network-model.js';
import type { ResolvedEndpoints } from '../../model/resolved-endpoints.js';
import type { EndpointClass, PolicyIndex } from './policy-index.js';

/** One pod, node or address range of a party. */
export interface Member {
  /** `Pod shop/web-0`, `Node harbor-1`, `203.0.113.0/24`. */
  readonly name: string;
  /** `Deployment shop/web` for a pod of a workload, else the same as `name`. */
  readonly owner: string;
  readonly pod: ModelPod | undefined;
  /** How many pods its workload has. */
  readonly siblings: number;
  /** Where it runs, or the node it is. */
  readonly node: string | undefined;
  /** Set for addresses outside. */
  readonly range?: IpRange;
}

/** Endpoints of one side that policies treat alike. */
export interface Party {
  readonly class: EndpointClass;
  readonly members: readonly Member[];
}

/** What one side of a question comes to. */
export interface Parties {
  readonly parties: readonly Party[];
  /** Pods that were named and have finished. */
  readonly finished: readonly ModelPod[];
}

/** Groups pods, nodes and addresses into parties, in the order in which they were named. Services are left to their endpoints. Yields often. */
export function* partiesOf(
  model: NetworkModel,
  index: PolicyIndex,
  { pods, nodes, ranges }: Pick<ResolvedEndpoints, 'pods' | 'nodes' | 'ranges'>,
): Steps<Parties> {
  const grouping = new Grouping();
  const finished: ModelPod[] = [];
  for (const id of pods) {
    yield;
    const pod = model.pods[id];
    if (!pod) continue;
    if (isOut(model, pod)) finished.push(pod);
    else grouping.addPod(model, index, pod);
  }
  for (const name of nodes) {
    const node = model.nodes.get(name);
    const member: Member = { name: `Node ${name}`, owner: `Node ${name}`, pod: undefined, siblings: 1, node: name };
    if (node) for (const one of index.classesOfNode(node)) grouping.add(one, member);
  }
  for (const range of ranges) {
    for (const part of index.cuts.cut(range)) {
      yield;
      grouping.add(index.classOfRange(part), new RangeMember(part));
    }
  }
  return { parties: grouping.list(), finished };
}

/** Addresses as a member; there may be very many of them, so that the name is made when somebody reads it. */
class RangeMember implements Member {
  readonly pod = undefined;
  readonly siblings = 1;
  readonly node = undefined;

  constructor(readonly range: IpRange) {}

  get name(): string {
    return formatRange(this.range);
  }

  get owner(): string {
    return this.name;
  }
}

/** Whether the pod has finished and the profile does not count such pods. */
export function isOut(model: NetworkModel, pod: ModelPod): boolean {
  return pod.finished && model.profile.policy.completedPods === 'exclude';
}

/** Collects members by class. */
class Grouping {
  private readonly groups = new Map<number, { readonly class: EndpointClass; readonly members: Member[] }>();

  add(one: EndpointClass, member: Member): void {
    const known = this.groups.get(one.id);
    if (known) known.members.push(member);
    else this.groups.set(one.id, { class: one, members: [member] });
  }

  addPod(model: NetworkModel, index: PolicyIndex, pod: ModelPod): void {
    const member = memberOf(model, pod);
    for (const one of index.classesOf(pod)) this.add(one, member);
  }

  list(): readonly Party[] {
    return [...this.groups.values()];
  }
}

/** A pod as a member of a party. */
export function memberOf(model: NetworkModel, pod: ModelPod): Member {
  const workload = model.workloads[pod.workload];
  return {
    name: `Pod ${pod.namespace}/${pod.name}`,
    owner: workload ? `${workload.kind} ${workload.namespace}/${workload.name}` : `Pod ${pod.namespace}/${pod.name}`,
    pod,
    siblings: workload?.pods.length ?? 1,
    node: pod.nodeName?.value,
  };
}

/** `203.0.113.0/24`, `10.0.0.7`, or `10.0.0.1-10.0.0.9` where it is no prefix. */
export function formatRange(range: IpRange): string {
  const first = formatIp({ family: range.family, value: range.first });
  if (range.first === range.last) return first;
  const cidrs = rangeToCidrs(range);
  const [only] = cidrs;
  if (only && cidrs.length === 1) return formatCidr(only);
  return `${first}-${formatIp({ family: range.family, value: range.last })}`;
}
