import { assertNever } from '../kernel/assert-never.js';
import type { Trail } from '../kernel/evidence.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { Finding, MakeTest, Test } from './finding.js';
import type { RuleLanguage } from './rule-syntax.js';
import { MATCHERS_TCP_V2, MATCHERS_TCP_V3 } from './matchers-tcp.js';
import { MATCHERS_V2 } from './matchers-v2.js';
import { MATCHERS_V3 } from './matchers-v3.js';
import { parseRule } from './parse-rule.js';
import type { RuleCall, RuleFault, RuleNode } from './rule-node.js';
import type { SeenRequest } from './seen-request.js';
import { inBrief } from '../kernel/in-brief.js';

/** A rule that Traefik takes. */
export interface CompiledRule {
  readonly text: string;
  readonly root: RuleNode;
  readonly tests: ReadonlyMap<RuleNode, Test>;
}

const MATCHERS: Readonly<Record<RuleLanguage, Readonly<Record<string, MakeTest>>>> = {
  v3: MATCHERS_V3,
  v2: MATCHERS_V2,
  'tcp-v3': MATCHERS_TCP_V3,
  'tcp-v2': MATCHERS_TCP_V2,
};

/** Reads a rule and makes its matchers, as `SyntaxParser` of `pkg/muxer/http/parser.go` does. */
export function compileRule(text: string, syntax: RuleLanguage): Result<CompiledRule, RuleFault> {
  const parsed = parseRule(text, syntax);
  if (!parsed.ok) return parsed;
  const tests = new Map<RuleNode, Test>();
  for (const call of callsOf(parsed.value)) {
    const test = testOf(call, syntax);
    if (!test.ok) return test;
    tests.set(call, test.value);
  }
  return ok({ text, root: parsed.value, tests });
}

function testOf(call: RuleCall, syntax: RuleLanguage): Result<Test, RuleFault> {
  const refuse = (message: string, hint?: string) => err({ position: call.from + 1, message: `\`${call.name}\`: ${message}`, hint });
  if (call.values.length === 0) return refuse('it has no value');
  if (call.values.includes('')) return refuse('a value is empty');
  const made = MATCHERS[syntax][call.name]?.(call.values);
  if (!made) return refuse(`no matcher of the syntax ${syntax}`);
  return made.ok ? made : refuse(made.error.message, made.error.hint);
}

function callsOf(node: RuleNode): readonly RuleCall[] {
  const calls: RuleCall[] = [];
  const open = [node];
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.kind === 'call') calls.push(next);
    else open.push(...(next.kind === 'not' ? [next.of] : [next.right, next.left]));
  }
  return calls;
}

/** How a part of a rule fares, and the matcher that decides it. */
interface Judged {
  readonly holds: boolean | undefined;
  readonly call: RuleCall;
  readonly because: string;
  /** How many `!` stand before the matcher within the part. */
  readonly negations: number;
}

/** Called for each part once its own parts are judged; `because`: of a matcher. */
type Show = (node: RuleNode, holds: boolean | undefined, because: string | undefined) => void;

/** Judges a part of a rule: `and` is decided by one part that does not hold, `or` by one that does. What does not matter any more is judged only for `show`. */
function judge(rule: CompiledRule, node: RuleNode, request: SeenRequest, show?: Show): Judged {
  const judged = judgeParts(rule, node, request, show);
  show?.(node, judged.holds, node.kind === 'call' ? judged.because : undefined);
  return judged;
}

function judgeParts(rule: CompiledRule, node: RuleNode, request: SeenRequest, show?: Show): Judged {
  switch (node.kind) {
    case 'call': {
      const { holds, because } = rule.tests.get(node)?.(request) ?? { holds: undefined, because: 'it is not known' };
      return { holds, call: node, because, negations: 0 };
    }
    case 'not': {
      const { holds, call, because, negations } = judge(rule, node.of, request, show);
      return { holds: holds === undefined ? undefined : !holds, call, because, negations: negations + 1 };
    }
    case 'and':
    case 'or': {
      const decides = node.kind === 'or';
      const first = judge(rule, node.left, request, show);
      if (first.holds === decides && !show) return first;
      const second = judge(rule, node.right, request, show);
      if (first.holds === decides) return first;
      return second.holds !== decides && first.holds === undefined ? first : second;
    }
    default:
      return assertNever(node);
  }
}

/** Whether the rule matches, with the part that decided; undefined where that cannot be told. */
export function judgeRule(rule: CompiledRule, request: SeenRequest): Finding {
  const { holds, call, because, negations } = judge(rule, rule.root, request);
  return { holds, because: `${'not '.repeat(negations)}\`${inBrief(rule.text.slice(call.from, call.to))}\`: ${because}` };
}

/** The same without the reasons: for very many rules. */
export function holdsFor(rule: CompiledRule, request: SeenRequest): boolean | undefined {
  return judge(rule, rule.root, request).holds;
}

/** The priority that a router has of its own: the bytes of its rule (`GetRulePriority`). */
export function rulePriority(text: string): number {
  return Array.from(text).reduce((sum, character) => sum + bytesOf(character.codePointAt(0) ?? 0), 0);
}

/** What `**.x` costs a rule that has no priority of its own: its stars do not count (`DoubleWildcardPenalty` of `pkg/muxer/muxer.go`). */
export function deepWildcardPenalty(rule: RuleNode): number {
  return callsOf(rule)
    .filter(({ name }) => name === 'Host' || name === 'HostSNI')
    .flatMap(({ values }) => values.filter((value) => value.startsWith('**.')))
    .reduce((sum) => sum + '**'.length, 0);
}

function bytesOf(code: number): number {
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
}

/** The names of the `Host` matchers that are not negated, in lower case: those that certificates are asked for (`ParseDomains`). Undefined: the rule cannot be read. */
export function ruleDomains(text: string): readonly string[] | undefined {
  const parsed = parseRule(text, 'any');
  return parsed.ok ? domainsOf(parsed.value, true) : undefined;
}

function domainsOf(node: RuleNode, positive: boolean): readonly string[] {
  if (node.kind === 'not') return domainsOf(node.of, !positive);
  if (node.kind !== 'call') return [...domainsOf(node.left, positive), ...domainsOf(node.right, positive)];
  return positive && node.name === 'Host' ? node.values.map((value) => value.toLowerCase()) : [];
}

/** Whether the rule matches, every part of it as a step below `parent`; undefined where that cannot be told. */
export function explainRule(rule: CompiledRule, request: SeenRequest, trail: Trail, parent: number | null): boolean | undefined {
  const { holds } = judge(rule, rule.root, request, (node, fares, because) => trail.add(stepOf(rule, node, fares, because, parent)));
  return holds;
}

function stepOf(
  rule: CompiledRule,
  { kind, from, to }: RuleNode,
  holds: boolean | undefined,
  because: string | undefined,
  parent: number | null,
): Parameters<Trail['add']>[0] {
  const how = holds === undefined ? 'cannot be told' : holds ? 'holds' : 'does not hold';
  return {
    stage: kind === 'call' ? 'matcher' : 'expression',
    outcome: holds === undefined ? 'info' : holds ? 'match' : 'no-match',
    reason: holds === undefined ? 'PART_UNKNOWN' : holds ? 'PART_HOLDS' : 'PART_FAILS',
    message: `\`${inBrief(rule.text.slice(from, to))}\` ${how}${because === undefined ? '' : `: ${because}`}`,
    parent,
  };
}
