import type { Ip, IpFamily } from '../../net/ip.js';
import type { ContainerPort } from '../../resources/pod.js';
import type { Labels } from '../../resources/resource.js';

/** A pod, as far as policies can tell it from others: two pods that are equal here are treated alike by every policy. */
export interface PodEndpoint {
  readonly kind: 'pod';
  readonly namespace: string;
  readonly labels: Labels;
  readonly namespaceLabels: Labels;
  readonly ports: readonly ContainerPort[];
  /** An address of it, or one that lies in the same blocks; undefined where it has none or no ipBlock matches pods. */
  readonly address: Ip | undefined;
  /** The families of its addresses, or of `address` alone; empty: not known. */
  readonly families: readonly IpFamily[];
}

/** A node, or a hostNetwork pod where the plugin does not tell it from its node. No policy selects it, and only an ipBlock names it. */
export interface HostEndpoint {
  readonly kind: 'host';
  readonly node: string | undefined;
  readonly address: Ip | undefined;
}

/** Addresses outside the cluster that lie in the same blocks; `address` is one of them. */
export interface AddressEndpoint {
  readonly kind: 'address';
  readonly address: Ip;
}

/** One side of a connection. */
export type PolicyEndpoint = PodEndpoint | HostEndpoint | AddressEndpoint;

/** Whether the two can exchange packets: they have a family in common, as far as is known. */
export function canMeet(a: PolicyEndpoint, b: PolicyEndpoint): boolean {
  const [left, right] = [familiesOf(a), familiesOf(b)];
  return left.length === 0 || right.length === 0 || left.some((family) => right.includes(family));
}

function familiesOf(endpoint: PolicyEndpoint): readonly IpFamily[] {
  if (endpoint.kind === 'pod') return endpoint.families;
  return endpoint.address === undefined ? [] : [endpoint.address.family];
}

/** The first container port of that name and protocol. */
export function namedPort(ports: readonly ContainerPort[], name: string, protocol: string): ContainerPort | undefined {
  return ports.find((port) => port.name === name && port.protocol === protocol);
}
