import { parseGoBool } from '../../../kernel/go-bool.js';
import type { ModelService, NetworkModel } from '../../../model/network-model.js';
import { formatIp } from '../../../net/ip.js';
import type { BackendReference } from '../../../resources/gateway-route.js';
import type { ServicePort } from '../../../resources/service.js';
import type { RouteBackend } from '../../route-result.js';
import { singleEndpoint } from '../backend-outcome.js';

const NATIVE_LB = 'traefik.io/service.nativelb';

/**
 * A Service as Traefik's provider for the Gateway API reaches it (traefik/traefik `pkg/provider/kubernetes/gateway/kubernetes.go`, `getBackendAddresses`, `annotations.go`): at its own address
 * where its annotation says so, or without one the provider is set so, else at its endpoints (undefined); a text where the provider makes no backend of it.
 */
export function serviceOfTraefik(model: NetworkModel, service: ModelService, port: ServicePort): RouteBackend | string | undefined {
  const { resource, clusterIPs, endpoints } = service;
  const name = `Service ${service.namespace}/${service.name}`;
  if (resource.type === 'ExternalName')
    return `${name} is of type ExternalName, which Traefik's provider for the Gateway API does not follow`;
  const told = annotation(resource.annotations);
  const isNative = told === undefined ? isNativeByDefault(model) : parseGoBool(told);
  if (isNative === undefined) return `\`${NATIVE_LB}\` of ${name} is \`${told ?? ''}\`, neither true nor false`;
  if (isNative) {
    const [address] = clusterIPs;
    return address ? singleEndpoint(service, port.name, { address: formatIp(address.value), port: port.port }) : `${name} has no clusterIP`;
  }
  const isServed = endpoints.slices.length > 0 || Object.keys(resource.selector ?? {}).length > 0;
  return isServed ? undefined : `${name} has no EndpointSlice`;
}

/** `api@internal`, `web@file` (`loadHTTPBackendRef` of `httproute.go`); with a namespace it is refused, as any other kind is. */
export function isOfOtherProvider({ kind, name, namespace }: BackendReference): boolean {
  return kind === 'TraefikService' && name.includes('@') && namespace === undefined;
}

/** Names count without regard to case, as Traefik's decoder of labels has it. */
function annotation(annotations: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(annotations)
    .find(([name]) => name.toLowerCase() === NATIVE_LB)?.[1]
    .trim();
}

/** `providers.kubernetesGateway.nativeLBByDefault` of the Traefik that runs, told with the settings of its Ingress classes. */
function isNativeByDefault({ profile }: NetworkModel): boolean {
  return profile.ingress.controllers.some(({ options }) => options['kubernetesGateway.nativeLBByDefault'] === true);
}
