import { assertNever } from '../../kernel/assert-never.js';
import type { Note } from '../../kernel/answer.js';
import type { ModelNode, ModelPod, NetworkModel } from '../../model/network-model.js';
import type { ResolvedEndpoints } from '../../model/resolved-endpoints.js';
import { formatIp, type Ip, type IpFamily, parseIp } from '../../net/ip.js';
import { type IpRange, rangeContains } from '../../net/ip-set.js';
import { isLoopback } from '../../services/packet.js';
import type { PathEndView, PathReason } from '../path-result.js';
import type { Underlay } from './underlay.js';
import type { Place } from './place.js';

/** Why an end is no place that a packet could be at. */
export interface NoPlace {
  readonly reason: PathReason;
  readonly message: string;
}

/** An end of a path as it was asked for: one pod, one node, or somebody outside. */
export type AskedEnd =
  | { readonly kind: 'pod'; readonly pod: ModelPod }
  | { readonly kind: 'node'; readonly node: ModelNode; readonly ip: Ip | undefined }
  | { readonly kind: 'outside'; readonly name: string; readonly ip: Ip | undefined };

/** Addresses for documentation (RFC 5737, RFC 3849): they stand for the internet. */
const SOMEWHERE: Readonly<Record<IpFamily, string>> = { 4: '198.51.100.1', 6: '2001:db8::1' };

/** The first of what a selector names, somebody outside where it names the internet too (`cidr/0.0.0.0/0`); a note where it names several. */
export function askedEnd(
  model: NetworkModel,
  named: ResolvedEndpoints,
  ip: Ip | undefined,
): { readonly end: AskedEnd | undefined; readonly notes: readonly Note[] } {
  const pods = named.pods.flatMap((id) => model.pods[id] ?? []);
  const placed = pods.find(({ nodeName, ips }) => nodeName !== undefined && ips.length > 0) ?? pods[0];
  const [nodeName] = named.nodes;
  const node = nodeName === undefined ? undefined : model.nodes.get(nodeName);
  const count = named.pods.length + named.nodes.length;
  if (count > 0 && namesInternet(named)) {
    const message = `\`${named.selector}\` names ${count} pods and nodes, and everybody outside: the internet stands for all`;
    return { end: { kind: 'outside', name: 'the internet', ip }, notes: [{ code: 'FIRST_OF_SEVERAL', message }] };
  }
  const first = placed ? `pod ${placed.namespace}/${placed.name}` : `node ${nodeName ?? ''}`;
  const message = `\`${named.selector}\` names ${count}: ${first} stands for all`;
  const notes = count > 1 ? [{ code: 'FIRST_OF_SEVERAL', message }] : [];
  if (placed) return { end: { kind: 'pod', pod: placed }, notes };
  if (node) return { end: { kind: 'node', node, ip }, notes };
  const [range] = named.ranges;
  return { end: range && outsideOf(named, range, ip), notes };
}

/** Whether addresses are meant that stand for the internet. */
function namesInternet({ ranges }: ResolvedEndpoints): boolean {
  const somewhere = Object.values(SOMEWHERE).flatMap((text) => parseIp(text) ?? []);
  return somewhere.some((one) => ranges.some((range) => rangeContains(range, one)));
}

/** An address of the prefix stands for all of it; its first is the network's, where it has more than two. */
function outsideOf(named: ResolvedEndpoints, { family, first, last }: IpRange, ip: Ip | undefined): AskedEnd {
  const isOne = first === last && named.ranges.length === 1;
  const one = { family, value: last - first > 1n ? first + 1n : first };
  const name = isOne ? formatIp(one) : named.selector === 'internet' ? 'the internet' : named.selector;
  return { kind: 'outside', name, ip: ip ?? (isOne || !namesInternet(named) ? one : undefined) };
}

