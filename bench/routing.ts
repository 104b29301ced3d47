import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { matchRequest } from '../src/core/ingress/match-request.js';
import { route } from '../src/core/ingress/route.js';
import type { RouteRequest } from '../src/core/ingress/route-request.js';
import type { NetworkModel } from '../src/core/model/network-model.js';
import { importCluster } from './import-cluster.js';
import { cpuSeconds, format, measured, median, quantile, timed } from './measure.js';
import { modelOf } from './model-of.js';
import { askedPathOf, hostOf, pathOf, ROUTING_CLASS, ROUTING_SIZE, routingCluster } from './routing-cluster.js';
import { comparedFigure, type Figure, plainFigure, type Section } from './section.js';
import type { Stage } from './stage.js';

const CONTROLLER = 'bench.example.com/ingress';
const MATCHES = 200_000;
const ROUTES = 20_000;
const BUILDS = 3;
const BATCH = 1_000;
const BATCHES = 20;
/** So many are answered before: V8 compiles what runs for seconds, on threads that count. */
const BATCHES_BEFORE = 80;
const WINDOWS = 5;
const EXPLAINED = 1_000;

/** Requests over 10,000 hosts of 20 paths: matched, explained, in batches, and by one client after the other. */
export async function benchRouting(stage: Stage): Promise<Section> {
  const texts = Array.from(routingCluster(CONTROLLER), (object) => JSON.stringify(object));
  return {
    title: 'Routing',
    about:
      `${ROUTING_SIZE.hosts.toLocaleString('en')} Ingresses of one host each with ${ROUTING_SIZE.paths} paths, every fourth of them Exact, by the rules of the specification. In process: the table built from the model, seconds of CPU, median of ${BUILDS}; ` +
      `single requests by the clock, ${MATCHES.toLocaleString('en')} of them, each for another host than the one before. Reference of a match: a Map of hosts and a look at each of the ${ROUTING_SIZE.paths} paths with \`startsWith\`. ` +
      `Over HTTP: batches of ${BATCH.toLocaleString('en')} distinct requests of two clients at once, \`view=verdict\`, by the clock and for each second of CPU of the server, all its threads; median of ${WINDOWS} windows of ${BATCHES} batches after ${BATCHES_BEFORE} that warm up; then ${EXPLAINED.toLocaleString('en')} distinct requests with their whole explanation, one client, one after the other.`,
    figures: [...(await inProcess(texts)), ...(await overHttp(stage, texts))],
  };
}

function requestOf(number: number): RouteRequest {
  const host = hostOf((number * 7919) % ROUTING_SIZE.hosts);
  const path = askedPathOf(number % ROUTING_SIZE.paths);
  return { scheme: 'http', method: 'GET', host, path, query: undefined, headers: [], sni: undefined, clientAddress: undefined };
}

async function inProcess(texts: readonly string[]): Promise<readonly Figure[]> {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  const times: number[] = [];
  let model = modelOf(texts);
  for (let run = 0; run < BUILDS; run++) {
    model = modelOf(texts); // a table is kept as long as its model
    times.push((await measured(() => match(model, requestOf(0)))).cpu);
  }
  const fresh = modelOf(texts);
  gc();
  const before = process.memoryUsage().heapUsed;
  match(fresh, requestOf(0));
  gc();
  const memory = (process.memoryUsage().heapUsed - before) / 1e6;
  const requests = Array.from({ length: MATCHES }, (_, number) => requestOf(number));
  const own = spreadOf(requests, (request) => match(fresh, request));
  const naive = naiveTable();
  const other = spreadOf(requests, ({ host, path }) => naive(host, path));
  const explained = spreadOf(requests.slice(0, ROUTES), (request) => explain(fresh, request));
  return [
    plainFigure(
      `the table of ${(ROUTING_SIZE.hosts * ROUTING_SIZE.paths).toLocaleString('en')} paths, built`,
      format(median(times), 's'),
      '≤ 1 s',
    ),
    plainFigure('memory of the table', format(memory, 'MB'), '≤ 60 MB'),
    {
      ...comparedFigure('', 'µs', own.p50, other.p50, 'p50 ≤ 1.5 µs, p99 ≤ 6 µs'),
      name: 'a match, p50 (p99)',
      value: textOf(own),
      reference: textOf(other),
    },
    plainFigure('a match with its whole explanation, p50 (p99)', textOf(explained)),
  ];
}

interface Spread {
  readonly p50: number;
  readonly p99: number;
}

