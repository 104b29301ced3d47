import {
  type AuthAnswer,
  type ConnectionRequest,
  GATEWAY_DIALECTS,
  INGRESS_DIALECTS,
  type RouteRequest,
} from '../../core/ingress/route-request.js';
import { ROUTE_REASONS } from '../../core/ingress/route-reasons.js';
import { ROUTE_VERDICTS, type RouteResult } from '../../core/ingress/route-result.js';
import { prepareRouting } from '../../core/ingress/prepare-routing.js';
import { clientSecretFault } from '../../core/ingress/client-secret.js';
import { route } from '../../core/ingress/route.js';
import { withPick } from '../../core/ingress/route-pick.js';
import { RouteRuleCount } from '../../core/ingress/rule-coverage.js';
import { routeThroughGateway } from '../../core/ingress/route-through-gateway.js';
import { routeConnection } from '../../core/ingress/route-connection.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { atParameter } from '../../core/kernel/problem-place.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import { formatIp, type Ip, parseIp } from '../../core/net/ip.js';
import { defineLongQuestion, type QuestionContext } from '../questions/question.js';
import { parseHeaders } from './request-headers.js';
import { parseRequestUrl } from './request-url.js';
import { type RouteInput, routeInput } from './route-input.js';
import { hasIngressRules, hasIngressStreams } from './ingress-rules.js';
import { inCluster, ROUTE_IN_CLUSTER_REASONS } from './route-in-cluster.js';
import { routeResultSchema } from './route-result-schema.js';
import { qualifiedNameIn } from './qualified-name.js';

/** A request, and the name or address and the port it is sent to. */
interface Sent {
  readonly hostname: string;
  readonly request: RouteRequest | ConnectionRequest;
  readonly port: number;
}

/** A request that can be judged, read from the parameters; the problem names the parameter that is wrong. */
function requestOf(given: RouteInput): Result<Sent, Problem> {
  const url = parseRequestUrl(given.url);
  if (!url.ok) return err(wrong('url', 'invalid-url', url.error.message, url.error.hint));
  const headers = parseHeaders(given.headers);
  if (!headers.ok) return err(wrong('headers', 'invalid-header', headers.error));
  const client = readAddress(given.clientAddress);
  if (!client.ok) return err(wrong('clientAddress', 'invalid-address', `\`${client.error}\` is no IP address`));
  const auth = authOf(given);
  if (!auth.ok) return auth;
  const { scheme, hostname, host, path, query } = url.value;
  const replaced = headers.value.find(([name]) => name.toLowerCase() === 'host')?.[1];
  const port = given.port ?? url.value.port;
  const sni = given.sni ?? (scheme === 'https' || scheme === 'tls' ? sniOf(hostname) : undefined);
  const hello = sni === '' ? undefined : sni;
  if (scheme !== 'http' && scheme !== 'https')
    return ok({ request: { scheme, host: hostname, sni: hello, alpn: given.alpn, clientAddress: client.value }, hostname, port });
  const request: RouteRequest = {
    scheme,
    method: given.method,
    host: replaced ?? host,
    path,
    query,
    headers: headers.value,
    sni: hello,
    alpn: given.alpn,
    clientAddress: client.value,
    auth: auth.value,
    clientCertificate: given.clientCertificate === undefined ? undefined : { secret: given.clientCertificate || undefined },
    backendBehaviour: behaviourOf(given),
  };
  return ok({ request, hostname, port });
}

