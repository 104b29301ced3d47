import { compareBy } from '../../../kernel/compare.js';
import { inMap } from '../../../kernel/in-map.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { CalicoClaim, CalicoIPAMBlock } from '../../../resources/calico-ipam.js';
import { type ClaimFates, isNodeGone } from './claim-fates.js';
import type { LeakGrace } from './leak-grace.js';

/** Why a block goes. */
export type BlockRule = 'BLOCK_EMPTY' | 'BLOCK_OF_GONE_NODE' | 'BLOCK_OF_NOBODY';

/** A block, and when nothing of it is anybody's; `Infinity`: something of it stays. */
export interface EmptyingBlock {
  readonly block: CalicoIPAMBlock;
  /** When the last address of it is free. */
  readonly emptyMs: number;
  /** The same, whatever Windows hosts keep of it. */
  readonly unusedMs: number;
}

/** A block that goes. */
export interface GoingBlock {
  readonly block: CalicoIPAMBlock;
  readonly atMs: number;
  readonly rule: BlockRule;
}

/** Set while a node passes from Flannel to Calico (projectcalico/calico `kube-controllers/pkg/controllers/flannelmigration`, NodeNetworkCalico). */
const MIGRATION_LABEL = 'projectcalico.org/node-network-during-migration';

/** What the controllers know of nodes. */
export interface NodesSeen {
  readonly model: NetworkModel;
  readonly grace: LeakGrace;
  readonly fates: ClaimFates;
  /** How many blocks a node has beside those that were imported. */
  readonly otherBlocks: (node: string) => number;
}

/** The node whose the block is; undefined: nobody's, or a virtual host's, which the controllers leave alone. */
export function hostOf({ affinity }: CalicoIPAMBlock): string | undefined {
  return affinity?.type === 'host' ? affinity.name : undefined;
}

/** Whether the controllers take a block for empty: what a Windows host keeps, and what rests, is an allocation to them (`onBlockUpdated`, numAllocationsInBlock). */
export function isSeenEmpty({ claims }: { readonly claims: readonly CalicoClaim[] }): boolean {
  return claims.length === 0;
}

/** Whether the controllers ever give up empty blocks of the node (`releaseUnusedBlocks`, nodeIsBeingMigrated). */
export function givesUpBlocks({ model, grace }: Pick<NodesSeen, 'model' | 'grace'>, node: string): boolean {
  const state = model.nodes.get(node)?.labels[MIGRATION_LABEL];
  return grace.graceMs > 0 && (state === undefined || state === 'calico');
}

/**
 * Which blocks go, and when: of a node that is gone each with its last address; of the others those that were seen empty for longer than the grace period, and never a node's last one; a block that is nobody's
 * with its last address (projectcalico/calico `kube-controllers/pkg/controllers/node/ipam.go`, releaseUnusedBlocks, releaseNodes). Which of several empty ones the last one is, the order of a map of Go
 * decides: here it is the first by name.
 */
export function goingBlocks(nodes: NodesSeen, blocks: readonly EmptyingBlock[]): readonly GoingBlock[] {
  const byHost = new Map<string, EmptyingBlock[]>();
  const going: GoingBlock[] = [];
  for (const one of blocks) {
    const { block, unusedMs } = one;
    const host = hostOf(block);
    if (host !== undefined) inMap(byHost, host, () => []).push(one);
    else if (!block.affinity && unusedMs < Infinity && block.claims.length > 0) {
      going.push({ block, atMs: unusedMs, rule: 'BLOCK_OF_NOBODY' });
    }
  }
  for (const [host, own] of byHost) going.push(...goingOf(nodes, host, own));
  return going;
}

function goingOf(nodes: NodesSeen, host: string, own: readonly EmptyingBlock[]): readonly GoingBlock[] {
  if (isNodeGone(nodes.model, host) && !nodes.fates.busyNodes.has(host)) {
    const unused = own.filter(({ unusedMs }) => unusedMs < Infinity);
    // Only a full scan, which is once a round, finds a node of which there is nothing but empty blocks ("should delete empty IPAM blocks when the node no longer exists").
    const earliest = nodes.fates.knownNodes.has(host) ? 0 : nodes.grace.roundMs;
    return unused.map(({ block, unusedMs }) => ({ block, atMs: Math.max(earliest, unusedMs), rule: 'BLOCK_OF_GONE_NODE' }));
  }
  if (!givesUpBlocks(nodes, host)) return [];
  const { grace } = nodes;
  // The first by name comes last of those that go at one time, and so stays where one has to.
  const order = compareBy<EmptyingBlock>(({ emptyMs }) => emptyMs);
  const empty = own
    .filter(({ emptyMs }) => emptyMs < Infinity)
    .toReversed()
    .sort(order);
  const most = own.length + nodes.otherBlocks(host) - 1;
  return empty
    .slice(0, most)
    .map(({ block, emptyMs }) => ({ block, atMs: grace.roundAfter(emptyMs + grace.graceMs), rule: 'BLOCK_EMPTY' }));
}
