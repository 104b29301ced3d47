import { type Answer, type Note, uniqueNotes } from '../kernel/answer.js';
import { Trail } from '../kernel/evidence.js';
import { firstFew } from '../kernel/first-few.js';
import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { Steps } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import type { ResolvedEndpoints } from '../model/resolved-endpoints.js';
import { formatAskedProtocol } from './asked-protocol.js';
import type { ConnectivityQuestion } from './connectivity-result.js';
import { noConnections } from './internal/connection-set.js';
import { enforcementOf, isEnforced } from './internal/enforcement.js';
import type { ListedPair } from './internal/compare-groups.js';
import { listPlanned, MOST_PAIRS, planListing } from './internal/list-connections.js';
import { listingAssumptions, policiesLeftOut } from './internal/listing-notes.js';
import { PolicyIndex } from './internal/policy-index.js';
import { byNamespace, type JudgedGroup, MOST_NAMES, reachingGroups, sizesOf } from './internal/reaching-groups.js';
import { rulesBetween } from './internal/rules-about.js';
import { serviceTargets } from './internal/service-targets.js';
import type { Group } from './internal/listing-groups.js';
import type { PolicyEndpoint } from './internal/policy-endpoint.js';
import { firstMeeting, showJudgement } from './internal/show-listing.js';
import type { ReachabilityQuestion, ReachabilityResult, ReachabilityVerdict, ReachingGroup } from './reachability-result.js';

/** The most rules that are asked to tell who is admitted by the same: some seconds of work. */
const MOST_ASKED_RULES = 10_000_000;

/**
 * Who can reach the named side, or what it can reach, addresses outside included: grouped by what they may use and by the rules that decide. Yields often. Fails as `connectivity`
 * does, and with `limit-too-large` beyond {@link MOST_ASKED_RULES}.
 */
export function* reachability(
  model: NetworkModel,
  question: ReachabilityQuestion,
): Steps<Result<Answer<ReachabilityVerdict, ReachabilityResult>, Problem>> {
  const index = yield* PolicyIndex.inSteps(model);
  const { side, protocol, port } = question;
  const subject = side === 'from' ? behindServices(model, index, question.subject) : question.subject;
  const [from, to] = side === 'from' ? [subject, question.others] : [question.others, subject];
  const asked: ConnectivityQuestion = { from, to, level: 'workload', format: 'table', protocol, port, external: true };
  const planned = yield* planListing(model, index, asked, MOST_PAIRS);
  if (!planned.ok) return planned;
  const rules = yield* rulesBetween(index, kindsOf(planned.value.sources), kindsOf(planned.value.destinations));
  if (rules > MOST_ASKED_RULES) return err(tooManyRules(rules));
  const listed = yield* listPlanned(planned.value);
  if (!listed.ok) return listed;
  const { sources, destinations } = listed.value;
  const [named, others] = side === 'from' ? [sources, destinations] : [destinations, sources];
  const enforced = isEnforced(model);
  const pairs = enforced ? listed.value.pairs.filter(({ connections }) => !noConnections(connections)) : listed.value.pairs.map(unhindered);
  const groups = yield* reachingGroups(index, side, pairs, others);
  const connected = new Set(pairs.map((pair) => (side === 'to' ? pair.from.name : pair.to.name)));
  const isAlone = named.length === 1 ? named[0]?.name : undefined;
  // A single workload is not one of its own others.
  const cutOff = others.filter(({ name }) => !connected.has(name) && name !== isAlone);
  const result: ReachabilityResult = {
    side,
    subject: named.map(({ name }) => name).slice(0, MOST_NAMES),
    groups: groups.slice(0, MOST_GROUPS).map(({ view }) => toldOf(view)),
    internet: groups.some(({ view }) => view.addresses.length > 0),
    connected: connected.size,
    cutOff: cutOff.length,
    cutOffNamespaces: byNamespace(cutOff, sizesOf(others)),
  };
  const assumptions = listingAssumptions(model, index, protocol);
  const warnings = uniqueNotes([
    ...listed.value.warnings,
    ...notEnforced(model, enforced),
    ...policiesLeftOut(model, index),
    ...untold(groups),
  ]);
  return ok({
    verdict: groups.length > 0 ? 'REACHABLE' : 'UNREACHABLE',
    summary: summarise(question, result, groups),
    result,
    evidence: (yield* evidenceOf(index, groups, question)).list(),
    assumptions,
    warnings,
    confidence: assumptions.length > 0 || warnings.some(({ code }) => code === 'NOT_MODELLED') ? 'ASSUMED' : 'CERTAIN',
    enforcement: enforcementOf(model),
  });
}

function kindsOf(groups: readonly Group[]): readonly PolicyEndpoint[] {
  return groups.flatMap(({ classes }) => Array.from(classes.values(), (one) => one.class.endpoint));
}

function tooManyRules(rules: number): Problem {
  const message = `to tell who is admitted by the same rules, ${rules} times a rule would have to be asked, more than ${MOST_ASKED_RULES}`;
  const hint = 'name fewer with the selector (`pod/…`, `deploy/…`) and with `others`, or ask `connectivity`';
  return problem('limit-too-large', message, { hint, extra: { maximum: MOST_ASKED_RULES } });
}

