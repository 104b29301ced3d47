import type { Problem } from '../kernel/problem.js';
import { ok, type Result } from '../kernel/result.js';
import type { Steps } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import type { ConnectivityQuestion } from './connectivity-result.js';
import type { ListedPair } from './internal/compare-groups.js';
import { explainedPair, judgedPair } from './internal/explained-pair.js';
import { planListing, type PlannedListing } from './internal/list-connections.js';
import { netpolRows, servedConnections } from './internal/listing-rows.js';
import { PolicyIndex } from './internal/policy-index.js';

/** The most pairs of unlike endpoints that are explained. */
const MOST_PAIRS = 1_000_000;

/**
 * Every connection that is allowed or denied, and by which policies and rules: the text form of netpol-analyzer's `list --explain` (its `docs/explain_analysis.md`).
 * What no policy says anything about comes behind the others, by name alone. Lines come in batches, empty ones where others may be served. Fails as
 * `connectivity` does.
 */
export function* connectivityExplained(
  model: NetworkModel,
  question: ConnectivityQuestion,
): Steps<Result<() => Iterable<readonly string[]>, Problem>> {
  const index = yield* PolicyIndex.ofSpecification(model);
  const planned = yield* planListing(model, index, { ...question, explains: true }, MOST_PAIRS);
  if (!planned.ok) return planned;
  const served = netpolRows(yield* servedConnections(model, index, question), question);
  return ok(function* () {
    const left = new PairMarks();
    yield* underHeader('Specific connections and their reasons', explainedPairs(index, planned.value, left));
    yield* underHeader('All Connections due to the system default (Allow all)', defaultPairs(planned.value, left));
    const rows = served.map(([from = '', to = '', connections = '']) => [`${from} => ${to} : ${connections}`]);
    yield* underHeader('Connections due to Ingress and Route objects', rows);
  });
}

/** Nothing where there are no lines. */
function* underHeader(title: string, batches: Iterable<readonly string[]>): Generator<readonly string[]> {
  let begun = false;
  for (const batch of batches) {
    if (batch.length > 0 && !begun) {
      begun = true;
      const frame = '#'.repeat(title.length + 4);
      yield ['', frame, `# ${title} #`, frame];
    }
    yield batch;
  }
}

/** Those of whom no policy speaks are marked in `left`. */
function* explainedPairs(index: PolicyIndex, listing: PlannedListing, left: PairMarks): Generator<readonly string[]> {
  let position = 0;
  for (const pair of pairsOf(listing)) {
    const lines = pair && (yield* paused(explain(index, pair)));
    if (pair && !lines) left.mark(position);
    if (pair) position++;
    yield lines ?? [];
  }
}

/** Named again, and not judged again: the pairs come in the same order. */
function* defaultPairs(listing: PlannedListing, left: PairMarks): Generator<readonly string[]> {
  let position = 0;
  for (const pair of pairsOf(listing)) yield pair && left.has(position++) ? [`${pair.from.name} => ${pair.to.name}`] : [];
}

/** Some of the pairs of a listing by their positions, a bit each. */
class PairMarks {
  private readonly bits = new Uint8Array(Math.ceil(MOST_PAIRS / 8));

  mark(position: number): void {
    this.bits[position >> 3] = (this.bits[position >> 3] ?? 0) | (1 << (position & 7));
  }

  has(position: number): boolean {
    return ((this.bits[position >> 3] ?? 0) & (1 << (position & 7))) !== 0;
  }
}

function* explain(index: PolicyIndex, { from, to }: ListedPair): Steps<readonly string[] | undefined> {
  const judgement = yield* judgedPair(index, from, to);
  return judgement && (yield* explainedPair({ from: from.name, to: to.name }, judgement));
}

/** Undefined: time for others. */
function* pairsOf(listing: PlannedListing): Generator<ListedPair | undefined> {
  for (const { pairs } of listing.pairs()) {
    yield undefined;
    yield* pairs;
  }
}

/** An empty batch at each step. */
function* paused<T>(steps: Steps<T>): Generator<readonly string[], T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    yield [];
  }
}
