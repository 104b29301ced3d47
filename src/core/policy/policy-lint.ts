import type { Answer, Note } from '../kernel/answer.js';
import { compareBy } from '../kernel/compare.js';
import type { Severity } from '../kernel/diagnostic.js';
import { Trail } from '../kernel/evidence.js';
import { compareRefs, qualifiedName } from '../kernel/object-ref.js';
import type { Steps } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import { assumedApis, enforcementOf, isEnforced } from './internal/enforcement.js';
import { AddressBook } from './internal/lint/address-book.js';
import { blockCoversPods, clusterIpInBlock, clusterIpInNets, denyCoversPods } from './internal/lint/block-checks.js';
import { closedDns, cutOffDns } from './internal/lint/cut-off-dns.js';
import { directionOf, findingOf, type LintDraft, type LintDrafts } from './internal/lint/draft.js';
import { namesNotLearnt } from './internal/lint/domain-names.js';
import { equalPriorities, extremes, idlePolicies, idleRules, vacuousSets } from './internal/lint/effect-checks.js';
import { type Effects, effectsOf } from './internal/lint/effects.js';
import { invalidParts } from './internal/lint/invalid-parts.js';
import type { LintContext, LintedPolicy } from './internal/lint/lint-context.js';
import { notEnforced } from './internal/lint/not-enforced.js';
import { peerMatchesNothing, splitPeers } from './internal/lint/peer-checks.js';
import { pluginPolicies } from './internal/lint/plugin-policies.js';
import { Population } from './internal/lint/population.js';
import { namedPorts, servicePort, servicesByPort } from './internal/lint/port-checks.js';
import { hostNetwork, selectsNothing } from './internal/lint/subject-checks.js';
import { defaultedFields, rulesWithoutType } from './internal/lint/type-checks.js';
import { uncoveredWorkloads } from './internal/lint/uncovered-workloads.js';
import { policiesLeftOut } from './internal/listing-notes.js';
import { PolicyIndex } from './internal/policy-index.js';
import { LINT_CODE_NAMES, LINT_CODES, type LintCodeName } from './lint-codes.js';
import type { LintCount, LintFinding, LintQuestion, LintResult, LintVerdict } from './lint-result.js';

/** What one policy shows by itself, and beside the pods, services and addresses of the model. */
const OF_ONE_POLICY: readonly ((context: LintContext, policy: LintedPolicy) => LintDrafts)[] = [
  invalidParts,
  notEnforced,
  selectsNothing,
  hostNetwork,
  peerMatchesNothing,
  splitPeers,
  clusterIpInBlock,
  blockCoversPods,
  denyCoversPods,
  servicePort,
  namedPorts,
  rulesWithoutType,
  defaultedFields,
];

/** What shows only where all policies act together. */
const OF_ALL_POLICIES: readonly ((context: LintContext, effects: Effects) => LintDrafts)[] = [
  pluginPolicies,
  clusterIpInNets,
  cutOffDns,
  closedDns,
  namesNotLearnt,
  idleRules,
  idlePolicies,
  vacuousSets,
  equalPriorities,
  extremes,
];

const GRAVITY: readonly Severity[] = ['error', 'warning', 'info'];

/**
 * Looks for what is wrong or suspicious in the policies of a cluster. Yields often: between two steps the caller may let others run. What rules and policies do
 * is worked out as sets over the classes of the model, so that "without effect" is seen and not guessed.
 */
export function* policyLint(model: NetworkModel, question: LintQuestion): Steps<Answer<LintVerdict, LintResult>> {
  const index = yield* PolicyIndex.inSteps(model);
  const population = yield* Population.of(model, index);
  const policies = policiesOf(model, question);
  const context: LintContext = {
    model,
    index,
    population,
    addresses: lazily(() => new AddressBook(model)),
    services: lazily(() => servicesByPort(model)),
    policies,
    isWanted: wantedBy(question),
    namespace: question.namespace,
  };
  const drafts: LintDraft[] = [];
  for (const policy of policies) for (const check of OF_ONE_POLICY) yield* gather(drafts, check(context, policy));
  const effects = yield* effectsOf(index, population);
  for (const check of OF_ALL_POLICIES) yield* gather(drafts, check(context, effects));
  if (!question.policy) yield* gather(drafts, uncoveredWorkloads(context, effects));
  const others = [...model.calico.policies, ...model.ciliumPolicies].filter(context.isWanted);
  return yield* conclude(model, index, question, { policies: policies.length + others.length, drafts, complete: effects.complete });
}

/** Takes what a check finds, with its pauses. */
function* gather(drafts: LintDraft[], check: LintDrafts): Steps<void> {
  yield;
  for (const draft of check) {
    yield;
    if (draft) drafts.push(draft);
  }
}

