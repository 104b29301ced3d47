import type { Steps } from '../../kernel/steps.js';
import { rangeContains } from '../../net/ip-set.js';
import { describeRef, type ObjectRef } from '../../kernel/object-ref.js';
import { sameContent } from '../../kernel/same-content.js';
import type { Labels } from '../../resources/resource.js';
import { ALL_CONNECTIONS } from './connection-set.js';
import type { ListedDifference, ListedEnd } from './compare-listings.js';
import { DIRECTIONS } from './direction.js';
import { type ConnectionJudgement, judgeConnection } from './judge-connection.js';
import { decidingRules, isolatingPolicies } from './judged-cases.js';
import type { Group } from './listing-groups.js';
import { canMeet, type PolicyEndpoint } from './policy-endpoint.js';
import type { PolicyIndex } from './policy-index.js';

/** An object that makes two states differ. */
export interface DiffCause {
  readonly reason:
    'POLICY_ADDED' | 'POLICY_REMOVED' | 'POLICY_CHANGED' | 'LABELS_CHANGED' | 'PORTS_CHANGED' | 'ENDPOINT_ADDED' | 'ENDPOINT_REMOVED';
  readonly message: string;
  readonly object: ObjectRef | undefined;
}

/** A state, as far as causes go. */
export interface ComparedState {
  readonly index: PolicyIndex;
  /** Everybody who can be an end, with or without connections; addresses are everywhere. */
  readonly names: ReadonlySet<string>;
  readonly sources: readonly Group[];
  readonly destinations: readonly Group[];
}

/** Two states of a cluster, and what became of each policy that is not the same in both, by its description. */
export interface TwoStates {
  readonly before: ComparedState;
  readonly after: ComparedState;
  readonly policies: ReadonlyMap<string, DiffCause>;
}

/** The policies of two states that are not the same in both. Yields often. */
export function* changedPolicies(before: PolicyIndex, after: PolicyIndex): Steps<ReadonlyMap<string, DiffCause>> {
  const [old, now] = [policiesOf(before), policiesOf(after)];
  const causes = new Map<string, DiffCause>();
  for (const [name, policy] of now) {
    yield;
    const { ref } = policy;
    const earlier = old.get(name);
    if (!earlier) causes.set(name, { reason: 'POLICY_ADDED', message: `${name} added`, object: ref });
    else if (earlier !== policy && !sameContent({ ...earlier, ref }, policy))
      causes.set(name, { reason: 'POLICY_CHANGED', message: `${name} changed`, object: ref });
  }
  for (const [name, { ref }] of old) {
    if (!now.has(name)) causes.set(name, { reason: 'POLICY_REMOVED', message: `${name} removed`, object: ref });
  }
  return causes;
}

function policiesOf({ objects }: PolicyIndex) {
  return new Map(objects.map((policy) => [describeRef(policy.ref), policy] as const));
}

/** Why a pair differs: an end that is new or gone, policies that decide about it and have changed, and labels and ports that have. */
export function causesOf(states: TwoStates, row: ListedDifference): readonly DiffCause[] {
  const absent = [row.from, row.to].flatMap((end) => absentCause(states, end) ?? []);
  if (absent.length > 0) return absent;
  const [before, after] = [meetingOf(states.before, row), meetingOf(states.after, row)];
  const changed = (policiesIn: (judgement: ConnectionJudgement) => readonly string[]) => {
    const names = [before, after].flatMap((meeting) => (meeting ? policiesIn(meeting.judgement) : []));
    return [...new Set(names)].flatMap((name) => states.policies.get(name) ?? []);
  };
  const deciding = changed(decidingPolicies);
  return [...(deciding.length > 0 ? deciding : changed(applyingPolicies)), ...(before && after ? endpointCauses(before, after) : [])];
}