/** A service that sends is the pods behind it. */
function behindServices(model: NetworkModel, index: PolicyIndex, named: ResolvedEndpoints): ResolvedEndpoints {
  const pods = named.services.flatMap((key) => {
    const service = model.services.get(key);
    const targets = service && serviceTargets(model, index, service, undefined, undefined);
    return targets?.ok ? targets.value.flatMap(({ member }) => member.pod?.id ?? []) : [];
  });
  return pods.length === 0 ? named : { ...named, pods: [...new Set([...named.pods, ...pods])].sort((a, b) => a - b) };
}

/** Where nothing is enforced, all that was asked for. */
function unhindered(pair: ListedPair): ListedPair {
  return { ...pair, connections: pair.asked, partial: false };
}

/** How many groups are listed, and how many of the rules that decide over one. */
const MOST_GROUPS = 1_000;
const MOST_RULES = 100;

function toldOf(group: ReachingGroup): ReachingGroup {
  return group.rules.length <= MOST_RULES ? group : { ...group, rules: group.rules.slice(0, MOST_RULES) };
}

/** What is left out of the lists. */
function untold(groups: readonly JudgedGroup[]): readonly Note[] {
  const notes: Note[] = [];
  if (groups.length > MOST_GROUPS) {
    const message = `the ${MOST_GROUPS} largest of ${groups.length} groups are listed: narrow the question with \`others\` to see those of others; the counts are those of all`;
    notes.push({ code: 'LIST_NOT_TOLD', message });
  }
  const longest = groups.slice(0, MOST_GROUPS).reduce((most, { view }) => Math.max(most, view.rules.length), 0);
  if (longest > MOST_RULES) {
    const message = `of a group the first ${MOST_RULES} rules that decide are listed, and there are up to ${longest}: ask \`policy-verdict\` for one of its connections`;
    notes.push({ code: 'LIST_NOT_TOLD', message });
  }
  return notes;
}

/** Of how many groups the rules are told one by one. */
const MOST_TOLD = 200;

function* evidenceOf(
  index: PolicyIndex,
  groups: readonly JudgedGroup[],
  { side, subject: { selector } }: ReachabilityQuestion,
): Steps<Trail> {
  const trail = new Trail();
  for (const { view, pair } of groups.slice(0, MOST_TOLD)) {
    yield;
    const judgement = yield* firstMeeting(index, pair.from, pair.to);
    const who = inWords(view);
    const message = side === 'to' ? `${who} → ${selector}: ${view.connection}` : `${selector} → ${who}: ${view.connection}`;
    const parent = trail.add({ stage: 'connectivity', outcome: 'allow', reason: 'CONNECTION', message });
    if (judgement) showJudgement(trail, judgement, { from: pair.from.name, to: pair.to.name }, parent);
    else {
      const own = 'a node always reaches the pods that it runs';
      trail.add({ stage: 'ingress-policy', outcome: 'allow', reason: 'OWN_NODE', message: own, parent });
    }
  }
  if (groups.length > MOST_TOLD) {
    const message = `the rules behind the ${MOST_TOLD} largest of ${groups.length} groups are told: narrow the question with \`others\` to see those of others`;
    trail.add({ stage: 'connectivity', outcome: 'info', reason: 'NOT_TOLD', message });
  }
  return trail;
}

/** How many things a group is told by. */
const FEW = 4;

/** `all 5 workloads of shop, Deployment ops/web, 0.0.0.0/0`. */
function inWords({ namespaces, nodes, addresses }: ReachingGroup): string {
  const workloads = namespaces.flatMap(({ namespace, count, all, workloads: names }) =>
    all && count > 1 ? [`all ${count} workloads of ${namespace}`] : count > 2 ? [`${count} workloads of ${namespace}`] : names,
  );
  const words = [...workloads, ...nodes, ...addresses];
  return firstFew(words, FEW);
}

function notEnforced({ profile }: NetworkModel, enforced: boolean): readonly Note[] {
  if (enforced) return [];
  const message = `${profile.cni.plugin} stores policies and does not enforce them: everything is connected, and the rules are what the policies would decide by`;
  return [{ code: 'NOT_ENFORCED', message }];
}

function summarise(
  { side, subject, protocol, port }: ReachabilityQuestion,
  { connected, cutOff, internet }: ReachabilityResult,
  groups: readonly JudgedGroup[],
): string {
  const what =
    port === undefined
      ? protocol === undefined
        ? ''
        : ` over ${formatAskedProtocol(protocol)}`
      : ` on ${protocol === undefined ? 'TCP' : formatAskedProtocol(protocol)} ${port}`;
  const outside = internet ? ', addresses outside among them' : '';
  const head =
    side === 'to'
      ? `${connected} can reach ${subject.selector}${what}${outside}, ${cutOff} cannot`
      : `${subject.selector} can reach ${connected}${what}${outside}; ${cutOff} it cannot`;
  const told = groups.slice(0, FEW).map(({ view }) => `${inWords(view)} (${view.connection})`);
  const rest = groups.length > FEW ? [`${groups.length - FEW} more groups`] : [];
  return told.length === 0 ? head : `${head}: ${[...told, ...rest].join('; ')}`;
}
