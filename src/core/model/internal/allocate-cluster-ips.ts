import { qualifiedName } from '../../kernel/object-ref.js';
import { derived, observed, type Provenance, type Sourced } from '../../kernel/provenance.js';
import { type Cidr, cidrContains, cidrSize } from '../../net/cidr.js';
import { formatIp, type Ip, type IpFamily } from '../../net/ip.js';
import type { IpRange } from '../../net/ip-set.js';
import { serviceAddresses } from '../../net/service-range.js';
import { type IPAddress, serviceOf } from '../../resources/ip-address.js';
import type { Service } from '../../resources/service.js';
import { serviceStaticBand, takeFromBands } from '../banded-range.js';
import { API_SERVICE } from '../api-service.js';
import { familiesOf } from '../families-of.js';
import type { NetworkProfile } from '../network-profile.js';
import { fnvHash } from './fnv-hash.js';

/**
 * ClusterIPs by service. The API service has the first address of the primary range (kubernetes `pkg/controlplane/instance.go`, `ServiceIPRange`). Given ones
 * are occupied first, and those that an IPAddress says are given out: a service has what IPAddresses keep for it, unless another service is seen with it. The others are taken
 * from the service ranges as the API server would, with the service's name in place of its random number. `provenance` is that of the ranges: what is taken from a guess is a guess.
 */
export function allocateClusterIPs(
  services: readonly Service[],
  ipAddresses: ReadonlyMap<string, IPAddress>,
  profile: NetworkProfile,
  provenance: Provenance,
): ReadonlyMap<string, readonly Sourced<Ip>[]> {
  const ranges = profile.serviceCIDRs.map((cidr) => new ServiceRange(cidr));
  for (const service of services) for (const ip of service.clusterIPs) for (const range of ranges) range.occupy(ip);
  for (const { ip } of ipAddresses.values()) for (const range of ranges) if (ip) range.occupy(ip);
  const given = new Set(services.flatMap(({ clusterIPs }) => clusterIPs.map(formatIp)));
  const kept = keptFor([...ipAddresses].flatMap(([text, address]) => (given.has(text) ? [] : [address])));
  const wellKnown = [...profile.dns.clusterDNS];
  const allocated = services.map((service): readonly [string, readonly Sourced<Ip>[]] => {
    const key = qualifiedName(service.ref);
    const missing = needsClusterIP(service) ? familiesWithout(service, profile) : [];
    const taken = missing.flatMap((family): readonly Sourced<Ip>[] => {
      const ip = kept[family].get(key);
      if (ip) return [derived(ip)];
      const next = take(ranges, family, key, isDnsService(service) ? wellKnown : []);
      return next.map((one) => (provenance === 'assumed' ? { value: one, provenance } : derived(one)));
    });
    return [key, [...service.clusterIPs.map(observed), ...taken]];
  });
  return new Map(allocated);
}

/** The first address of each family that IPAddresses keep for a service, by `namespace/name`: one may keep any number of them. */
function keptFor(ipAddresses: Iterable<IPAddress>): Readonly<Record<IpFamily, ReadonlyMap<string, Ip>>> {
  const kept = { 4: new Map<string, Ip>(), 6: new Map<string, Ip>() };
  for (const address of ipAddresses) {
    const [key, { ip }] = [serviceOf(address), address];
    if (key !== undefined && ip && !kept[ip.family].has(key)) kept[ip.family].set(key, ip);
  }
  return kept;
}

/** The families that a service has no address of yet: beside one that is given, those alone that it asks for itself (`allocClusterIPs`), for a service does not get another family because its cluster did. */
function familiesWithout(service: Service, profile: NetworkProfile): readonly IpFamily[] {
  const { clusterIPs, ipFamilies = [] } = service;
  if (clusterIPs.length === 0) return familiesOf(service, profile);
  return ipFamilies.slice(clusterIPs.length).filter((family) => clusterIPs.every((ip) => ip.family !== family));
}

function needsClusterIP(service: Service): boolean {
  return service.type !== 'ExternalName' && !service.headless;
}

function isDnsService(service: Service): boolean {
  return service.ref.namespace === 'kube-system' && (service.ref.name === 'kube-dns' || service.labels['k8s-app'] === 'kube-dns');
}

function take(ranges: readonly ServiceRange[], family: IpFamily, key: string, preferred: readonly Ip[]): readonly Ip[] {
  for (const range of ranges.filter((one) => one.cidr.family === family)) {
    const ip = key === API_SERVICE ? range.first() : (range.takePreferred(preferred) ?? range.take(fnvHash(key)));
    if (ip) return [ip];
  }
  return [];
}

/** One range that ClusterIPs come from, with the addresses somebody holds. The first address is the API server's own. */
class ServiceRange {
  private readonly taken = new Set<bigint>();
  private readonly addresses: IpRange | undefined;

  constructor(readonly cidr: Cidr) {
    this.addresses = serviceAddresses(cidr);
    const first = this.first();
    if (first) this.occupy(first);
  }

  first(): Ip | undefined {
    return this.addresses && { family: this.cidr.family, value: this.addresses.first };
  }

  occupy(ip: Ip): void {
    if (cidrContains(this.cidr, ip)) this.taken.add(ip.value);
  }

  takePreferred(preferred: readonly Ip[]): Ip | undefined {
    const free = preferred.find((ip) => cidrContains(this.cidr, ip) && !this.taken.has(ip.value));
    if (free) this.occupy(free);
    return free;
  }

  take(seed: number): Ip | undefined {
    if (!this.addresses) return undefined;
    const { first, last } = this.addresses;
    const offset = takeFromBands(last - first + 1n, serviceStaticBand(cidrSize(this.cidr)), seed, (one) => this.taken.has(first + one));
    if (offset === undefined) return undefined;
    const ip = { family: this.cidr.family, value: first + offset };
    this.occupy(ip);
    return ip;
  }
}
