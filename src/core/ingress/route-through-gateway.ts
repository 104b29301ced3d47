import { type Answer, type Note, uniqueNotes } from '../kernel/answer.js';
import { didYouMeanHint } from '../kernel/did-you-mean.js';
import { Trail } from '../kernel/evidence.js';
import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { NetworkModel } from '../model/network-model.js';
import { choose, type ListenerChoice } from './internal/gateway/choose-listener.js';
import { decideHTTP, type Decision, notFound, plainStatus } from './internal/gateway/decide-http.js';
import { gatewayState, type GatewayState } from './internal/gateway/gateway-state.js';
import { unknownParts } from './internal/gateway/unknown-parts.js';
import { presentedCertificate } from './internal/gateway/presented-certificate.js';
import { readRequestHost } from './internal/request-host.js';
import type { RouteRequest } from './route-request.js';
import type { RouteResult, RouteVerdict } from './route-result.js';

/** A request and the Gateway that it is sent to. */
export interface GatewayRouteQuestion {
  readonly request: RouteRequest;
  /** `namespace/name`. */
  readonly gateway: string;
  /** The port that the client connects to. */
  readonly port: number;
}

/**
 * Which backend gets a request that is sent to a Gateway, and why: listener → certificate → HTTPRoute, rule and match → filters → backends → endpoints. Every match of
 * every route on the listener is a candidate, and each loser names the first key of precedence that decided. Fails with `unknown-object` for a Gateway that does not
 * exist. Source: kubernetes-sigs/gateway-api `apis/v1/httproute_types.go`, `gateway_types.go`.
 */
export function routeThroughGateway(
  model: NetworkModel,
  { request, gateway, port }: GatewayRouteQuestion,
): Result<Answer<RouteVerdict, RouteResult>, Problem> {
  const state = gatewayState(model, gateway);
  if (!state) {
    const hint = didYouMeanHint(gateway, model.gatewayApi.gateways.keys());
    return err(problem('unknown-object', `no Gateway \`${gateway}\``, hint === undefined ? {} : { hint }));
  }
  const trail = new Trail();
  const classed = showGateway(trail, model, state);
  const host = readRequestHost(request.host);
  const choice = choose(classed ? state : { ...state, listeners: [] }, request, host.name, port);
  for (const step of choice.steps) trail.add(step);
  const certificate = choice.listener && request.scheme === 'https' ? presentedCertificate(model, choice.listener, request.sni) : undefined;
  for (const step of certificate?.steps ?? []) trail.add(step);
  const decision = choice.listener
    ? choice.misdirected
      ? plainStatus('MISDIRECTED', 421, choice.misdirected)
      : decideHTTP(model, state, choice.listener, request, host.name)
    : choice.connects
      ? notFound(request, choice.why)
      : plainStatus('CONNECTION_REFUSED', null, choice.why);
  for (const step of decision.steps) trail.add(step);
  return ok(answerOf(model, state, request, choice, certificate?.certificate ?? null, decision, trail));
}

function showGateway(trail: Trail, model: NetworkModel, { gateway }: GatewayState): boolean {
  const found = model.gatewayApi.classes.get(gateway.className);
  trail.add({
    stage: 'gateway',
    outcome: found ? 'selected' : 'no-match',
    reason: found ? 'GATEWAY_SELECTED' : 'GATEWAY_CLASS_MISSING',
    message: found
      ? `Gateway ${gateway.namespace}/${gateway.ref.name} of class \`${gateway.className}\`, served by \`${found.controllerName}\``
      : `no GatewayClass \`${gateway.className}\` exists: nobody serves the Gateway`,
    object: gateway.ref,
    pointer: '/spec/gatewayClassName',
  });
  return found !== undefined;
}

function answerOf(
  model: NetworkModel,
  { gateway }: GatewayState,
  request: RouteRequest,
  { listener }: ListenerChoice,
  certificate: RouteResult['certificate'],
  decision: Decision,
  trail: Trail,
): Answer<RouteVerdict, RouteResult> {
  const controller = model.gatewayApi.classes.get(gateway.className)?.controllerName ?? null;
  const warnings: readonly Note[] = decision.warnings;
  const assumptions = uniqueNotes([...unknownParts(model, gateway), ...decision.assumptions]);
  return {
    verdict: decision.verdict,
    summary: `${request.method} ${request.scheme}://${request.host}${request.path} → ${decision.why}`,
    result: {
      dialect: 'gateway-api',
      class: gateway.className,
      controller,
      status: decision.status,
      grpcStatus: decision.grpcStatus,
      gateway: `${gateway.namespace}/${gateway.ref.name}`,
      listener: listener?.listener.name ?? null,
      backends: decision.backends,
      errorShare: decision.errorShare,
      forwarded: decision.forwarded,
      redirect: decision.redirect,
      mirrors: decision.mirrors,
      responseHeaders: decision.responseHeaders,
      certificate,
      candidates: decision.candidates,
      possibilities: decision.possibilities,
      unspecified: decision.unspecified,
      nearMisses: decision.nearMisses,
    },
    evidence: trail.list(),
    assumptions,
    warnings,
    confidence: decision.verdict === 'UNDEFINED' ? 'INSUFFICIENT_INFO' : assumptions.length > 0 ? 'ASSUMED' : 'CERTAIN',
    enforcement: null,
  };
}
