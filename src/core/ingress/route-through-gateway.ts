import { type Answer, type Note, uniqueNotes } from '../kernel/answer.js';
import { didYouMeanHint } from '../kernel/did-you-mean.js';
import { Trail } from '../kernel/evidence.js';
import { describeRef } from '../kernel/object-ref.js';
import type { Problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { NetworkModel } from '../model/network-model.js';
import { citationsOf } from './internal/citations.js';
import { passedCertificate } from './internal/gateway/backend-certificate.js';
import { type Arrival, choose, type ListenerChoice } from './internal/gateway/choose-listener.js';
import { checkClient } from './internal/gateway/client-certificate.js';
import { decideHTTP, decideMisdirected, notFound } from './internal/gateway/decide-http.js';
import { type Decision, plainStatus, UNTOUCHED } from './internal/gateway/decision.js';
import { decideStream } from './internal/gateway/decide-stream.js';
import { forwardRequest } from './internal/gateway/forward-request.js';
import { GATEWAY_DIALECTS_BY_NAME, type GatewayDialect } from './internal/gateway/gateway-dialect.js';
import { gatewayRefusal } from './internal/gateway/gateway-conditions.js';
import { type GatewayState, gatewayState } from './internal/gateway/gateway-state.js';
import type { JudgedListener } from './internal/gateway/listener-status.js';
import { missingClass } from './internal/gateway/missing-class.js';
import { presentedCertificate } from './internal/gateway/presented-certificate.js';
import { unknownParts, unmodelledExtensions } from './internal/gateway/unknown-parts.js';
import { readRequestHost } from './internal/request-host.js';
import { requestLine } from './internal/route-summary.js';
import { unknownObject } from './internal/unknown-object.js';
import type { ConnectionRequest, GatewayDialectName, RouteRequest } from './route-request.js';
import type { RouteResult, RouteVerdict } from './route-result.js';

/** A request or a connection, and the Gateway that it is sent to. */
export interface GatewayRouteQuestion {
  readonly request: RouteRequest | ConnectionRequest;
  /** `namespace/name`. */
  readonly gateway: string;
  /** The port that the client connects to. */
  readonly port: number;
  /** The Secret with the certificate that the client presents, `namespace/name`; undefined: it presents none. */
  readonly clientCertificate?: string | undefined;
  /** Where no Secret is named: the client presents a certificate that is taken, wherever one is asked for. */
  readonly assumesCertificate?: boolean;
  /** By whose rules; undefined: by the text. */
  readonly dialect?: GatewayDialectName | undefined;
}

/**
 * Which backend gets a request that is sent to a Gateway, and why: listener → certificates → route, rule and match → filters → backends → endpoints. A connection
 * of TLS, TCP or UDP ends at the listener's route. Every match of every route on the listener is a candidate, and each loser names the first key of precedence that
 * decided. Fails with `unknown-object` for a Gateway or a Secret that does not exist. Source: kubernetes-sigs/gateway-api `apis/v1/httproute_types.go`, `gateway_types.go`.
 */
export function routeThroughGateway(
  model: NetworkModel,
  question: GatewayRouteQuestion,
): Result<Answer<RouteVerdict, RouteResult>, Problem> {
  const { gateway, clientCertificate } = question;
  const state = gatewayState(model, gateway);
  if (!state) return err(unknownObject('Gateway', gateway, model.gatewayApi.gateways.keys()));
  if (clientCertificate !== undefined && !model.secrets.has(clientCertificate)) {
    return err(unknownObject('Secret', clientCertificate, model.secrets.keys()));
  }
  const trail = new Trail(citationsOf(question.dialect ?? 'gateway-api'));
  const classMissing = showGateway(trail, model, state);
  const choice = classMissing === undefined ? choose(state, arrivalOf(question)) : unserved(model, state, classMissing);
  for (const step of choice.steps) trail.add(step);
  const certificate = showCertificate(trail, model, question, choice.listener);
  const decision = decide(trail, model, state, question, choice);
  for (const step of decision.steps) trail.add(step);
  const shown = certificate ?? passedCertificate(model, decision.backends, question.request.sni);
  return ok(answerOf(model, state, question, choice, shown, decision, trail));
}

function arrivalOf({ request, port }: GatewayRouteQuestion): Arrival {
  const { scheme, sni } = request;
  return { scheme, port, sni, host: isHTTP(request) ? readRequestHost(request.host).name : undefined };
}

function isHTTP(request: RouteRequest | ConnectionRequest): request is RouteRequest {
  return request.scheme === 'http' || request.scheme === 'https';
}

/** Shows the Gateway with its class, or says that it has none. */
function showGateway(trail: Trail, model: NetworkModel, { gateway }: GatewayState): string | undefined {
  const found = model.gatewayApi.classes.get(gateway.className);
  const name = `Gateway ${gateway.namespace}/${gateway.ref.name}`;
  const missing = missingClass(model, gateway);
  trail.add({
    stage: 'gateway',
    outcome: found ? 'selected' : 'no-match',
    reason: found ? 'GATEWAY_SELECTED' : 'GATEWAY_CLASS_MISSING',
    message: missing ?? `${name} of class \`${gateway.className}\`, served by \`${found?.controllerName ?? ''}\``,
    object: gateway.ref,
    pointer: '/spec/gatewayClassName',
  });
  return missing;
}

/** Nobody listens for a Gateway without class; the class that was probably meant is near. */
function unserved({ gatewayApi }: NetworkModel, { gateway }: GatewayState, why: string): ListenerChoice {
  const fix = didYouMeanHint(gateway.className, gatewayApi.classes.keys());
  const near = { reason: 'GATEWAY_CLASS_MISSING', object: describeRef(gateway.ref), pointer: '/spec/gatewayClassName', message: why };
  return {
    listener: undefined,
    misdirected: undefined,
    why,
    connects: false,
    steps: [],
    nearMisses: fix === undefined ? [] : [{ ...near, fix }],
  };
}

/** What speaks against an answer although its rules hold: the Gateway may be refused as a whole, and extensions of its implementation may do more. */
function doubts(model: NetworkModel, state: GatewayState): readonly Note[] {
  const refusal = gatewayRefusal(model, state);
  const message = `the Gateway is not accepted (${refusal?.reason ?? ''}: ${refusal?.message ?? ''}): the answer is what holds where its controller takes it all the same`;
  return [...(refusal ? [{ code: 'GATEWAY_NOT_ACCEPTED', message }] : []), ...unmodelledExtensions(model)];
}

/** The certificate that the Gateway itself presents: in mode Passthrough the backend does. */
function showCertificate(
  trail: Trail,
  model: NetworkModel,
  { request: { scheme, sni } }: GatewayRouteQuestion,
  listener: JudgedListener | undefined,
): RouteResult['certificate'] {
  if (!listener || (scheme !== 'https' && scheme !== 'tls')) return null;
  const presented = presentedCertificate(model, listener, sni);
  for (const step of presented?.steps ?? []) trail.add(step);
  return presented?.certificate ?? null;
}

/** A listener may leave its certificate to the `options` of its implementation (the validation of `ListenerTLSConfig`). */
function certificateNotes(listener: JudgedListener | undefined): readonly Note[] {
  const tls = listener?.listener.tls;
  if (!tls || tls.mode === 'Passthrough' || tls.certificateRefs.length > 0) return [];
  const message = `listener \`${listener.listener.name}\` names no certificate: which one the implementation presents by its \`options\` is not known; the client is taken to accept it`;
  return [{ code: 'CERTIFICATE_OF_CONTROLLER', message }];
}

function decide(
  trail: Trail,
  model: NetworkModel,
  state: GatewayState,
  { request, clientCertificate, assumesCertificate, dialect }: GatewayRouteQuestion,
  choice: ListenerChoice,
): Decision {
  const { listener, why, nearMisses } = choice;
  if (!listener) {
    const refused = choice.connects && isHTTP(request) ? notFound(request, why) : plainStatus('CONNECTION_REFUSED', null, why);
    return { ...refused, nearMisses };
  }
  const client = checkClient(model, listener, clientCertificate, assumesCertificate === true);
  if (client) trail.add(client.step);
  if (client?.refusal !== undefined) return plainStatus('CONNECTION_REFUSED', null, client.refusal);
  const decision = behind(model, state, listener, request, choice.misdirected, GATEWAY_DIALECTS_BY_NAME[dialect ?? 'gateway-api']);
  return { ...decision, assumptions: [...(client?.assumptions ?? []), ...decision.assumptions] };
}

/** What a listener makes of what it has let in. */
function behind(
  model: NetworkModel,
  state: GatewayState,
  listener: JudgedListener,
  request: RouteRequest | ConnectionRequest,
  misdirected: string | undefined,
  dialect: GatewayDialect,
): Decision {
  const { protocol, name } = listener.listener;
  if (protocol === 'TLS' || protocol === 'TCP' || protocol === 'UDP') {
    const decision = decideStream(model, state, listener, { protocol, sni: request.sni?.toLowerCase() }, dialect);
    // A request inside the connection reaches the backend as the client sent it.
    return decision.verdict === 'ROUTED' && isHTTP(request) ? { ...decision, forwarded: forwardRequest(request, [], undefined) } : decision;
  }
  if (!isHTTP(request)) {
    const note = { code: 'LISTENER_SPEAKS_HTTP', message: `listener \`${name}\` expects HTTP inside TLS: ask with an https URL` };
    return { ...UNTOUCHED, verdict: 'UNDEFINED', status: null, why: note.message, unspecified: [note] };
  }
  const host = readRequestHost(request.host).name;
  if (misdirected !== undefined) return decideMisdirected(model, state, listener, request, host, dialect, misdirected);
  return decideHTTP(model, state, listener, request, host, dialect);
}

function answerOf(
  model: NetworkModel,
  state: GatewayState,
  { request, port, dialect }: GatewayRouteQuestion,
  { listener }: ListenerChoice,
  certificate: RouteResult['certificate'],
  decision: Decision,
  trail: Trail,
): Answer<RouteVerdict, RouteResult> {
  const { gateway } = state;
  const asked = isHTTP(request) ? requestLine(request) : `${request.scheme}://${request.host}:${port}`;
  const assumptions = uniqueNotes([...unknownParts(model, gateway), ...certificateNotes(listener), ...decision.assumptions]);
  const { verdict } = decision;
  const doubtful = listener ? doubts(model, state) : [];
  return {
    verdict,
    summary: `${asked} → ${decision.why}`,
    result: {
      dialect: dialect ?? 'gateway-api',
      class: gateway.className,
      controller: model.gatewayApi.classes.get(gateway.className)?.controllerName ?? null,
      gateway: `${gateway.namespace}/${gateway.ref.name}`,
      listener: listener?.listener.name ?? null,
      certificate,
      status: decision.status,
      grpcStatus: decision.grpcStatus,
      backends: decision.backends,
      errorShare: decision.errorShare,
      pick: null,
      forwarded: decision.forwarded,
      redirect: decision.redirect,
      limits: decision.limits,
      mirrors: decision.mirrors,
      errorPages: null,
      responseHeaders: decision.responseHeaders,
      candidates: decision.candidates,
      possibilities: decision.possibilities,
      unspecified: decision.unspecified,
      nearMisses: decision.nearMisses,
    },
    evidence: trail.list(),
    assumptions,
    warnings: [...decision.warnings, ...doubtful],
    confidence: verdict === 'UNDEFINED' ? 'INSUFFICIENT_INFO' : assumptions.length > 0 || doubtful.length > 0 ? 'ASSUMED' : 'CERTAIN',
    enforcement: null,
  };
}
