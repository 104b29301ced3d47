import type { ModelPod, NetworkModel } from '../../../model/network-model.js';
import type { IpFamily } from '../../../net/ip.js';
import { type CalicoIPPool, whyClosed } from '../../../resources/calico-ip-pool.js';
import { calicoSelectorMatches } from '../../../resources/calico-selector.js';
import { parseCalicoSelector } from '../../../resources/parse-calico-selector.js';
import type { Labels } from '../../../resources/resource.js';
import type { AllocationBook } from '../../allocation-book.js';
import type { AllocationMemory } from '../../allocation-memory.js';
import { intersectRanges } from '../../free-space.js';
import { rangeOf } from '../../held-addresses.js';
import type { IpPool } from '../../ip-pool.js';
import type { NodeGrant } from '../../node-grant.js';
import { poolDeclaredAs } from '../declared-pool.js';
import { wholePool } from '../../parts-of-pool.js';
import type { PodPools, PodRefusal, PoolPart } from '../../pod-pools.js';
import { type CalicoAsk, CalicoAsks } from './calico-asks.js';
import { CalicoGrants } from './calico-grants.js';
import type { Refusal } from './calico-request.js';
import { prefixesOf } from './model-pools.js';

/** The pools that Calico gives a pod its address of: those that are asked for, else those whose selectors take its node and namespace. */
export class CalicoChoice implements PodPools {
  private readonly asks: Readonly<Record<IpFamily, CalicoAsk>>;
  /** The places of the pools that are asked for, by their prefixes. */
  private readonly ranks: ReadonlyMap<string, number>;
  private readonly nodeLabels: Labels | undefined;
  private readonly namespaceLabels: Labels;
  private readonly node: string;
  private grants: CalicoGrants | undefined;

  constructor(
    private readonly model: NetworkModel,
    private readonly pod: ModelPod,
  ) {
    const asks = new CalicoAsks(model, pod);
    this.asks = { 4: asks.of(4), 6: asks.of(6) };
    this.ranks = new Map(
      Object.values(this.asks).flatMap((ask) => (ask.kind === 'pools' ? ask.pools.map((one, index) => [one, index] as const) : [])),
    );
    this.node = pod.nodeName?.value ?? '';
    this.nodeLabels = model.nodes.get(this.node)?.labels;
    this.namespaceLabels = model.namespaces.get(pod.namespace)?.labels ?? {};
  }

  why(pool: IpPool): PodRefusal | undefined {
    const ask = this.asks[pool.family];
    const own = poolDeclaredAs(this.model, pool.declared);
    if (!own) return undefined;
    const closed = whyClosed(own);
    if (closed) return { reason: 'POOL_DISABLED', message: closed };
    if (ask.kind === 'none') return ask.refusal;
    if (ask.kind === 'any') return this.unselected(own);
    const isAsked = ask.kind === 'pools' ? this.rank(pool) >= 0 : intersectRanges(pool.span, [rangeOf(ask.ip)]).length > 0;
    return isAsked ? undefined : { reason: 'POOL_NOT_ASKED_FOR', message: ask.message };
  }

  rank({ declared, family }: IpPool): number {
    const ask = this.asks[family];
    if (ask.kind !== 'pools') return 0;
    const places = declared.flatMap((one) => this.ranks.get(one) ?? []);
    return places.length === 0 ? -1 : Math.min(...places);
  }

  /** A named address is the one there is. */
  parts(pool: IpPool): readonly PoolPart[] {
    const ask = this.asks[pool.family];
    return ask.kind === 'address' ? [{ ranges: [rangeOf(ask.ip)], what: ask.message, isNamed: true }] : wholePool(pool);
  }

  /** Of blocks of the node, then of new ones, then single addresses of others', by the same rule as what is handed out for a node; none where the pod is on no node. */
  grant(pool: IpPool, book: AllocationBook, memory: AllocationMemory, count: number): NodeGrant | undefined {
    const node = this.model.nodes.get(this.node);
    if (!node) return undefined;
    this.grants ??= new CalicoGrants(this.model, book, memory);
    const ask = this.asks[pool.family];
    if (ask.kind === 'address') return strange(ask, this.grants.named(node, ask.ip));
    const { namespaceLabels } = this;
    return this.grants.any({ node, pools: prefixesOf(pool), family: pool.family, count, namespaceLabels, barred: [] });
  }

  /** Selectors of nodes are not asked where the pod is on none. */
  private unselected({ assignmentMode, nodeSelector, namespaceSelector }: CalicoIPPool): PodRefusal | undefined {
    if (assignmentMode === 'Manual') return { reason: 'POOL_BY_NAME_ONLY', message: 'its assignmentMode is Manual' };
    if (nodeSelector !== undefined && this.nodeLabels && !holds(nodeSelector, this.nodeLabels)) {
      return { reason: 'POOL_NOT_FOR_NODE', message: `its nodeSelector \`${nodeSelector}\` does not take ${this.node}` };
    }
    if (namespaceSelector === undefined || holds(namespaceSelector, this.namespaceLabels)) return undefined;
    return {
      reason: 'POOL_NOT_FOR_NAMESPACE',
      message: `its namespaceSelector \`${namespaceSelector}\` does not take ${this.pod.namespace}`,
    };
  }
}

/** Of an address that is another node's alone; undefined: whoever looks for it tells the rest. */
function strange({ message }: { readonly message: string }, named: NodeGrant | Refusal): NodeGrant | undefined {
  if (!('code' in named) || named.code !== 'STRICT_AFFINITY') return undefined;
  const lack = { reason: 'STRICT_AFFINITY', message: `${message}: ${named.message}`, error: named.message } as const;
  return { given: [], parts: [], lack, owned: 0, limit: null };
}

function holds(text: string, labels: Labels): boolean {
  const selector = parseCalicoSelector(text);
  return !selector.ok || calicoSelectorMatches(selector.value, labels);
}
