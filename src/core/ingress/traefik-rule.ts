import type { Answer } from '../kernel/answer.js';
import { Trail } from '../kernel/evidence.js';
import type { Result } from '../kernel/result.js';
import { type CompiledRule, compileRule, explainRule, ruleDomains, rulePriority } from '../traefik-rule/compile-rule.js';
import type { RuleFault } from '../traefik-rule/rule-node.js';
import { type SeenRequest, seenRequest, type SentRequest } from '../traefik-rule/seen-request.js';
import { CITED_BY_RULE } from './internal/answer-citations.js';
import { citationsFrom } from './internal/citations.js';
import type { TraefikRuleResult, TraefikRuleVerdict, TraefikRuleView } from './traefik-rule-result.js';
import type { RuleSyntax } from '../traefik-rule/rule-syntax.js';
import { inBrief } from '../kernel/in-brief.js';

/** A router as far as it takes part in the choice. */
interface AskedRule {
  readonly rule: string;
  /** 0 is Traefik's own way to say: the length of the rule. */
  readonly priority: number;
  readonly provider: string | undefined;
}

/** Rules, and the request they are asked about; without one they are only read. */
export interface TraefikRuleQuestion {
  readonly rules: readonly AskedRule[];
  readonly syntax: RuleSyntax;
  /** Providers, the one that goes first at equal priority first. */
  readonly precedence: readonly string[];
  readonly request: SentRequest | undefined;
}

interface Ranked {
  readonly index: number;
  readonly asked: AskedRule;
  readonly priority: number;
  /** Lower goes first. */
  readonly provider: number;
  readonly compiled: Result<CompiledRule, RuleFault>;
  /** Undefined also where nothing was asked. */
  matches: boolean | undefined;
  step: number | null;
}

type RuleAnswer = Answer<TraefikRuleVerdict, TraefikRuleResult>;

/**
 * Which of some routers of Traefik serves a request: the first that matches by descending priority, then by the precedence of providers (`pkg/muxer/http/mux.go`). Every
 * part of every rule is a step of the evidence.
 */
export function askTraefikRules(question: TraefikRuleQuestion): RuleAnswer {
  const request = question.request && seenRequest(question.request);
  const trail = new Trail(citationsFrom(CITED_BY_RULE, 'traefik'));
  const rules = question.rules.map((asked, index) => rankedRule(asked, index, question));
  const ordered = [...rules].sort((a, b) => b.priority - a.priority || a.provider - b.provider || a.index - b.index);
  for (const rule of ordered) explainOne(rule, request, trail);
  const outcome = request ? chosen(ordered, trail) : readOnly(rules);
  return {
    verdict: outcome.verdict,
    summary: outcome.summary,
    result: {
      routingPath: request?.path ?? null,
      serves: outcome.serves ?? null,
      rules: rules.map(viewOf),
    },
    evidence: trail.list(),
    assumptions: [],
    warnings: /\/\/|\/\.\.?(\/|$)/.test(request?.path ?? '') ? [CLEANED] : [],
    confidence: outcome.verdict === 'UNKNOWN' ? 'INSUFFICIENT_INFO' : 'CERTAIN',
    enforcement: null,
  };
}

const CLEANED = {
  code: 'PATH_MAY_BE_CLEANED',
  message: 'an entry point with `http.sanitizePath` resolves `//` and dot segments before rules see the path; here they see it as sent',
};

function rankedRule(asked: AskedRule, index: number, { syntax, precedence }: TraefikRuleQuestion): Ranked {
  const place = asked.provider === undefined ? -1 : precedence.indexOf(asked.provider);
  return {
    index,
    asked,
    priority: asked.priority === 0 ? rulePriority(asked.rule) : asked.priority,
    provider: place < 0 ? precedence.length : place,
    compiled: compileRule(asked.rule, syntax),
    matches: undefined,
    step: null,
  };
}

