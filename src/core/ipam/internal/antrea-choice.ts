import { inBrief } from '../../kernel/in-brief.js';
import type { ModelPod, NetworkModel } from '../../model/network-model.js';
import { formatIp, type Ip, type IpFamily, parseIp } from '../../net/ip.js';
import type { AntreaIPPool } from '../../resources/antrea-ip-pool.js';
import type { IpRange } from '../../net/ip-set.js';
import { rangeOf } from '../held-addresses.js';
import type { IpPool } from '../ip-pool.js';
import { wholePool } from '../parts-of-pool.js';
import type { PodPools, PodRefusal, PoolPart } from '../pod-pools.js';
import { antreaPoolName, usableOfRange } from './antrea-pools.js';
import { annotationsOf } from './pod-annotations.js';

/** antrea-io/antrea `pkg/ipam/annotations.go`. */
const POOLS = 'ipam.antrea.io/ippools';
const IPS = 'ipam.antrea.io/pod-ips';

const FAMILIES: readonly IpFamily[] = [4, 6];

interface Asked {
  /** In the order in which they are tried. */
  readonly names: ReadonlySet<string>;
  readonly message: string;
}

/** The pools of Antrea that a pod, or else its namespace, names; undefined: none, and the pod gets an address of its node's range. */
export function antreaChoice(model: NetworkModel, pod: ModelPod): AntreaChoice | undefined {
  const sources = [
    ['pod', annotationsOf(model, pod)],
    ['namespace', model.namespaces.get(pod.namespace)?.annotations ?? {}],
  ] as const;
  for (const [whose, annotations] of sources) {
    const text = annotations[POOLS];
    // Names are taken as they are: Antrea looks for ` b` of `a, b`.
    if (text !== undefined)
      return new AntreaChoice(model, pod, {
        names: new Set(text.split(',')),
        message: `the annotation of the ${whose} names \`${inBrief(text)}\``,
      });
  }
  return undefined;
}

/** Where a pod that names pools of Antrea gets its address (antrea-io/antrea `pkg/agent/cniserver/ipam/antrea_ipam_controller.go`, getPoolAllocatorsByPod). */
export class AntreaChoice implements PodPools {
  private readonly pools: ReadonlyMap<string, AntreaIPPool>;
  private readonly ranks: ReadonlyMap<string, number>;
  private readonly named: readonly Ip[];
  private readonly isOfStatefulSet: boolean;
  /** Why the pod gets nothing, of either family. */
  private readonly fault: string | undefined;

  constructor(
    model: NetworkModel,
    private readonly pod: ModelPod,
    private readonly asked: Asked,
  ) {
    const pools = model.antreaIPPools.filter(({ ref }) => asked.names.has(ref.name));
    this.ranks = new Map([...asked.names].map((name, index) => [name, index]));
    this.pools = new Map(pools.flatMap((pool) => FAMILIES.map((family) => [antreaPoolName(pool, family), pool] as const)));
    const ips = (annotationsOf(model, pod)[IPS] ?? '').replaceAll(' ', '').split(',');
    this.named = ips.flatMap((text) => parseIp(text) ?? []);
    this.isOfStatefulSet = model.workloads[pod.workload]?.kind === 'StatefulSet';
    this.fault = faultOf(ips, this.named, pools);
  }

  why({ name }: IpPool): PodRefusal | undefined {
    if (this.fault !== undefined) return { reason: 'POOL_NOT_ASKED_FOR', message: this.fault };
    if (this.pools.has(name)) return undefined;
    return { reason: 'POOL_NOT_ASKED_FOR', message: `${this.asked.message}${this.pools.size > 0 ? '' : ', which is not there'}` };
  }

  rank({ name }: IpPool): number {
    return this.ranks.get(this.pools.get(name)?.ref.name ?? '') ?? -1;
  }

  /** The address that the pod names, or that is kept for it; else any. */
  parts(pool: IpPool): readonly PoolPart[] {
    const own = this.ownIn(pool);
    return own ? [{ ranges: [rangeOf(own.ip)], what: own.what, isNamed: true }] : wholePool(pool);
  }

  /** Ranges are tried as the pool lists them (`pkg/ipam/poolallocator/allocator.go`, AllocateNext). */
  turns(pool: IpPool): readonly (readonly IpRange[])[] | undefined {
    if (this.ownIn(pool)) return undefined;
    const ranges = this.pools.get(pool.name)?.ranges.filter(({ span }) => span.family === pool.family);
    return ranges?.map(usableOfRange);
  }

  /** A pod of a StatefulSet gets what is kept for its place, whatever it names (`pkg/agent/cniserver/ipam/antrea_ipam.go`, Add). */
  private ownIn({ name, family }: IpPool): { readonly ip: Ip; readonly what: string } | undefined {
    if (this.isOfStatefulSet) {
      const pool = this.pools.get(name);
      const kept = pool && this.keptIn(pool, family);
      return kept && { ip: kept, what: `its StatefulSet keeps ${formatIp(kept)} for the pod` };
    }
    const ip = this.named.find((one) => one.family === family);
    return ip && { ip, what: `\`${IPS}\` names ${formatIp(ip)}` };
  }

  /** Antrea keeps an address for each place of a StatefulSet, and tells the place by the pod's name. */
  private keptIn({ addresses }: AntreaIPPool, family: IpFamily): Ip | undefined {
    const { namespace, name } = this.pod;
    const own = addresses.find(
      ({ ip, statefulSet: set }) => ip.family === family && set?.namespace === namespace && name === `${set.name}-${set.index}`,
    );
    return own?.ip;
  }
}

/** What of the addresses that a pod names Antrea gives up at (getIPPoolsByPod, getPoolAllocatorsByPod): the pod then gets none at all. */
function faultOf(texts: readonly string[], named: readonly Ip[], pools: readonly AntreaIPPool[]): string | undefined {
  const wrong = texts.find((text) => text !== '' && !parseIp(text));
  if (wrong !== undefined) return `\`${IPS}\` names \`${inBrief(wrong)}\`, which is no address`;
  for (const family of FAMILIES) {
    const count = named.filter((ip) => ip.family === family).length;
    if (count > 1) return `\`${IPS}\` names ${count} addresses of IPv${family}: it may name one`;
    const serving = pools.filter(({ ranges }) => ranges[0]?.span.family === family).length;
    if (count === 1 && serving > 1)
      return `\`${IPS}\` names an address of IPv${family}, and ${serving} pools of IPv${family} are asked for: it may be one`;
  }
  return undefined;
}
