import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { Coordinates } from '../../application/clusters/coordinates.js';
import { AskQuestion } from '../../application/questions/ask-question.js';
import type { Question } from '../../application/questions/question.js';
import { orThrow } from '../http/or-throw.js';
import { parseInput } from '../http/parse-input.js';
import type { QUESTION_QUERY } from './question-endpoints.js';
import { sendLinkedAnswer } from './send-answer.js';

/** Answers a question whose input stands in a path of its own, `/services/shop/web/endpoints`: the bytes are those of `/queries/…`. */
@Injectable()
export class AskedByPath {
  constructor(
    private readonly asking: AskQuestion,
    private readonly coordinates: Coordinates,
  ) {}

  /** Sends the answer at the coordinate and in the view that `query` names. Throws the question's problem. */
  async send(
    question: Question,
    { cluster, query, input }: { readonly cluster: string; readonly query: z.output<typeof QUESTION_QUERY>; readonly input: object },
    reply: FastifyReply,
  ): Promise<void> {
    const { view, ...coordinate } = query;
    const place = orThrow(await this.coordinates.resolve(cluster, coordinate));
    const answered = orThrow(await this.asking.ask(question, place, orThrow(parseInput(question.input, input))));
    sendLinkedAnswer(reply, place.revision, answered, view);
  }
}
