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
  /** Undefined while no policy asks for service accounts: pods are then not told apart by them. */
  readonly serviceAccount: string | undefined;
  /** Of its service account, where no object has them: of a pod that there could be. */
  readonly serviceAccountLabels?: Labels;
  /** Where it runs; undefined while no policy tells the own node from the others. */
  readonly node: string | undefined;
  /** An address of it, or one that lies in the same blocks; undefined where it has none or no ipBlock matches pods. */
  readonly address: Ip | undefined;
  /** The families of its addresses, or of `address` alone; empty: not known. */
  readonly families: readonly IpFamily[];
}

/** A node, or a hostNetwork pod where the plugin does not tell it from its node. No policy selects it, and only addresses and `nodes` name it. */
export interface HostEndpoint {
  readonly kind: 'host';
  readonly node: string | undefined;
  /** Of the node; undefined where it is not known. */
  readonly labels: Labels | undefined;
  readonly address: Ip | undefined;
}

/** Addresses outside the cluster that lie in the same blocks; `address` is one of them. */
export interface AddressEndpoint {
  readonly kind: 'address';
  readonly address: Ip;
}

/** One side of a connection. */
export type PolicyEndpoint = PodEndpoint | HostEndpoint | AddressEndpoint;

/** A pod without labels, in a namespace without labels of its own. */
export function unknownPod(namespace: string): PodEndpoint {
  const namespaceLabels = { 'kubernetes.io/metadata.name': namespace };
  return {
    kind: 'pod',
    namespace,
    labels: {},
    namespaceLabels,
    ports: [],
    serviceAccount: undefined,
    node: undefined,
    address: undefined,
    families: [],
  };
}

/** The families an endpoint speaks, one bit each (4: 1, 6: 2); 0: not known. */
export function familyMask(endpoint: PolicyEndpoint): number {
  const families = endpoint.kind === 'pod' ? endpoint.families : endpoint.address === undefined ? [] : [endpoint.address.family];
  return families.reduce((bits, family) => bits | (family === 4 ? 1 : 2), 0);
}

/** Whether two endpoints can exchange packets, by their families: they have one in common, as far as is known. */
export function canMeet(a: number, b: number): boolean {
  return a === 0 || b === 0 || (a & b) !== 0;
}

/** Whether both are (on) one node: what they exchange does not leave its network namespace, and no policy is asked. */
export function onOneHost(a: PolicyEndpoint, b: PolicyEndpoint): boolean {
  return a.kind === 'host' && b.kind === 'host' && a.node !== undefined && a.node === b.node;
}

/** The first container port of that name, and of that protocol where one is given. */
export function namedPort(ports: readonly ContainerPort[], name: string, protocol: string | undefined): ContainerPort | undefined {
  return ports.find((port) => port.name === name && (protocol === undefined || port.protocol === protocol));
}
