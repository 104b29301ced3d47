import type { ModelPod } from '../../model/network-model.js';
import type { IpFamily } from '../../net/ip.js';

export const NO_FAMILIES: readonly IpFamily[] = [];
const ONLY_IPV4: readonly IpFamily[] = [4];
const ONLY_IPV6: readonly IpFamily[] = [6];
const BOTH_FAMILIES: readonly IpFamily[] = [4, 6];

/** The address families that a pod has, always as the same list. */
export function familiesOf({ ips }: ModelPod): readonly IpFamily[] {
  const has = (family: IpFamily) => ips.some(({ value }) => value.family === family);
  return has(4) ? (has(6) ? BOTH_FAMILIES : ONLY_IPV4) : has(6) ? ONLY_IPV6 : NO_FAMILIES;
}
