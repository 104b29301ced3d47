import type { Answer, Note } from '../kernel/answer.js';
import { assertNever } from '../kernel/assert-never.js';
import { didYouMeanHint } from '../kernel/did-you-mean.js';
import { Trail } from '../kernel/evidence.js';
import { describeRef, qualifiedName } from '../kernel/object-ref.js';
import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { NetworkModel } from '../model/network-model.js';
import type { GatewayStatusResult, GatewayStatusVerdict, ReportedStatus } from './gateway-status-result.js';
import { CITED_BY_STATUS } from './internal/answer-citations.js';
import { citationsFrom } from './internal/citations.js';
import { dialectOfClass } from './internal/class-dialect.js';
import { f5Status, type F5Object, isClaimOpen } from './internal/nginx-f5/f5-status.js';
import { F5Router } from './internal/nginx-f5/nginx-f5.js';
import { routerOf } from './internal/router-cache.js';

/** Kinds of the controller of NGINX Inc. whose status is worked out. */
export const NGINX_STATUS_KINDS = ['VirtualServer', 'VirtualServerRoute', 'TransportServer', 'Policy'] as const;

/** Which object is asked about. */
export interface NginxStatusQuestion {
  readonly kind: (typeof NGINX_STATUS_KINDS)[number];
  readonly namespace: string;
  readonly name: string;
}

type StatusAnswer = Answer<GatewayStatusVerdict, GatewayStatusResult>;

/**
 * The status that the controller of NGINX Inc. would write for an object of its kinds: state, reason and message in its words, but what is wrong about an object's own text in ours. Fails with
 * `unknown-object`. Source: nginx/kubernetes-ingress `internal/k8s/controller.go`, `configuration.go`, `status.go`.
 */
export function statusOfNginxObject(model: NetworkModel, question: NginxStatusQuestion): Result<StatusAnswer, Problem> {
  const objects = nginxObjects(model, question.kind);
  const object = objects.find(({ ref }) => ref.namespace === question.namespace && ref.name === question.name);
  if (!object) {
    const asked = qualifiedName(question);
    const hint = didYouMeanHint(
      asked,
      objects.map(({ ref }) => qualifiedName(ref)),
    );
    return err(problem('unknown-object', `no ${question.kind} \`${asked}\``, hint === undefined ? {} : { hint }));
  }
  const router = readerOf(model, object.className);
  if (!router) return ok(answerOf(object, null, 'NOT_HANDLED', 'CLASS_NOT_SERVED', notServed(object), []));
  const reported = f5Status(router, object);
  const open = isClaimOpen(router, object);
  const assumptions = open
    ? [{ code: 'CLAIM_OPEN', message: `other objects of the age of ${describeRef(object.ref)} claim the same` }]
    : [];
  return ok(answerOf(object, reported, verdictOf(reported), REASONS[reported.state], reported.message.trim(), assumptions));
}

/** The objects of a kind. */
export function nginxObjects({ virtualServers }: NetworkModel, kind: NginxStatusQuestion['kind']): readonly F5Object[] {
  switch (kind) {
    case 'VirtualServer':
      return virtualServers.servers;
    case 'VirtualServerRoute':
      return virtualServers.routes;
    case 'TransportServer':
      return virtualServers.transports;
    case 'Policy':
      return [...virtualServers.policies.values()];
    default:
      return assertNever(kind);
  }
}

/** The controller that reads objects of a class; those without one are read by each, of which the first is asked. */
function readerOf(model: NetworkModel, className: string | undefined): F5Router | undefined {
  const isServed = (name: string | undefined) => dialectOfClass(model, name).spoken === 'nginx-f5';
  const candidates = className === undefined ? [...[...model.ingressClasses.keys()].toSorted(), undefined] : [className];
  if (!candidates.some(isServed)) return undefined;
  const router = routerOf(model, candidates.find(isServed), 'nginx-f5');
  return router instanceof F5Router ? router : undefined;
}

const notServed = ({ className }: F5Object) =>
  className === undefined ? 'no controller of NGINX Inc. is there' : `class \`${className}\` is none of a controller of NGINX Inc.`;

const REASONS = { Valid: 'STATE_VALID', Warning: 'STATE_WARNING', Invalid: 'STATE_INVALID' } as const;

function verdictOf({ state, reason }: ReportedStatus): GatewayStatusVerdict {
  if (state === 'Valid') return 'ACCEPTED';
  return reason === 'AddedOrUpdatedWithWarning' ? 'PARTLY' : 'REFUSED';
}

const WORDS: Readonly<Record<GatewayStatusVerdict, string>> = {
  ACCEPTED: 'is accepted',
  PARTLY: 'is accepted in part',
  REFUSED: 'is refused',
  NOT_HANDLED: 'is not handled',
};

function answerOf(
  { ref, kind }: F5Object,
  reported: ReportedStatus | null,
  verdict: GatewayStatusVerdict,
  reason: string,
  message: string,
  assumptions: readonly Note[],
): StatusAnswer {
  const trail = new Trail(citationsFrom(CITED_BY_STATUS, 'nginx-f5'));
  const outcome = verdict === 'ACCEPTED' ? 'match' : 'no-match';
  trail.add({ stage: 'object', outcome, reason, message, object: ref, provenance: 'derived' });
  for (const { code, message: text } of assumptions)
    trail.add({ stage: 'object', outcome: 'info', reason: code, message: text, object: ref });
  const object = `${kind === 'NginxPolicy' ? 'Policy' : kind} ${qualifiedName(ref)}`;
  return {
    verdict,
    summary: verdict === 'ACCEPTED' ? `${object} ${WORDS[verdict]}` : `${object} ${WORDS[verdict]}: ${message}`,
    result: { object, conditions: [], listeners: null, parents: null, attachedListenerSets: null, reported },
    evidence: trail.list(),
    assumptions,
    warnings: [],
    confidence: assumptions.length > 0 ? 'INSUFFICIENT_INFO' : 'CERTAIN',
    enforcement: null,
  };
}
