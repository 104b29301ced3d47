import type { IpFamily } from '../../net/ip.js';
import type { Endpoint, EndpointPort, Endpoints, EndpointSlice } from '../../resources/endpoint-slice.js';
import type { Labels } from '../../resources/resource.js';
import type { Service } from '../../resources/service.js';
import { nameSuffix } from '../internal/derived-names.js';

/** What a slice holds. */
export interface SliceContent {
  readonly family: IpFamily;
  readonly ports: readonly EndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

/**
 * A slice as a controller would make it for its owner, a service or legacy Endpoints of the same name: the `index`-th of it. Its name is the controllers',
 * with a fixed part in place of the random one.
 */
export function newSlice(
  { kind, ref }: Pick<Service | Endpoints, 'kind' | 'ref'>,
  { labels, annotations = {} }: { readonly labels: Labels; readonly annotations?: Labels },
  index: number,
  { family, ports, endpoints }: SliceContent,
): EndpointSlice {
  const { name, namespace = 'default' } = ref;
  return {
    ref: {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      namespace,
      name: `${name}-${nameSuffix(`${namespace}/${name}/slices`, index)}`,
    },
    labels,
    annotations,
    createdAt: undefined,
    owners: [{ apiVersion: 'v1', kind, name, controller: true }],
    defaulted: [],
    kind: 'EndpointSlice',
    serviceName: name,
    addressType: family === 4 ? 'IPv4' : 'IPv6',
    endpoints,
    ports,
  };
}
