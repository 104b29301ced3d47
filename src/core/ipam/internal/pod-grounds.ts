import type { Steps } from '../../kernel/steps.js';
import type { NetworkModel } from '../../model/network-model.js';
import { childCount } from '../../net/child-cidrs.js';
import { type Cidr, cidrCovers, firstIp, formatCidr } from '../../net/cidr.js';
import { CidrIndex } from '../../net/cidr-index.js';
import { InnerCidrs } from '../../net/inner-cidrs.js';
import { type IpRange, mergeRanges, rangeOfCidr } from '../../net/ip-set.js';
import type { CalicoIPAMBlock } from '../../resources/calico-ipam.js';
import type { CiliumPodIPPool } from '../../resources/cilium-ipam.js';
import type { BlockLayout, PoolBlock } from '../ip-pool.js';
import { usableAddresses, type UsableRule } from '../usable-addresses.js';
import { isUndivided } from './range-giver.js';

/** A part of a pod range that belongs to a node, or to nobody yet. */
type Part = Pick<PoolBlock, 'cidr' | 'node' | 'provenance'>;

interface CiliumRange {
  readonly cidr: Cidr;
  /** Among all pools. */
  readonly place: number;
  readonly pool: CiliumPodIPPool;
}

/** What the pod pools of a cluster are made of, looked up by range: there may be as many pools as nodes. */
export class PodGrounds {
  private constructor(
    /** IPReservations of Calico, in canonical form. */
    readonly reserved: readonly IpRange[],
    private readonly cutByCalico: boolean,
    private readonly parts: InnerCidrs<Part>,
    private readonly ciliumPools: CidrIndex<CiliumRange>,
  ) {}

  /** Yields every few thousand ranges. */
  static *of(model: NetworkModel): Steps<PodGrounds> {
    const { calico, profile, ciliumPodIPPools } = model;
    const reserved = mergeRanges(calico.ipam.reservations.flatMap(({ cidrs }) => cidrs.map(rangeOfCidr)));
    const cutByCalico = profile.cni.plugin === 'calico' && calico.ipam.blocks.length > 0;
    const parts = cutByCalico ? calico.ipam.blocks.flatMap(calicoPart) : nodeParts(model);
    yield;
    const partsInOrder = yield* InnerCidrs.inSteps(parts.map((part) => [part.cidr, part] as const));
    const ranges = ciliumPodIPPools.flatMap((pool, place) => pool.cidrs.map((cidr): CiliumRange => ({ cidr, place, pool })));
    // Of the pools that have the same range the first one counts.
    const first = new Map(ranges.toReversed().map((range) => [formatCidr(range.cidr), range]));
    yield;
    const ciliumPools = yield* CidrIndex.inSteps([...first.values()].map((range) => [range.cidr, range] as const));
    return new PodGrounds(reserved, cutByCalico, partsInOrder, ciliumPools);
  }

  /** How a range is cut for nodes: into blocks of Calico where they were imported, else into the ranges that the nodes have. */
  layoutOf(cidr: Cidr, rule: UsableRule): BlockLayout | null {
    const parts = this.parts.within(cidr);
    const [first] = parts;
    if (!first) return null;
    const { prefix } = first.cidr;
    return {
      prefix,
      total: childCount(cidr, prefix),
      blocks: parts.map((part) => ({ ...part, usable: this.usableOf(part.cidr, rule) })),
    };
  }

  /** What a pool of Cilium says of the first and the last address of each part (cilium/cilium `pkg/ipam/pool.go`, newCIDRPool). */
  ciliumRule(cidr: Cidr): UsableRule {
    const around = [...this.ciliumPools.at(firstIp(cidr))].filter((range) => cidrCovers(range.cidr, cidr));
    const pool = around.sort((a, b) => a.place - b.place)[0]?.pool;
    if (!pool?.allowFirstIP) return pool?.allowLastIP ? 'cilium-range-last' : 'cilium-range';
    return pool.allowLastIP ? 'cilium-range-first-last' : 'cilium-range-first';
  }

  private usableOf(part: Cidr, rule: UsableRule): readonly IpRange[] {
    if (this.cutByCalico) return [rangeOfCidr(part)];
    const usable = usableAddresses(rule, part);
    return 'ranges' in usable ? usable.ranges : [];
  }
}

/** Ranges that kube-controller-manager gives to nodes mean nothing to plugins that do not give addresses by them. */
function nodeParts(model: NetworkModel): readonly Part[] {
  if (isUndivided(model)) return [];
  return [...model.nodes.values()].flatMap(({ name, podCIDRs }) =>
    podCIDRs.map(({ value, provenance }): Part => ({ cidr: value, node: name, provenance })),
  );
}

function calicoPart({ cidr, affinity }: CalicoIPAMBlock): readonly Part[] {
  return cidr ? [{ cidr, node: affinity?.type === 'host' ? affinity.name : null, provenance: 'observed' }] : [];
}
