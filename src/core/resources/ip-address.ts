import type { Ip } from '../net/ip.js';
import type { Resource } from './resource.js';

/** The object that an IPAddress is for. */
export interface IPAddressParent {
  /** API group; empty: the core group. */
  readonly group: string;
  /** Plural name, such as `services`. */
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** A `networking.k8s.io` IPAddress (KEP-1880): an address that is given out, by the API server's allocator or by somebody else. Its name is the address. */
export interface IPAddress extends Resource {
  readonly kind: 'IPAddress';
  /** Undefined: the name is no address as the API server writes it. */
  readonly ip: Ip | undefined;
  readonly parent: IPAddressParent | undefined;
}

/** Label of the IPAddresses that the API server's own allocator has made (kubernetes `pkg/registry/core/service/ipallocator/ipallocator.go`, ControllerName). */
const MANAGED_BY = ['ipaddress.kubernetes.io/managed-by', 'ipallocator.k8s.io'] as const;
const FAMILY_LABEL = 'ipaddress.kubernetes.io/ip-family';

/** `namespace/name` of the service that it is for; undefined: it is for nobody, or for something else. */
export function serviceOf({ parent }: IPAddress): string | undefined {
  return parent?.group === '' && parent.resource === 'services' ? `${parent.namespace ?? ''}/${parent.name}` : undefined;
}

/** `Service shop/web`, `gateways.gateway.networking.k8s.io shop/edge`. */
export function parentText({ parent }: IPAddress): string {
  if (!parent) return 'nobody';
  const { group, resource, namespace, name } = parent;
  const what = group !== '' ? `${resource}.${group}` : resource === 'services' ? 'Service' : resource;
  return `${what} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** The API server's allocator has made it, and takes it away where its service does not have it. */
export function isOfAllocator({ labels }: IPAddress): boolean {
  return labels[MANAGED_BY[0]] === MANAGED_BY[1];
}

/** It has the labels that the allocator writes (`ipallocator/controller/repairip.go`, verifyIPAddressLabels). */
export function isLabelled(address: IPAddress): boolean {
  return isOfAllocator(address) && address.labels[FAMILY_LABEL] === `IPv${address.ip?.family ?? 0}`;
}
