import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { NetworkModel } from '../src/core/model/network-model.js';
import { connectivityDiff } from '../src/core/policy/connectivity-diff.js';
import { connectivityTable } from '../src/core/policy/connectivity-table.js';
import type { ConnectivityQuestion } from '../src/core/policy/connectivity-result.js';
import { PolicyEngine } from '../src/core/policy/policy-engine.js';
import { policyLint } from '../src/core/policy/policy-lint.js';
import { format, measured, median, quantile } from './measure.js';
import { modelOf } from './model-of.js';
import { naiveAllows } from './naive-policies.js';
import { policyCluster, policyOf, type PolicyShape } from './policy-cluster.js';
import { comparedFigure, type Figure, plainFigure, type Section } from './section.js';
import { finished } from '../src/core/kernel/steps.js';

const LOAD: PolicyShape = { namespaces: 25_000, apps: 4, replicas: 1, policies: 3 };
const PAIRS: PolicyShape = { namespaces: 100, apps: 100, replicas: 10, policies: 200 };
/** The same classes with a fifth of the pods; then fewer and fewer classes. */
const CURVE: readonly PolicyShape[] = [
  { ...PAIRS, replicas: 2 },
  ...[50, 25, 12].map((namespaces) => ({ ...PAIRS, namespaces, replicas: 2 })),
];
const WORKLOADS: PolicyShape = { namespaces: 20, apps: 50, replicas: 1, policies: 100 };
const CHANGING: PolicyShape = { ...WORKLOADS, replicas: 10 };
const PORT = 8080;
const ASKED = 20_000;
const SAMPLE = 100;
const RUNS = 5;

function modelOfShape(shape: PolicyShape): NetworkModel {
  return modelOf(Array.from(policyCluster(shape), (object) => JSON.stringify(object)));
}

/** Pseudo-random pairs of pods, the same in every run. */
function* pairsOf(model: NetworkModel, count: number) {
  let state = 1;
  const next = (): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 8;
  for (let made = 0; made < count; made++) {
    const source = model.pods[next() % model.pods.length];
    const destination = model.pods[next() % model.pods.length];
    if (source && destination && source !== destination) yield { source, destination };
  }
}

/** Megabytes on the heap after everything unreachable was given back. */
function heapMegabytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed / 1e6;
}

/** The engine takes up a model: every class of pods with the policies that decide about it. */
async function loadFigures(): Promise<readonly Figure[]> {
  const texts = Array.from(policyCluster(LOAD), (object) => JSON.stringify(object));
  const parsed = await measured(() => texts.reduce((sum, text) => sum + Object.keys(JSON.parse(text) as object).length, 0));
  const model = modelOf(texts);
  const before = heapMegabytes();
  const loaded = await measured(() => new PolicyEngine(model));
  const megabytes = heapMegabytes() - before;
  const what = `${model.pods.length.toLocaleString('en')} pods, ${LOAD.namespaces.toLocaleString('en')} namespaces, ${model.networkPolicies.length.toLocaleString('en')} policies`;
  return [
    comparedFigure(`load ${what}; reference: \`JSON.parse\` of the objects`, 's', loaded.cpu, parsed.cpu, '≤ 3 s'),
    plainFigure('memory of the engine for it, beside the model', format(megabytes, 'MB'), '≤ 500 MB'),
    ...pointFigures(model, loaded.value),
  ];
}

/** One connection after the other, held against the naive evaluator. */
function pointFigures(model: NetworkModel, engine: PolicyEngine): readonly Figure[] {
  const times: number[] = [];
  for (const { source, destination } of pairsOf(model, 2 * ASKED)) {
    const start = process.hrtime.bigint();
    engine.allows(source, destination, 'TCP', PORT);
    times.push(Number(process.hrtime.bigint() - start) / 1e3);
  }
  const asked = times.slice(ASKED);
  const naive: number[] = [];
  for (const { source, destination } of pairsOf(model, SAMPLE)) {
    const start = process.hrtime.bigint();
    const expected = naiveAllows(model, source, destination, PORT);
    naive.push(Number(process.hrtime.bigint() - start) / 1e3);
    if (engine.allows(source, destination, 'TCP', PORT) !== expected) throw new Error('the two evaluators differ');
  }
  const spread = (values: readonly number[]) => `${format(median(values))} (${format(quantile(values, 0.99))}) µs`;
  return [
    {
      name: `point question among ${model.pods.length.toLocaleString('en')} pods, p50 (p99); reference: every policy, one after the other`,
      value: spread(asked),
      reference: spread(naive),
      ratio: format(median(asked) / median(naive)),
      goal: 'p99 ≤ 20 µs',
    },
  ];
}

/** The median of some runs, after one that warms up. */
async function repeated(work: () => unknown): Promise<number> {
  await measured(work);
  const seconds: number[] = [];
  for (let run = 0; run < RUNS; run++) seconds.push((await measured(work)).cpu);
  return median(seconds);
}

