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

/** From where on to decide: the next hit, its layer, and what is still open there. */
interface Start {
  readonly hit: number;
  readonly layer: number;
  readonly open: ConnectionSet;
}

const START: Start = { hit: 0, layer: 0, open: ALL_CONNECTIONS };

/** What of the open connections is allowed in the end. Sets are interned, so that equal results are one object. */
export function allowedBy(
  layers: readonly LayerAt[],
  hits: readonly Hit[],
  sets: SetOperations<ConnectionSet>,
  start: Start = START,
): ConnectionSet {
  let { hit: position, open } = start;
  let allowed = NO_CONNECTIONS;
  for (let layer = start.layer; layer < layers.length && open !== NO_CONNECTIONS; layer++) {
    let passed = NO_CONNECTIONS;
    for (let hit = hits[position]; hit !== undefined && hit.layer === layer; hit = hits[++position]) {
      const share = sets.meet(open, hit.matched);
      if (share === NO_CONNECTIONS) continue;
      open = sets.minus(open, share);
      if (hit.rule.action === 'Accept') allowed = sets.join(allowed, share);
      else if (hit.rule.action === 'Pass') passed = sets.join(passed, share);
    }
    open = layers[layer]?.end === 'Deny' ? passed : sets.join(open, passed);
  }
  return sets.join(allowed, open);
}

/** What a rule came to between two endpoints. */
export interface RuleOutcome {
  readonly hit: Hit;
  /** What it is the first of its layer to match. */
  readonly share: ConnectionSet;
  /** Without it something else would be allowed. */
  readonly decides: boolean;
}

/** Follows what each rule decides, and what would become of that if the rule were not there. */
export function* ruleOutcomes(
  layers: readonly LayerAt[],
  hits: readonly Hit[],
  sets: SetOperations<ConnectionSet>,
): Generator<RuleOutcome> {
  let [layer, open, passed] = [0, ALL_CONNECTIONS, NO_CONNECTIONS];
  for (const [position, hit] of hits.entries()) {
    for (; layer < hit.layer; layer++) {
      open = layers[layer]?.end === 'Deny' ? passed : sets.join(open, passed);
      passed = NO_CONNECTIONS;
    }
    const share = sets.meet(open, hit.matched);
    const rest = (from: number) => allowedBy(layers, hits, sets, { hit: firstOf(hits, from, position + 1), layer: from, open: share });
    const { action } = hit.rule;
    const withIt = share === NO_CONNECTIONS || action === 'Deny' ? NO_CONNECTIONS : action === 'Accept' ? share : rest(layer + 1);
    yield { hit, share, decides: share !== NO_CONNECTIONS && withIt !== rest(layer) };
    open = sets.minus(open, share);
    if (action === 'Pass') passed = sets.join(passed, share);
  }
}

/** The first hit of a layer, from a position on. */
function firstOf(hits: readonly Hit[], layer: number, from: number): number {
  let position = from;
  for (let hit = hits[position]; hit !== undefined && hit.layer < layer; hit = hits[++position]);
  return position;
}
