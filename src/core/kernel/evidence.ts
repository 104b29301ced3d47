import type { ObjectRef } from './object-ref.js';
import type { Provenance } from './provenance.js';

/** What one step of an evaluation came to. */
export type EvidenceOutcome = 'match' | 'no-match' | 'allow' | 'deny' | 'pass' | 'selected' | 'excluded' | 'info';

/** The rule that a step goes by, and where it is written. */
export interface Citation {
  /** Its number in the list of the room's rules: `G11`. */
  readonly rule: string;
  /** A public address. */
  readonly source: string;
}

/**
 * One step of an answer's explanation. Steps are a flat list in evaluation order; `parent` makes the tree, because GraphQL cannot select a
 * tree of unknown depth. A loser carries the first criterion that decided against it, with both values in `message`.
 */
export interface Evidence {
  /** Counts from 1 within the answer. */
  readonly id: number;
  readonly parent: number | null;
  /** Where in the pipeline, kebab-case: `ingress-policy`, `endpoint-selection`, `search-walk` … */
  readonly stage: string;
  readonly outcome: EvidenceOutcome;
  /** Stable code in UPPER_SNAKE, listed with its meaning in the room's README. */
  readonly reason: string;
  readonly object: ObjectRef | null;
  /** JSON pointer into the object: the rule, port or peer that decided. */
  readonly pointer: string | null;
  readonly message: string;
  readonly provenance: Provenance;
  /** Undefined in rooms that do not number their rules. */
  readonly cites?: Citation | undefined;
}

/** What an engine says of one step; the trail numbers it. */
export interface EvidenceStep {
  readonly stage: string;
  readonly outcome: EvidenceOutcome;
  readonly reason: string;
  readonly message: string;
  readonly object?: ObjectRef | undefined;
  readonly pointer?: string | undefined;
  readonly provenance?: Provenance | undefined;
  readonly parent?: number | null | undefined;
  /** Left out: what the trail knows of the reason. */
  readonly cites?: Citation | undefined;
}

/** Collects evidence in the order of evaluation. An engine has exactly one evaluator, and it always gathers. */
export class Trail {
  private readonly steps: Evidence[] = [];

  /** `cited` tells of each reason which rule it goes by. */
  constructor(private cited?: ReadonlyMap<string, Citation>) {}

  /** From here on the steps go by other rules. */
  goBy(cited: ReadonlyMap<string, Citation>): void {
    this.cited = cited;
  }

  /** Adds a step and returns its id, to be the `parent` of what follows from it. */
  add(step: EvidenceStep): number {
    return this.addBelow(step.parent, step);
  }

  /** Adds a step that is told apart from what it follows from: a copy of each step with its parent costs more than all else of an explanation. */
  addBelow(parent: EvidenceStep['parent'], step: EvidenceStep): number {
    const id = this.steps.length + 1;
    this.steps.push({
      id,
      parent: parent ?? null,
      stage: step.stage,
      outcome: step.outcome,
      reason: step.reason,
      object: step.object ?? null,
      pointer: step.pointer ?? null,
      message: step.message,
      provenance: step.provenance ?? 'observed',
      cites: step.cites ?? this.cited?.get(step.reason),
    });
    return id;
  }

  /** Puts the evidence of another answer below a step, numbered anew: its roots below `root`. Copied field by field, for an answer has hundreds. */
  graft(root: number, evidence: readonly Evidence[]): void {
    const ids = new Map<number, number>();
    for (const { id, parent, stage, outcome, reason, object, pointer, message, provenance, cites } of evidence) {
      const own = this.steps.length + 1;
      ids.set(id, own);
      const below = parent === null ? root : (ids.get(parent) ?? root);
      this.steps.push({ id: own, parent: below, stage, outcome, reason, object, pointer, message, provenance, cites });
    }
  }

  /** Goes on with the evidence of another answer, numbered anew: its roots are roots. */
  append(evidence: readonly Evidence[]): void {
    const before = this.steps.length;
    for (const { id, parent, stage, outcome, reason, object, pointer, message, provenance, cites } of evidence) {
      const above = parent === null ? null : parent + before;
      this.steps.push({ id: id + before, parent: above, stage, outcome, reason, object, pointer, message, provenance, cites });
    }
  }

  /** The steps so far, in order. */
  list(): readonly Evidence[] {
    return this.steps;
  }
}
