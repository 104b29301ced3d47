import type { Result } from '../kernel/result.js';
import type { Pattern } from './pattern.js';
import type { MatcherFault } from './rule-node.js';
import type { SeenRequest } from './seen-request.js';
import { inBrief } from '../kernel/in-brief.js';

/** How a matcher fared; undefined where that cannot be told. */
export interface Finding {
  readonly holds: boolean | undefined;
  /** What it was compared with, or why it cannot be told. */
  readonly because: string;
}

/** A matcher with its values. */
export type Test = (request: SeenRequest) => Finding;
/** Makes a matcher of its values, which are not empty. */
export type MakeTest = (values: readonly string[]) => Result<Test, MatcherFault>;

/** A list of values in a sentence. */
export function listed(values: readonly string[], none: string): string {
  return values.length === 0 ? none : inBrief(values.map((value) => `\`${inBrief(value)}\``).join(', '));
}

/** Whether some expression is found in some of the texts. */
export function findPattern(patterns: readonly Pattern[], texts: readonly string[], because: string): Finding {
  const found = patterns.some(({ test }) => test !== undefined && texts.some(test));
  if (found) return { holds: true, because };
  const unsupported = texts.length > 0 ? patterns.find((pattern) => pattern.unsupported !== undefined)?.unsupported : undefined;
  return unsupported === undefined
    ? { holds: false, because }
    : { holds: undefined, because: `${because}; of the expression, ${unsupported}` };
}