const textOf = ({ p50, p99 }: Spread) => `${format(p50)} (${format(p99)}) µs`;

/** Microseconds of each call, after a round that warms up. */
function spreadOf<T>(inputs: readonly T[], work: (input: T) => unknown): Spread {
  for (const input of inputs) work(input);
  const times = inputs.map((input) => {
    const start = process.hrtime.bigint();
    work(input);
    return Number(process.hrtime.bigint() - start) / 1e3;
  });
  return { p50: median(times), p99: quantile(times, 0.99) };
}

function match(model: NetworkModel, request: RouteRequest): unknown {
  const rules = matchRequest(model, ROUTING_CLASS, 'ingress-v1', request);
  if (rules?.length !== 1) throw new Error(`${request.host}${request.path}: ${rules?.length} rules`);
  return rules;
}

function explain(model: NetworkModel, request: RouteRequest): unknown {
  const answer = route(model, { request, class: ROUTING_CLASS, dialect: 'ingress-v1' });
  if (!answer.ok || answer.value.verdict !== 'ROUTED') throw new Error(`${request.host}${request.path}: not routed`);
  return answer.value;
}

/** The least that any table does: the host, then every path, the longest first. */
function naiveTable(): (host: string, path: string) => string | undefined {
  const hosts = new Map<string, readonly string[]>();
  for (let host = 0; host < ROUTING_SIZE.hosts; host++) {
    const paths = Array.from({ length: ROUTING_SIZE.paths }, (_, path) => pathOf(path));
    hosts.set(
      hostOf(host),
      paths.sort((a, b) => b.length - a.length),
    );
  }
  return (host, path) => hosts.get(host)?.find((prefix) => path.startsWith(prefix));
}

async function overHttp(stage: Stage, texts: readonly string[]): Promise<readonly Figure[]> {
  const running = await stage.server();
  const { name } = await importCluster(
    running,
    'bench-routing',
    Buffer.from(`{"apiVersion":"v1","kind":"List","items":[${texts.join(',')}]}`),
  );
  const { product, pid } = running;
  const headers = { authorization: `Bearer ${product.token}`, 'content-type': 'application/json' };
  const ask = async (path: string, body?: string): Promise<string> => {
    const init = body === undefined ? { headers } : { method: 'POST', headers, body };
    const response = await fetch(`${product.url}/api/v1/clusters/${name}/queries/route${path}`, init);
    const text = await response.text();
    if (!response.ok || text.includes('"status":4')) throw new Error(`${response.status} ${text.slice(0, 1_000)}`);
    return text;
  };
  const urlOf = (number: number) => `http://${requestOf(number).host}${requestOf(number).path}`;
  const batch = (first: number) => JSON.stringify({ items: Array.from({ length: BATCH }, (_, index) => ({ url: urlOf(first + index) })) });
  for (let number = 0; number < BATCHES_BEFORE; number++) await ask('?view=verdict', batch(number * BATCH));
  const [rates, paces]: [number[], number[]] = [[], []];
  for (let window = 0; window < WINDOWS; window++) {
    const before = cpuSeconds(pid);
    let number = BATCHES_BEFORE + window * BATCHES;
    const end = number + BATCHES;
    const client = async (): Promise<void> => {
      while (number < end) await ask('?view=verdict', batch(number++ * BATCH));
    };
    const { seconds } = await timed(async () => Promise.all([client(), client()]));
    rates.push((BATCHES * BATCH) / (cpuSeconds(pid) - before));
    paces.push((BATCHES * BATCH) / seconds);
  }
  const waits: number[] = [];
  for (let number = 0; number < 1.1 * EXPLAINED; number++) {
    const { seconds } = await timed(() => ask(`?url=${encodeURIComponent(urlOf((BATCHES_BEFORE + WINDOWS * BATCHES) * BATCH + number))}`));
    if (number >= 0.1 * EXPLAINED) waits.push(seconds * 1e3);
  }
  return [
    plainFigure('decisions in batches over HTTP, by the clock', format(median(paces), '/s'), '≥ 20,000/s'),
    plainFigure('decisions in batches over HTTP, for each second of CPU', format(median(rates), '/s'), '≥ 20,000/s'),
    plainFigure(
      'explained over HTTP, a single client waits, p50 (p99)',
      `${format(median(waits))} (${format(quantile(waits, 0.99))}) ms`,
      'p50 ≤ 3 ms',
    ),
  ];
}
