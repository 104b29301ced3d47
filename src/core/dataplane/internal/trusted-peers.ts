import type { NetworkModel } from '../../model/network-model.js';
import { cidrContains } from '../../net/cidr.js';
import type { Ip } from '../../net/ip.js';

/** Weave sends in the clear where each of two peers is in a subnet that the other trusts (weaveworks/weave `site/concepts/encryption.md`; `--trusted-subnets` is told to all alike). */
export function trustEachOther({ profile }: NetworkModel, ips: readonly (Ip | undefined)[]): boolean {
  const { trustedSubnets } = profile.cni;
  return trustedSubnets.length > 0 && ips.every((ip) => ip !== undefined && trustedSubnets.some((cidr) => cidrContains(cidr, ip)));
}
