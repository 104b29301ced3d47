import type { Enforcement } from '../../kernel/answer.js';
import { assertNever } from '../../kernel/assert-never.js';
import type { Evidence } from '../../kernel/evidence.js';
import type { PolicyQuestion } from '../policy-question.js';
import type { PolicyVerdict, PolicyVerdictResult } from '../policy-result.js';
import type { Direction } from './direction.js';
import { DIRECTIONS } from './direction.js';
import type { JudgedCase } from './judged-cases.js';

/** Up to how many policies or rules it names for one direction. */
const MOST_NAMES = 10;

/** One line a person can read: who to whom over what, the verdict, where it was decided, and the nearest fix. */
export function summariseVerdict(
  { from, to }: PolicyQuestion,
  verdict: PolicyVerdict,
  result: PolicyVerdictResult,
  enforcement: Enforcement,
  cases: readonly JudgedCase[],
  evidence: readonly Evidence[],
): string {
  const asked = [...new Set(result.cases.map((one) => one.asked))];
  const what = asked.length === 0 ? '' : ` (${asked.length > 3 ? `${asked.length} kinds of connections` : asked.join(' or ')})`;
  const head = `${from.selector} → ${to.selector}${what}: ${verdict}`;
  if (verdict === 'NO_ENDPOINT') return `${head} – ${evidence.at(-1)?.message ?? 'there is nothing to judge'}`;
  if (verdict !== result.policyVerdict) {
    return `${head}, because ${enforcement.cni} enforces no policies; they say ${result.policyVerdict}${because(result, cases, result.policyVerdict)}`;
  }
  return `${head}${because(result, cases, verdict)}`;
}

function because(result: PolicyVerdictResult, cases: readonly JudgedCase[], verdict: PolicyVerdict): string {
  switch (verdict) {
    case 'ALLOWED':
      return ` – ${DIRECTIONS.map((direction) => admitted(result, cases, direction)).join(', ')}${conditionally(result)}`;
    case 'DENIED': {
      const refusing = DIRECTIONS.filter((direction) => !result[direction].allowed);
      return ` at ${refusing.map((direction) => refused(result, direction)).join(' and at ')}${nearest(result)}`;
    }
    case 'MIXED': {
      const { total, allowed, denied, mixed } = result.pairs;
      if (total === mixed) return ` – allowed is ${result.connection}`;
      return ` – ${allowed} of ${total} pairs allowed, ${denied} denied${mixed > 0 ? `, ${mixed} in part` : ''}`;
    }
    case 'NO_ENDPOINT':
      return '';
    default:
      return assertNever(verdict);
  }
}

function admitted(result: PolicyVerdictResult, cases: readonly JudgedCase[], direction: Direction): string {
  const { isolated, decidedBy } = result[direction];
  const exemption = cases.map(({ judgement }) => judgement[direction].exemption).find((one) => one !== undefined);
  if (isolated && decidedBy.length > 0) return `${direction} by ${namesOf(decidedBy.map(({ policy, pointer }) => `${policy} ${pointer}`))}`;
  return `${direction} ${exemption === undefined ? (isolated ? 'open by default' : 'not isolated') : `exempt (${exemption.toLowerCase().replaceAll('_', ' ')})`}`;
}

function conditionally({ conditions }: PolicyVerdictResult): string {
  const [first] = conditions;
  if (!first) return '';
  return `; ${first.connection}: ${first.text}${conditions.length > 1 ? `, and ${conditions.length - 1} more conditions` : ''}`;
}

function refused(result: PolicyVerdictResult, direction: Direction): string {
  const { isolatedBy, decidedBy } = result[direction];
  const denying = decidedBy.filter(({ action }) => action === 'Deny');
  if (denying.length > 0) return `${direction} by ${namesOf(denying.map(({ policy, pointer }) => `${policy} ${pointer}`))}`;
  // A host endpoint without profiles, or an agent that isolates whatever policies say: there is nobody to name.
  if (isolatedBy.length === 0) return `${direction} – it is closed without any policy`;
  return `${direction} by ${namesOf(isolatedBy)}${decidedBy.length === 0 ? ' – no rule admits it' : ''}`;
}

/** The first of them: a line is to be read. */
function namesOf(names: readonly string[]): string {
  return names.length > MOST_NAMES ? `${names.slice(0, MOST_NAMES).join(', ')} and more` : names.join(', ');
}

function nearest({ nearMisses }: PolicyVerdictResult): string {
  const [miss] = nearMisses;
  return miss?.suffices ? `; nearest: ${miss.fix}` : '';
}
