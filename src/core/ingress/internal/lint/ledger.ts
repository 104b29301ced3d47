import { compareBy } from '../../../kernel/compare.js';
import type { Severity } from '../../../kernel/diagnostic.js';
import { ROUTE_LINT_CODE_NAMES, ROUTE_LINT_CODES, type RouteLintCodeName } from '../../route-lint-codes.js';
import type {
  LintedRule,
  RouteConflict,
  RouteFinding,
  RouteLintCount,
  RouteLintQuestion,
  RouteLintResult,
  RulePlace,
  RuleState,
} from '../../route-lint-result.js';

/** A finding as a check makes it. */
export interface RouteDraft extends RulePlace {
  readonly code: RouteLintCodeName;
  readonly message: string;
  readonly related?: readonly RulePlace[];
}

const MOST_RELATED = 5;
const GRAVITY: readonly Severity[] = ['error', 'warning', 'info'];

const inOrder = compareBy<RouteFinding>(
  ({ severity }) => GRAVITY.indexOf(severity),
  ({ code }) => ROUTE_LINT_CODE_NAMES.indexOf(code),
  ({ object }) => object.kind,
  ({ object }) => object.namespace ?? '',
  ({ object }) => object.name,
  ({ pointer }) => pointer.replaceAll(/\d+/g, (digits) => digits.padStart(6, '0')),
);

/** Collects what a lint finds, as far as it was asked for: of rules that are not told only the number is kept. */
export class Ledger {
  private readonly states: Record<RuleState | 'rules', number> = { rules: 0, live: 0, shadowed: 0, unreachable: 0, undecided: 0 };
  private readonly rules: LintedRule[] = [];
  private wantedRules = 0;
  private readonly conflicts: RouteConflict[] = [];
  private readonly findings = new Map<string, RouteFinding>();

  constructor(private readonly question: RouteLintQuestion) {}

  wants(namespace: string | undefined): boolean {
    return this.question.namespace === undefined || this.question.namespace === namespace;
  }

  /** Counts a rule; whether it is to be told. */
  count(state: RuleState): boolean {
    this.states.rules++;
    this.states[state]++;
    if (!(this.question.states?.includes(state) ?? true)) return false;
    this.wantedRules++;
    return this.rules.length < this.question.rules;
  }

  addRule(rule: LintedRule): void {
    this.rules.push(rule);
  }

  addConflict(conflict: RouteConflict): void {
    this.conflicts.push(conflict);
  }

  /** The same code at the same place is one finding, whichever way led to it. */
  add({ code, object, pointer, message, related }: RouteDraft): void {
    const { severity } = ROUTE_LINT_CODES[code];
    const { codes, severity: least } = this.question;
    if (!(codes?.includes(code) ?? true) || GRAVITY.indexOf(severity) > GRAVITY.indexOf(least)) return;
    const fingerprint = [code, object.kind, object.namespace ?? '', object.name, pointer].join(' ');
    if (this.findings.has(fingerprint)) return;
    this.findings.set(fingerprint, {
      code,
      severity,
      object,
      pointer,
      message,
      related: (related ?? []).slice(0, MOST_RELATED),
      fingerprint,
    });
  }

  result(): RouteLintResult {
    const { limit } = this.question;
    const findings = [...this.findings.values()].sort(inOrder);
    return {
      states: this.states,
      rules: this.rules,
      omittedRules: this.wantedRules - this.rules.length,
      conflicts: this.conflicts.slice(0, limit),
      omittedConflicts: Math.max(0, this.conflicts.length - limit),
      findings: findings.slice(0, limit),
      counts: countsOf(findings),
      omitted: Math.max(0, findings.length - limit),
    };
  }
}

function countsOf(findings: readonly RouteFinding[]): readonly RouteLintCount[] {
  const counts = new Map<RouteLintCodeName, number>();
  for (const { code } of findings) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].map(([code, count]) => ({ code, severity: ROUTE_LINT_CODES[code].severity, count }));
}
