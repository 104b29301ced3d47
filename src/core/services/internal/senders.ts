import { type Problem, problem } from '../../kernel/problem.js';
import { problemAt } from '../../kernel/problem-place.js';
import { unknownNode } from '../../model/unknown-node.js';
import { err, ok, type Result } from '../../kernel/result.js';
import { cidrContains } from '../../net/cidr.js';
import { formatIp, type Ip, type IpFamily } from '../../net/ip.js';
import type { ModelNode, ModelPod, NetworkModel } from '../../model/network-model.js';
import type { PacketSource } from '../packet.js';
import type { ServiceQuestion } from '../service-question.js';

/** Who sends, and by which node's kube-proxy the packet goes first; undefined: it depends on the destination. */
export interface Sender {
  /** `pod shop/web-0`, `node harbor-1`, `203.0.113.7`, `the internet`. */
  readonly label: string;
  /** One for each address, or one for a whole class of senders. */
  readonly sources: readonly PacketSource[];
  readonly node: ModelNode | undefined;
  /** The question names the node: the packet is looked at there and nowhere else. */
  readonly pinned: boolean;
  readonly outside: boolean;
  readonly family: IpFamily | undefined;
}

/** The senders a question means: pods of one node behave alike, so the first of each node stands for all. */
export function sendersOf(model: NetworkModel, question: ServiceQuestion): Result<readonly Sender[], Problem> {
  const via = question.node === undefined ? undefined : model.nodes.get(question.node);
  if (question.node !== undefined && !via) {
    return err(problemAt('/node', unknownNode(model.nodes.keys(), question.node)));
  }
  const { sourceIP, from } = question;
  const senders = from ? named(model, from) : [sourceIP ? ofAddress(model, sourceIP) : somePod()];
  if (from && senders.length === 0) {
    const message = `\`${from.selector}\` names nobody who could send: no pod, node or address`;
    return err(problem('invalid-request', message, { errors: [{ pointer: '/from', code: 'no-sender', message }] }));
  }
  const addressed = sourceIP ? senders.map((one): Sender => ({ ...one, sources: [{ ip: sourceIP }], family: sourceIP.family })) : senders;
  return ok(via ? addressed.map((one) => ({ ...one, node: via, pinned: true })) : addressed);
}

function somePod(): Sender {
  return { label: 'some pod', sources: [{ kind: 'pod', ranges: [] }], node: undefined, pinned: false, outside: false, family: undefined };
}

function ofAddress(model: NetworkModel, ip: Ip): Sender {
  const known = model.ipOwners.has(formatIp(ip)) || model.profile.proxy.podCIDRs.some((cidr) => cidrContains(cidr, ip));
  return { label: formatIp(ip), sources: [{ ip }], node: undefined, pinned: false, outside: !known, family: ip.family };
}

function named(model: NetworkModel, from: NonNullable<ServiceQuestion['from']>): readonly Sender[] {
  const byNode = new Map<string, ModelPod>();
  for (const id of [...from.pods, ...from.services.flatMap((key) => podsBehind(model, key))]) {
    const pod = model.pods[id];
    const node = pod?.nodeName?.value ?? '';
    if (pod && !byNode.has(node)) byNode.set(node, pod);
  }
  const pods = [...byNode].map(([node, pod]) => ofPod(pod, model.nodes.get(node)));
  const nodes = from.nodes.flatMap((name) => model.nodes.get(name) ?? []).map(ofNode);
  const ranges = from.ranges.length === 0 ? [] : [ofRanges(from)];
  return [...pods, ...nodes, ...ranges];
}

/** A service as a sender stands for the pods behind it. */
function podsBehind(model: NetworkModel, key: string): readonly number[] {
  const candidates = model.services.get(key)?.endpoints.candidates ?? [];
  return candidates.filter(({ included }) => included).map(({ pod }) => pod);
}

function ofPod(pod: ModelPod, node: ModelNode | undefined): Sender {
  const own = pod.ips.map(({ value }): PacketSource => ({ ip: value }));
  const sources: readonly PacketSource[] = own.length > 0 ? own : [{ kind: 'pod', ranges: [] }];
  return { label: `pod ${pod.namespace}/${pod.name}`, sources, node, pinned: false, outside: false, family: undefined };
}

function ofNode(node: ModelNode): Sender {
  const own = node.addresses.map(({ ip }): PacketSource => ({ ip }));
  const sources: readonly PacketSource[] = own.length > 0 ? own : [{ kind: 'external', ranges: [] }];
  return { label: `node ${node.name}`, sources, node, pinned: false, outside: false, family: undefined };
}

function ofRanges({ ranges, selector }: NonNullable<ServiceQuestion['from']>): Sender {
  const [first, ...more] = ranges;
  const single = first && more.length === 0 && first.first === first.last ? { family: first.family, value: first.first } : undefined;
  const label = single ? formatIp(single) : selector === 'internet' ? 'the internet' : selector;
  const source: PacketSource = single ? { ip: single } : { kind: 'external', ranges };
  return { label, sources: [source], node: undefined, pinned: false, outside: true, family: single?.family };
}
