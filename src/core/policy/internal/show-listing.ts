import type { Trail } from '../../kernel/evidence.js';
import type { Steps } from '../../kernel/steps.js';
import { describeRef, type ObjectRef } from '../../kernel/object-ref.js';
import { ALL_CONNECTIONS, formatConnections, NO_CONNECTIONS, noConnections } from './connection-set.js';
import { DIRECTIONS } from './direction.js';
import type { Group } from './listing-groups.js';
import type { ListedPair } from './compare-groups.js';
import { decidingRules } from './judged-cases.js';
import type { DirectionJudgement } from './judge-direction.js';
import { type ConnectionJudgement, judgeConnectionInSteps } from './judge-connection.js';
import { canMeet } from './policy-endpoint.js';
import type { PolicyIndex } from './policy-index.js';

/** Up to how many connections the rules behind them are told one by one. */
const MOST_TOLD = 200;

/** Up to how many rules behind a connection are told one by one. */
const MOST_RULES = 20;

/** Says by which rules each connection is admitted; of a long listing only that `policy-verdict` tells. Yields often. */
export function* showListing(trail: Trail, index: PolicyIndex, pairs: readonly ListedPair[], enforced: boolean): Steps<void> {
  if (!enforced) {
    const message = 'the network plugin enforces no policies: everything is connected';
    trail.add({ stage: 'enforcement', outcome: 'allow', reason: 'NOT_ENFORCED', message });
    return;
  }
  if (pairs.length > MOST_TOLD) {
    const message = `${pairs.length} connections: ask \`policy-verdict\` for one of them to see the rules behind it`;
    trail.add({ stage: 'connectivity', outcome: 'info', reason: 'CONNECTION', message });
    return;
  }
  for (const pair of pairs) {
    yield;
    yield* showPair(trail, index, pair);
  }
}

function* showPair(trail: Trail, index: PolicyIndex, { from, to, connections }: ListedPair): Steps<void> {
  const message = `${from.name} → ${to.name}: ${formatConnections(connections)}`;
  const parent = trail.add({ stage: 'connectivity', outcome: 'allow', reason: 'CONNECTION', message });
  const judgement = yield* firstMeeting(index, from, to);
  if (!judgement) {
    const toPods = [...to.classes.values()].some((one) => one.class.endpoint.kind === 'pod');
    const own = toPods
      ? `${from.name} runs on the nodes of some pods of ${to.name}: a node always reaches its own pods`
      : `some pods of ${from.name} run on ${to.name}: a node does not ask its policies about its own pods`;
    trail.add({ stage: 'ingress-policy', outcome: 'allow', reason: toPods ? 'OWN_NODE' : 'ENDPOINT_TO_HOST', message: own, parent });
    return;
  }
  showJudgement(trail, judgement, { from: from.name, to: to.name }, parent);
}

/** Says in both directions by which rules a connection is admitted; `from` and `to` are the names of its ends. */
export function showJudgement(
  trail: Trail,
  judgement: ConnectionJudgement,
  { from, to }: { readonly from: string; readonly to: string },
  parent: number,
): void {
  for (const direction of DIRECTIONS) {
    const { exemption, isolated } = judgement[direction];
    const side = direction === 'egress' ? from : to;
    const stage = `${direction}-policy`;
    if (!isolated) {
      const reason = exemption ?? 'NOT_ISOLATED';
      trail.add({ stage, outcome: 'allow', reason, message: `no policy isolates ${side} for ${direction}`, parent });
    }
    const rules = decidingRules(judgement[direction], ALL_CONNECTIONS);
    const objects = objectsOf(judgement[direction]);
    for (const rule of rules.slice(0, MOST_RULES)) {
      const object = objects.get(rule.policy);
      const denies = rule.action === 'Deny';
      trail.add({
        stage,
        outcome: denies ? 'deny' : 'match',
        reason: denies ? 'RULE_DENIES' : 'RULE_ADMITS',
        message: denies ? `${rule.policy} denies part of it` : `${rule.policy} admits it`,
        object,
        pointer: rule.pointer,
        parent,
      });
    }
    if (rules.length > MOST_RULES) {
      const message = `and ${rules.length - MOST_RULES} more rules decide over it`;
      trail.add({ stage, outcome: 'info', reason: 'NOT_TOLD', message, parent });
    }
  }
}

/** The policies with rules that match, by the name under which deciding rules tell them. */
function objectsOf({ layers }: DirectionJudgement): ReadonlyMap<string, ObjectRef> {
  const found = new Map<string, ObjectRef>();
  for (const { policies } of layers) {
    for (const { acting, rules } of policies) {
      if (rules.some(({ matched }) => matched !== NO_CONNECTIONS)) found.set(describeRef(acting.policy.ref), acting.policy.ref);
    }
  }
  return found;
}

/** What is judged of the first two classes of the groups between which something is allowed. Yields often. */
export function* firstMeeting(index: PolicyIndex, from: Group, to: Group): Steps<ConnectionJudgement | undefined> {
  for (const source of from.classes.values()) {
    for (const destination of to.classes.values()) {
      if (!canMeet(source.class.families, destination.class.families)) continue;
      const flow = { source: source.class.endpoint, destination: destination.class.endpoint, self: false, ownNode: false };
      const judgement = yield* judgeConnectionInSteps(index, flow);
      if (!noConnections(judgement.allowed)) return judgement;
    }
  }
  return undefined;
}
