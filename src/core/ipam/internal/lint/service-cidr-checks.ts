import { firstFew } from '../../../kernel/first-few.js';
import type { NetworkModel } from '../../../model/network-model.js';
import { formatCidr } from '../../../net/cidr.js';
import { formatIp, type Ip } from '../../../net/ip.js';
import { isServiceAddress } from '../../../net/service-range.js';
import type { ServiceCIDR } from '../../../resources/service-cidr.js';
import type { IpamDraft } from '../../ipam-finding.js';

/**
 * ServiceCIDRs that wait to go, and the addresses that hold them: those of services and IPAddresses that no other ServiceCIDR has, whether that one waits, too. Its network address and
 * an IPv4 broadcast address are none of its own, and hold nothing.
 */
export function serviceCidrChecks(model: NetworkModel): readonly IpamDraft[] {
  const waiting = model.serviceCIDRs.filter(({ terminating }) => terminating);
  if (waiting.length === 0) return [];
  const inUse = addressesInUse(model);
  return waiting.flatMap((serviceCIDR): readonly IpamDraft[] => {
    const others = model.serviceCIDRs.filter((other) => other !== serviceCIDR);
    const holding = inUse.filter((ip) => has(serviceCIDR, ip) && !others.some((other) => has(other, ip)));
    if (holding.length === 0) return [];
    const addresses = holding.map(formatIp);
    const message = `${addresses.length} ${addresses.length === 1 ? 'address is' : 'addresses are'} in no other ServiceCIDR: ${firstFew(addresses, 3)}`;
    const fix = `delete their services and IPAddresses, or make another ServiceCIDR that has ${serviceCIDR.cidrs.map(formatCidr).join(' and ')}`;
    return [{ code: 'SERVICE_CIDR_HELD', object: serviceCIDR.ref, pointer: '/spec/cidrs', message, fix, addresses }];
  });
}

function addressesInUse({ ipOwners, ipAddresses }: NetworkModel): readonly Ip[] {
  const seen = [...ipOwners.values()].flatMap(
    (owners) => owners.find(({ type, ip }) => type === 'clusterIP' && ip.provenance === 'observed')?.ip.value ?? [],
  );
  const texts = new Set(seen.map(formatIp));
  return [...seen, ...[...ipAddresses].flatMap(([text, { ip }]) => (ip && !texts.has(text) ? [ip] : []))];
}

function has({ cidrs }: ServiceCIDR, ip: Ip): boolean {
  return cidrs.some((cidr) => isServiceAddress(cidr, ip));
}
