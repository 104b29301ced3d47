import type { ClusterApi, ImportFile } from '../api.js';
import { calicoSelectorMatches } from '../../../src/core/resources/calico-selector.js';
import { parseCalicoSelector } from '../../../src/core/resources/parse-calico-selector.js';
import { checkCount, type PackContext, readJson } from '../pack.js';
import { type BoxData, calicoPairs } from './calico-pairs.js';
import { compareJson, compareRows, type Outcome, type SetResult, SetTally } from '../set-result.js';

/** `index.json` and the set files, as the pack's README describes them. */
interface Index {
  readonly inputs: string;
  readonly sets: readonly { readonly set: string; readonly file: string; readonly kind: string; readonly cases: number }[];
}
interface Step {
  /** Of `selector`. */
  readonly selector?: string;
  readonly valid?: boolean;
  readonly inputs: readonly string[];
  readonly inputs2?: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  readonly expect?: { readonly outcome: 'rejected' | 'warned'; readonly mandatory: boolean; readonly category: string };
}
interface Case {
  readonly id: string;
  readonly steps: readonly Step[];
}
interface SetFile {
  readonly profile: Readonly<Record<string, unknown>> | null;
  /** Of `calico-connections`: what the keys of the rows mean. */
  readonly connections?: Readonly<Record<string, readonly BoxData[]>>;
  readonly cases: readonly Case[];
}
type Inputs = Readonly<Record<string, { readonly files: readonly ImportFile[] }>>;

/** Evaluates one step against the cluster its inputs were imported into. */
type Evaluate = (cluster: ClusterApi, step: Step, inputs: Inputs) => Promise<Outcome>;

const EVALUATORS: Readonly<Record<string, Evaluate>> = {
  connections: async (cluster, step) => {
    const { result } = await cluster.ask('connectivity', { format: 'netpol-analyzer' });
    return compareRows(step.rows, (result as { rows: readonly unknown[] }).rows);
  },
  verdicts: async (cluster, step) => {
    const questions = step.rows.map(([from, to, protocol, port]) => ({
      from: `pod/${String(from)}`,
      to: `pod/${String(to)}`,
      protocol,
      port: String(port),
    }));
    const answers = await cluster.askAll('policy-verdict', questions, '?view=verdict');
    const actual = answers.map((answer, index) => [
      ...(step.rows[index] ?? []).slice(0, 4),
      ...booleans(answer, (step.rows[index] ?? [])[4] === null),
    ]);
    return compareRows(step.rows, actual);
  },
  diff: async (cluster, step, inputs) => {
    await cluster.snapshot(filesOf(step.inputs2 ?? [], inputs));
    const { result } = await cluster.ask('connectivity-diff', { since: '1', format: 'netpol-analyzer' });
    const { connections } = result as { connections: readonly Readonly<Record<string, string | null>>[] };
    return compareRows(
      step.rows,
      connections.map(({ change, from, to, before, after, info }) => [change, from, to, before, after, info ?? '']),
    );
  },
  'pod-queries': async (cluster, step) => {
    for (const [from, to, protocol, port, expected] of step.rows) {
      const question = {
        from: `pod/${String(from)}`,
        to: `pod/${String(to)}`,
        ...(protocol === null ? {} : { protocol, port: String(port) }),
      };
      const { verdict, result } = await cluster.ask('policy-verdict', question);
      const actual = protocol === null ? (result as { connection: string }).connection : verdict === 'ALLOWED';
      const outcome = compareJson(expected, actual);
      if (outcome === 'unsupported' || !outcome.pass) return outcome;
    }
    return { pass: true };
  },
};

/** `[ingress, egress, allowed]` of an answer; the pack leaves the first two open (`null`) in some sets. */
function booleans(answer: unknown, directionsOpen: boolean): readonly unknown[] {
  const { verdict, result } = answer as { verdict: string; result: { ingress: { allowed: boolean }; egress: { allowed: boolean } } };
  const allowed = verdict === 'ALLOWED';
  return directionsOpen ? [null, null, allowed] : [result.ingress.allowed, result.egress.allowed, allowed];
}

/** Runs `shared/conformance/policy`. */
export async function* policyPack(context: PackContext): AsyncIterable<SetResult> {
  const index = readJson<Index>(context.directory, 'index.json');
  const { inputs } = readJson<{ inputs: Inputs }>(context.directory, index.inputs);
  for (const entry of index.sets) {
    if (!context.wants(entry.set)) continue;
    const file = readJson<SetFile>(context.directory, entry.file);
    checkCount(entry.set, entry.cases, file.cases.length);
    const tally = new SetTally(entry.set, context.known);
    for (const one of file.cases) await tally.run(one.id, () => runCase(context, entry.kind, file, one, inputs));
    yield tally.result();
  }
}

