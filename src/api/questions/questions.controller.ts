import { Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { type AnswerView, readsExplanation, viewOf } from '../../application/questions/answer-view.js';
import type { CoordinateText } from '../../application/clusters/coordinate.js';
import type { AskedAt } from '../../application/questions/asked-states.js';
import { AskQuestion } from '../../application/questions/ask-question.js';
import type { Question } from '../../application/questions/question.js';
import { QUESTIONS } from '../../application/questions/registry.js';
import { Coordinates } from '../../application/clusters/coordinates.js';
import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { type Problem, problem, ProblemError } from '../../core/kernel/problem.js';
import { problemBelow } from '../../core/kernel/problem-place.js';
import type { Result } from '../../core/kernel/result.js';
import { demandPrincipal } from '../http/caller.js';
import { clientGone } from '../http/client-gone.js';
import { Handles, Input, type InputOf } from '../http/endpoint.js';
import { orThrow } from '../http/or-throw.js';
import { parseInput } from '../../application/input/parse-input.js';
import { problemDocument } from '../http/problem-document.js';
import { askByBody, askByLink, MAX_BATCH, QUESTION_QUERY } from './question-endpoints.js';
import { answerText, sendJson, sendLinkedAnswer } from './send-answer.js';
import { WrittenText } from './written-text.js';
import { type AskedText, sendTable, wantedText } from './send-table.js';

type AskRequest = FastifyRequest<{ Params: { cluster: string; question: string } }>;

/** A question of the registry with the schema of its link: its own parameters, the coordinate and the view. */
interface Linked {
  readonly question: Question;
  readonly link: z.ZodObject<typeof QUESTION_QUERY.shape>;
}

/** Many of one kind. */
interface AskedBatch {
  readonly question: Question;
  readonly place: AskedAt;
  readonly items: readonly unknown[];
  readonly view: AnswerView;
}

const LINKED: ReadonlyMap<string, Linked> = new Map(
  QUESTIONS.map((question) => [question.name, { question, link: question.input.safeExtend(QUESTION_QUERY.shape) }]),
);

/** Every question of the registry over REST. */
@Controller()
export class QuestionsController {
  constructor(
    private readonly asking: AskQuestion,
    private readonly coordinates: Coordinates,
  ) {}

  @Handles(askByLink)
  async byLink(@Req() request: AskRequest, @Res() reply: FastifyReply): Promise<void> {
    const { question, link } = linkedQuestion(request.params.question);
    const { revision, at, view, ...input } = orThrow(parseInput(link, request.query));
    const place = await this.place(request, reply, { revision, at });
    const format = wantedText(question, input, request.headers.accept);
    if (format) return this.text(request, reply, { question, place, input, format });
    const answered = orThrow(await this.asking.ask(question, place, input, readsExplanation(view)));
    sendLinkedAnswer(reply, place.revision, { question, answered, view });
  }

  @Handles(askByBody)
  async byBody(@Input() { query }: InputOf<typeof askByBody>, @Req() request: AskRequest, @Res() reply: FastifyReply): Promise<void> {
    const { question } = linkedQuestion(request.params.question);
    const { view, ...coordinate } = query;
    const items = itemsOf(request.body);
    const place = await this.place(request, reply, coordinate);
    if (items)
      return sendJson(reply, place.revision, await this.batch({ question, place, items, view }, request.id, clientGone(reply.raw)));
    const input = orThrow(parseInput(question.input, request.body ?? {}));
    const format = wantedText(question, input, request.headers.accept);
    if (format) return this.text(request, reply, { question, place, input, format });
    const answered = orThrow(await this.asking.ask(question, place, input, readsExplanation(view)));
    sendJson(reply, place.revision, answerText(question, answered, view));
  }

  private async text(
    request: AskRequest,
    reply: FastifyReply,
    asked: AskedText & { readonly input: z.output<z.ZodObject> },
  ): Promise<void> {
    const { question, place, input, format } = asked;
    await sendTable(request, reply, asked, async () => orThrow(await this.asking.write(question, place, input, format)));
  }

  private async batch({ question, place, items, view }: AskedBatch, requestId: string, until: AbortSignal): Promise<Buffer> {
    const text = new WrittenText();
    let told = 0;
    text.add(`{"revision":${place.revision},"items":[`);
    for await (const answer of this.asking.askAll(question, place, inputsOf(question, items), readsExplanation(view), until)) {
      const item = answer.ok
        ? viewOf(question, answer.value, view)
        : problemDocument(problemBelow(`/items/${told}`, answer.error), requestId);
      text.add(told++ === 0 ? JSON.stringify(item) : `,${JSON.stringify(item)}`);
    }
    text.add(']}');
    return text.body;
  }

  private async place({ params, caller }: AskRequest, reply: FastifyReply, coordinate: CoordinateText): Promise<AskedAt> {
    const { cluster, revision, time } = orThrow(await this.coordinates.resolve(params.cluster, coordinate));
    return { cluster, revision, time, asker: demandPrincipal(caller), until: () => clientGone(reply.raw) };
  }
}

/** Each is read when its turn comes: what a batch is made of dies young. */
function* inputsOf({ input }: Question, items: readonly unknown[]): Generator<Result<z.output<z.ZodObject>, Problem>> {
  for (const item of items) yield parseInput(input, item);
}

/** What people call `simulate` is a parameter of other questions. */
const WHAT_IF = 'what a change does is told by `connectivity-diff?apply=&delete=`, and by other questions with `apply` and `delete`';

function linkedQuestion(name: string): Linked {
  const linked = LINKED.get(name);
  if (linked) return linked;
  const hint = didYouMeanHint(name, LINKED.keys()) ?? `the questions are ${[...LINKED.keys()].join(', ')}`;
  const told = name === 'simulate' ? WHAT_IF : hint;
  throw new ProblemError(problem('unknown-question', `there is no question \`${name}\``, { hint: told }));
}

/** The items of a batch; undefined for a single question. Throws `limit-too-large`. */
function itemsOf(body: unknown): readonly unknown[] | undefined {
  if (typeof body !== 'object' || body === null || !('items' in body) || !Array.isArray(body.items)) return undefined;
  const items: readonly unknown[] = body.items;
  if (items.length <= MAX_BATCH) return items;
  const message = `a batch takes at most ${MAX_BATCH} questions, not ${items.length}`;
  throw new ProblemError(
    problem('limit-too-large', message, { extra: { maximum: MAX_BATCH }, errors: [{ pointer: '/items', code: 'too-many', message }] }),
  );
}
