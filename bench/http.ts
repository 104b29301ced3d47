import { buildSchema, getNamedType, type GraphQLField, type GraphQLSchema, isInputObjectType, isObjectType } from 'graphql';
import { documentFor } from '../test/e2e/support/select-everything.js';
import { type Call, requestsPerCpuSecond, type Target, waitsOf } from './load.js';
import { loadsOf, type QuestionLoad } from './loads.js';
import { format, median, quantile } from './measure.js';
import { withReference } from './reference.js';
import type { Running } from './running.js';
import { type Figure, plainFigure, type Section } from './section.js';
import type { Stage } from './stage.js';
import { SIZES } from './synthetic-cluster.js';

const WINDOWS = 3;
const WINDOW_SECONDS = 1.2;
/** So long V8 compiles what runs: until then its threads take up to half of the CPU. */
const WARM_UP_SECONDS = 4;
const GOAL = '≥ 0.5';
const ONE_BY_ONE = 1_000;
/** None of the questions of the windows before. */
const FIRST_OF_THEM = 40_000;

/** A question of the running product, over both doors. */
interface Asked {
  readonly load: QuestionLoad;
  readonly field: string;
  rest(n: number): Call;
  graphql(n: number): Call;
}

/** The four questions over REST and GraphQL on the M cluster, against servers that only send the same bytes. */
export async function benchHttp(stage: Stage): Promise<Section> {
  const running = await stage.server();
  const cluster = (await stage.importedM()).name;
  const sdl = await (await fetch(`${running.product.url}/schema.graphql`)).text();
  const figures: Figure[] = [];
  for (const load of loadsOf(SIZES.M)) {
    const asked = askedOf(buildSchema(sdl), cluster, load);
    figures.push(...(asked ? await measure(running, sdl, asked) : [plainFigure(load.question, 'the schema has no such question')]));
  }
  figures.push(await waiting(running, cluster));
  return {
    title: 'Questions over HTTP',
    about:
      'Requests for each second of CPU of the serving process, all its threads, the M cluster behind it; every request carries a token, the GraphQL document selects every field there is. ' +
      '`repeated`: one question again and again, which the memory of answers (`PORTOLAN_ANSWER_CACHE_BYTES`, at its default) serves; `distinct`: none was asked before, so that every answer is ' +
      `computed. Median of ${WINDOWS} windows of ${WINDOW_SECONDS} s, after ${WARM_UP_SECONDS} s of each stream, the references' as well. Reference: a bare Fastify route that returns the bytes of the repeated answer; a Mercurius resolver (with jit) that returns the same answer as a constant. ` +
      `Last: how long a single client waits for policy-verdict with its whole explanation, ${ONE_BY_ONE.toLocaleString('en')} distinct questions, one after the other, by the clock.`,
    figures,
  };
}

function askedOf(schema: GraphQLSchema, cluster: string, load: QuestionLoad): Asked | undefined {
  const name = load.question.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const root = schema.getType('Cluster');
  const field = isObjectType(root) ? root.getFields()[name] : undefined;
  if (!field) return undefined;
  const query = documentFor(schema, field, Object.keys(load.input(0)));
  return {
    load,
    field: name,
    rest: (n) => ({ path: pathOf(cluster, load.question, load.input(n)) }),
    graphql: (n) => ({ path: '/graphql', body: JSON.stringify({ query, variables: { cluster, ...variablesOf(field, load.input(n)) } }) }),
  };
}

function pathOf(cluster: string, question: string, input: Readonly<Record<string, unknown>>): string {
  return `/api/v1/clusters/${cluster}/queries/${question}?${new URLSearchParams(textsOf(input)).toString()}`;
}

function textsOf(input: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, String(value)]));
}

/** An endpoint is an input object in GraphQL, which takes REST's text as its `selector`. */
function variablesOf(field: GraphQLField<unknown, unknown>, input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const objects = new Set(field.args.filter(({ type }) => isInputObjectType(getNamedType(type))).map(({ name }) => name));
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, objects.has(name) ? { selector: value } : value]));
}

async function measure({ product, pid }: Running, schema: string, asked: Asked): Promise<readonly Figure[]> {
  const target = { url: product.url, token: product.token, pid };
  const body = await answerTo(target, asked.rest(0));
  const { data, errors } = JSON.parse(await answerTo(target, asked.graphql(0))) as {
    data: { cluster: Record<string, unknown> };
    errors?: unknown;
  };
  if (errors !== undefined) throw new Error(`${asked.load.question}: ${JSON.stringify(errors)}`);
  let next = 1;
  return withReference({ body, schema, field: asked.field, answer: data.cluster[asked.field] }, async (reference) => {
    const rest = await rates([
      { target, nextCall: () => asked.rest(0) },
      { target, nextCall: () => asked.rest(next++) },
      { target: reference, nextCall: () => ({ path: '/rest' }) },
    ]);
    const graphql = await rates([
      { target, nextCall: () => asked.graphql(0) },
      { target, nextCall: () => asked.graphql(next++) },
      { target: reference, nextCall: () => asked.graphql(0) },
    ]);
    const size = format(body.length / 1_000, 'kB');
    return [...figuresOf(`${asked.load.question} (${size}), REST`, rest), ...figuresOf(`${asked.load.question}, GraphQL`, graphql)];
  });
}

async function answerTo({ url, token }: Target, { path, body }: Call): Promise<string> {
  const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  const response = await fetch(`${url}${path}`, body === undefined ? { headers } : { method: 'POST', headers, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text.slice(0, 1_000)}`);
  return text;
}

interface Stream {
  readonly target: Target;
  readonly nextCall: () => Call;
}

/** How long one client waits that asks one thing after the other. */
async function waiting({ product, pid }: Running, cluster: string): Promise<Figure> {
  const load = loadsOf(SIZES.M).find(({ question }) => question === 'policy-verdict');
  const target = { url: product.url, token: product.token, pid };
  const call = (n: number): Call => ({ path: pathOf(cluster, 'policy-verdict', load?.input(n) ?? {}) });
  const times = await waitsOf(target, ONE_BY_ONE, (n) => call(FIRST_OF_THEM + n));
  const value = `${format(median(times) * 1e3)} (${format(quantile(times, 0.99) * 1e3)}) ms`;
  return plainFigure('policy-verdict with explanation, REST, distinct: a single client waits, p50 (p99)', value, 'p50 ≤ 2 ms');
}

/** The median rate of each stream, measured in turns so that they share the machine's good and bad moments. */
async function rates(streams: readonly Stream[]): Promise<readonly number[]> {
  const measured: number[][] = streams.map(() => []);
  for (const { target, nextCall } of streams) await requestsPerCpuSecond(target, WARM_UP_SECONDS, nextCall);
  for (let window = 0; window < WINDOWS; window++) {
    for (const [index, { target, nextCall }] of streams.entries()) {
      measured[index]?.push(await requestsPerCpuSecond(target, WINDOW_SECONDS, nextCall));
    }
  }
  return measured.map(median);
}

function figuresOf(name: string, [repeated = 0, distinct = 0, reference = 0]: readonly number[]): readonly Figure[] {
  const figure = (how: string, value: number): Figure => ({
    name: `${name}, ${how}`,
    value: format(value, '/s'),
    reference: format(reference, '/s'),
    ratio: (value / reference).toFixed(2),
    goal: GOAL,
  });
  return [figure('repeated', repeated), figure('distinct', distinct)];
}