/** What a client names in its hello: no address (RFC 6066 §3). */
function sniOf(hostname: string): string | undefined {
  return parseIp(withoutBrackets(hostname)) === undefined ? hostname.toLowerCase() : undefined;
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** Undefined where the question does not say what comes of asking who the client is. */
function authOf({ authStatus, authHeaders }: RouteInput): Result<AuthAnswer | undefined, Problem> {
  if (authStatus === undefined && authHeaders !== undefined)
    return err(wrong('authHeaders', 'not-applicable', '`authHeaders` are headers of an answer: say its `authStatus`'));
  if (authStatus === undefined) return ok(undefined);
  const headers = parseHeaders(authHeaders ?? []);
  return headers.ok ? ok({ status: authStatus, headers: headers.value }) : err(wrong('authHeaders', 'invalid-header', headers.error));
}

/** Undefined where the question says nothing of the backend. */
function behaviourOf({ backendFailures, backendFailure, backendDelay }: RouteInput): RouteRequest['backendBehaviour'] {
  if (backendFailures === undefined && backendFailure === undefined && backendDelay === undefined) return undefined;
  return { failures: backendFailures ?? Number.POSITIVE_INFINITY, failure: backendFailure, delay: backendDelay ?? 0 };
}

function readAddress(text: string | undefined): Result<Ip | undefined, string> {
  if (text === undefined) return ok(undefined);
  const ip = parseIp(text);
  return ip ? ok(ip) : err(text);
}

function wrong(parameter: string, code: string, message: string, hint?: string): Problem {
  const detail = { pointer: `/${parameter}`, code, message, ...(hint === undefined ? {} : { hint }) };
  return problem('invalid-request', message, { ...(hint === undefined ? {} : { hint }), errors: [detail] });
}

/** By the rules of the Gateway API where a Gateway is asked about, or where there is nothing else that could serve a request; by those of Ingress otherwise. */
function answerTo({ model, explains }: QuestionContext, given: RouteInput, { request, port }: Sent): ReturnType<typeof route> {
  const dialect = GATEWAY_DIALECTS.find((one) => one === given.dialect);
  const meansGateway = given.gateway !== undefined || dialect !== undefined || hasOnlyGateways(model, given);
  if (!meansGateway && isHTTP(request)) {
    const foreign = GATEWAY_ONLY.find((parameter) => given[parameter] !== undefined);
    if (foreign === undefined) return routeByIngress(model, given, request, explains);
    return err(wrong(foreign, 'not-applicable', `only Gateways are modelled with \`${foreign}\`: name one as \`gateway\``));
  }
  if (!meansGateway && !isHTTP(request) && hasIngress(model, given) && (request.scheme === 'tls' || hasIngressStreams(model))) {
    const named = INGRESS_DIALECTS.find((one) => one === given.dialect);
    return atParameter('class', routeConnection(model, request, port, { class: given.class, dialect: named }));
  }
  if (given.class !== undefined) return err(wrong('class', 'not-applicable', 'a Gateway has a GatewayClass of its own: leave `class` out'));
  if (given.dialect !== undefined && dialect === undefined) {
    const ways = GATEWAY_DIALECTS.map((one) => `\`${one}\``).join(', ');
    return err(wrong('dialect', 'not-applicable', `a Gateway routes by ${ways}, not by \`${given.dialect}\``));
  }
  const clientCertificate = given.clientCertificate === '' ? undefined : given.clientCertificate;
  const gateway = given.gateway === undefined ? onlyGateway(model) : gatewayNamed(model, given.gateway);
  if (!gateway.ok) return gateway;
  const secret = clientCertificate === undefined ? ok(undefined) : secretNamed(model, clientCertificate);
  if (!secret.ok) return secret;
  // Of two names that are well formed, the one that nothing has is at fault.
  const unknown = model.gatewayApi.gateways.has(gateway.value) ? 'clientCertificate' : 'gateway';
  return atParameter(unknown, routeThroughGateway(model, { request, gateway: gateway.value, port, clientCertificate, dialect }));
}

function gatewayNamed({ gatewayApi }: NetworkModel, text: string): Result<string, Problem> {
  const named = qualifiedNameIn('gateway', 'Gateway', text, gatewayApi.gateways.keys());
  return named.ok ? ok(text) : named;
}

function secretNamed(model: NetworkModel, text: string): Result<string, Problem> {
  const { secrets } = model;
  const named = qualifiedNameIn('clientCertificate', 'Secret', text, secrets.keys());
  if (!named.ok) return named;
  const fault = secrets.has(text) ? clientSecretFault(model, text) : undefined;
  return fault ? err(fault) : ok(text);
}

const GATEWAY_ONLY = ['backendFailures', 'backendFailure', 'backendDelay'] as const;

function isHTTP(request: RouteRequest | ConnectionRequest): request is RouteRequest {
  return request.scheme === 'http' || request.scheme === 'https';
}

function routeByIngress(model: NetworkModel, given: RouteInput, request: RouteRequest, explains?: boolean): ReturnType<typeof route> {
  const dialect = INGRESS_DIALECTS.find((one) => one === given.dialect);
  const secret = request.clientCertificate?.secret;
  const named = secret === undefined ? ok(undefined) : secretNamed(model, secret);
  if (!named.ok) return named;
  // Of two names that are well formed, the one that nothing has is at fault.
  const unknown = secret === undefined || model.secrets.has(secret) ? 'class' : 'clientCertificate';
  return atParameter(unknown, route(model, { request, class: given.class, dialect }, explains === false ? 'verdict' : 'whole'));
}

/** A connection is a Gateway's unless a class or a dialect of Ingress is named, or there is nothing else. */
function hasIngress(model: NetworkModel, given: RouteInput): boolean {
  return given.class !== undefined || given.dialect !== undefined || (hasIngressRules(model) && model.gatewayApi.gateways.size === 0);
}

function hasOnlyGateways(model: NetworkModel, given: RouteInput): boolean {
  return given.dialect === undefined && given.class === undefined && !hasIngressRules(model) && model.gatewayApi.gateways.size > 0;
}

/** The one Gateway there is; a problem where the question has to name one. */
function onlyGateway({ gatewayApi }: NetworkModel): Result<string, Problem> {
  const [name, ...more] = gatewayApi.gateways.keys();
  if (name !== undefined && more.length === 0) return ok(name);
  if (name === undefined) return err(wrong('gateway', 'missing', 'the cluster has no Gateway'));
  const names = [name, ...more].slice(0, 5).map((one) => `\`${one}\``);
  return err(
    wrong('gateway', 'missing', 'the cluster has several Gateways: say which one gets the request', `name one of ${names.join(', ')}`),
  );
}

/** The question as it was understood; a connection that is not HTTP has neither method nor path. */
function asUnderstood(
  given: RouteInput,
  request: RouteRequest | ConnectionRequest,
  { class: ingressClass, gateway, dialect }: RouteResult,
) {
  const { scheme, host, sni } = request;
  const http = isHTTP(request) ? request : undefined;
  return {
    url: given.url,
    method: http?.method ?? null,
    scheme,
    host,
    path: http?.path ?? null,
    query: http?.query ?? null,
    headers: (http?.headers ?? []).map(([name, value]) => `${name}: ${value}`),
    class: ingressClass,
    gateway,
    port: given.port ?? null,
    dialect,
    sni: sni ?? null,
    alpn: given.alpn ?? null,
    clientCertificate: given.clientCertificate ?? null,
    backendFailures: given.backendFailures ?? null,
    backendFailure: given.backendFailure ?? null,
    backendDelay: given.backendDelay ?? null,
    clientAddress: request.clientAddress === undefined ? null : formatIp(request.clientAddress),
    authStatus: http?.auth?.status ?? null,
    seed: given.seed ?? null,
    authHeaders: http?.auth?.headers.map(([name, value]) => `${name}: ${value}`) ?? null,
  };
}

/** Which backend serves a URL, and why. */
export const routeQuestion = defineLongQuestion({
  name: 'route',
  room: 'ingress',
  title: 'Which backend does a request reach through an Ingress or a Gateway, and why not another',
  input: routeInput,
  result: routeResultSchema,
  verdicts: ROUTE_VERDICTS,
  reasons: { ...ROUTE_REASONS, ...ROUTE_IN_CLUSTER_REASONS },
  explanation: ['candidates'],
  examples: [
    { title: 'The longest path wins', cluster: 'harbor', input: { url: 'https://shop.harbor.example/api/cart/items?page=2' } },
    {
      title: 'Two Ingresses claim one path: the specification does not say who wins',
      cluster: 'harbor',
      input: { url: 'http://shop.harbor.example/api', dialect: 'ingress-v1' },
    },
    { title: 'An exact path does not cover what lies below it', cluster: 'harbor', input: { url: 'http://shop.harbor.example/old/page' } },
    {
      title: 'A host that no rule names, and the one that was meant',
      cluster: 'harbor',
      input: { url: 'http://grafana.harbour.example/login' },
    },
    {
      title: 'A Gateway shares the requests by weight',
      cluster: 'fjord',
      input: { url: 'http://tides.fjord.example/today', gateway: 'tides/quay' },
    },
    {
      title: 'Asked by address, with the Host header set',
      cluster: 'harbor',
      input: { url: 'http://203.0.113.10/login', headers: ['Host: grafana.harbor.example'], class: 'nginx' },
    },
  ],
  countRules(model) {
    const count = new RouteRuleCount(model);
    return {
      add({ class: asked, dialect }, { question: { host }, result }, counts) {
        const named = INGRESS_DIALECTS.find((one) => one === dialect);
        return count.add({ class: asked, dialect: named, host: String(host) }, result, counts);
      },
      coverage: () => count.coverage(),
    };
  },
  *steps(context, given) {
    const sent = requestOf(given);
    if (!sent.ok) return sent;
    const dialect = INGRESS_DIALECTS.find((one) => one === given.dialect);
    if (given.gateway === undefined && (given.dialect === undefined || dialect))
      yield* prepareRouting(context.model, { class: given.class, dialect });
    const answer = answerTo(context, given, sent.value);
    if (!answer.ok) return answer;
    const { request, hostname, port } = sent.value;
    const question = asUnderstood(given, request, answer.value.result);
    const place = { hostname: withoutBrackets(hostname), port, protocol: request.scheme === 'udp' ? 'UDP' : 'TCP' } as const;
    const drawn = given.seed === undefined ? answer.value : withPick(answer.value, given.seed, !isHTTP(sent.value.request));
    return ok({ question, answer: yield* inCluster(context.model, drawn, { ...place, explains: context.explains !== false }) });
  },
});
