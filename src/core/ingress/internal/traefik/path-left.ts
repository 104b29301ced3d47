import { inMap } from '../../../kernel/in-map.js';
import type { Result } from '../../../kernel/result.js';
import { compileRegex } from '../../../regex/compile-regex.js';
import type { RegexProgram } from '../../../regex/regex-program.js';
import { type Uncovered, uncoveredText } from '../../../regex/uncovered-text.js';
import type { RuleCall } from '../../../traefik-rule/rule-node.js';
import { isPlainPath, PATH_CHARACTERS } from '../lint/witness-requests.js';
import type { RuleCase } from './rule-cases.js';

/** Every path begins so. */
const ANY: RuleCall = { kind: 'call', name: 'PathPrefix', values: ['/'], from: 0, to: 0 };
/** The one that says most first. */
const NARROWEST = ['Path', 'PathRegexp', 'PathPrefix'];

/** Of each case it is asked whether a path is left, and then which. */
const known = new WeakMap<RuleCase, Uncovered>();
/** The same matchers are looked at again in many cases. */
const programs = new WeakMap<RuleCall, Result<RegexProgram, string>>();

/** A path for which the matchers of a case that are about paths may hold, and none fails; `none` is a proof that there is none. */
export function pathLeft(one: RuleCase): Uncovered {
  return inMap(known, one, () => findPath(one));
}

function findPath({ holding, failing }: RuleCase): Uncovered {
  const [own = ANY] = holding
    .filter(isOfPath)
    .sort((a, b) => NARROWEST.indexOf(a.name) - NARROWEST.indexOf(b.name) || lengthOf(b) - lengthOf(a));
  const program = programOf(own);
  const others = failing.filter(isOfPath).map(programOf);
  if (!program || others.includes(undefined)) return { found: 'unknown' };
  return uncoveredText(
    program,
    others.filter((one) => one !== undefined),
    { begins: '/', preferred: PATH_CHARACTERS, admits: isPlainPath },
  );
}

/** Whether a case is about paths that others leave over. */
export function asksForPathLeft({ failing }: RuleCase): boolean {
  return failing.some(isOfPath);
}

const isOfPath = ({ name }: RuleCall) => NARROWEST.includes(name);
const lengthOf = ({ values: [value = ''] }: RuleCall) => value.length;

function programOf(call: RuleCall): RegexProgram | undefined {
  const program = inMap(programs, call, () => compileRegex(expressionOf(call)));
  return program.ok ? program.value : undefined;
}

function expressionOf({ name, values: [value = ''] }: RuleCall): string {
  if (name === 'PathRegexp') return value;
  return `^${value.replace(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`)}${name === 'Path' ? '$' : ''}`;
}
