import { type Answer, type Note, uniqueNotes } from '../kernel/answer.js';
import { compareBy, compareText } from '../kernel/compare.js';
import { Trail } from '../kernel/evidence.js';
import { firstFew } from '../kernel/first-few.js';
import type { Problem } from '../kernel/problem.js';
import { ok, type Result } from '../kernel/result.js';
import type { Steps } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import type {
  ChangedConnection,
  ConnectionChange,
  ConnectivityDiffQuestion,
  ConnectivityDiffResult,
  ConnectivityDiffVerdict,
  DiffSide,
} from './connectivity-diff-result.js';
import { compareListings, type ListedDifference, type ListedEdge, type ListedEnd } from './internal/compare-listings.js';
import { formatConnections, noConnections } from './internal/connection-set.js';
import { causesOf, changedPolicies, type ComparedState, type DiffCause, type TwoStates } from './internal/diff-causes.js';
import { enforcementOf, isEnforced } from './internal/enforcement.js';
import type { ListedPair } from './internal/compare-groups.js';
import { listConnections, listedGroups, type TouchedPart } from './internal/list-connections.js';
import { listingAssumptions, otherApisLeftOut, policiesLeftOut } from './internal/listing-notes.js';
import { listingGroups } from './internal/listing-groups.js';
import { servedConnections } from './internal/listing-rows.js';
import { netpolPeers, netpolRange } from './internal/netpol-groups.js';
import { formatRange } from './internal/parties.js';
import { PolicyIndex } from './internal/policy-index.js';
import { touchedGroups } from './internal/touched-groups.js';

/** Of how many rows the objects behind them are told. */
const MOST_TOLD = 200;

/** A state, listed. */
interface ListedSide extends ComparedState {
  readonly edges: readonly ListedEdge[];
  readonly warnings: readonly Note[];
}

/**
 * What policies allow in one state of a cluster and not in another: connections, not text. Ranges are cut to common boundaries and joined again where they differ alike.
 * Whether the plugin enforces policies makes no difference here; the answer says if it does not. Yields often. Fails as `connectivity` does.
 */
export function* connectivityDiff(
  question: ConnectivityDiffQuestion,
): Steps<Result<Answer<ConnectivityDiffVerdict, ConnectivityDiffResult>, Problem>> {
  const [old, now] = [yield* indexOf(question, question.before), yield* indexOf(question, question.after)];
  const policies = yield* changedPolicies(old, now);
  const parts = yield* partsOf(question, old, now, new Set(policies.keys()));
  const before = yield* listSide(question, question.before, old, parts?.before);
  if (!before.ok) return before;
  const after = yield* listSide(question, question.after, now, parts?.after);
  if (!after.ok) return after;
  const sides = { before: before.value, after: after.value };
  const nameOf = endName(question);
  const differences = (yield* compareListings(sides.before.edges, sides.after.edges)).toSorted(inOrder(nameOf));
  const states: TwoStates = { ...sides, policies };
  const trail = new Trail();
  const connections: ChangedConnection[] = [];
  for (const [position, row] of differences.entries()) {
    yield;
    const shown = rowView(row, nameOf, infoOf(question, sides));
    const causes = position < MOST_TOLD ? causesOf(states, row) : [];
    if (position < MOST_TOLD) tell(trail, shown, causes);
    connections.push({ ...shown, causes: causes.map(({ message }) => message) });
  }
  const result = resultOf(question, sides, connections);
  const { model } = question.after;
  const warnings = uniqueNotes([
    ...sides.after.warnings,
    ...notEnforced(model),
    ...otherApisLeftOut(model, question.format),
    ...policiesLeftOut(model, sides.after.index),
    ...untold(connections),
  ]);
  const assumptions = listingAssumptions(model, sides.after.index, question.protocol);
  return ok({
    verdict: connections.length === 0 ? 'SAME' : 'DIFFERENT',
    summary: summarise(result),
    result,
    evidence: trail.list(),
    assumptions,
    warnings,
    confidence: assumptions.length > 0 || warnings.some(({ code }) => code === 'NOT_MODELLED') ? 'ASSUMED' : 'CERTAIN',
    enforcement: enforcementOf(model),
  });
}

function indexOf({ format }: ConnectivityDiffQuestion, { model }: DiffSide): Steps<PolicyIndex> {
  return format === 'netpol-analyzer' ? PolicyIndex.ofSpecification(model) : PolicyIndex.inSteps(model);
}

/** What of both states can differ at all; undefined: everything. What stands behind a service may change without anything of its pods. */
function* partsOf(
  question: ConnectivityDiffQuestion,
  old: PolicyIndex,
  now: PolicyIndex,
  changed: ReadonlySet<string>,
): Steps<Readonly<Record<'before' | 'after', TouchedPart>> | undefined> {
  if ([question.before, question.after].some(({ to }) => (to?.services.length ?? 0) > 0)) return undefined;
  const groupsOf = (index: PolicyIndex, { model, from, to }: DiffSide) => listedGroups(model, index, { ...question, from, to }, undefined);
  const [before, after] = [yield* groupsOf(old, question.before), yield* groupsOf(now, question.after)];
  const touched = yield* touchedGroups({ index: old, ...before }, { index: now, ...after }, changed);
  return touched && { before: { touched, groups: before }, after: { touched, groups: after } };
}

