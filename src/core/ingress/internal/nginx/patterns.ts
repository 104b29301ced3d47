import { compileRegex } from '../../../regex/compile-regex.js';
import { matchRegex } from '../../../regex/match-regex.js';
import type { RegexProgram } from '../../../regex/regex-program.js';

const MAX_KNOWN = 10_000;
const programs = new Map<string, RegexProgram | 'unsupported'>();

/** What an expression of nginx (PCRE) makes of a text: the match and its groups, or that it is one the safe matcher cannot express. */
export function matchPattern(pattern: string, text: string, ignoreCase: boolean): readonly string[] | 'no-match' | 'unsupported' {
  const source = ignoreCase ? `(?i)${pattern}` : pattern;
  let program = programs.get(source);
  if (program === undefined) {
    const compiled = compileRegex(source, 'pcre');
    program = compiled.ok ? compiled.value : 'unsupported';
    if (programs.size >= MAX_KNOWN) programs.clear();
    programs.set(source, program);
  }
  return program === 'unsupported' ? program : (matchRegex(program, text) ?? 'no-match');
}