/** Families in which an end has an address; empty: any. */
export function familiesOf(end: AskedEnd): readonly IpFamily[] {
  if (end.kind === 'pod') return end.pod.ips.map(({ value }) => value.family);
  if (end.kind === 'node') return end.ip ? [end.ip.family] : end.node.addresses.map(({ ip }) => ip.family);
  return end.ip ? [end.ip.family] : [];
}

/** Where a packet is when it is at the end. */
export function placeOf(model: NetworkModel, underlay: Underlay, end: AskedEnd, family: IpFamily): Place | NoPlace {
  switch (end.kind) {
    case 'outside': {
      const ip = end.ip ?? parseIp(SOMEWHERE[family]);
      const message = end.ip && elsewhereFault(end.ip, family);
      if (message !== undefined) return { reason: 'NO_ADDRESS', message };
      return ip ? { kind: 'outside', name: end.name, ip } : { reason: 'NO_ADDRESS', message: `${end.name} has no address` };
    }
    case 'node': {
      const ip = end.ip ?? underlay.addressOf(end.node, family);
      if (!ip) return { reason: 'NO_ADDRESS', message: `node ${end.node.name} has no IPv${family} address` };
      return { kind: 'host', node: end.node, ip, transit: false, isOfPods: false, isAnyAddress: end.ip === undefined };
    }
    case 'pod':
      return placeOfPod(model, end.pod, family);
    default:
      return assertNever(end);
  }
}

/** Why nobody outside is at an address (RFC 6890 for what is not forwarded), or no packet of the family is for it. */
function elsewhereFault(ip: Ip, family: IpFamily): string | undefined {
  const text = formatIp(ip);
  if (isLoopback(ip)) return `${text} is a loopback address: a packet for it does not leave its sender`;
  if (ip.value === 0n) return `${text} is the unspecified address: no packet is sent to it or from it over a network`;
  const isMulticast = ip.family === 4 ? ip.value >> 28n === 14n : ip.value >> 120n === 255n;
  if (isMulticast || (ip.family === 4 && ip.value === 0xffff_ffffn)) return `${text} is for many receivers: the path is asked of one`;
  return ip.family === family ? undefined : `${text} is IPv${ip.family}, and the other end has no IPv${ip.family} address`;
}

function placeOfPod(model: NetworkModel, pod: ModelPod, family: IpFamily): Place | NoPlace {
  const name = `pod ${pod.namespace}/${pod.name}`;
  const node = pod.nodeName === undefined ? undefined : model.nodes.get(pod.nodeName.value);
  if (!node)
    return {
      reason: 'NOT_PLACED',
      message: `${name} is on no known node${pod.placementProblem === undefined ? '' : `: ${pod.placementProblem}`}`,
    };
  const ip = pod.ips.find(({ value }) => value.family === family)?.value;
  if (!ip) return { reason: 'NO_ADDRESS', message: `${name} has no IPv${family} address` };
  if (!pod.spec.hostNetwork) return { kind: 'pod', pod, node, ip };
  return { kind: 'host', node, ip, transit: false, isOfPods: false, isAnyAddress: true, pod };
}

/** An end as an answer shows it. */
export function endView(end: AskedEnd | undefined, place: Place | undefined, selector: string): PathEndView {
  const ip = place ? formatIp(place.ip) : null;
  if (place?.kind === 'outside' || end?.kind === 'outside')
    return { kind: 'outside', name: end?.kind === 'outside' ? end.name : selector, node: null, ip };
  if (end?.kind === 'pod') {
    const { pod } = end;
    const name = `${pod.namespace}/${pod.name}`;
    return { kind: pod.spec.hostNetwork ? 'hostNetworkPod' : 'pod', name, node: pod.nodeName?.value ?? null, ip };
  }
  if (end?.kind === 'node') return { kind: 'node', name: end.node.name, node: end.node.name, ip };
  return { kind: 'outside', name: selector, node: null, ip };
}

/** Whether it is a place. */
export function isPlace(place: Place | NoPlace): place is Place {
  return 'kind' in place;
}
