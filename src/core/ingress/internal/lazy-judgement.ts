import type { Note } from '../../kernel/answer.js';
import type { JudgedRule, Judgement, Outcome } from './dialect.js';

/**
 * What a dialect finds out about one request, each part worked out when somebody reads it, once. A class, for every literal with a getter is an object of a shape of its
 * own: it costs more than all else of a clear request, and shapes stay until the whole heap is swept.
 */
export class LazyJudgement implements Judgement {
  private followed: readonly Outcome[] | undefined;
  private fares: readonly JudgedRule[] | undefined;

  constructor(
    private readonly follow: () => readonly Outcome[],
    private readonly judge: () => readonly JudgedRule[],
    readonly assumptions: readonly Note[] = [],
    readonly warnings: readonly Note[] = [],
  ) {}

  get outcomes(): readonly Outcome[] {
    this.followed ??= this.follow();
    return this.followed;
  }

  get judged(): readonly JudgedRule[] {
    this.fares ??= this.judge();
    return this.fares;
  }
}
