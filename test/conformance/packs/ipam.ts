import type { Api } from '../api.js';
import { checkCount, type PackContext, readJson } from '../pack.js';
import { type Outcome, type SetResult, SetTally } from '../set-result.js';
import { askDecision, isDecision } from './ipam-decisions.js';
import { broken } from './ipam-expect.js';
import { callFunction } from './ipam-functions.js';
import { isSimulated, runSteps } from './ipam-sequence.js';
import type { Actual, Json, Vector } from './ipam-vector.js';

interface Index {
  readonly total: number;
  readonly sets: readonly { readonly set: string; readonly file: string; readonly count: number }[];
}

/**
 * Runs `shared/conformance/ipam`. Calls of pure functions (`kind: "eval"`) go to `core/` in process, as the packs' README allows; decisions of the data plane and
 * sequences, which run on simulated allocators, go over HTTP. What the product has neither a function nor an allocator for is unsupported.
 */
export async function* ipamPack(context: PackContext): AsyncIterable<SetResult> {
  const index = readJson<Index>(context.directory, 'index.json');
  checkCount(
    'ipam',
    index.total,
    index.sets.reduce((sum, { count }) => sum + count, 0),
  );
  for (const entry of index.sets) {
    if (!context.wants(entry.set)) continue;
    const { vectors } = readJson<{ readonly vectors: readonly Vector[] }>(context.directory, entry.file);
    checkCount(entry.set, entry.count, vectors.length);
    const inProcess = vectors.some((vector) => vector.kind === 'eval' && !isDecision(vector.fn));
    const tally = new SetTally(entry.set, context.known, inProcess);
    for (const vector of vectors) await tally.run(vector.id, async () => outcomeOf(context.api, vector));
    yield tally.result();
  }
}

async function outcomeOf(api: Api, vector: Vector): Promise<Outcome> {
  if (vector.kind === 'eval') {
    const { fn, input } = vector;
    const actual = isDecision(fn) ? await askDecision(api, fn, input) : callFunction(fn, input);
    if (!actual) return 'unsupported';
    // A list is one value, and it is the results.
    const [value] = actual.results;
    const listed = 'value' in vector.expect || !Array.isArray(value) ? actual : { ...actual, results: value as readonly Json[] };
    const members = broken(vector.expect, listed, new Map());
    return members.length === 0 ? { pass: true } : { pass: false, expected: vector.expect, actual: { broken: members, ...actual } };
  }
  return isSimulated(vector) ? sequenceOutcome(api, vector) : 'unsupported';
}

async function sequenceOutcome(api: Api, vector: Extract<Vector, { kind: 'sequence' }>): Promise<Outcome> {
  const { steps } = vector;
  const earlier = new Map<string, readonly Json[]>();
  // What a step refers to has to be known before it is sent.
  for (const [index, { as }] of steps.entries()) {
    if (as === undefined) continue;
    const { results = [], named = {} } = (await runSteps(api, vector, steps.slice(0, index + 1), earlier)).at(-1) ?? {};
    for (const [name, list] of Object.entries(named)) earlier.set(`${as}.${name}`, list);
    earlier.set(as, results);
  }
  const actual = await runSteps(api, vector, steps, earlier);
  for (const [index, step] of steps.entries()) {
    const came = step.expect.hasAll === undefined ? actual[index] : await withContent(api, vector, index, earlier);
    const members = came ? broken(step.expect, came, earlier) : ['step'];
    if (members.length > 0)
      return { pass: false, expected: { step: index, op: step.op, ...step.expect }, actual: { broken: members, ...came } };
  }
  return { pass: true };
}

/** What a step came to, with what is allocated after it as its results. */
async function withContent(
  api: Api,
  vector: Extract<Vector, { kind: 'sequence' }>,
  index: number,
  earlier: ReadonlyMap<string, readonly Json[]>,
): Promise<Actual | undefined> {
  const answers = await runSteps(api, vector, [...vector.steps.slice(0, index + 1), { op: 'list', expect: {} }], earlier);
  const [step, content] = answers.slice(-2);
  return step && content && { ...step, results: content.results };
}
