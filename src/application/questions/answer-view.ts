import type { Evidence, EvidenceOutcome } from '../../core/kernel/evidence.js';
import type { AnswerEnvelope, Question } from './question.js';

/** How much of an answer's evidence is sent. */
export const ANSWER_VIEWS = ['verdict', 'steps', 'full'] as const;

/** `verdict`: no evidence, nor what else only explains; `steps`: the steps that decided, and what they follow from; `full`: all of it, what lost included. */
export type AnswerView = (typeof ANSWER_VIEWS)[number];

/** Whether a view shows anything that only explains. */
export function readsExplanation(view: AnswerView): boolean {
  return view !== 'verdict';
}

/** The part of an answer to the question that a view shows. */
export function viewOf(question: Question, envelope: AnswerEnvelope, view: AnswerView): Partial<AnswerEnvelope> {
  if (view === 'full') return envelope;
  const { evidence, ...rest } = envelope;
  return view === 'verdict'
    ? { ...rest, result: withoutExplanation(question, rest.result) }
    : { ...envelope, evidence: decisive(evidence) };
}

function withoutExplanation({ explanation = [] }: Question, result: unknown): unknown {
  if (explanation.length === 0 || typeof result !== 'object' || result === null) return result;
  const rest: Record<string, unknown> = { ...result };
  for (const name of explanation) rest[name] = undefined;
  return rest;
}

const SIDE_STEPS: ReadonlySet<EvidenceOutcome> = new Set(['no-match', 'excluded', 'info']);

function decisive(evidence: readonly Evidence[]): readonly Evidence[] {
  const kept = new Set<number>();
  // A parent stands before its children.
  for (const { id, parent, outcome } of evidence.toReversed()) {
    if (SIDE_STEPS.has(outcome) && !kept.has(id)) continue;
    kept.add(id);
    if (parent !== null) kept.add(parent);
  }
  return evidence.filter(({ id }) => kept.has(id));
}
