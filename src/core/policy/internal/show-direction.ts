import { assertNever } from '../../kernel/assert-never.js';
import type { EvidenceOutcome, Trail } from '../../kernel/evidence.js';
import type { Steps } from '../../kernel/steps.js';
import type { ObjectRef } from '../../kernel/object-ref.js';
import type { PolicyReason } from '../policy-reasons.js';
import { formatConnections, intersectConnections } from './connection-set.js';
import type { Direction } from './direction.js';
import type { FlowWords } from './flow-words.js';
import type { DirectionJudgement, Exemption } from './judge-direction.js';
import { shareOf } from './judge-connection.js';
import { decidingRules } from './judged-cases.js';
import type { PolicyBook } from './policy-book.js';
import type { PodEndpoint } from './policy-endpoint.js';
import { selectorMissOf } from './policy-words.js';
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

/** Up to how many policies that select other pods, and rules that deny, are named; the rest is counted. */
const MOST_OTHERS = 10;

/** Writes down one direction: every policy of the namespace, and of those that isolate every rule with its peers and ports, then what it comes to. Yields often. */
export function* showDirection(
  trail: Trail,
  parent: number | null,
  book: PolicyBook,
  judgement: DirectionJudgement,
  words: FlowWords,
): Steps<void> {
  const { direction, exemption } = judgement;
  const stage = `${direction}-policy`;
  const subject = direction === 'egress' ? words.source : words.destination;
  if (exemption !== undefined) {
    trail.add({ stage, outcome: 'allow', reason: exemption, message: EXEMPTIONS[exemption](subject), parent });
    return;
  }
  for (const layer of judgement.layers) yield* showLayer(trail, parent, direction, layer, words);
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
      const first = denying.slice(0, MOST_OTHERS).map(({ policy, pointer }) => `${policy} ${pointer}`);
      const names = `${first.join(', ')}${denying.length > first.length ? ` and ${denying.length - first.length} more rules` : ''}`;
      return ['deny', 'DENIED_BY_RULE', `${direction} of ${subject} is denied by ${names}: ${text}`];
    }
    default:
      return assertNever(share);
  }
}

/** The policies of the namespace that select other pods than one. */
interface Others {
  readonly book: PolicyBook;
  /** The first of them, and why each does not select the pod, whatever it is called. */
  readonly told: readonly { readonly object: ObjectRef; readonly message: (name: string) => string }[];
  /** How many more there are. */
  readonly more: number;
}

const known = new WeakMap<PodEndpoint, Others>();

function othersOf(book: PolicyBook, subject: PodEndpoint): Others {
  let others = known.get(subject);
  if (others?.book !== book) {
    const all = book.policiesIn(subject.namespace);
    const selecting = new Set(book.selecting('NetworkPolicy', subject));
    const told: Others['told'][number][] = [];
    for (const policy of all) {
      if (told.length === MOST_OTHERS) break;
      if (!selecting.has(policy)) told.push({ object: policy.ref, message: selectorMissOf(policy.podSelector, subject.labels) });
    }
    others = { book, told, more: all.length - selecting.size - told.length };
    known.set(subject, others);
  }
  return others;
}

function showOthers(trail: Trail, parent: number | null, book: PolicyBook, direction: Direction, words: FlowWords): void {
  const [subject, name] = direction === 'egress' ? [words.flow.source, words.source] : [words.flow.destination, words.destination];
  if (subject.kind !== 'pod') return;
  const { told, more } = othersOf(book, subject);
  const [stage, outcome, reason] = [`${direction}-policy`, 'excluded', 'SUBJECT_NOT_SELECTED'] as const;
  for (const { object, message } of told) {
    trail.add({ stage, outcome, reason, message: message(name), object, pointer: '/spec/podSelector', parent });
  }
  if (more > 0) trail.add({ stage, outcome, reason, message: `${more} more policies of the namespace select other pods`, parent });
}
