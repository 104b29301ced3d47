import { assertNever } from '../kernel/assert-never.js';
import type { CompiledRule } from './compile-rule.js';
import type { RuleCall, RuleNode } from './rule-node.js';
import type { SeenRequest } from './seen-request.js';

/** More matchers than these are not tried one by one. */
const MOST = 50;

/** The one matcher that keeps a rule from holding. */
interface Failing {
  readonly call: RuleCall;
  readonly because: string;
  /** It holds, behind a `!`. */
  readonly isNegated: boolean;
}

/** The only matcher with whose opposite a rule would hold; undefined where there is none, or several. */
export function onlyFailing(rule: CompiledRule, request: SeenRequest): Failing | undefined {
  if (rule.tests.size > MOST) return undefined;
  const findings = new Map([...rule.tests].map(([node, test]) => [node, test(request)]));
  const mending = [...findings].filter(([node]) => judge(rule.root, (call) => (findings.get(call)?.holds ?? false) !== (call === node)));
  const [first, ...more] = mending;
  if (!first || more.length > 0 || first[0].kind !== 'call') return undefined;
  return { call: first[0], because: first[1].because, isNegated: first[1].holds === true };
}

function judge(node: RuleNode, holds: (call: RuleNode) => boolean): boolean {
  switch (node.kind) {
    case 'call':
      return holds(node);
    case 'not':
      return !judge(node.of, holds);
    case 'and':
      return judge(node.left, holds) && judge(node.right, holds);
    case 'or':
      return judge(node.left, holds) || judge(node.right, holds);
    default:
      return assertNever(node);
  }
}
