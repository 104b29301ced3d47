import type { Problem } from '../../../kernel/problem.js';
import { ok, type Result } from '../../../kernel/result.js';
import type { Steps } from '../../../kernel/steps.js';
import type { RouteDiffQuestion } from '../../route-diff-result.js';
import type { ConnectionRequest, RouteRequest } from '../../route-request.js';
import { clientVariants } from './client-variants.js';
import type { DifferenceBook } from './difference-book.js';
import type { Side } from './side.js';
import { type Routed, sideAnswerOf } from './side-answer.js';
import { triedConnections } from './tried-connections.js';
import { type Sampling, type TriedRequest, triedRequests } from './tried-requests.js';

/** So many requests are routed in one step. */
const STRETCH = 20;

/** Routes connections and requests by both sides into the book: all that are tried, or as many as the question allows; `true`: there are more. */
export function* compareSides(
  a: Side,
  b: Side,
  question: RouteDiffQuestion,
  book: DifferenceBook,
  sampling: Sampling,
): Steps<Result<boolean, Problem>> {
  let count = 0;
  for (const tried of allTried(a, b, question, sampling)) {
    if (book.tried >= question.requests) return ok(true);
    const done = tried.request.connection ? compareConnection(a, b, tried, book) : compareRequest(a, b, tried, book, question.requests);
    if (!done.ok) return done;
    if (++count % STRETCH === 0) yield;
  }
  return ok(false);
}

function* allTried(a: Side, b: Side, question: RouteDiffQuestion, sampling: Sampling): Iterable<TriedRequest> {
  if (question.scheme === undefined) yield* triedConnections([...a.connections, ...b.connections], question.host, sampling);
  yield* triedRequests(a, b, question, sampling);
}

/** Where one side hands it to HTTP, requests tell the sides apart. */
function compareConnection(a: Side, b: Side, tried: TriedRequest, book: DifferenceBook): Result<void, Problem> {
  const connection = connectionIn(tried.request);
  const [ofA, ofB] = [a.connect(connection, tried.port), b.connect(connection, tried.port)];
  if (!ofA.ok) return ofA;
  if (!ofB.ok) return ofB;
  if (ofA.value !== 'requests' && ofB.value !== 'requests') book.add(tried, ofA.value, ofB.value);
  return ok(undefined);
}

/** The connection that a request stands for. */
export function connectionIn({ host, sni, alpn, clientAddress, connection }: RouteRequest): ConnectionRequest {
  return { scheme: connection?.scheme ?? 'tcp', host, sni, alpn, clientAddress };
}

/** A request, and the same by clients that are turned away where either side asks who they are and makes something else of them. */
function compareRequest(a: Side, b: Side, tried: TriedRequest, book: DifferenceBook, most: number): Result<void, Problem> {
  const plain = routed(a, b, tried);
  if (!plain.ok) return plain;
  book.add(tried, ...plain.value);
  const known = new Set([keyOf(plain.value)]);
  for (const request of clientVariants(tried.request, plain.value)) {
    if (book.tried >= most) break;
    const variant = { ...tried, request };
    const answers = routed(a, b, variant);
    if (!answers.ok) return answers;
    const key = keyOf(answers.value);
    if (!known.has(key)) book.add(variant, ...answers.value);
    known.add(key);
  }
  return ok(undefined);
}

function routed(a: Side, b: Side, { request, port }: TriedRequest): Result<readonly [Routed, Routed], Problem> {
  const [ofA, ofB] = [a.route(request, port), b.route(request, port)];
  if (!ofA.ok) return ofA;
  return ofB.ok ? ok([ofA.value, ofB.value]) : ofB;
}

/** What is compared of the answers, but for what is taken to be passed. */
const keyOf = (answers: readonly Routed[]) => JSON.stringify(answers.map((one) => ({ ...sideAnswerOf(one), conditions: [] })));
