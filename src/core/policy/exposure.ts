import { type Answer, type Note, uniqueNotes } from '../kernel/answer.js';
import { compareBy } from '../kernel/compare.js';
import { Trail } from '../kernel/evidence.js';
import { describeRef } from '../kernel/object-ref.js';
import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { Steps } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import type { ExposedConnection, ExposureQuestion, ExposureResult, ExposureVerdict, UnprotectedWorkload } from './exposure-result.js';
import { enforcementOf, isEnforced } from './internal/enforcement.js';
import { type Direction, DIRECTIONS } from './internal/direction.js';
import { type ExposedGroup, Exposures } from './internal/exposures-of.js';
import { focusOn } from './internal/listing-focus.js';
import { listingAssumptions, otherApisLeftOut, policiesLeftOut } from './internal/listing-notes.js';
import { type Group, GroupBuilder, listingGroups } from './internal/listing-groups.js';
import { netpolExposure } from './internal/netpol-exposure.js';
import { netpolPeers } from './internal/netpol-groups.js';
import { PolicyIndex } from './internal/policy-index.js';
import { rulesAboutAll } from './internal/rules-about.js';
import { FormulaUnknown } from './internal/unknown/formula-unknown.js';
import type { ExistingPeer } from './internal/unknown/pseudo-peer.js';
import type { UnknownPods } from './internal/unknown/unknown-pods.js';
import { NetpolUnknown } from './internal/unknown/netpol-unknown.js';

/** The most times that a kind of pods is compared with one that does not exist yet. */
const MOST_PAIRS = 1_000_000;
/** The most times that a rule is asked whether it means pods that do not exist yet. */
const MOST_ASKED = 20_000_000;
/** The most rows that one answer has. */
const MOST_ROWS = 100_000;
/** Up to how many rules behind it a row names. */
const MOST_RULES = 50;
/** Of how many rows the rules are told one by one. */
const MOST_TOLD = 200;

/**
 * What pods that do not exist yet could reach, and what could reach them, after netpol-analyzer: for each workload the connections with the whole cluster, and with such pods as
 * rules select and nobody is. Only policies of the workload count; those that would select the unknown pods do not. Yields often. Fails with `limit-too-large` and `unknown-workload`.
 */
export function* exposure(
  model: NetworkModel,
  question: ExposureQuestion,
): Steps<Result<Answer<ExposureVerdict, ExposureResult>, Problem>> {
  const netpol = question.format === 'netpol-analyzer';
  const index = yield* netpol ? PolicyIndex.ofSpecification(model) : PolicyIndex.inSteps(model);
  const chosen = yield* chosenGroups(model, index, question);
  if (!chosen.ok) return chosen;
  const groups = chosen.value;
  const existing = yield* existingPeers(model, index);
  const formulas = netpol ? undefined : yield* FormulaUnknown.of(model, index, existing);
  const unknown = formulas ?? (yield* NetpolUnknown.of(index.objects, existing));
  const judged = new Exposures(index, unknown);
  const kinds = groups.reduce((sum, { classes }) => sum + classes.size, 0);
  const work = kinds * (unknown.pseudoPeers.length + 1);
  if (work > MOST_PAIRS) {
    const compared = `${kinds} kinds of pods are compared with ${unknown.pseudoPeers.length} kinds of pods that rules select, ${work} pairs`;
    return err(tooLarge(`${compared}, more than ${MOST_PAIRS}`, MOST_PAIRS));
  }
  const directions = question.direction === undefined ? DIRECTIONS : [question.direction];
  const rules = yield* rulesAt(index, groups, directions);
  const asked = rules > MOST_ASKED ? rules : rules + (yield* questionsOf(judged, groups, directions, unknown));
  if (asked > MOST_ASKED) {
    const what = `the ${rules} rules of ${kinds} kinds of pods are asked about ${unknown.pseudoPeers.length} kinds of pods that rules select`;
    return err(tooLarge(`${what}, more than ${MOST_ASKED} questions`, MOST_ASKED));
  }
  const exposed = yield* exposedGroups(judged, groups, directions);
  if (!exposed) return err(tooLarge(`the answer has more than ${MOST_ROWS} rows`, MOST_ROWS));
  const exposures: ExposedConnection[] = [];
  for (const one of exposed) {
    yield;
    for (const row of connectionsOf(one)) exposures.push(row);
  }
  const listed = netpol ? yield* netpolExposure(model, index, question, exposed) : ok(null);
  if (!listed.ok) return listed;
  const result: ExposureResult = {
    format: question.format,
    workloads: groups.length,
    exposures,
    unprotected: exposed.flatMap(({ group, direction, isProtected }) => (isProtected ? [] : [{ workload: group.name, direction }])),
    netpol: listed.value,
  };
  return ok(conclude(model, index, result, exposed, formulas?.untold ?? 0));
}

