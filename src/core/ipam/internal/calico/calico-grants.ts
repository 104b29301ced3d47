import type { ModelNode, NetworkModel } from '../../../model/network-model.js';
import { type Cidr, cidrContains, cidrOf, formatCidr } from '../../../net/cidr.js';
import { familyBits, type Ip } from '../../../net/ip.js';
import { type IpRange, rangeOfCidr, subtractRanges } from '../../../net/ip-set.js';
import type { Labels } from '../../../resources/resource.js';
import type { NodePart } from '../../allocation.js';
import type { AllocationBook } from '../../allocation-book.js';
import type { AllocationMemory } from '../../allocation-memory.js';
import type { CalicoPool } from '../../calico-pool-choice.js';
import type { IpamReason } from '../../ipam-reasons.js';
import type { NodeGrant, PartUse, UsedPart } from '../../node-grant.js';
import { blockOf } from './calico-blocks.js';
import { blockLimit } from './block-limit.js';
import { CalicoIpam } from './calico-ipam.js';
import type { Assigned, Refusal } from './calico-request.js';
import { calicoPools } from './model-pools.js';
import { outside } from './outside-pools.js';
import { partialFulfilment } from '../../partial-fulfilment.js';
import { ReservedAddresses } from './reserved-addresses.js';
import { StoredBlocks } from './stored-blocks.js';

/** What a node asks of a pool. */
export interface GrantRequest {
  readonly node: ModelNode;
  /** The pools that are asked by name, in order; none: any whose selectors take the node and the namespace. */
  readonly pools: readonly Cidr[];
  readonly family: 4 | 6;
  readonly count: number;
  /** Taken first where Calico gives it. */
  readonly preferred?: Ip | undefined;
  /** Undefined: selectors of namespaces are not asked. */
  readonly namespaceLabels?: Labels | undefined;
  /** What is left alone besides IPReservations, in canonical form. */
  readonly barred: readonly IpRange[];
}

/**
 * What Calico gives nodes of a cluster's pools: its address management ({@link CalicoIpam}), as the simulation runs it, on the blocks that the cluster's objects and what was handed out since tell of.
 */
export class CalicoGrants {
  private readonly pools: readonly CalicoPool[];
  private readonly stored: StoredBlocks;

  constructor(
    private readonly model: NetworkModel,
    private readonly book: AllocationBook,
    memory: AllocationMemory,
  ) {
    this.pools = calicoPools(model);
    this.stored = new StoredBlocks(model, book, memory);
  }

  /** Any addresses. */
  any(request: GrantRequest): NodeGrant {
    const { node, family, count, preferred, pools, namespaceLabels } = request;
    const ipam = this.ipamFor(request);
    const first = preferred && !ipam.assign({ ...FIXED, node: node.name, ip: preferred }) ? [preferred] : [];
    const left = count - first.length;
    const assigned = left === 0 ? NOTHING_MORE : ipam.autoAssign({ ...ANY, node: node.name, family, count: left, pools, namespaceLabels });
    return this.grantOf(request, ipam, first, assigned);
  }

  /** The one address, reserved or not; or why Calico refuses it. */
  named(node: ModelNode, ip: Ip): NodeGrant | Refusal {
    const request = { node, pools: [], family: ip.family, count: 1, barred: [] };
    const ipam = this.ipamFor(request);
    return ipam.assign({ ...FIXED, node: node.name, ip }) ?? this.grantOf(request, ipam, [ip], NOTHING_MORE);
  }

  private ipamFor({ node, family, barred }: GrantRequest): CalicoIpam {
    const { config, reservations } = this.model.calico.ipam;
    const settings = {
      strictAffinity: config?.strictAffinity ?? false,
      autoAllocateBlocks: config?.autoAllocateBlocks ?? true,
      maxBlocksPerHost: config?.maxBlocksPerHost ?? 0,
      cooldownSeconds: 0,
    };
    const kept = reservations.flatMap(({ cidrs }) => cidrs.map((cidr): IpRange => rangeOfCidr(cidr)));
    const reserved = new ReservedAddresses([...kept, ...barred, ...this.widePrefixes(family)]);
    return new CalicoIpam(this.pools, new Map([[node.name, node.labels]]), settings, reserved, this.stored);
  }