function absentCause({ before, after }: TwoStates, end: ListedEnd): DiffCause | undefined {
  if (typeof end !== 'string' || before.names.has(end) === after.names.has(end)) return undefined;
  return after.names.has(end)
    ? { reason: 'ENDPOINT_ADDED', message: `${end} added`, object: undefined }
    : { reason: 'ENDPOINT_REMOVED', message: `${end} removed`, object: undefined };
}

function decidingPolicies(judgement: ConnectionJudgement): readonly string[] {
  return DIRECTIONS.flatMap((direction) => [
    ...isolatingPolicies(judgement[direction], ALL_CONNECTIONS),
    ...decidingRules(judgement[direction], ALL_CONNECTIONS).map(({ policy }) => policy),
  ]);
}

function applyingPolicies(judgement: ConnectionJudgement): readonly string[] {
  return DIRECTIONS.flatMap((direction) =>
    judgement[direction].layers.flatMap(({ policies }) => policies.map(({ acting }) => describeRef(acting.policy.ref))),
  );
}

interface Meeting {
  readonly from: Group;
  readonly to: Group;
  readonly source: PolicyEndpoint;
  readonly destination: PolicyEndpoint;
  readonly judgement: ConnectionJudgement;
}

/** The first two of the ends that can meet, judged. */
function meetingOf({ index, sources, destinations }: ComparedState, row: ListedDifference): Meeting | undefined {
  const [from, to] = [groupAt(sources, row.from), groupAt(destinations, row.to)];
  if (!from || !to) return undefined;
  for (const source of from.classes.values()) {
    for (const destination of to.classes.values()) {
      if (!canMeet(source.class.families, destination.class.families)) continue;
      const flow = { source: source.class.endpoint, destination: destination.class.endpoint, self: false, ownNode: false };
      return { from, to, source: flow.source, destination: flow.destination, judgement: judgeConnection(index, flow) };
    }
  }
  return undefined;
}

/** Of joined ranges the first address stands for all. */
function groupAt(groups: readonly Group[], end: ListedEnd): Group | undefined {
  if (typeof end === 'string') return groups.find(({ name, external }) => !external && name === end);
  return groups.find(({ range }) => range && rangeContains(range, { family: end.family, value: end.first }));
}

function endpointCauses(before: Meeting, after: Meeting): readonly DiffCause[] {
  const sides = [...changesOf(after.from, before.source, after.source), ...changesOf(after.to, before.destination, after.destination)];
  return [...new Map(sides.map((cause) => [cause.message, cause])).values()];
}

function changesOf({ name }: Group, before: PolicyEndpoint, after: PolicyEndpoint): readonly DiffCause[] {
  if (before.kind !== 'pod' || after.kind !== 'pod') return [];
  const causes: DiffCause[] = [];
  const labels = labelChanges(before.labels, after.labels);
  if (labels !== '') causes.push({ reason: 'LABELS_CHANGED', message: `labels of ${name}: ${labels}`, object: undefined });
  const ofNamespace = labelChanges(before.namespaceLabels, after.namespaceLabels);
  if (ofNamespace !== '' && before.namespace === after.namespace) {
    const object: ObjectRef = { apiVersion: 'v1', kind: 'Namespace', name: after.namespace };
    causes.push({ reason: 'LABELS_CHANGED', message: `labels of Namespace ${after.namespace}: ${ofNamespace}`, object });
  }
  if (JSON.stringify(before.ports) !== JSON.stringify(after.ports)) {
    causes.push({ reason: 'PORTS_CHANGED', message: `named ports of ${name} changed`, object: undefined });
  }
  return causes;
}

/** `tier=web → tier=api, team=a removed`. */
function labelChanges(before: Labels, after: Labels): string {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const changes = keys.flatMap((key) => {
    const [old, now] = [before[key], after[key]];
    if (old === now) return [];
    if (old === undefined) return [`${key}=${now ?? ''} added`];
    return [now === undefined ? `${key}=${old} removed` : `${key}=${old} → ${key}=${now}`];
  });
  return changes.join(', ');
}