/** Undefined: they have more than {@link MOST_ROWS} rows. */
function* exposedGroups(
  exposures: Exposures,
  groups: readonly Group[],
  directions: readonly Direction[],
): Steps<readonly ExposedGroup[] | undefined> {
  const exposed: ExposedGroup[] = [];
  let rows = 0;
  for (const group of groups) {
    for (const direction of directions) {
      const one = yield* exposures.of(group, direction);
      exposed.push(one);
      rows += one.rows.length;
      if (rows > MOST_ROWS) return undefined;
    }
  }
  return exposed;
}

/** How many times a rule is asked whether it means unknown pods, each kind of pods counted anew. Yields often. */
function* questionsOf(
  exposures: Exposures,
  groups: readonly Group[],
  directions: readonly Direction[],
  unknown: UnknownPods,
): Steps<number> {
  const ofKey = new Map<string, number>();
  let count = 0;
  for (const group of groups) {
    for (const direction of directions) {
      for (const judge of yield* exposures.judgesOf(group, direction)) {
        let own = ofKey.get(judge.key) ?? 0;
        for (const who of ofKey.has(judge.key) ? [] : ['everybody' as const, ...unknown.pseudoPeers]) {
          yield;
          own += judge.questionsAbout(who);
          if (count + own > MOST_ASKED) return count + own;
        }
        ofKey.set(judge.key, own);
        count += own;
        if (count > MOST_ASKED) return count;
      }
    }
  }
  return count;
}

/** How many rules decide about the groups, those of each kind of pods counted anew. Yields often. */
function* rulesAt(index: PolicyIndex, groups: readonly Group[], directions: readonly Direction[]): Steps<number> {
  const endpoints = groups.flatMap(({ classes }) => Array.from(classes.values(), (one) => one.class.endpoint));
  let count = 0;
  for (const direction of directions) count += yield* rulesAboutAll(index, direction, endpoints);
  return count;
}

function conclude(
  model: NetworkModel,
  index: PolicyIndex,
  result: ExposureResult,
  exposed: readonly ExposedGroup[],
  untold: number,
): Answer<ExposureVerdict, ExposureResult> {
  const trail = new Trail();
  showExposures(trail, exposed);
  const warnings = uniqueNotes([
    ...notEnforced(model),
    ...untoldRules(untold),
    ...otherApisLeftOut(model, result.format),
    ...policiesLeftOut(model, index),
  ]);
  const isOpen = result.exposures.some(({ connection }) => connection !== 'No Connections');
  const assumptions = listingAssumptions(model, index, undefined);
  return {
    verdict: isOpen ? 'EXPOSED' : 'CLOSED',
    summary: summarise(result),
    result,
    evidence: trail.list(),
    assumptions,
    warnings,
    confidence:
      assumptions.length > 0 || warnings.some(({ code }) => code === 'NOT_MODELLED' || code === 'SELECTORS_NOT_TOLD')
        ? 'ASSUMED'
        : 'CERTAIN',
    enforcement: enforcementOf(model),
  };
}

function* chosenGroups(
  model: NetworkModel,
  index: PolicyIndex,
  { of, workload, format }: ExposureQuestion,
): Steps<Result<readonly Group[], Problem>> {
  const all = format === 'netpol-analyzer' ? yield* netpolWorkloads(model, index) : yield* tableWorkloads(model, index, of);
  const sorted = all.toSorted(compareBy<Group>(({ name }) => name));
  if (workload === undefined) return ok(sorted);
  const focus = focusOn(workload, sorted);
  return focus.ok ? ok(sorted.filter(({ name }) => focus.value(name))) : focus;
}

function* tableWorkloads(model: NetworkModel, index: PolicyIndex, of: ExposureQuestion['of']): Steps<readonly Group[]> {
  const listing = {
    from: of,
    to: undefined,
    level: 'workload',
    format: 'table',
    protocol: undefined,
    port: undefined,
    external: false,
  } as const;
  return (yield* listingGroups(model, index, listing, 'from', of)).filter(({ external }) => !external);
}

function* netpolWorkloads(model: NetworkModel, index: PolicyIndex): Steps<readonly Group[]> {
  const builder = new GroupBuilder();
  for (const { name, classes } of yield* netpolPeers(model, index)) builder.add(name, classes);
  return builder.list();
}

function* existingPeers(model: NetworkModel, index: PolicyIndex): Steps<readonly ExistingPeer[]> {
  return (yield* netpolPeers(model, index)).map(({ labels, namespace }) => ({
    labels,
    namespaceLabels: model.namespaces.get(namespace)?.labels ?? { 'kubernetes.io/metadata.name': namespace },
  }));
}

