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

/** What is allowed of these connections, which nothing before the first of the runs decides. */
export function allowedOf(layers: readonly Ending[], runs: readonly Hit[], asked: ConnectionSet, first = 0): ConnectionSet {
  const allowed: ConnectionSet[] = [];
  const tell = ({ rule }: Hit, share: ConnectionSet) => {
    if (rule.action === 'Accept') allowed.push(share);
  };
  const open = walk(layers, runs, { open: asked, layer: first, tell });
  return unionOfConnections([...allowed, open]);
}

/** By position: what each hit is the first of its layer to match, of what earlier layers left open. */
export function sharesOf(layers: readonly Ending[], hits: readonly Hit[]): readonly ConnectionSet[] {
  const shares: ConnectionSet[] = [];
  walk(layers, hits, { open: ALL_CONNECTIONS, layer: 0, tell: (_, share) => shares.push(share) });
  return shares;
}

interface Start {
  readonly open: ConnectionSet;
  readonly layer: number;
  readonly tell: (hit: Hit, share: ConnectionSet) => void;
}

/** Tells every hit its share, and returns what no layer decides. */
function walk(layers: readonly Ending[], hits: readonly Hit[], { open: asked, layer: first, tell }: Start): ConnectionSet {
  let [position, open] = [0, asked];
  for (let layer = first; layer < layers.length; layer++) {
    let passed = NO_CONNECTIONS;
    for (let hit = hits[position]; hit !== undefined && hit.layer === layer; hit = hits[++position]) {
      const share = intersectConnections(open, hit.matched);
      tell(hit, share);
      open = subtractConnections(open, share);
      if (hit.rule.action === 'Pass') passed = unionConnections(passed, share);
    }
    open = layers[layer]?.end === 'Deny' ? passed : unionConnections(open, passed);
  }
  return open;
}
