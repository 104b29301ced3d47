import type { Ip } from '../../../net/ip.js';
import { annotationOf, type BalancedService } from './balanced-service.js';

/** An address with the services that share it. */
export interface SharingCluster {
  readonly ip: Ip;
  readonly pool: string;
  readonly services: BalancedService[];
}

/** The services with the same key may have one address; empty: it is not shared. */
export function sharingKeyOf(service: BalancedService): string {
  return annotationOf(service, 'lbipam.cilium.io/sharing-key', 'io.cilium/lb-ipam-sharing-key');
}

/** Why a service cannot share the address; undefined: it can. */
export function whyNotShared({ services }: SharingCluster, service: BalancedService): string | undefined {
  for (const one of services) {
    const why = whyIncompatible(one, service);
    if (why !== undefined) return why;
  }
  return undefined;
}

/** Cilium `operator/pkg/lbipam/service_store.go`, `isCompatible`; the reasons in its own words. */
function whyIncompatible(a: BalancedService, b: BalancedService): string | undefined {
  if (sharingKeyOf(a) !== sharingKeyOf(b)) return 'different sharing key';
  if (a.namespace !== b.namespace && !(admitsNamespace(a, b.namespace) && admitsNamespace(b, a.namespace))) {
    return 'different and not permitted namespace';
  }
  const samePort = a.resource.ports.some(({ port, protocol }) =>
    b.resource.ports.some((other) => other.port === port && other.protocol === protocol),
  );
  if (samePort) return 'same port and protocol';
  if (a.resource.externalTrafficPolicy !== b.resource.externalTrafficPolicy) return 'different ExternalTrafficPolicy';
  return a.resource.externalTrafficPolicy === 'Local' ? whyOtherPods(a, b) : undefined;
}

function admitsNamespace(service: BalancedService, namespace: string): boolean {
  const admitted = annotationOf(service, 'lbipam.cilium.io/sharing-cross-namespace', 'io.cilium/lb-ipam-sharing-cross-namespace').split(
    ',',
  );
  return admitted.includes(namespace) || admitted.includes('*');
}

/** With the policy Local packets come to nodes that have pods of one of the services. */
function whyOtherPods(a: BalancedService, b: BalancedService): string | undefined {
  const [one, other] = [a.resource.selector, b.resource.selector];
  if (!one || !other) return 'ExternalTrafficPolicy local but a service has no selector';
  const keys = Object.keys(one);
  const same = keys.length === Object.keys(other).length && keys.every((key) => Object.hasOwn(other, key) && other[key] === one[key]);
  if (same || (permitsOtherPods(a) && permitsOtherPods(b))) return undefined;
  return 'ExternalTrafficPolicy local but selecting different set of pods without lbipam.cilium.io/sharing-permit-different-pods on both services';
}

function permitsOtherPods(service: BalancedService): boolean {
  return annotationOf(service, 'lbipam.cilium.io/sharing-permit-different-pods') === 'true';
}
