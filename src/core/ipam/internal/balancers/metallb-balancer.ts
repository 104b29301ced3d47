import type { Steps } from '../../../kernel/steps.js';
import { type Ip, parseIp } from '../../../net/ip.js';
import { type IpRange, rangeToCidrs } from '../../../net/ip-set.js';
import { formatSelector, selectorMatches, selectorOfLabels } from '../../../resources/label-selector.js';
import type { IPAddressPool } from '../../../resources/load-balancer-pool.js';
import type { Namespace } from '../../../resources/namespace.js';
import { LbPools, type LbPool, type LbPoolRefusal, type LbRefusal, type LbRequest, type LbWish } from '../lb-pools.js';
import { usableAddresses } from '../../usable-addresses.js';
import { annotationOf, type BalancedService, sameIp } from './balanced-service.js';
import type { Balancer, BalancerClaim, ClaimRefusal, PoolFit } from './balancer-claim.js';

/** Services between two pauses. */
const TURN = 20;

const REASONS: Readonly<Record<LbRefusal['code'], ClaimRefusal['reason']>> = {
  NOT_IN_RANGE: 'BALANCER_NO_POOL',
  POOL_NOT_FOUND: 'BALANCER_NO_POOL',
  POOL_INCOMPATIBLE: 'BALANCER_SELECTOR',
  ALREADY_ALLOCATED: 'BALANCER_TAKEN',
  SHARING_CONFLICT: 'BALANCER_INCOMPATIBLE',
  PORT_CONFLICT: 'BALANCER_INCOMPATIBLE',
  POOL_EXHAUSTED: 'POOL_EXHAUSTED',
  INVALID_REQUEST: 'BALANCER_REQUEST',
};

const FITS: Readonly<Record<LbPoolRefusal, Omit<PoolFit, 'pool' | 'serves'>>> = {
  'other-pool': { reason: 'BALANCER_OTHER_POOL', message: 'the service asks for another pool' },
  'other-address': { reason: 'BALANCER_OTHER_POOL', message: 'the addresses that the service asks for are not all of it' },
  'kept-for-others': { reason: 'BALANCER_SELECTOR', message: 'its serviceAllocation leaves the service out' },
  'by-name-only': {
    reason: 'BALANCER_BY_NAME_ONLY',
    message: 'it serves those alone that name it: autoAssign is off, or it is kept for nobody',
  },
  'other-family': { reason: 'OTHER_FAMILY', message: 'it has no addresses of a family that the service needs' },
  taken: { reason: 'BALANCER_TAKEN', message: 'an address that the service asks for is in use, and not shared with it' },
  full: { reason: 'POOL_EXHAUSTED', message: 'no address of it is free' },
};

interface Ask {
  readonly service: BalancedService;
  readonly request: LbRequest;
  readonly wish: LbWish;
  readonly desired: readonly Ip[];
}

/**
 * What MetalLB's controller gives to services (metallb/metallb `controller/service.go`, `convergeBalancer`). Services keep the addresses of their status where the pools allow
 * it; then the others get theirs, in order.
 */
export class MetalLbBalancer implements Balancer {
  private readonly claims = new Map<string, BalancerClaim>();
  private readonly lb: LbPools;
  private readonly asks = new Map<string, Ask>();

  constructor(pools: readonly IPAddressPool[], namespaces: ReadonlyMap<string, Namespace>) {
    this.lb = new LbPools(pools.map((pool) => poolOf(pool, namespaces)));
  }

  *serve(services: readonly BalancedService[]): Steps<void> {
    const asks = services.map(askOf);
    for (const [index, ask] of asks.entries()) {
      if (index % TURN === 0) yield;
      this.asks.set(ask.service.key, ask);
      this.takeOver(ask);
    }
    for (const [index, ask] of asks.entries()) {
      if (index % TURN === 0) yield;
      this.claims.set(ask.service.key, this.settled(ask, this.converge(ask)));
    }
  }

  claimOf(service: string): BalancerClaim | undefined {
    return this.claims.get(service);
  }

  usersOf(ip: Ip): readonly string[] {
    return this.lb.usersOf(ip);
  }

  fits(service: string): readonly PoolFit[] {
    const ask = this.asks.get(service);
    if (!ask) return [];
    const { request, wish, desired } = ask;
    const mistake = mistakeIn(ask);
    return this.lb.inOrder(request, wish, desired).map((pool) => {
      const { name } = pool;
      if (mistake !== undefined) return { pool: name, serves: false, reason: 'BALANCER_REQUEST', message: mistake };
      const why = this.lb.whyNot(request, pool, wish, desired);
      return why === undefined
        ? { pool: name, serves: true, reason: 'BALANCER_SERVES', message: 'it may give the service an address' }
        : { pool: name, serves: false, ...FITS[why] };
    });
  }

  private takeOver({ service, request, wish, desired }: Ask): void {
    const { held } = service;
    if (held.length === 0 || !fitFamilies(held, wish) || !this.lb.assign(request, held).ok) return;
    const isOfOtherPool = wish.pool !== undefined && this.lb.poolOf(request.service) !== wish.pool;
    if (isOfOtherPool || (desired.length > 0 && !sameIps(held, desired))) this.lb.unassign(request.service);
  }

