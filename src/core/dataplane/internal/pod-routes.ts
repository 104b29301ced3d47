import { assertNever } from '../../kernel/assert-never.js';
import type { Note } from '../../kernel/answer.js';
import type { ModelNode, ModelPod, NetworkModel } from '../../model/network-model.js';
import { type Cidr, cidrContains, formatCidr } from '../../net/cidr.js';
import { familyBits, formatIp, type Ip, type IpFamily, parseIp } from '../../net/ip.js';
import { carrierOf } from '../carriers.js';
import { clusterMode } from '../cluster-mode.js';
import { clusterMtu } from '../cluster-mtu.js';
import { addressInRange, toldAddress } from './device-address.js';
import { podRoutingOf, type PodRouteTarget } from './pod-routing.js';
import type { Underlay } from './underlay.js';

/** One route in a network namespace. */
export interface PodRouteView {
  readonly destination: string;
  /** The next hop; null: the destination is on the link, or no object tells it. */
  readonly via: string | null;
  readonly device: string;
  /** The largest packet by this route, in bytes; null: that of the device. */
  readonly mtu: number | null;
  readonly why: string;
}

/** A pod in one family of addresses. */
export interface PodInFamily {
  readonly pod: ModelPod;
  readonly node: ModelNode;
  readonly family: IpFamily;
}

const EVERYTHING: Readonly<Record<IpFamily, string>> = { 4: '0.0.0.0/0', 6: '::/0' };
const MULTICAST: Readonly<Record<IpFamily, string>> = { 4: '224.0.0.0/4', 6: 'ff00::/8' };

const WHY: Readonly<Record<PodRouteTarget, string>> = {
  default: 'everything else',
  gateway: 'the next hop itself',
  range: 'the range of pods that the pod’s address is in',
  pods: 'the whole network of pods',
  services: 'the addresses of services',
  multicast: 'multicast',
};

/** The routes of one family in the network namespace of a pod. */
export function podRoutes(
  model: NetworkModel,
  underlay: Underlay,
  where: PodInFamily,
): { readonly routes: readonly PodRouteView[]; readonly notes: readonly Note[] } {
  const { node, family } = where;
  const { plugin } = model.profile.cni;
  const { routes: rules, source } = podRoutingOf(model);
  const gateway = gatewayOf(model, where);
  const limit = carrierOf(plugin, clusterMode(model).mode).mtuIsOnRoute
    ? clusterMtu(model, family, { hostMtu: underlay.mtuOf(node, family), node: node.name }).podMtu
    : null;
  const routes = rules.flatMap(([to, how]) =>
    destinationsOf(model, where, { to, gateway }).map((destination): PodRouteView => ({
      destination,
      via: how === 'via' && gateway ? formatIp(gateway) : null,
      device: 'eth0',
      mtu: to === 'default' ? limit : null,
      why: `${WHY[to]} (${source})`,
    })),
  );
  return { routes, notes: gateway ? [] : [gatewayUnknown(model)] };
}

/** The routes of a pod in a few words. */
export function routesOfPod(model: NetworkModel, where: PodInFamily): string {
  const gateway = gatewayOf(model, where);
  const { routes } = podRoutingOf(model);
  const onLink = routes.flatMap(([to, how]) =>
    how === 'link' && to !== 'gateway' && to !== 'multicast' ? destinationsOf(model, where, { to, gateway }) : [],
  );
  const near = onLink.length === 0 ? '' : `, ${onLink.join(', ')} on the link`;
  return `the pod’s routes: default via ${gateway ? formatIp(gateway) : nameOfGateway(model)}${near}`;
}

function gatewayOf(model: NetworkModel, { node, family }: PodInFamily): Ip | undefined {
  const { gateway } = podRoutingOf(model);
  if (gateway === 'ipam') return undefined;
  if (typeof gateway === 'number') return addressInRange(node, family, gateway);
  return 'device' in gateway ? toldAddress(node, gateway.device, family) : parseIp(gateway[family]);
}

function gatewayUnknown(model: NetworkModel): Note {
  return { code: 'NEXT_HOP_UNKNOWN', message: `the next hop is ${nameOfGateway(model)}, which no object tells` };
}

function nameOfGateway(model: NetworkModel): string {
  const { gateway } = podRoutingOf(model);
  if (gateway === 'ipam') return 'the gateway of the pods’ network';
  return typeof gateway === 'object' && 'device' in gateway ? `the address of ${gateway.device}` : 'the gateway of the node’s range';
}

function destinationsOf(
  { profile }: NetworkModel,
  { pod, node, family }: PodInFamily,
  { to, gateway }: { readonly to: PodRouteTarget; readonly gateway: Ip | undefined },
): readonly string[] {
  const ofFamily = (ranges: readonly Cidr[]) => ranges.filter((one) => one.family === family).map(formatCidr);
  switch (to) {
    case 'default':
      return [EVERYTHING[family]];
    case 'gateway':
      return gateway ? [`${formatIp(gateway)}/${familyBits(family)}`] : [];
    case 'range':
      return rangesOf(pod, node, family).map(formatCidr);
    case 'pods':
      return ofFamily(profile.podCIDRs);
    case 'services':
      return ofFamily(profile.serviceCIDRs);
    case 'multicast':
      return [MULTICAST[family]];
    default:
      return assertNever(to);
  }
}

/** The node's ranges that hold an address of the pod. */
function rangesOf(pod: ModelPod, node: ModelNode, family: IpFamily): readonly Cidr[] {
  const holds = (range: Cidr) => pod.ips.some(({ value }) => value.family === family && cidrContains(range, value));
  return node.podCIDRs.flatMap(({ value }) => (value.family === family && holds(value) ? [value] : []));
}

/** The addresses of one family that a pod's device has, with their prefix. */
export function podAddresses(model: NetworkModel, { pod, node, family }: PodInFamily): readonly string[] {
  const { prefix } = podRoutingOf(model);
  const known = prefix === 'own' ? [] : prefix === 'range' ? rangesOf(pod, node, family) : model.profile.podCIDRs;
  return pod.ips.flatMap(({ value }) => {
    if (value.family !== family) return [];
    const length = known.find((range) => cidrContains(range, value))?.prefix ?? familyBits(family);
    return [`${formatIp(value)}/${length}`];
  });
}
