import type { Note } from '../kernel/answer.js';
import type { EvidenceStep } from '../kernel/evidence.js';
import { firstFew } from '../kernel/first-few.js';
import { inMap } from '../kernel/in-map.js';
import type { NetworkModel } from '../model/network-model.js';
import { type Collection, COLLECTION_RULES, type CollectionRule } from './collect-calico.js';
import { hasBlocks } from './internal/calico/model-pools.js';
import { timeText } from './internal/collector/leak-grace.js';

/** An address or a block that was released, as it is told. */
export interface ReleasedBefore {
  readonly afterSeconds: number;
  readonly rule: CollectionRule;
  readonly released: string;
  readonly node: string | null;
}

/** What Calico's controllers release before something joins. */
export interface CollectedBefore {
  /** How often they look. */
  readonly everySeconds: number;
  readonly count: number;
  /** The first of them. */
  readonly released: readonly ReleasedBefore[];
}

const MOST_TOLD = 1_000;
const MOST_NAMED = 5;

export function collectedBefore({ collected, roundMs }: Collection): CollectedBefore {
  const released = collected.slice(0, MOST_TOLD).map(({ afterMs, ...one }) => ({ afterSeconds: afterMs / 1_000, ...one }));
  return { everySeconds: roundMs / 1_000, count: collected.length, released };
}

/** One step for what is released at one time by one rule. */
export function collectedSteps({ collected }: Collection): readonly EvidenceStep[] {
  const together = new Map<string, { readonly afterMs: number; readonly rule: CollectionRule; readonly names: string[] }>();
  for (const { afterMs, rule, released } of collected) {
    inMap(together, `${afterMs} ${rule}`, () => ({ afterMs, rule, names: [] })).names.push(released);
  }
  return [...together.values()].map(({ afterMs, rule, names }) => ({
    stage: 'garbage-collection',
    outcome: 'info',
    reason: 'COLLECTED',
    message: `after ${timeText(afterMs)} Calico’s controllers release ${firstFew(names, MOST_NAMED)}: ${COLLECTION_RULES[rule]} (${rule})`,
    provenance: 'derived',
  }));
}

/** What the time before rests on. */
export function collectionNotes(model: NetworkModel, { roundMs }: Collection): readonly Note[] {
  if (!hasBlocks(model)) return [note('COLLECTOR_WITHOUT_BLOCKS', 'nodes get no blocks of Calico here: time changes nothing by itself')];
  if (model.calico.ipam.blocks.length === 0) {
    return [note('COLLECTOR_WITHOUT_BLOCKS', 'no IPAMBlock was imported, or all are released: which of them time frees nothing tells')];
  }
  const message = `Calico’s controllers are taken to look at the cluster first at 0 and again every ${timeText(roundMs)}, and pods and nodes to stay as they are: what they have watched for longer goes earlier`;
  return [note('COLLECTOR_LOOKS_FIRST_AT_0', message)];
}

function note(code: string, message: string): Note {
  return { code, message };
}
