import { firstFew } from '../../../kernel/first-few.js';
import { inMap } from '../../../kernel/in-map.js';
import type { Steps } from '../../../kernel/steps.js';
import type { NetworkModel } from '../../../model/network-model.js';
import { type Cidr, formatCidr } from '../../../net/cidr.js';
import { CidrIndex } from '../../../net/cidr-index.js';
import { formatIp, type Ip } from '../../../net/ip.js';
import { isServiceAddress } from '../../../net/service-range.js';
import type { ServiceCIDR } from '../../../resources/service-cidr.js';
import type { IpamDraft } from '../../ipam-finding.js';

const ADDRESSES_A_STEP = 1_000;

/**
 * ServiceCIDRs that wait to go, and the addresses that hold them: those of services and IPAddresses that no other ServiceCIDR has, whether that one waits, too. Its network address and
 * an IPv4 broadcast address are none of its own, and hold nothing.
 */
export function* serviceCidrChecks(model: NetworkModel): Steps<readonly IpamDraft[]> {
  if (!model.serviceCIDRs.some(({ terminating }) => terminating)) return [];
  const held = yield* heldAlone(model);
  return model.serviceCIDRs.flatMap((serviceCIDR): readonly IpamDraft[] => {
    const addresses = (held.get(serviceCIDR) ?? []).map(formatIp);
    if (!serviceCIDR.terminating || addresses.length === 0) return [];
    const message = `${addresses.length} ${addresses.length === 1 ? 'address is' : 'addresses are'} in no other ServiceCIDR: ${firstFew(addresses, 3)}`;
    const fix = `delete their services and IPAddresses, or make another ServiceCIDR that has ${serviceCIDR.cidrs.map(formatCidr).join(' and ')}`;
    return [{ code: 'SERVICE_CIDR_HELD', object: serviceCIDR.ref, pointer: '/spec/cidrs', message, fix, addresses }];
  });
}

/** By ServiceCIDR: the addresses in use that no other one has. */
function* heldAlone(model: NetworkModel): Steps<ReadonlyMap<ServiceCIDR, readonly Ip[]>> {
  const ranges = model.serviceCIDRs.flatMap((of) => of.cidrs.map((cidr) => [cidr, { of, cidr }] as const));
  const index = yield* CidrIndex.inSteps(ranges);
  const held = new Map<ServiceCIDR, Ip[]>();
  for (const [looks, ip] of addressesInUse(model).entries()) {
    if (looks % ADDRESSES_A_STEP === 0) yield;
    const only = onlyOne(index.at(ip), ip);
    if (only) inMap(held, only, () => []).push(ip);
  }
  return held;
}

interface ServiceRange {
  readonly of: ServiceCIDR;
  readonly cidr: Cidr;
}

/** Undefined: nobody has the address, or more than one. */
function onlyOne(around: Iterable<ServiceRange>, ip: Ip): ServiceCIDR | undefined {
  let only: ServiceCIDR | undefined;
  for (const { of, cidr } of around) {
    if (of === only || !isServiceAddress(cidr, ip)) continue;
    if (only) return undefined;
    only = of;
  }
  return only;
}

function addressesInUse({ ipOwners, ipAddresses }: NetworkModel): readonly Ip[] {
  const seen = [...ipOwners.values()].flatMap(
    (owners) => owners.find(({ type, ip }) => type === 'clusterIP' && ip.provenance === 'observed')?.ip.value ?? [],
  );
  const texts = new Set(seen.map(formatIp));
  return [...seen, ...[...ipAddresses].flatMap(([text, { ip }]) => (ip && !texts.has(text) ? [ip] : []))];
}