async function runCase(context: PackContext, kind: string, file: SetFile, one: Case, inputs: Inputs): Promise<Outcome> {
  const evaluate = EVALUATORS[kind];
  if (kind === 'outcome') return runOutcome(context, one, inputs);
  if (kind === 'selector') return runSelector(one);
  if (kind === 'calico-connections') return runPairs(context, file, one, inputs);
  if (!evaluate) return 'unsupported';
  for (const step of one.steps) {
    const outcome = await context.api.withCluster(profileOf(file), filesOf(step.inputs, inputs), (cluster) =>
      evaluate(cluster, step, inputs),
    );
    if (outcome === 'unsupported' || !outcome.pass) return outcome;
  }
  return { pass: true };
}

/** Asked in process: selectors are no question of their own. */
function runSelector(one: Case): Outcome {
  for (const { selector = '', valid, rows } of one.steps) {
    const parsed = parseCalicoSelector(selector);
    if (parsed.ok !== valid) return { pass: false, expected: valid, actual: parsed };
    if (!parsed.ok) continue;
    const actual = rows.map(([labels]) => [labels, calicoSelectorMatches(parsed.value, labels as Record<string, string>)]);
    const outcome = compareJson(rows, actual);
    if (outcome === 'unsupported' || !outcome.pass) return outcome;
  }
  return { pass: true };
}

/** Rows of IPv6 stand only in cases that name a CIDR of it: the cluster then has both families. */
async function runPairs(context: PackContext, file: SetFile, one: Case, inputs: Inputs): Promise<Outcome> {
  for (const { inputs: references, rows } of one.steps) {
    const both = rows.some((row) => row.slice(0, 2).some((name) => String(name).includes(':')));
    const profile = { ...profileOf(file), ipFamilies: both ? ['IPv4', 'IPv6'] : ['IPv4'] };
    const outcome = await context.api.withCluster(profile, filesOf(references, inputs), async (cluster) => {
      const { result } = await cluster.ask('connectivity', { format: 'boxes', level: 'pod' });
      return calicoPairs(rows as readonly (readonly string[])[], file.connections ?? {}, result);
    });
    if (outcome === 'unsupported' || !outcome.pass) return outcome;
  }
  return { pass: true };
}

/** The profile as the product's settings name it: a switch that a set leaves open (`null`) is not set. */
function profileOf(file: SetFile): object {
  const switches = Object.entries(file.profile ?? {}).filter(([, value]) => value !== null);
  return { policy: { ...Object.fromEntries(switches), nodeToOwnPod: false } };
}

function filesOf(references: readonly string[], inputs: Inputs): readonly ImportFile[] {
  return references.flatMap((reference) =>
    (inputs[reference]?.files ?? []).map(({ path, text }) => ({ path: `${reference}/${path}`, text })),
  );
}

/** A rejected input is refused whole with `?atomic=true` and reported by a tolerant import; a warned one is imported with a warning. */
async function runOutcome(context: PackContext, one: Case, inputs: Inputs): Promise<Outcome> {
  for (const step of one.steps) {
    const files = filesOf(step.inputs, inputs);
    const outcome = await context.api.withCluster({}, [], async (cluster): Promise<Outcome> => {
      const report = (await cluster.snapshot(files)) as { report?: object };
      const severities = new Set(JSON.stringify(report).match(/"severity":"(error|warning)"/g) ?? []);
      if (step.expect?.outcome === 'warned') {
        return severities.size > 0 ? { pass: true } : { pass: false, expected: 'a warning', actual: report };
      }
      const refused = await cluster.snapshot(files, '?atomic=true').then(
        () => false,
        (error: unknown) => String(error).includes(': 422 '),
      );
      // "A duplicate object: a warning, last wins"; a second BaselineAdminNetworkPolicy of another name is an error.
      const expected = step.expect?.category === 'duplicate-object' ? ['warning'] : ['error'];
      if (files.some(({ text }) => text.includes('kind: BaselineAdminNetworkPolicy'))) expected.push('error');
      const reported = expected.some((severity) => severities.has(`"severity":"${severity}"`));
      if (refused && reported) return { pass: true };
      if (step.expect?.mandatory === false && severities.size > 0) return { pass: true };
      return { pass: false, expected: step.expect, actual: { refused, reported } };
    });
    if (outcome === 'unsupported' || !outcome.pass) return outcome;
  }
  return { pass: true };
}
