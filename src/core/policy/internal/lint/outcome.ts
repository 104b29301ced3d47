import { ALL_CONNECTIONS, type ConnectionSet, NO_CONNECTIONS } from '../connection-set.js';
import type { SetOperations } from '../decide-in-order.js';
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

/** What is allowed in the end. Sets are interned, so that equal results are one object. */
export function allowedBy(layers: readonly LayerAt[], hits: readonly Hit[], sets: SetOperations<ConnectionSet>): ConnectionSet {
  let allowed = NO_CONNECTIONS;
  const open = walk(layers, hits, sets, ({ rule }, share) => {
    if (rule.action === 'Accept') allowed = sets.join(allowed, share);
  });
  return sets.join(allowed, open);
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
