import {
  ALL_CONNECTIONS,
  type ConnectionSet,
  intersectConnections,
  NO_CONNECTIONS,
  subtractConnections,
  unionConnections,
  unionOfConnections,
} from '../connection-set.js';
import type { LayerAt, LayerRule } from '../layer.js';

/** A rule that matches something between two endpoints. */
export interface Hit {
  readonly rule: LayerRule;
  /** Position of its layer. */
  readonly layer: number;
  readonly matched: ConnectionSet;
}

/** The rules that match, in the order in which they act. */
export function hitsOf(layers: readonly LayerAt[], matched: (rule: LayerRule) => ConnectionSet): readonly Hit[] {
  const hits: Hit[] = [];
  for (const [layer, { rules }] of layers.entries()) {
    for (const rule of rules) {
      const found = matched(rule);
      if (found !== NO_CONNECTIONS) hits.push({ rule, layer, matched: found });
    }
  }
  return hits;
}

/** How a layer ends, which is all that is asked of it beside its rules. */
export type Ending = Pick<LayerAt, 'end'>;

/** Neighbours of one action: in which order they match makes no difference to what is allowed. */
export interface Run extends Hit {
  readonly hits: readonly Hit[];
}

/** The hits by neighbours of one layer and action, each with all that they match. */
export function runsOf(hits: readonly Hit[]): readonly Run[] {
  const runs: (Omit<Hit, 'matched'> & { readonly hits: Hit[] })[] = [];
  for (const hit of hits) {
    const last = runs.at(-1);
    if (last?.layer === hit.layer && last.rule.action === hit.rule.action) last.hits.push(hit);
    else runs.push({ rule: hit.rule, layer: hit.layer, hits: [hit] });
  }
  return runs.map((run) => ({ ...run, matched: unionOfConnections(run.hits.map(({ matched }) => matched)) }));
}

/** What is allowed in the end. */
export function allowedBy(layers: readonly Ending[], hits: readonly Hit[]): ConnectionSet {
  return allowedOf(layers, runsOf(hits), ALL_CONNECTIONS);
}

/** What is allowed of these connections, which nothing before the first of the runs decides. `mark`: the runs are only those before it. */
export function allowedOf(layers: readonly Ending[], runs: readonly Hit[], asked: ConnectionSet, first = 0, mark?: Mark): ConnectionSet {
  const allowed: ConnectionSet[] = [];
  const tell = ({ rule }: Hit, share: ConnectionSet) => {
    if (rule.action === 'Accept') allowed.push(share);
  };
  const { open, passed } = walk(layers, runs, { open: asked, layer: first, last: mark?.layer, tell });
  if (!mark) return unionOfConnections([...allowed, open]);
  return unionOfConnections([...allowed, intersectConnections(open, mark.open), intersectConnections(passed, mark.passed)]);
}

/** By position: what each hit is the first of its layer to match, of what earlier layers left open. */
export function sharesOf(layers: readonly Ending[], hits: readonly Hit[]): readonly ConnectionSet[] {
  const shares: ConnectionSet[] = [];
  walk(layers, hits, { open: ALL_CONNECTIONS, layer: 0, last: undefined, tell: (_, share) => shares.push(share) });
  return shares;
}

interface Start {
  readonly open: ConnectionSet;
  readonly layer: number;
  /** The layer whose end is not looked at any more. */
  readonly last: number | undefined;
  readonly tell: (hit: Hit, share: ConnectionSet) => void;
}

interface Left {
  readonly open: ConnectionSet;
  /** What the last layer has passed on. */
  readonly passed: ConnectionSet;
}

/** Tells every hit its share, and returns what no layer decides. */
function walk(layers: readonly Ending[], hits: readonly Hit[], { open: asked, layer: first, last, tell }: Start): Left {
  let [position, open] = [0, asked];
  for (let layer = first; layer < layers.length; layer++) {
    let passed = NO_CONNECTIONS;
    for (let hit = hits[position]; hit !== undefined && hit.layer === layer; hit = hits[++position]) {
      const share = intersectConnections(open, hit.matched);
      tell(hit, share);
      open = subtractConnections(open, share);
      if (hit.rule.action === 'Pass') passed = unionConnections(passed, share);
    }
    if (layer === last) return { open, passed };
    open = openAfter(layers[layer], open, passed);
  }
  return { open, passed: NO_CONNECTIONS };
}

/** What a layer leaves to the next one. */
export function openAfter(layer: Ending | undefined, open: ConnectionSet, passed: ConnectionSet): ConnectionSet {
  return layer?.end === 'Deny' ? passed : unionConnections(open, passed);
}

/** What is allowed in the end of what nothing before a run has decided, and of what its layer has passed on before it. */
export interface Mark {
  readonly position: number;
  readonly layer: number;
  readonly open: ConnectionSet;
  readonly passed: ConnectionSet;
}

/** From one mark to the next are so many runs. */
const FROM_MARK_TO_MARK = 64;

/** Marks on the way through the runs, in order: what happens behind one is not gone through again and again. */
export function marksOf(layers: readonly Ending[], runs: readonly Run[]): readonly Mark[] {
  const marks: Mark[] = [];
  let [position, passed] = [runs.length, ALL_CONNECTIONS];
  for (let layer = layers.length - 1; layer >= 0; layer--) {
    let open = layers[layer]?.end === 'Deny' ? NO_CONNECTIONS : passed;
    for (let run = runs[position - 1]; run?.layer === layer; run = runs[position - 1]) {
      position--;
      open = beforeRun(run, open, passed);
      if (position % FROM_MARK_TO_MARK === 0) marks.push({ position, layer, open, passed });
    }
    passed = open;
  }
  return marks.toReversed();
}

function beforeRun({ rule: { action }, matched }: Run, open: ConnectionSet, passed: ConnectionSet): ConnectionSet {
  if (action === 'Accept') return unionConnections(open, matched);
  const left = subtractConnections(open, matched);
  return action === 'Deny' ? left : unionConnections(left, intersectConnections(matched, passed));
}
