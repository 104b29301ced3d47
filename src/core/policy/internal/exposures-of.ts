import type { Steps } from '../../kernel/steps.js';
import { formatConnections, noConnections, unionConnections } from './connection-set.js';
import type { Direction } from './direction.js';
import { type Exposure, ExposureJudge, MarkedLayers } from './exposed-to.js';
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

/** Who is exposed to unknown pods; found out once for all workloads under the same rules. */
export class Exposures {
  private readonly layers: MarkedLayers;
  private readonly judges = new Map<string, ExposureJudge>();
  private readonly known = new Map<string, Pick<ExposedGroup, 'isProtected' | 'rows'>>();

  constructor(
    private readonly index: PolicyIndex,
    private readonly unknown: UnknownPods,
  ) {
    this.layers = new MarkedLayers(unknown);
  }

  /** What a workload leaves to unknown pods; one that no policy protects is open to the whole cluster. Pods of a workload that differ add up. Yields often. */
  *of(group: Group, direction: Direction): Steps<ExposedGroup> {
    const judges = yield* this.judgesOf(group, direction);
    const key = judges.map((judge) => judge.key).join('|');
    const found = this.known.get(key) ?? (yield* this.judge(judges));
    this.known.set(key, found);
    return { group, direction, ...found };
  }

  /** Yields often. */
  *judgesOf(group: Group, direction: Direction): Steps<readonly ExposureJudge[]> {
    const judges: ExposureJudge[] = [];
    for (const { class: one } of group.classes.values()) {
      yield;
      const place = `${direction} ${one.id}`;
      const judge = this.judges.get(place) ?? (yield* ExposureJudge.of(this.index, this.layers, direction, one));
      if (!judge) continue;
      this.judges.set(place, judge);
      judges.push(judge);
    }
    return judges;
  }

  private *judge(judges: readonly ExposureJudge[]): Steps<Pick<ExposedGroup, 'isProtected' | 'rows'>> {
    const isProtected = judges.length > 0 && judges.every((judge) => judge.isProtected);
    function* towards(who: Unknown): Steps<Omit<ExposureRow, 'name'>> {
      const exposures: Exposure[] = [];
      for (const judge of judges) exposures.push(yield* judge.to(who));
      return joined(exposures);
    }
    const all = judges.length === 0 ? { text: formatConnections(this.index.everything), rules: [] } : yield* towards('everybody');
    const rows: ExposureRow[] = all.text === 'No Connections' ? [] : [{ name: ENTIRE_CLUSTER, ...all }];
    for (const one of isProtected ? this.unknown.pseudoPeers : []) {
      const found = yield* towards(one);
      // Where the whole cluster may connect, pods that may not are told: they are an exception.
      if (found.text !== all.text) rows.push({ name: one.name, ...found });
    }
    return { isProtected, rows };
  }
}

function joined(exposures: readonly Exposure[]): Omit<ExposureRow, 'name'> {
  const [first, ...others] = exposures;
  if (!first) return { text: 'No Connections', rules: [] };
  const rules = [...new Set(exposures.flatMap((one) => one.rules))];
  if (others.every(({ text }) => text === first.text)) return { text: first.text, rules };
  const sum = exposures.reduce((all, { connections }) => unionConnections(all, connections), first.connections);
  return { text: noConnections(sum) ? first.text : formatConnections(sum), rules };
}
