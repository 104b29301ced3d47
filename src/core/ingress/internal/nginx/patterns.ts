import { compileRegex } from '../../../regex/compile-regex.js';
import { matchRegex } from '../../../regex/match-regex.js';
import type { Flavour, RegexProgram } from '../../../regex/regex-program.js';

const MAX_KNOWN = 10_000;
const programs = new Map<string, RegexProgram | 'unsupported'>();

/** What an expression makes of a text, by nginx in PCRE: the match and its groups, or that it is one the safe matcher cannot express. */
export function matchPattern(
  pattern: string,
  text: string,
  ignoreCase: boolean,
  flavour: Flavour = 'pcre',
): readonly string[] | 'no-match' | 'unsupported' {
  const source = ignoreCase ? `(?i)${pattern}` : pattern;
  const key = `${flavour} ${source}`;
  let program = programs.get(key);
  if (program === undefined) {
    const compiled = compileRegex(source, flavour);
    program = compiled.ok ? compiled.value : 'unsupported';
    if (programs.size >= MAX_KNOWN) programs.clear();
    programs.set(key, program);
  }
  return program === 'unsupported' ? program : (matchRegex(program, text) ?? 'no-match');
}
