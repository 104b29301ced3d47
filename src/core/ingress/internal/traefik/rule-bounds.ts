import { assertNever } from '../../../kernel/assert-never.js';
import type { RuleCall, RuleNode } from '../../../traefik-rule/rule-node.js';

/** The hosts outside which a rule never holds, in lower case, wildcards as `*.x`; undefined where it names no such hosts. */
export function hostsOfRule(node: RuleNode): readonly string[] | undefined {
  return boundsOf(node, ({ name, values }) =>
    name === 'Host' && values.every((value) => /^(\*\.)?[^*]+$/.test(value)) ? values.map(bare) : undefined,
  );
}

/** Texts with one of which every path begins that a rule takes; undefined where none are known. */
export function pathBeginningsOf(node: RuleNode): readonly string[] | undefined {
  return boundsOf(node, ({ name, values }) => {
    if (name === 'Path' || name === 'PathPrefix') return values.map((value) => value.replace(/\{.*/s, '')); // a template of the syntax v2
    return name === 'PathRegexp' && values.length === 1 ? literalBeginning(values[0] ?? '') : undefined;
  });
}

/** What an expression that is anchored begins with; of a character that may be repeated, or be missing, nothing is known. */
function literalBeginning(expression: string): readonly string[] | undefined {
  const [, literal] = expression.includes('|') ? [] : (/^\^([\w/-]*)(?![\w/*+?{-])/.exec(expression) ?? []);
  return literal === undefined ? undefined : [literal];
}

/** What is known of whatever a rule takes: of several parts that have to hold one tells, of those of which one has to hold all. */
function boundsOf(node: RuleNode, ofCall: (call: RuleCall) => readonly string[] | undefined): readonly string[] | undefined {
  switch (node.kind) {
    case 'call':
      return ofCall(node);
    case 'and': {
      const [left, right] = [boundsOf(node.left, ofCall), boundsOf(node.right, ofCall)];
      return left && right && shortest(right) > shortest(left) ? right : (left ?? right);
    }
    case 'or': {
      const [left, right] = [boundsOf(node.left, ofCall), boundsOf(node.right, ofCall)];
      return left && right && [...new Set([...left, ...right])];
    }
    case 'not':
      return undefined;
    default:
      return assertNever(node);
  }
}

const shortest = (texts: readonly string[]) => Math.min(...texts.map(({ length }) => length));
const bare = (host: string) => host.toLowerCase().replace(/\.$/, '');
