import { ALL_CONNECTIONS, type ConnectionSet, NO_CONNECTIONS, unionOfConnections } from '../connection-set.js';
import { PLAIN, type SetOperations } from '../decide-in-order.js';
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

/** What is allowed in the end. Neighbours of one action are put together first: in which order they match makes no difference to that. */
export function allowedBy(layers: readonly LayerAt[], hits: readonly Hit[]): ConnectionSet {
  const runs: { readonly rule: LayerRule; readonly layer: number; readonly parts: ConnectionSet[] }[] = [];
  for (const { rule, layer, matched } of hits) {
    const last = runs.at(-1);
    if (last?.layer === layer && last.rule.action === rule.action) last.parts.push(matched);
    else runs.push({ rule, layer, parts: [matched] });
  }
  const together = runs.map(({ parts, ...run }): Hit => ({ ...run, matched: unionOfConnections(parts) }));
  const allowed: ConnectionSet[] = [];
  const open = walk(layers, together, PLAIN, ({ rule }, share) => {
    if (rule.action === 'Accept') allowed.push(share);
  });
  return unionOfConnections([...allowed, open]);
}

/** By position: what each hit is the first of its layer to match, of what earlier layers left open. */
export function sharesOf(layers: readonly LayerAt[], hits: readonly Hit[], sets: SetOperations<ConnectionSet>): readonly ConnectionSet[] {
  const shares: ConnectionSet[] = [];
  walk(layers, hits, sets, (_, share) => shares.push(share));
  return shares;
}

/** Tells every hit its share, and returns what no layer decides. */
function walk(
  layers: readonly LayerAt[],
  hits: readonly Hit[],
  sets: SetOperations<ConnectionSet>,
  tell: (hit: Hit, share: ConnectionSet) => void,
): ConnectionSet {
  let [position, open] = [0, ALL_CONNECTIONS];
  for (const [layer, { end }] of layers.entries()) {
    let passed = NO_CONNECTIONS;
    for (let hit = hits[position]; hit !== undefined && hit.layer === layer; hit = hits[++position]) {
      const share = sets.meet(open, hit.matched);
      tell(hit, share);
      open = sets.minus(open, share);
      if (hit.rule.action === 'Pass') passed = sets.join(passed, share);
    }
    open = end === 'Deny' ? passed : sets.join(open, passed);
  }
  return open;
}