/** What few policies ask for is made when one does. */
function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function wantedBy({ namespace, policy }: LintQuestion): LintContext['isWanted'] {
  return ({ ref }) => (namespace === undefined || ref.namespace === namespace) && (policy === undefined || compareRefs(ref, policy) === 0);
}

function policiesOf(model: NetworkModel, question: LintQuestion): readonly LintedPolicy[] {
  const isWanted = wantedBy(question);
  return [...model.networkPolicies, ...model.clusterPolicies].filter(isWanted);
}

/** Gravest first, then in the order of the codes and objects. */
const inOrder = compareBy<{ readonly draft: LintDraft; readonly place: string }>(
  ({ draft: { code } }) => GRAVITY.indexOf(LINT_CODES[code].severity),
  ({ draft: { code } }) => LINT_CODE_NAMES.indexOf(code),
  ({ draft: { object } }) => object.kind,
  ({ draft: { object } }) => object.namespace ?? '',
  ({ draft: { object } }) => object.name,
  ({ place }) => place,
  ({ draft }) => directionOf(draft) ?? '',
);

interface Looked {
  readonly policies: number;
  readonly drafts: readonly LintDraft[];
  readonly complete: boolean;
}

function* conclude(
  model: NetworkModel,
  index: PolicyIndex,
  question: LintQuestion,
  { policies, drafts, complete }: Looked,
): Steps<Answer<LintVerdict, LintResult>> {
  const worst = GRAVITY.indexOf(question.severity);
  const told = drafts
    .filter(({ code }) => (question.codes?.includes(code) ?? true) && GRAVITY.indexOf(LINT_CODES[code].severity) <= worst)
    .map((draft) => ({ draft, place: draft.pointer.replaceAll(/\d+/g, (digits) => digits.padStart(6, '0')) }))
    .sort(inOrder)
    .map(({ draft }) => draft);
  yield;
  const findings: LintFinding[] = [];
  for (const draft of told.slice(0, question.limit)) {
    yield;
    findings.push(findingOf(draft));
  }
  const counts = countsOf(told);
  const trail = new Trail();
  for (const { code, count } of counts) {
    trail.add({
      stage: 'lint',
      outcome: 'info',
      reason: 'LINT_FOUND',
      message: `${code}: ${LINT_CODES[code].means} (${count} found; ${LINT_CODES[code].source})`,
    });
  }
  const warnings: Note[] = [...policiesLeftOut(model, index)];
  if (!isEnforced(model))
    warnings.push({ code: 'NOT_ENFORCED', message: `${model.profile.cni.plugin} stores policies and does not enforce them` });
  if (!complete) {
    const message = 'there was too much to compare: rules and policies without effect may be missing; ask for one namespace';
    warnings.push({ code: 'LINT_INCOMPLETE', message });
  }
  const assumptions = model.clusterPolicies.length > 0 ? assumedApis(model) : [];
  return {
    verdict: verdictOf(told),
    summary: summarise(question, policies, counts),
    result: { policies, findings, counts, omitted: Math.max(0, told.length - question.limit) },
    evidence: trail.list(),
    assumptions,
    warnings,
    confidence: assumptions.length > 0 || warnings.some(({ code }) => code === 'NOT_MODELLED') ? 'ASSUMED' : 'CERTAIN',
    enforcement: enforcementOf(model),
  };
}

function countsOf(findings: readonly LintDraft[]): readonly LintCount[] {
  const counts = new Map<LintCodeName, number>();
  for (const { code } of findings) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].map(([code, count]) => ({ code, severity: LINT_CODES[code].severity, count }));
}

function verdictOf([gravest]: readonly LintDraft[]): LintVerdict {
  if (!gravest) return 'CLEAN';
  const { severity } = LINT_CODES[gravest.code];
  return severity === 'error' ? 'ERRORS' : severity === 'warning' ? 'WARNINGS' : 'NOTES';
}

function summarise({ namespace, policy }: LintQuestion, policies: number, counts: readonly LintCount[]): string {
  const where = policy ? `${policy.kind} ${qualifiedName(policy)}` : namespace === undefined ? 'the cluster' : `namespace ${namespace}`;
  const sum = (severity: Severity) => counts.reduce((all, one) => all + (one.severity === severity ? one.count : 0), 0);
  const parts = GRAVITY.flatMap((severity) => {
    const count = sum(severity);
    const word = severity === 'info' ? 'note' : severity;
    return count === 0 ? [] : [`${count} ${word}${count === 1 ? '' : 's'}`];
  });
  const looked = policy ? '' : ` (${policies} ${policies === 1 ? 'policy' : 'policies'})`;
  return `${where}${looked}: ${parts.length === 0 ? 'nothing found' : parts.join(', ')}`;
}
