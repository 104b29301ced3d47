import { ALL_MUTANTS } from './all-mutants.js';
import { countOf } from './mutant.js';
import { type Planted, Trials } from './trial.js';

/**
 * `npm run mutants [-- TEXT…]`: plants every mistake of the lists (or those whose file or rule has one of the texts in it) into the source, in memory, and fails where the tests that are
 * named for it do not notice.
 */
const LANES = 2;

const asked = process.argv.slice(2);
const isAsked = ({ file, mutant }: Planted) => asked.length === 0 || asked.some((text) => `${file} ${mutant.breaks}`.includes(text));
const planted = ALL_MUTANTS.flatMap(({ file, specs, mutants }) => mutants.map((mutant): Planted => ({ file, specs, mutant }))).filter(
  isAsked,
);

/** Takes what is next until nothing is left. */
async function lane<T>(next: Iterator<T>, each: (one: T) => Promise<void>): Promise<void> {
  for (let one = next.next(); !one.done; one = next.next()) await each(one.value);
}

/** Runs something for each, so many at a time. */
async function forEach<T>(list: readonly T[], lanes: readonly Trials[], each: (trials: Trials, one: T) => Promise<void>): Promise<void> {
  const next = list.values();
  await Promise.all(lanes.map((trials) => lane(next, (one) => each(trials, one))));
}

const lanes = await Promise.all(Array.from({ length: LANES }, () => Trials.open(process.cwd())));
const started = performance.now();
let failures = 0;
const fail = (text: string) => {
  failures += 1;
  console.log(`✗ ${text}`);
};

await forEach(planted, lanes, async (trials, one) => {
  const { state, by } = await trials.try(one);
  if (state !== 'killed') fail(`${state}: ${one.file}: ${one.mutant.breaks}\n  - ${one.mutant.from}\n  + ${one.mutant.to}\n  ${by}`);
});
// A spec that fails on the source as it is would kill every mutant; afterwards, so that this also shows that nothing of them is left.
await forEach([...new Set(planted.flatMap(({ specs }) => specs))], lanes, async (trials, spec) => {
  const { state, by } = await trials.run([spec]);
  if (state !== 'survived') fail(`${spec} fails without any mutant: ${by}`);
});
await Promise.all(lanes.map((trials) => trials.close()));
console.log(
  `${planted.length - failures} of ${planted.length} mutants (${countOf(ALL_MUTANTS)} in the lists) killed in ${Math.round((performance.now() - started) / 1000)} s`,
);
process.exitCode = failures > 0 || planted.length === 0 ? 1 : 0;
