import { hash } from 'node:crypto';
import { type Problem, problem } from '../../core/kernel/problem.js';
import type { Supposed } from './what-if-input.js';

/** So often one batch may suppose a state other than the last two, whose models are kept: each is a model of its own to compile. */
export const MOST_SUPPOSED = 50;
const KEPT = 2;

/** Counts the states that one batch supposes; those that were asked last come first, as the models that are kept do. */
export class SupposedStates {
  private readonly last: string[] = [];
  private count = 0;

  /** Why a state is not supposed any more; undefined: it is. */
  refusal(supposed: Supposed, place: string): Problem | undefined {
    const key = hash('sha256', JSON.stringify([place, supposed]));
    const known = this.last.indexOf(key);
    if (known < 0 && this.count >= MOST_SUPPOSED) return tooMany(supposed);
    if (known < 0) this.count++;
    else this.last.splice(known, 1);
    this.last.unshift(key);
    this.last.length = Math.min(this.last.length, KEPT);
    return undefined;
  }
}

function tooMany({ apply }: Supposed): Problem {
  const message = `one batch supposes at most ${MOST_SUPPOSED} states one after another`;
  const hint = 'put questions of one state next to each other, and further states into another batch';
  const pointer = apply === undefined ? '/delete' : '/apply';
  return problem('limit-too-large', message, {
    hint,
    extra: { maximum: MOST_SUPPOSED },
    errors: [{ pointer, code: 'too-many', message, hint }],
  });
}
