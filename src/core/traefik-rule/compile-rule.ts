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

/** Whether the rule matches, with the part that decided; undefined where that cannot be told. */
export function judgeRule(rule: CompiledRule, request: SeenRequest): Finding {
  return judge(rule.root);

  function judge(node: RuleNode): Finding {
    switch (node.kind) {
      case 'call': {
        const { holds, because } = rule.tests.get(node)?.(request) ?? { holds: undefined, because: 'it is not known' };
        return { holds, because: `\`${inBrief(rule.text.slice(node.from, node.to))}\`: ${because}` };
      }
      case 'not': {
        const { holds, because } = judge(node.of);
        return { holds: holds === undefined ? undefined : !holds, because: `not ${because}` };
      }
      case 'and':
        return joined(node, false);
      case 'or':
        return joined(node, true);
      default:
        return assertNever(node);
    }
  }

  /** `and` is decided by one part that does not hold, `or` by one that does. */
  function joined({ left, right }: Extract<RuleNode, { kind: 'and' | 'or' }>, decides: boolean): Finding {
    const first = judge(left);
    if (first.holds === decides) return first;
    const second = judge(right);
    if (second.holds === decides) return second;
    return first.holds === undefined ? first : second;
  }
}

/** What `judgeRule` says, without the reasons: for very many rules. */
export function holdsFor(rule: CompiledRule, request: SeenRequest): boolean | undefined {
  return holds(rule.root);

  function holds(node: RuleNode): boolean | undefined {
    switch (node.kind) {
      case 'call':
        return rule.tests.get(node)?.(request).holds;
      case 'not': {
        const inner = holds(node.of);
        return inner === undefined ? undefined : !inner;
      }
      case 'and':
        return joined(node, false);
      case 'or':
        return joined(node, true);
      default:
        return assertNever(node);
    }
  }

  function joined({ left, right }: Extract<RuleNode, { kind: 'and' | 'or' }>, decides: boolean): boolean | undefined {
    const first = holds(left);
    if (first === decides) return first;
    const second = holds(right);
    return second === decides || first !== undefined ? second : undefined;
  }
}

/** The priority that a router has of its own: the bytes of its rule (`GetRulePriority`). */
export function rulePriority(text: string): number {
  return Array.from(text).reduce((sum, character) => sum + bytesOf(character.codePointAt(0) ?? 0), 0);
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
  return explain(rule.root);

  function explain(node: RuleNode): boolean | undefined {
    const holds = judge(node);
    if (node.kind !== 'call') show(node, holds, undefined);
    return holds;
  }

  function judge(node: RuleNode): boolean | undefined {
    switch (node.kind) {
      case 'call': {
        const finding = rule.tests.get(node)?.(request);
        show(node, finding?.holds, finding?.because);
        return finding?.holds;
      }
      case 'not': {
        const holds = explain(node.of);
        return holds === undefined ? undefined : !holds;
      }
      case 'and':
        return joined(node, false);
      case 'or':
        return joined(node, true);
      default:
        return assertNever(node);
    }
  }

  /** `and` is decided by one part that does not hold, `or` by one that does. */
  function joined({ left, right }: Extract<RuleNode, { kind: 'and' | 'or' }>, decides: boolean): boolean | undefined {
    const parts = [explain(left), explain(right)];
    if (parts.includes(decides)) return decides;
    return parts.includes(undefined) ? undefined : !decides;
  }

  function show({ kind, from, to }: RuleNode, holds: boolean | undefined, because: string | undefined): void {
    const how = holds === undefined ? 'cannot be told' : holds ? 'holds' : 'does not hold';
    trail.add({
      stage: kind === 'call' ? 'matcher' : 'expression',
      outcome: holds === undefined ? 'info' : holds ? 'match' : 'no-match',
      reason: holds === undefined ? 'PART_UNKNOWN' : holds ? 'PART_HOLDS' : 'PART_FAILS',
      message: `\`${inBrief(rule.text.slice(from, to))}\` ${how}${because === undefined ? '' : `: ${because}`}`,
      parent,
    });
  }
}