function* listSide(
  question: ConnectivityDiffQuestion,
  { model, from, to }: DiffSide,
  index: PolicyIndex,
  part: TouchedPart | undefined,
): Steps<Result<ListedSide, Problem>> {
  const netpol = question.format === 'netpol-analyzer';
  const asked = { ...question, from, to };
  const listed = yield* listConnections(model, index, asked, part);
  if (!listed.ok) return listed;
  const served = netpol ? yield* servedConnections(model, index, asked) : [];
  const edges = [...listed.value.pairs.map(edgeOf), ...served].filter(({ connections }) => !noConnections(connections));
  const everybody = () => listingGroups(model, index, { ...asked, external: false }, 'from', undefined);
  const groups = netpol
    ? yield* netpolPeers(model, index)
    : from
      ? yield* everybody()
      : listed.value.sources.filter(({ external }) => !external);
  return ok({
    index,
    sources: listed.value.sources,
    destinations: listed.value.destinations,
    edges,
    names: new Set(groups.map(({ name }) => name)),
    warnings: listed.value.warnings,
  });
}

function edgeOf({ from, to, connections }: ListedPair): ListedEdge {
  return { from: from.range ?? from.name, to: to.range ?? to.name, connections };
}

function endName({ format }: ConnectivityDiffQuestion): (end: ListedEnd) => string {
  const rangeName = format === 'netpol-analyzer' ? netpolRange : formatRange;
  return (end) => (typeof end === 'string' ? end : rangeName(end));
}

/** As a listing is: addresses behind the names. */
function inOrder(nameOf: (end: ListedEnd) => string) {
  const place = (end: ListedEnd) => (typeof end === 'string' ? 0 : 1);
  return compareBy<ListedDifference>(
    ({ from }) => place(from),
    ({ from }) => nameOf(from),
    ({ to }) => place(to),
    ({ to }) => nameOf(to),
  );
}

type Sides = Readonly<Record<'before' | 'after', ListedSide>>;

function rowView(
  { from, to, before, after }: ListedDifference,
  nameOf: (end: ListedEnd) => string,
  info: (change: ConnectionChange, from: ListedEnd, to: ListedEnd) => string | null,
): ChangedConnection {
  const change = noConnections(before) ? 'added' : noConnections(after) ? 'removed' : 'changed';
  return {
    change,
    from: nameOf(from),
    to: nameOf(to),
    before: formatConnections(before),
    after: formatConnections(after),
    info: info(change, from, to),
    causes: [],
  };
}

/** "`workload X added`, or `workload X and Y removed` (source first)", of peers that do not exist in the other state. */
function infoOf({ format, level }: ConnectivityDiffQuestion, { before, after }: Sides) {
  const word = format === 'netpol-analyzer' ? 'workload ' : level === 'label' ? 'label ' : '';
  return (change: ConnectionChange, from: ListedEnd, to: ListedEnd): string | null => {
    if (change === 'changed') return null;
    const [here, there] = change === 'added' ? [after, before] : [before, after];
    const alone = [from, to].filter((end): end is string => typeof end === 'string' && here.names.has(end) && !there.names.has(end));
    return alone.length === 0 ? null : `${word}${alone.join(' and ')} ${change}`;
  };
}

function tell(trail: Trail, { change, from, to, before, after }: ChangedConnection, causes: readonly DiffCause[]): void {
  const outcome = change === 'removed' ? 'deny' : change === 'added' ? 'allow' : 'info';
  const message = `${from} → ${to}: ${before} → ${after}`;
  const parent = trail.add({ stage: 'connectivity', outcome, reason: 'CONNECTION_CHANGED', message });
  for (const { reason, message: why, object } of causes)
    trail.add({ stage: 'cause', outcome: 'match', reason, message: why, object, parent });
}

function resultOf(
  { level, format }: ConnectivityDiffQuestion,
  { before, after }: Sides,
  connections: readonly ChangedConnection[],
): ConnectivityDiffResult {
  const count = (wanted: ConnectionChange) => connections.filter(({ change }) => change === wanted).length;
  const without = (names: ReadonlySet<string>, others: ReadonlySet<string>) =>
    [...names].filter((name) => !others.has(name)).sort(compareText);
  return {
    level,
    format,
    added: count('added'),
    removed: count('removed'),
    changed: count('changed'),
    onlyBefore: without(before.names, after.names),
    onlyAfter: without(after.names, before.names),
    connections,
  };
}

function notEnforced(model: NetworkModel): readonly Note[] {
  if (isEnforced(model)) return [];
  const message = `${model.profile.cni.plugin} stores policies and does not enforce them: this is what they would change`;
  return [{ code: 'NOT_ENFORCED', message }];
}

function untold(connections: readonly ChangedConnection[]): readonly Note[] {
  if (connections.length <= MOST_TOLD) return [];
  const message = `the objects behind the first ${MOST_TOLD} of ${connections.length} rows are told: narrow the question with \`from\` and \`to\` to see those of others`;
  return [{ code: 'CAUSES_NOT_TOLD', message }];
}

function summarise({ added, removed, changed, onlyBefore, onlyAfter, level }: ConnectivityDiffResult): string {
  const counts = [
    [added, 'added'],
    [removed, 'removed'],
    [changed, 'changed'],
  ].flatMap(([count, word]) => (count === 0 ? [] : [`${String(count)} ${String(word)}`]));
  const ends = [
    ...(onlyAfter.length > 0 ? [`new: ${few(onlyAfter)}`] : []),
    ...(onlyBefore.length > 0 ? [`gone: ${few(onlyBefore)}`] : []),
  ];
  const head = counts.length === 0 ? 'policies allow the same connections' : `connections by ${level}: ${counts.join(', ')}`;
  return [head, ...ends].join('; ');
}

/** How many names a summary lists. */
const FEW = 3;

function few(names: readonly string[]): string {
  return firstFew(names, FEW);
}
