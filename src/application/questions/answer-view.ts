import type { AnswerEnvelope } from './question.js';

/** How much of an answer is sent. */
export const ANSWER_VIEWS = ['verdict', 'steps', 'full'] as const;

/** `verdict`: the outcome and its line; `steps`: also how it came about; `full`: also the result. */
export type AnswerView = (typeof ANSWER_VIEWS)[number];

/** The part of an answer that a view shows. */
export function viewOf(envelope: AnswerEnvelope, view: AnswerView): Partial<AnswerEnvelope> {
  const { revision, question, verdict, summary, evidence, assumptions, warnings, confidence, enforcement } = envelope;
  if (view === 'full') return envelope;
  if (view === 'verdict') return { revision, question, verdict, summary, confidence, enforcement };
  return { revision, question, verdict, summary, evidence, assumptions, warnings, confidence, enforcement };
}
