import type { Steps } from '../../kernel/steps.js';
import { formatConnections, noConnections, unionConnections } from './connection-set.js';
import type { Direction } from './direction.js';
import { ExposureJudge, type Exposure } from './exposed-to.js';
import type { LayerRule } from './layer.js';
import type { Group } from './listing-groups.js';
import type { PolicyIndex } from './policy-index.js';
import type { Unknown, UnknownPods } from './unknown/unknown-pods.js';

/** netpol-analyzer's name for every pod there could be. */
const ENTIRE_CLUSTER = 'entire-cluster';

/** What a group and unknown pods may use. */
export interface ExposureRow {
  readonly name: string;
  readonly text: string;
  readonly rules: readonly LayerRule[];
}

/** A workload in one direction. */
export interface ExposedGroup {
  readonly group: Group;
  readonly direction: Direction;
  readonly isProtected: boolean;
  /** The whole cluster first, if it may use anything; then such pods as may use something else. */
  readonly rows: readonly ExposureRow[];
}

/** What a workload leaves to unknown pods; one that no policy protects is open to the whole cluster. Pods of a workload that differ add up. Yields often. */
export function* exposuresOf(index: PolicyIndex, group: Group, direction: Direction, unknown: UnknownPods): Steps<ExposedGroup> {
  const judges = yield* judgesOf(index, group, direction, unknown);
  const isProtected = judges.length > 0 && judges.every((judge) => judge.isProtected);
  function* towards(who: Unknown): Steps<Omit<ExposureRow, 'name'>> {
    const exposures: Exposure[] = [];
    for (const judge of judges) exposures.push(yield* judge.to(who));
    return joined(exposures);
  }
  const everybody = judges.length === 0 ? { text: formatConnections(index.everything), rules: [] } : yield* towards('everybody');
  const isOpen = everybody.text !== 'No Connections';
  const rows: ExposureRow[] = isOpen ? [{ name: ENTIRE_CLUSTER, ...everybody }] : [];
  if (!isProtected) return { group, direction, isProtected, rows };
  for (const one of unknown.pseudoPeers) {
    const found = yield* towards(one);
    // Where the whole cluster may connect, pods that may not are told: they are an exception.
    if (found.text !== everybody.text) rows.push({ name: one.name, ...found });
  }
  return { group, direction, isProtected, rows };
}

/** Yields often. */
export function* judgesOf(index: PolicyIndex, group: Group, direction: Direction, unknown: UnknownPods): Steps<readonly ExposureJudge[]> {
  const judges: ExposureJudge[] = [];
  for (const { class: one } of group.classes.values()) {
    yield;
    if (one.endpoint.kind === 'pod') judges.push(yield* ExposureJudge.of(index, unknown, direction, one.endpoint));
  }
  return judges;
}

function joined(exposures: readonly Exposure[]): Omit<ExposureRow, 'name'> {
  const [first, ...others] = exposures;
  if (!first) return { text: 'No Connections', rules: [] };
  const rules = [...new Set(exposures.flatMap((one) => one.rules))];
  if (others.every(({ text }) => text === first.text)) return { text: first.text, rules };
  const sum = exposures.reduce((all, { connections }) => unionConnections(all, connections), first.connections);
  return { text: noConnections(sum) ? first.text : formatConnections(sum), rules };
}