/** Seconds that the naive evaluator would take for all pairs of classes, from a sample of them. */
async function naiveSeconds(model: NetworkModel, classes: number): Promise<number> {
  const pairs = [...pairsOf(model, SAMPLE)];
  const { cpu } = await measured(() => pairs.filter(({ source, destination }) => naiveAllows(model, source, destination, PORT)).length);
  return (cpu / pairs.length) * classes * classes;
}

async function reachFigures(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const shape of [PAIRS, ...CURVE]) {
    const model = modelOfShape(shape);
    const engine = new PolicyEngine(model);
    const seconds = await repeated(() => {
      let reached = 0;
      engine.eachReached(() => reached++);
      return reached;
    });
    const name = `all pairs, any port: ${engine.size.toLocaleString('en')} classes (${model.pods.length.toLocaleString('en')} pods, ${model.networkPolicies.length.toLocaleString('en')} policies)`;
    figures.push(
      comparedFigure(name, 'ms', seconds * 1e3, (await naiveSeconds(model, engine.size)) * 1e3, shape === PAIRS ? '≤ 500 ms' : '—'),
    );
  }
  return figures;
}

const LISTING = {
  from: undefined,
  to: undefined,
  protocol: undefined,
  port: undefined,
  level: 'workload',
  label: undefined,
  workload: undefined,
  connection: undefined,
  external: false,
  format: 'table',
} as const satisfies ConnectivityQuestion;

/** Every row with its ports, as a stream sends them. */
async function listingFigures(): Promise<readonly Figure[]> {
  const model = modelOfShape(WORKLOADS);
  const list = (): number => {
    const table = finished(connectivityTable(model, LISTING));
    if (!table.ok) throw new Error(table.error.message);
    let rows = 0;
    for (const batch of table.value.batches()) rows += batch.length;
    return rows;
  };
  const seconds = await repeated(list);
  const pairs = model.workloads.length ** 2;
  const name = `all pairs with ports: ${model.workloads.length.toLocaleString('en')} workloads, ${pairs.toLocaleString('en')} pairs, ${list().toLocaleString('en')} rows`;
  return [comparedFigure(name, 's', seconds, await naiveSeconds(model, model.workloads.length), '≤ 2 s')];
}

/** One policy of two states is not the same: which connections differ. */
async function changeFigures(): Promise<readonly Figure[]> {
  const objects = [...policyCluster(CHANGING)];
  const modelWith = (changed: object | undefined): NetworkModel => {
    const texts = objects.map((object) => JSON.stringify(object));
    return modelOf(changed ? [...texts.slice(0, -1), JSON.stringify(changed)] : texts);
  };
  const before = modelWith(undefined);
  const last = policyOf(CHANGING, CHANGING.namespaces - 1, CHANGING.policies - 1);
  const after = modelWith({ ...last, spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [] } });
  const compare = (): number => {
    const side = (model: NetworkModel) => ({ model, from: undefined, to: undefined });
    const answer = finished(connectivityDiff({ ...LISTING, before: side(before), after: side(after) }));
    if (!answer.ok) throw new Error(answer.error.message);
    return answer.value.result.connections.length;
  };
  const seconds = await repeated(compare);
  const name = `changed edges after one of ${before.networkPolicies.length.toLocaleString('en')} policies changed, ${before.pods.length.toLocaleString('en')} pods: ${compare().toLocaleString('en')} rows with their causes`;
  return [comparedFigure(name, 'ms', seconds * 1e3, (await naiveSeconds(before, before.workloads.length)) * 2e3, '≤ 100 ms')];
}

/** Everything that is wrong or suspicious in the policies of a cluster. */
async function lintFigures(): Promise<readonly Figure[]> {
  const model = modelOfShape(CHANGING);
  const lint = () =>
    finished(policyLint(model, { namespace: undefined, policy: undefined, codes: undefined, severity: 'info', limit: 100 }));
  const { cpu, value } = await measured(lint);
  const name = `policy-lint of ${model.networkPolicies.length.toLocaleString('en')} policies, ${model.pods.length.toLocaleString('en')} pods: ${(value.result.findings.length + value.result.omitted).toLocaleString('en')} findings; once`;
  return [plainFigure(name, format(cpu, 's'))];
}

/** The policy engine in process, on clusters of growing size. */
export async function benchPolicy(): Promise<Section> {
  // Each measurement lets go of its models before the next.
  const figures = [await loadFigures(), await reachFigures(), await listingFigures(), await changeFigures(), await lintFigures()];
  const about =
    'The engine in process, without HTTP, on synthetic clusters of NetworkPolicies (`bench/policy-cluster.ts`). Reference: a loop over every policy of the cluster for each connection, ' +
    `measured on a sample of ${SAMPLE} pairs and taken times all pairs; its answers for single connections are compared with the engine’s. Seconds are those of CPU, all threads of the process, median of ${RUNS} runs after one; single questions are timed by the clock.`;
  return { title: 'Policy engine', about, figures: figures.flat() };
}
