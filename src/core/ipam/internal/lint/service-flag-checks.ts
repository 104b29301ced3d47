import { firstFew } from '../../../kernel/first-few.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { ProfileSource } from '../../../model/network-profile.js';
import { type Cidr, formatCidr } from '../../../net/cidr.js';
import { familyBits } from '../../../net/ip.js';
import { usableAddresses } from '../../usable-addresses.js';
import { keepsBitmap } from './service-allocator.js';
import type { IpamDraft } from '../../ipam-finding.js';

/** Host bits of a range that the allocator with one bitmap takes (kubernetes `cmd/kube-apiserver/app/options/validation.go`, `maxCIDRBits`). */
const MOST_BITMAP_BITS = 20;
/** Ranges that the API server can be told, one a family. */
const MOST_RANGES = 2;

const FIX = 'give the API server one range a family, no shorter than /12 and /108; ServiceCIDR objects add others';

/** What an API server would not start with, where its flag or kubeadm's configuration tells of the ranges: ServiceCIDRs may be more, and overlap. */
export function serviceFlagChecks({ profile, profileSources, services, pods }: NetworkModel): readonly IpamDraft[] {
  const source = profileSources.get('serviceCIDRs');
  if (!source || !isOfControlPlane(source)) return [];
  const ranges = profile.serviceCIDRs;
  const place = { object: source.object, pointer: source.pointer, fix: FIX, addresses: ranges.map(formatCidr) };
  const refused = whyRefused(ranges);
  if (refused !== undefined) return [{ ...place, code: 'SERVICE_RANGES_REFUSED', message: refused }];
  // What an API server made runs already.
  const isLive = [...services.values()].some(({ resource }) => resource.createdAt !== undefined);
  const keeps = keepsBitmap(pods, source.object);
  if (isLive || keeps === 'never') return [];
  const large = ranges.filter((cidr) => hostBits(cidr) > MOST_BITMAP_BITS);
  return large.map((cidr) => {
    const message = `${formatCidr(cidr)} has ${hostBits(cidr)} host bits: ${WHO_KEEPS[keeps]} ${MOST_BITMAP_BITS} at most, and does not start with more`;
    return { ...place, code: 'SERVICE_RANGE_TOO_LARGE', message, addresses: [formatCidr(cidr)] };
  });
}

/** Whether the API server has the bitmap of the old allocator, for which the limit is. */
const WHO_KEEPS = {
  always: 'this API server keeps the bitmap of the old allocator, and takes',
  unknown:
    'an API server takes, unless it keeps no bitmap of them (v1.34 and later by themselves, v1.31 to v1.33 with the feature gates MultiCIDRServiceAllocator and DisableAllocatorDualWrite),',
} as const;

function isOfControlPlane({ object, provenance }: ProfileSource): boolean {
  return provenance === 'observed' && object !== undefined && /^(kubeadm-config$|kube-apiserver|kube-controller-manager)/.test(object.name);
}

function whyRefused(ranges: readonly Cidr[]): string | undefined {
  const texts = firstFew(ranges.map(formatCidr), MOST_RANGES + 1);
  if (ranges.length > MOST_RANGES) return `the API server is told ${ranges.length} ranges, and takes two: ${texts}`;
  if (ranges.length === MOST_RANGES && ranges[0]?.family === ranges[1]?.family) return `the ranges ${texts} are of one family`;
  const wide = ranges.find((cidr) => 'refused' in usableAddresses('k8s-service', cidr));
  return wide && `${formatCidr(wide)} is shorter than /64, the shortest IPv6 range that addresses are given out of`;
}

function hostBits({ family, prefix }: Cidr): number {
  return familyBits(family) - prefix;
}