function explainOne(ranked: Ranked, request: SeenRequest | undefined, trail: Trail): void {
  const { asked, compiled, priority } = ranked;
  if (!compiled.ok) {
    const { message, position, hint } = compiled.error;
    const more = hint === undefined ? '' : ` (${hint})`;
    const text = `\`${inBrief(asked.rule)}\` is refused at character ${position}: ${message}${more}`;
    trail.add({ stage: 'rule', outcome: 'excluded', reason: 'RULE_REFUSED', message: text });
    return;
  }
  ranked.step = trail.add({
    stage: 'rule',
    outcome: 'info',
    reason: 'RULE_READ',
    message: `\`${inBrief(asked.rule)}\` has priority ${priority}${asked.priority === 0 ? ', the length of its text' : ''}`,
  });
  if (request) ranked.matches = explainRule(compiled.value, request, trail, ranked.step);
}

interface Outcome {
  readonly verdict: TraefikRuleVerdict;
  readonly summary: string;
  readonly serves?: number;
}

function readOnly(rules: readonly Ranked[]): Outcome {
  const refused = rules.filter(({ compiled }) => !compiled.ok);
  if (refused.length > 0) return { verdict: 'INVALID', summary: `${refused.length} of ${rules.length} rules refused` };
  return { verdict: 'VALID', summary: rules.length === 1 ? 'the rule can be read' : `${rules.length} rules can be read` };
}

function chosen(ordered: readonly Ranked[], trail: Trail): Outcome {
  const read = ordered.filter(({ compiled }) => compiled.ok);
  const first = read.find(({ matches }) => matches !== false);
  const peers = read.filter((one) => first !== undefined && one.matches !== false && sameRank(one, first));
  for (const one of read) showRank(one, first, peers, trail);
  if (read.length === 0) return readOnly(ordered);
  if (!first) return { verdict: 'NO_MATCH', summary: 'no rule matches: 404' };
  const unknown = peers.find(({ matches }) => matches === undefined);
  if (unknown) return { verdict: 'UNKNOWN', summary: `whether \`${inBrief(unknown.asked.rule)}\` matches cannot be told` };
  if (peers.length > 1) return { verdict: 'UNDEFINED', summary: `${peers.length} rules match with priority ${first.priority}` };
  return { verdict: 'MATCHES', summary: `\`${inBrief(first.asked.rule)}\` serves, with priority ${first.priority}`, serves: first.index };
}

function sameRank(a: Ranked, b: Ranked): boolean {
  return a.priority === b.priority && a.provider === b.provider;
}

/** How a rule fared, each loser with the key that decided and both values. */
function showRank(one: Ranked, first: Ranked | undefined, peers: readonly Ranked[], trail: Trail): void {
  const add = (outcome: 'selected' | 'excluded' | 'no-match' | 'info', reason: string, message: string) =>
    trail.add({ stage: 'rank', outcome, reason, message: `\`${inBrief(one.asked.rule)}\` ${message}`, parent: one.step });
  if (one.matches === false) return void add('no-match', 'RULE_FAILS', 'does not match');
  if (one.matches === undefined) return void add('info', 'RULE_UNKNOWN', 'may match or not');
  if (!first || (one === first && peers.length === 1)) return void add('selected', 'RULE_SERVES', 'matches and goes first');
  if (peers.some(({ matches }) => matches === undefined)) {
    return void add('info', 'BEHIND_UNKNOWN', `matches, but \`${inBrief(first.asked.rule)}\` may go first`);
  }
  if (peers.includes(one)) {
    return void add('info', 'SAME_RANK', `matches with priority ${one.priority}, as ${peers.length - 1} more of its rank do`);
  }
  if (one.priority < first.priority) {
    return void add(
      'excluded',
      'LOWER_PRIORITY',
      `matches, but its priority ${one.priority} is lower than ${first.priority} of \`${inBrief(first.asked.rule)}\``,
    );
  }
  const named = ({ asked }: Ranked) => (asked.provider === undefined ? 'no provider' : `\`${asked.provider}\``);
  add('excluded', 'LATER_PROVIDER', `matches with priority ${one.priority} too, but ${named(one)} goes after ${named(first)}`);
}

function viewOf({ asked, priority, compiled, matches }: Ranked): TraefikRuleView {
  const fault = compiled.ok ? null : { ...compiled.error, hint: compiled.error.hint ?? null };
  return { rule: asked.rule, fault, priority, domains: ruleDomains(asked.rule) ?? null, matches: matches ?? null };
}
