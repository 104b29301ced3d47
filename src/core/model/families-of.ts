import type { IpFamily } from '../net/ip.js';
import type { Service } from '../resources/service.js';
import type { NetworkProfile } from './network-profile.js';

/**
 * The families the API server gives a service addresses of (kubernetes `pkg/registry/core/service/storage/alloc.go`, `initIPFamilyFields`): what it asks for, else
 * those of its addresses, else the cluster's first; a dual-stack policy adds the others.
 */
export function familiesOf(service: Service, { ipFamilies }: Pick<NetworkProfile, 'ipFamilies'>): readonly IpFamily[] {
  const primary = service.ipFamilies ?? [...new Set(service.clusterIPs.map((ip) => ip.family))];
  const wanted = primary.length > 0 ? primary : ipFamilies.slice(0, 1);
  const dual = service.ipFamilyPolicy === 'PreferDualStack' || service.ipFamilyPolicy === 'RequireDualStack';
  if (!dual || wanted.length > 1) return wanted;
  return [...wanted, ...ipFamilies.filter((family) => !wanted.includes(family))];
}