function connectionsOf({ group, direction, rows }: ExposedGroup): readonly ExposedConnection[] {
  return rows.map(({ name, text, rules }) => ({
    workload: group.name,
    direction,
    with: name,
    connection: text.trimStart(),
    rules: [
      ...rules.slice(0, MOST_RULES).map(({ policy, pointer }) => `${describeRef(policy.ref)} ${pointer}`),
      ...(rules.length > MOST_RULES ? [`and ${rules.length - MOST_RULES} more`] : []),
    ],
  }));
}

function showExposures(trail: Trail, exposed: readonly ExposedGroup[]): void {
  const rows = exposed.flatMap((one) => one.rows.map((row) => ({ one, row })));
  for (const { one, row } of rows.slice(0, MOST_TOLD)) {
    const { direction, group, isProtected } = one;
    const arrow = direction === 'egress' ? '→' : '←';
    const outcome = row.text === 'No Connections' ? 'deny' : 'allow';
    const parent = trail.add({
      stage: `${direction}-policy`,
      outcome,
      reason: isProtected ? 'EXPOSED' : 'NOT_ISOLATED',
      message: `${group.name} ${arrow} ${row.name}: ${row.text.trimStart()}`,
    });
    for (const { policy, pointer, action } of row.rules.slice(0, MOST_RULES)) {
      const reason = action === 'Deny' ? 'RULE_DENIES' : action === 'Pass' ? 'RULE_PASSES' : 'RULE_ADMITS';
      const message = `${describeRef(policy.ref)} ${action === 'Deny' ? 'denies part of it' : action === 'Pass' ? 'leaves it to the next tier' : 'admits it'}`;
      const said = action === 'Deny' ? 'deny' : action === 'Pass' ? 'pass' : 'match';
      trail.add({ stage: `${direction}-policy`, outcome: said, reason, message, object: policy.ref, pointer, parent });
    }
    const untold = row.rules.length - MOST_RULES;
    if (untold > 0) {
      const message = `and ${untold} more rules decide over it`;
      trail.add({ stage: `${direction}-policy`, outcome: 'info', reason: 'EXPOSED', message, parent });
    }
  }
  if (rows.length <= MOST_TOLD) return;
  const message = `the rules behind the first ${MOST_TOLD} of ${rows.length} rows are told: narrow the question with \`of\` to see those of others`;
  trail.add({ stage: 'exposure', outcome: 'info', reason: 'EXPOSED', message });
}

function tooLarge(message: string, maximum: number): Problem {
  const hint = 'narrow it with `of` (`ns/…`, `deploy/…`, `label:…`), `workload` or `direction`';
  return problem('limit-too-large', message, { hint, extra: { maximum } });
}

function notEnforced(model: NetworkModel): readonly Note[] {
  if (isEnforced(model)) return [];
  const message = `${model.profile.cni.plugin} stores policies and does not enforce them: every pod reaches every other, and this is what policies would leave open`;
  return [{ code: 'NOT_ENFORCED', message }];
}

/** Of pods that do not exist yet labels can be thought of, and addresses not. */
function untoldRules(count: number): readonly Note[] {
  if (count === 0) return [];
  const what = count === 1 ? '1 rule asks' : `${count} rules ask`;
  const message = `${what} for addresses of pods, for what is behind a service, or for more labels than can be tried: what they say of pods that do not exist yet is left out`;
  return [{ code: 'SELECTORS_NOT_TOLD', message }];
}

function summarise({ workloads, exposures, unprotected }: ExposureResult): string {
  const bare = new Set(unprotected.map(directed));
  const open = exposures.filter((one) => one.with === 'entire-cluster' && !bare.has(directed(one)));
  const such = exposures.filter((one) => one.with !== 'entire-cluster' && one.connection !== 'No Connections');
  const counted = (rows: readonly { readonly workload: string }[], one: string, many: string) => {
    const { size } = new Set(rows.map(({ workload }) => workload));
    return workloads === 1 ? one : `${size} ${size === 1 ? one : many}`;
  };
  const parts = [
    ...(unprotected.length > 0 ? [`${counted(unprotected, 'has', 'have')} a direction that no policy protects`] : []),
    ...(open.length > 0 ? [`${counted(open, 'is', 'are')} open to the whole cluster by a rule`] : []),
    ...(such.length > 0 ? [`${counted(such, 'is', 'are')} open to any new pod that a rule selects`] : []),
  ];
  if (workloads === 1) {
    const only = [...unprotected, ...open, ...such][0]?.workload;
    return only === undefined ? 'the workload is not open to pods that do not exist yet' : `${only} ${parts.join(' and ')}`;
  }
  return parts.length === 0
    ? `none of ${workloads} workloads is open to pods that do not exist yet`
    : `of ${workloads} workloads ${parts.join(', ')}`;
}

function directed({ workload, direction }: UnprotectedWorkload): string {
  return `${direction} ${workload}`;
}
