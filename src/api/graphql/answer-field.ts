import { Injectable } from '@nestjs/common';
import { Coordinates } from '../../application/clusters/coordinates.js';
import type { AskedAt } from '../../application/questions/asked-states.js';
import { AskQuestion } from '../../application/questions/ask-question.js';
import type { AnswerEnvelope, Question } from '../../application/questions/question.js';
import { orThrow } from '../http/or-throw.js';
import { parseInput } from '../../application/input/parse-input.js';
import { endpointText } from './endpoint-input.js';

/** What stands behind the GraphQL type `Cluster`. */
export type ClusterAt = AskedAt;

/** The arguments of a question's field, as GraphQL gives them. */
export type QuestionArguments = Readonly<Record<string, unknown>>;

/** Answers the field of a question: the same schema and the same use case as REST's `/queries/<question>`. */
@Injectable()
export class AnswerField {
  constructor(
    private readonly asking: AskQuestion,
    private readonly coordinates: Coordinates,
  ) {}

  /** Throws the question's problem, which the error formatter turns into `extensions`. */
  async of(question: Question, at: AskedAt, args: QuestionArguments): Promise<AnswerEnvelope> {
    // A cluster can be shown before its first import; asked, it has nothing to answer from: the same problem as REST's.
    if (at.revision === 0) orThrow(await this.coordinates.revisionOf(at.cluster, {}));
    const answered = await this.asking.ask(question, at, orThrow(parseInput(question.input, flat(args))));
    return orThrow(answered).envelope;
  }
}

/** The arguments as REST writes them: null is left out, an `EndpointInput` is its text. */
function flat(args: QuestionArguments): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(args)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => [name, isRecord(value) ? endpointText(value, name) : value]),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