  /** Blocks in a prefix that was handed out as a whole are not tried one by one. */
  private widePrefixes(family: 4 | 6): readonly IpRange[] {
    const spans = this.pools.filter(({ cidr }) => cidr.family === family).map(({ cidr }) => rangeOfCidr(cidr));
    const outside = this.book.takenOf('pod', family).outsideWide(spans);
    return outside === spans ? [] : subtractRanges(spans, outside);
  }

  private grantOf(
    { node, pools, family, count }: GrantRequest,
    ipam: CalicoIpam,
    first: readonly Ip[],
    assigned: Assigned | Refusal,
  ): NodeGrant {
    const addresses = [...first, ...('code' in assigned ? [] : assigned.addresses)];
    const parts = new Map<string, UsedPart>();
    const given = addresses.map((ip) => ({ ip, part: this.partOf(ipam, node.name, ip) }));
    for (const { part } of given) {
      const key = formatCidr(part.cidr);
      const known = parts.get(key);
      parts.set(key, known ? { ...known, count: known.count + 1 } : { ...this.useOf(part), count: 1 });
    }
    const isOutside = outside(pools.length > 0 ? pools : this.pools.map(({ cidr }) => cidr));
    const owned = this.stored.of(node.name).filter((block) => block.cidr.family === family && !isOutside(block)).length;
    const limit = blockLimit(ipam.config.maxBlocksPerHost, 0);
    return {
      given,
      parts: [...parts.values()],
      lack: lackOf(assigned, family, count, addresses.length, ipam.config.strictAffinity),
      owned,
      limit,
    };
  }

  private partOf(ipam: CalicoIpam, node: string, ip: Ip): NodePart {
    const pool = this.pools.find((one) => one.enabled && cidrContains(one.cidr, ip));
    const cidr = pool ? blockOf(pool, ip) : cidrOf(ip, familyBits(ip.family));
    return { node, cidr, owner: ipam.blocks.at(cidr)?.owner ?? null };
  }

  private useOf({ node, cidr, owner }: NodePart): Omit<UsedPart, 'count'> {
    const before = this.stored.at(cidr);
    const use: PartUse = owner !== node ? 'borrowed' : before?.owner === node ? 'own' : before ? 'takenOver' : 'claimed';
    return { cidr: formatCidr(cidr), use, owner: before?.owner ?? null };
  }
}

const FIXED = { handle: undefined, use: 'Workload', maxPerHandle: 0 } as const;
const ANY = { handle: undefined, use: 'Workload', maxBlocks: 0, maxPerHandle: 0 } as const;
const NOTHING_MORE: Assigned = { addresses: [], messages: [], error: null };

const REASONS: Readonly<Record<string, IpamReason>> = {
  BLOCK_LIMIT: 'BLOCK_LIMIT',
  POOL_NOT_ENABLED: 'POOL_DISABLED',
  NO_QUALIFIED_POOL: 'POOL_DISABLED',
  NO_POOL_FOR_NODE: 'POOL_NOT_FOR_NODE',
  STRICT_AFFINITY: 'STRICT_AFFINITY',
};

function lackOf(assigned: Assigned | Refusal, family: 4 | 6, count: number, given: number, isStrict: boolean): NodeGrant['lack'] {
  if ('code' in assigned) return { reason: REASONS[assigned.code] ?? 'POOL_EXHAUSTED', message: assigned.message, error: assigned.message };
  const message = partialFulfilment(family, count, given, assigned.messages, assigned.hostHandle);
  if (message === null) return null;
  const reason = assigned.error ? (REASONS[assigned.error.code] ?? 'POOL_EXHAUSTED') : isStrict ? 'STRICT_AFFINITY' : 'POOL_EXHAUSTED';
  return { reason, message, error: assigned.error?.message ?? null };
}
