import { assertNever } from '../../kernel/assert-never.js';
import type { EvidenceOutcome, Trail } from '../../kernel/evidence.js';
import type { PolicyReason } from '../policy-reasons.js';
import { formatConnections, intersectConnections } from './connection-set.js';
import type { Direction } from './direction.js';
import type { FlowWords } from './flow-words.js';
import type { DirectionJudgement, Exemption } from './judge-direction.js';
import { shareOf } from './judge-connection.js';
import { decidingRules } from './judged-cases.js';
import type { PolicyBook } from './policy-book.js';
import { selectorMiss } from './policy-words.js';
import { showLayer } from './show-policy.js';

const EXEMPTIONS: Readonly<Record<Exemption, (subject: string) => string>> = {
  LOOPBACK: (subject) => `${subject} talks to itself: no policy is asked`,
  OWN_NODE: (subject) => `the source is on the same node as ${subject}, and counts as the node: always allowed`,
  TO_OWN_POD: (subject) => `the destination is a pod of ${subject}: what a node sends to its own pods is always allowed`,
  ENDPOINT_TO_HOST: (subject) =>
    `the source is a pod of ${subject}: its egress policies decide, and those of the node are not asked (\`policy.calico.endpointToHost\`)`,
  HOST: (subject) => `${subject}: a node, or a hostNetwork pod that counts as its node, which no policy selects`,
  OUTSIDE_CLUSTER: (subject) => `${subject}: outside the cluster, without policies of its own`,
};

/** Up to how many policies that select other pods are told one by one; the rest is counted. */
const MOST_OTHERS = 10;

/** Writes down one direction: every policy of the namespace, and of those that isolate every rule with its peers and ports, then what it comes to. */
export function showDirection(
  trail: Trail,
  parent: number | null,
  book: PolicyBook,
  judgement: DirectionJudgement,
  words: FlowWords,
): void {
  const { direction, exemption } = judgement;
  const stage = `${direction}-policy`;
  const subject = direction === 'egress' ? words.source : words.destination;
  if (exemption !== undefined) {
    trail.add({ stage, outcome: 'allow', reason: exemption, message: EXEMPTIONS[exemption](subject), parent });
    return;
  }
  for (const layer of judgement.layers) showLayer(trail, parent, direction, layer, words);
  showOthers(trail, parent, book, direction, words);
  const [outcome, reason, message] = conclusion(judgement, words, subject);
  trail.add({ stage, outcome, reason, message, parent });
}

/** What the layers come to. */
function conclusion(
  judgement: DirectionJudgement,
  { asked }: FlowWords,
  subject: string,
): readonly [EvidenceOutcome, PolicyReason, string] {
  const { direction, isolated, layers, allowed } = judgement;
  if (!isolated) {
    const applied = layers.some(({ at }) => at.rules.length > 0);
    const nobody = applied ? 'no rule decides about' : 'no policy selects';
    return ['allow', 'NOT_ISOLATED', `${nobody} ${subject} for ${direction}: everything is allowed`];
  }
  const text = formatConnections(asked);
  const rules = decidingRules(judgement, asked);
  const denying = rules.filter(({ action }) => action === 'Deny');
  const share = shareOf(allowed, asked);
  switch (share) {
    case 'ALLOWED':
      if (rules.length > 0) return ['allow', 'ADMITTED', `${direction} of ${subject} is admitted: ${text}`];
      return ['allow', 'NOT_ISOLATED', `no rule decides about ${text}: ${direction} of ${subject} is allowed by default`];
    case 'MIXED': {
      const part = formatConnections(intersectConnections(allowed, asked));
      return ['pass', 'ADMITTED_IN_PART', `${direction} of ${subject} is admitted for ${part} only`];
    }
    case 'DENIED': {
      if (denying.length === 0) return ['deny', 'NO_RULE_ADMITS', `${subject} is isolated for ${direction}, and no rule admits ${text}`];
      const names = denying.map(({ policy, pointer }) => `${policy} ${pointer}`).join(', ');
      return ['deny', 'DENIED_BY_RULE', `${direction} of ${subject} is denied by ${names}: ${text}`];
    }
    default:
      return assertNever(share);
  }
}

/** The policies of the namespace that select other pods. */
function showOthers(trail: Trail, parent: number | null, book: PolicyBook, direction: Direction, words: FlowWords): void {
  const [subject, name] = direction === 'egress' ? [words.flow.source, words.source] : [words.flow.destination, words.destination];
  if (subject.kind !== 'pod') return;
  const all = book.policiesIn(subject.namespace);
  const selecting = new Set(book.selecting('NetworkPolicy', subject));
  const step = { stage: `${direction}-policy`, outcome: 'excluded', reason: 'SUBJECT_NOT_SELECTED', parent } as const;
  let told = 0;
  for (const policy of all) {
    if (selecting.has(policy)) continue;
    if (told === MOST_OTHERS) break;
    told++;
    const message = selectorMiss(policy.podSelector, subject.labels, name);
    trail.add({ ...step, message, object: policy.ref, pointer: '/spec/podSelector' });
  }
  const more = all.length - selecting.size - told;
  if (more > 0) trail.add({ ...step, message: `${more} more policies of the namespace select other pods` });
}
