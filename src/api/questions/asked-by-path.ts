import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { Coordinates } from '../../application/clusters/coordinates.js';
import { AskQuestion } from '../../application/questions/ask-question.js';
import { readsExplanation } from '../../application/questions/answer-view.js';
import type { Question } from '../../application/questions/question.js';
import type { Problem } from '../../core/kernel/problem.js';
import { err, type Result } from '../../core/kernel/result.js';
import { clientGone } from '../http/client-gone.js';
import { orThrow } from '../http/or-throw.js';
import { parseInput } from '../../application/input/parse-input.js';
import type { PATH_QUERY } from './question-endpoints.js';
import { sendLinkedAnswer } from './send-answer.js';

/** A question as a path asks it. */
interface Asked {
  readonly cluster: string;
  readonly query: z.output<typeof PATH_QUERY>;
  readonly input: object;
  /** The parameter of the question that the path’s `namespace` and `name` make together. */
  readonly named?: string;
  /** What the request calls a parameter that the question or the coordinate calls otherwise. */
  readonly called?: Readonly<Record<string, string>>;
}

/** The result, its problem about the request as it was sent: the parts of the path instead of the parameter that they make, and parameters by the request's own names. */
function byPath<T>({ named, called = {} }: Pick<Asked, 'named' | 'called'>, result: Result<T, Problem>): Result<T, Problem> {
  if (result.ok) return result;
  const errors = result.error.errors?.map((detail) => {
    const parameter = detail.pointer?.slice(1) ?? '';
    const own = Object.hasOwn(called, parameter) ? called[parameter] : undefined;
    if (own !== undefined) return { ...detail, pointer: `/${own}` };
    if (named === undefined || parameter !== named) return detail;
    return { ...detail, pointer: detail.code === 'unknown-namespace' ? '/namespace' : '/name' };
  });
  return err(errors ? { ...result.error, errors } : result.error);
}

/** Answers a question whose input stands in a path of its own, `/services/shop/web/endpoints`: the bytes are those of `/queries/…`. */
@Injectable()
export class AskedByPath {
  constructor(
    private readonly asking: AskQuestion,
    private readonly coordinates: Coordinates,
  ) {}

  /** Sends the answer at the coordinate, of the state and in the view that `query` names. Throws the question's problem, about the request as it was sent. */
  async send(question: Question, { cluster, query, input, ...names }: Asked, reply: FastifyReply): Promise<void> {
    const { view, apply, delete: gone, ...coordinate } = query;
    const place = { ...orThrow(byPath(names, await this.coordinates.resolve(cluster, coordinate))), until: () => clientGone(reply.raw) };
    const asked = orThrow(byPath(names, parseInput(question.input, { ...input, apply, delete: gone })));
    const answered = orThrow(byPath(names, await this.asking.ask(question, place, asked, readsExplanation(view))));
    sendLinkedAnswer(reply, place.revision, { question, answered, view });
  }
}
