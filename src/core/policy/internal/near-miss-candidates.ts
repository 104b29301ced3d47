import { didYouMean } from '../../kernel/did-you-mean.js';
import { describeRef } from '../../kernel/object-ref.js';
import { formatSelector, type LabelRequirement, type LabelSelector, requirementHolds } from '../../resources/label-selector.js';
import type { NetworkPolicy } from '../../resources/network-policy.js';
import type { Labels } from '../../resources/resource.js';
import type { PolicyNearMiss } from '../policy-result.js';
import { actingNetworkPolicy } from './acting-network-policy.js';
import { coversConnections, NO_CONNECTIONS, unionConnections } from './connection-set.js';
import type { Direction } from './direction.js';
import type { Edit, Side } from './edits.js';
import type { PolicyBook } from './policy-book.js';
import type { FlowWords } from './flow-words.js';

/** The direction that refuses, and for whom. */
export interface MissContext {
  readonly book: PolicyBook;
  readonly direction: Direction;
  readonly words: FlowWords;
}

/** A change that may help, until it is seen to. */
export interface NearMissCandidate extends Omit<PolicyNearMiss, 'direction' | 'suffices'> {
  readonly rank: Rank;
  readonly edit: Edit;
}

/** The narrowest change first; a label whose value would have to become quite another one tells what a thing is, and is the last to be touched. */
export const RANKS = [
  'port',
  'peer',
  'pod-label',
  'namespace-label',
  'subject-label',
  'new-peer',
  'new-rule',
  'less-rule',
  'default-deny',
  'other-label',
] as const;

/** Place of a change among the others. */
export type Rank = (typeof RANKS)[number];

/** The side whose policies refuse, and the other one. */
export function sidesOf(direction: Direction): { readonly subject: Side; readonly other: Side } {
  return direction === 'egress' ? { subject: 'source', other: 'destination' } : { subject: 'destination', other: 'source' };
}

/** The only requirement of the selector that does not hold; undefined when there are none or several. */
export function onlyUnmet(selector: LabelSelector, labels: Labels): LabelRequirement | undefined {
  if (selector.invalid) return undefined;
  let unmet: LabelRequirement | undefined;
  for (const requirement of selector.requirements) {
    if (requirementHolds(requirement, labels)) continue;
    if (unmet) return undefined;
    unmet = requirement;
  }
  return unmet;
}

/** Whether the label is missing, has to go, or is nearly what it should be: not a value that says something else. */
export function isSmallChange({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  const own = Object.hasOwn(labels, key) ? labels[key] : undefined;
  return operator !== 'In' || own === undefined || didYouMean(own, values) !== undefined;
}

/** The value a label would need; undefined: it would have to go. */
export function valueFor({ operator, values }: LabelRequirement): string | undefined {
  if (operator === 'In') return values[0];
  return operator === 'Exists' ? 'true' : undefined;
}

/** `give Deployment shop/web the label app=api`. */
export function labelFix(object: string, key: string, value: string | undefined): string {
  return value === undefined ? `take the label \`${key}\` from ${object}` : `give ${object} the label \`${key}=${value}\``;
}

/** Policies that would admit the connection, if only their podSelector named the subject: one label away. */
export function subjectCandidates(context: MissContext): readonly NearMissCandidate[] {
  const { book, direction, words } = context;
  const endpoint = words.flow[sidesOf(direction).subject];
  if (endpoint.kind !== 'pod') return [];
  return book.mayAdmit(endpoint.namespace, direction, words.flow[sidesOf(direction).other]).flatMap((policy) => {
    const unmet = policy[`${direction}Isolation`] ? onlyUnmet(policy.podSelector, endpoint.labels) : undefined;
    // Telling small changes from others costs most, and is asked last.
    return unmet && wouldAdmit(context, policy) && isSmallChange(unmet, endpoint.labels) ? [subjectCandidate(context, policy, unmet)] : [];
  });
}

/** There may be hundreds of policies to ask, so that nothing is written down on the way. */
function wouldAdmit({ book, direction, words }: MissContext, policy: NetworkPolicy): boolean {
  const other = words.flow[sidesOf(direction).other];
  let admitted = NO_CONNECTIONS;
  for (const rule of actingNetworkPolicy(book.settings, policy, direction).rules) {
    if (rule.admits(other)) admitted = unionConnections(admitted, rule.connectionsAt(words.flow.destination, words.flow.source));
  }
  return admitted !== NO_CONNECTIONS && coversConnections(admitted, words.asked);
}

function subjectCandidate({ direction, words }: MissContext, policy: NetworkPolicy, unmet: LabelRequirement): NearMissCandidate {
  const { subject } = sidesOf(direction);
  const name = words[subject];
  const value = valueFor(unmet);
  const object = describeRef(policy.ref);
  return {
    reason: 'POLICY_SUBJECT',
    rank: 'subject-label',
    object,
    pointer: '/spec/podSelector',
    message: `${object} would admit it, but selects \`${formatSelector(policy.podSelector)}\` and not ${name}`,
    fix: `${labelFix(name, unmet.key, value)}, or let the podSelector of ${object} select it`,
    edit: { type: 'pod-label', side: subject, key: unmet.key, value },
  };
}
