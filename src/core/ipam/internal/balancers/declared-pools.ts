import type { NetworkModel } from '../../../model/network-model.js';
import { formatCidr } from '../../../net/cidr.js';
import type { IpFamily } from '../../../net/ip.js';
import { type IpRange, mergeRanges, rangeOfCidr, rangeToCidrs } from '../../../net/ip-set.js';
import type { CiliumLoadBalancerIPPool, IPAddressPool } from '../../../resources/load-balancer-pool.js';
import type { CalicoIPPool } from '../../../resources/calico-ip-pool.js';
import { clipRanges } from '../../clip-ranges.js';
import type { IpPool } from '../../ip-pool.js';
import { rangeText } from '../../pool-view.js';
import { calicoBalancerPools, whyGivesNothing } from './calico-request.js';
import { conflictsOf, usableOfBlock } from './cilium-ranges.js';
import { usableRanges } from './metallb-balancer.js';

const FAMILIES: readonly IpFamily[] = [4, 6];

/** The pools out of which services of type LoadBalancer get addresses, one for each family: `load-balancers.metallb.public.v4`. */
export function declaredBalancerPools(model: NetworkModel): readonly IpPool[] {
  const { cilium, metallb } = model.loadBalancerPools;
  const conflicts = conflictsOf(cilium);
  const reserved = mergeRanges(model.calico.ipam.reservations.flatMap(({ cidrs }) => cidrs.map(rangeOfCidr)));
  return [
    ...cilium.flatMap((pool) => ciliumPools(pool, conflicts.get(pool.ref.name)?.why)),
    // MetalLB looks at one namespace; a name that stands in two is one pool.
    ...[...new Map(metallb.map((pool) => [pool.ref.name, pool])).values()].flatMap(metalLbPools),
    ...calicoBalancerPools(model).flatMap((pool) => calicoPools(pool, reserved)),
  ];
}

/** `reserved`: in canonical form. */
function calicoPools(pool: CalicoIPPool, reserved: readonly IpRange[]): readonly IpPool[] {
  const { ref, cidr, assignmentMode } = pool;
  if (!cidr) return [];
  const span = [rangeOfCidr(cidr)];
  const closed = whyGivesNothing(pool);
  const why = closed ? `a pool of Calico that gives nothing: ${closed}` : 'a pool of Calico for load balancers';
  return [
    {
      ...poolOf('calico', ref, cidr.family, { span, usable: span, reserved: closed ? span : clipRanges(reserved, rangeOfCidr(cidr)) }),
      usableRule: 'calico',
      strategy: 'fifo',
      why: assignmentMode === 'Manual' ? `${why}, for services that name it` : why,
      pointer: '/spec/cidr',
    },
  ];
}

/** What is disabled gives nothing by itself. */
function ciliumPools({ ref, blocks, disabled }: CiliumLoadBalancerIPPool, conflict: string | undefined): readonly IpPool[] {
  const why = disabled
    ? 'a pool of Cilium, which is disabled'
    : conflict === undefined
      ? 'a pool of Cilium'
      : `a pool of Cilium, disabled: ${conflict}`;
  return FAMILIES.flatMap((family) => {
    const own = blocks.filter(({ range }) => range.family === family);
    if (own.length === 0) return [];
    const span = own.map(({ range }) => range);
    const isOff = disabled || conflict !== undefined;
    const rule = own.some(({ keepsEnds }) => keepsEnds) ? 'cilium-lb-inner' : 'cilium-lb';
    const parts = { span, usable: own.map(usableOfBlock), reserved: isOff ? mergeRanges(span) : [] };
    return [{ ...poolOf('cilium', ref, family, parts), usableRule: rule, strategy: 'bestFit', why, pointer: '/spec/blocks' }];
  });
}

function metalLbPools(pool: IPAddressPool): readonly IpPool[] {
  const { ref, avoidBuggyIPs, autoAssign } = pool;
  return FAMILIES.flatMap((family) => {
    const span = pool.ranges.filter((range) => range.family === family);
    if (span.length === 0) return [];
    const usable = usableRanges(pool).filter((range) => range.family === family);
    return [
      {
        ...poolOf('metallb', ref, family, { span, usable, reserved: [] }),
        usableRule: avoidBuggyIPs ? 'metallb-avoid-buggy' : 'metallb',
        strategy: 'lowest',
        why: autoAssign ? 'a pool of MetalLB' : 'a pool of MetalLB, for services that name it',
        pointer: '/spec/addresses',
      },
    ];
  });
}

type Parts = Pick<IpPool, 'span' | 'usable' | 'reserved'>;

function poolOf(
  provider: 'cilium' | 'metallb' | 'calico',
  source: NonNullable<IpPool['source']>,
  family: IpFamily,
  { span, usable, reserved }: Parts,
): Omit<IpPool, 'usableRule' | 'strategy' | 'why' | 'pointer'> {
  return {
    name: `load-balancers.${provider}.${source.name}.v${family}`,
    plane: 'lb',
    family,
    declared: span.map(declaredText),
    span: mergeRanges(span),
    usable: mergeRanges(usable),
    reserved,
    bands: null,
    layout: null,
    provenance: 'observed',
    source,
  };
}

function declaredText(range: IpRange): string {
  const [cidr, ...more] = rangeToCidrs(range);
  return cidr && more.length === 0 ? formatCidr(cidr) : rangeText(range);
}
