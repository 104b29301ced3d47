import { assertNever } from '../../../kernel/assert-never.js';
import type { RuleCall, RuleNode } from '../../../traefik-rule/rule-node.js';
import { type Cidr, cidrCovers, parseCidr } from '../../../net/cidr.js';
import { hostCovers } from '../request-host.js';
import { findInText } from './go-regexp.js';

/** One of the ways in which a rule holds: all of these matchers hold, and none of those. */
export interface RuleCase {
  readonly holding: readonly RuleCall[];
  readonly failing: readonly RuleCall[];
}

/** A rule of more cases is not taken apart. */
const MOST_CASES = 64;

/** Every way in which a rule holds; undefined: there are too many. */
export function casesOf(node: RuleNode, holds = true): readonly RuleCase[] | undefined {
  switch (node.kind) {
    case 'call':
      return [holds ? { holding: [node], failing: [] } : { holding: [], failing: [node] }];
    case 'not':
      return casesOf(node.of, !holds);
    case 'and':
    case 'or': {
      const [left, right] = [casesOf(node.left, holds), casesOf(node.right, holds)];
      if (!left || !right) return undefined;
      // What must not hold changes places: not (a and b) is (not a) or (not b).
      const isEither = (node.kind === 'or') === holds;
      const count = isEither ? left.length + right.length : left.length * right.length;
      if (count > MOST_CASES) return undefined;
      return isEither ? [...left, ...right] : joined(left, right);
    }
    default:
      return assertNever(node);
  }
}

function joined(left: readonly RuleCase[], right: readonly RuleCase[]): readonly RuleCase[] {
  return left.flatMap((a) => right.map((b) => ({ holding: [...a.holding, ...b.holding], failing: [...a.failing, ...b.failing] })));
}

/** Whether a rule holds for every request of a case, or for none; undefined: neither is shown. */
export function followsFrom(known: RuleCase, node: RuleNode): boolean | undefined {
  switch (node.kind) {
    case 'call':
      if (isAlways(node) || known.holding.some((one) => implies(one, node))) return true;
      return known.failing.some((one) => isSame(one, node)) || known.holding.some((one) => excludes(one, node)) ? false : undefined;
    case 'not': {
      const holds = followsFrom(known, node.of);
      return holds === undefined ? undefined : !holds;
    }
    case 'and':
    case 'or': {
      const decides = node.kind === 'or';
      const parts = [followsFrom(known, node.left), followsFrom(known, node.right)];
      if (parts.includes(decides)) return decides;
      return parts.includes(undefined) ? undefined : !decides;
    }
    default:
      return assertNever(node);
  }
}

/** What all of these rules leave over of some cases; a rule that would multiply what is left beyond {@link MOST_CASES} is passed over. */
export function leftBy(
  known: readonly RuleCase[],
  rules: readonly RuleNode[],
  spend: (comparisons: number) => boolean,
): readonly RuleCase[] {
  let left = known;
  for (const rule of rules) {
    if (!spend(left.reduce((sum, { holding, failing }) => sum + holding.length + failing.length, 0))) return left;
    const next = left.flatMap((one) => withoutRule(one, rule));
    if (next.length <= MOST_CASES) left = next;
  }
  return left;
}

/** A case where a rule does not hold. */
function withoutRule(known: RuleCase, rule: RuleNode): readonly RuleCase[] {
  const holds = followsFrom(known, rule);
  if (holds !== undefined) return holds ? [] : [known];
  const failing = casesOf(rule, false);
  return failing ? joined([known], failing).filter((one) => !isContradiction(one)) : [known];
}

/** Whether some matcher of a case denies another one. */
function isContradiction({ holding, failing }: RuleCase): boolean {
  return (
    failing.some((one) => isAlways(one) || holding.some((other) => implies(other, one))) ||
    holding.some((one, index) => holding.slice(index + 1).some((other) => excludes(one, other)))
  );
}

const isAlways = ({ name, values }: RuleCall) => name === 'HostSNI' && values[0] === '*';
const first = ({ values: [value = ''] }: RuleCall) => value;
const isSame = (a: RuleCall, b: RuleCall) =>
  a.name === b.name && a.values.length === b.values.length && a.values.every((one, index) => one === b.values[index]);

/** Of matchers with one value each, as the syntax v3 has them. */
function implies(a: RuleCall, b: RuleCall): boolean {
  if (isSame(a, b)) return true;
  if (a.values.length !== 1 || b.values.length !== 1) return false;
  const [own, wanted] = [first(a), first(b)];
  switch (`${a.name} ${b.name}`) {
    case 'Host Host':
      if (wanted === '*') return true;
      return (
        !own.startsWith('*') &&
        (own.toLowerCase() === wanted.toLowerCase() || (wanted.startsWith('*.') && hostCovers(wanted, own.toLowerCase())))
      );
    case 'HostSNI HostSNI': // compared as it is written, but for a wildcard
      return !own.startsWith('*') && wanted.startsWith('*.') && hostCovers(wanted.toLowerCase(), own.toLowerCase());
    case 'HostSNI HostSNIRegexp':
      return !own.startsWith('*') && fits(wanted, own.toLowerCase());
    case 'ClientIP ClientIP':
      return isWithin(own, wanted);
    case 'Path PathPrefix':
    case 'PathPrefix PathPrefix':
      return own.startsWith(wanted);
    case 'Path PathRegexp':
      return fits(wanted, own);
    case 'Host HostRegexp':
      return !own.startsWith('*') && fits(wanted, own.toLowerCase());
    case 'Method Method':
      return own.toUpperCase() === wanted.toUpperCase();
    default:
      return false;
  }
}

/** Two texts that one thing cannot both be. */
function excludes(a: RuleCall, b: RuleCall): boolean {
  if (a.name !== b.name || a.values.length !== 1 || b.values.length !== 1) return false;
  const [own, wanted] = [first(a), first(b)];
  if (a.name === 'Path') return own !== wanted;
  if (a.name === 'Method') return own.toUpperCase() !== wanted.toUpperCase();
  return (
    (a.name === 'Host' || a.name === 'HostSNI') && !own.includes('*') && !wanted.includes('*') && own.toLowerCase() !== wanted.toLowerCase()
  );
}

function isWithin(own: string, wanted: string): boolean {
  const [inner, outer] = [rangeOf(own), rangeOf(wanted)];
  return inner !== undefined && outer !== undefined && cidrCovers(outer, inner);
}

function rangeOf(text: string): Cidr | undefined {
  return parseCidr(text) ?? parseCidr(`${text}/${text.includes(':') ? 128 : 32}`);
}

function fits(expression: string, text: string): boolean {
  const found = findInText(expression, text);
  return found !== undefined && found !== 'none';
}
