import type { FastifyReply } from 'fastify';
import type { Answered } from '../../application/questions/answered.js';
import type { Question } from '../../application/questions/question.js';
import { type AnswerView, viewOf } from '../../application/questions/answer-view.js';

/** The text of an answer in a view. */
export function answerText(question: Question, answered: Answered, view: AnswerView): string | Buffer {
  return view === 'full' ? answered.body : JSON.stringify(viewOf(question, answered.envelope, view));
}

/** An answer that a link asked for. */
interface LinkedAnswer {
  readonly question: Question;
  readonly answered: Answered;
  readonly view: AnswerView;
}

/** Sends an answer that a link asked for; a whole one has its entity tag already, that of a view is made as for any other body. */
export function sendLinkedAnswer(reply: FastifyReply, revision: number, { question, answered, view }: LinkedAnswer): void {
  if (view === 'full') reply.header('etag', `"${answered.digest}"`);
  sendJson(reply, revision, answerText(question, answered, view));
}

/** Sends JSON text about a revision. */
export function sendJson(reply: FastifyReply, revision: number, body: string | Buffer): void {
  reply.header('portolan-revision', revision).type('application/json; charset=utf-8').send(body);
}
