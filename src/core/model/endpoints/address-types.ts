import type { IpFamily } from '../../net/ip.js';
import type { Service } from '../../resources/service.js';

/**
 * The families a service that stands in a cluster has slices of (kubernetes/endpointslice `utils.go`, `getAddressTypesForService`): its own, else that of its
 * cluster IP, else, headless and of an API server that wrote no families (before 1.20), both.
 */
export function addressTypes({ ipFamilies, clusterIPs }: Pick<Service, 'ipFamilies' | 'clusterIPs'>): readonly IpFamily[] {
  const [first] = clusterIPs;
  return ipFamilies ?? (first ? [first.family] : [4, 6]);
}