  /** The first thing that keeps the service from what it asks for. */
  private converge(ask: Ask): ClaimRefusal | undefined {
    const { service, request, wish, desired } = ask;
    const mistake = mistakeIn(ask);
    if (mistake !== undefined) return { reason: 'BALANCER_REQUEST', message: mistake };
    const has = this.lb.addressesOf(service.key);
    if (has.length > 0) {
      const missing = wish.prefersAll && has.length === 1 ? wish.families.find((family) => family !== has[0]?.family) : undefined;
      if (missing !== undefined) this.lb.addFamily(request, missing);
      return undefined;
    }
    const given = desired.length > 0 ? this.lb.assign(request, desired) : this.lb.allocate(request, wish);
    if (!given.ok) return { reason: REASONS[given.error.code], message: given.error.message };
    if (desired.length === 0 || wish.pool === undefined || this.lb.poolOf(service.key) === wish.pool) return undefined;
    this.lb.unassign(service.key);
    return { reason: 'BALANCER_OTHER_POOL', message: `the addresses it asks for are not those of the pool ${wish.pool} that it asks for` };
  }

  private settled({ service }: Ask, refusal: ClaimRefusal | undefined): BalancerClaim {
    const ips = this.lb.addressesOf(service.key);
    const pool = this.lb.poolOf(service.key) ?? '';
    const isHeld = (ip: Ip) => service.held.some((one) => sameIp(one, ip));
    return {
      provider: 'metallb',
      addresses: ips.map((ip) => ({ ip, pool, held: isHeld(ip) })),
      refusals: refusal ? [refusal] : [],
      lost: service.held.filter((ip) => !ips.some((one) => sameIp(one, ip))),
    };
  }
}

/** The namespaces that its selectors match are named too (`internal/config/config.go`, `addressPoolServiceAllocationsFromCR`). */
function poolOf(pool: IPAddressPool, namespaces: ReadonlyMap<string, Namespace>): LbPool {
  const { ref, autoAssign, serviceAllocation } = pool;
  const matched = [...namespaces.values()].filter(({ labels }) =>
    serviceAllocation?.namespaceSelectors.some((selector) => selectorMatches(selector, labels)),
  );
  return {
    name: ref.name,
    ranges: usableRanges(pool),
    autoAssign,
    keptFor: serviceAllocation && {
      priority: serviceAllocation.priority,
      namespaces: [...serviceAllocation.namespaces, ...matched.map((namespace) => namespace.ref.name)],
      selectors: serviceAllocation.serviceSelectors,
    },
  };
}

/** The addresses of an IPAddressPool that may be given out, in its order. */
export function usableRanges({ ranges, avoidBuggyIPs }: Pick<IPAddressPool, 'ranges' | 'avoidBuggyIPs'>): readonly IpRange[] {
  if (!avoidBuggyIPs) return ranges;
  return ranges.flatMap(rangeToCidrs).flatMap((cidr) => {
    const usable = usableAddresses('metallb-avoid-buggy', cidr);
    return 'ranges' in usable ? usable.ranges : [];
  });
}

function askOf(service: BalancedService): Ask {
  const { key, namespace, resource, families } = service;
  const isLocal = resource.externalTrafficPolicy === 'Local';
  return {
    service,
    request: {
      service: key,
      namespace,
      labels: resource.labels,
      ports: resource.ports.map(({ protocol, port }) => `${protocol}/${port}`),
      sharingKey: metalLbAnnotation(service, 'allow-shared-ip'),
      backendKey: isLocal ? formatSelector(selectorOfLabels(resource.selector ?? {})) : '',
    },
    wish: {
      families,
      prefersAll: resource.ipFamilyPolicy === 'PreferDualStack',
      pool: metalLbAnnotation(service, 'address-pool') || undefined,
    },
    desired: desiredIps(service) ?? [],
  };
}

function metalLbAnnotation(service: BalancedService, name: string): string {
  return annotationOf(service, `metallb.io/${name}`, `metallb.universe.tf/${name}`);
}

/** Undefined: what it asks for is no list of addresses. */
function desiredIps(service: BalancedService): readonly Ip[] | undefined {
  const named = metalLbAnnotation(service, 'loadBalancerIPs');
  const { loadBalancerIP } = service.resource;
  if (named === '') return loadBalancerIP ? [loadBalancerIP] : [];
  const ips = named.split(',').map((text) => parseIp(text.trim()));
  return ips.every((ip) => ip !== undefined) ? ips : undefined;
}

/** What the service asks for contradicts itself: why. */
function mistakeIn({ service, wish, desired }: Ask): string | undefined {
  const { resource } = service;
  const named = metalLbAnnotation(service, 'loadBalancerIPs');
  if (resource.ipFamilyPolicy === 'RequireDualStack' && wish.families.length < 2) return 'it requires dual stack and has one ClusterIP';
  if (named !== '' && resource.loadBalancerIP) return 'service can not have both metallb.io/loadBalancerIPs and svc.Spec.LoadBalancerIP';
  if (!desiredIps(service)) return `invalid metallb.io/loadBalancerIPs: "${named}"`;
  if (desired.length > 0 && !sameFamilies(desired, wish)) return 'requested loadBalancer IP(s) does not match the ipFamily of the service';
  return undefined;
}

/** A service that prefers both families keeps one address (`serviceFamilyChanged`). */
function fitFamilies(ips: readonly Ip[], wish: LbWish): boolean {
  return sameFamilies(ips, wish) || (wish.prefersAll && wish.families.length === 2 && ips.length === 1);
}

function sameFamilies(ips: readonly Ip[], { families }: LbWish): boolean {
  const has = new Set(ips.map(({ family }) => family));
  return has.size === families.length && families.every((family) => has.has(family));
}

function sameIps(a: readonly Ip[], b: readonly Ip[]): boolean {
  return a.length === b.length && a.every((ip) => b.some((one) => sameIp(one, ip)));
}
