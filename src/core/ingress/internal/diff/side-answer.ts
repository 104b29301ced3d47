import type { Answer } from '../../../kernel/answer.js';
import type { RouteAspect, SideAnswer } from '../../route-diff-result.js';
import type { ForwardedRequest, ResponseHeaderChange, RouteBackend, RouteResult, RouteVerdict } from '../../route-result.js';

/** An answer of `route`. */
export type Routed = Answer<RouteVerdict, RouteResult>;

/** What a client has to pass that an answer takes for passed. */
const CONDITIONS: ReadonlySet<string> = new Set(['AUTHENTICATION_PASSED', 'CLIENT_CERTIFICATE_ASSUMED']);

/** Whether the client is taken to pass what it is asked for. */
export const asksClients = ({ assumptions }: Pick<Routed, 'assumptions'>) => assumptions.some(({ code }) => CONDITIONS.has(code));

/** What is taken not to act: limits of rates, connections and sizes among it. */
const NOT_PLAYED: ReadonlySet<string> = new Set(['MIDDLEWARE_CONDITION', 'LIMIT_NOT_PLAYED']);

/** How each of it is told, which says what it is of. */
export function limitsOf({ assumptions }: Pick<Routed, 'assumptions'>): readonly string[] {
  return assumptions.flatMap(({ code, message }) => (NOT_PLAYED.has(code) ? [message] : [])).sort();
}

/** The codes of what the client is taken to pass. */
export function conditionsOf({ assumptions }: Pick<Routed, 'assumptions'>): readonly string[] {
  return [...new Set(assumptions.filter(({ code }) => CONDITIONS.has(code)).map(({ code }) => code))].sort();
}

/** The part of an answer that is compared. */
export function sideAnswerOf({ verdict, result, assumptions }: Routed): SideAnswer {
  const { redirect, certificate, responseHeaders, mirrors } = result;
  const backends = result.backends.filter(({ share }) => share > 0);
  const sent = forwardedBy(backends, result.forwarded);
  const rule = decidingRule(result);
  const changes = [...responseHeaders, ...backends.flatMap((one) => one.responseHeaders)];
  return {
    verdict,
    status: result.status,
    backends: backendTexts(backends, result.errorShare),
    path: textOf(sent.map(({ path }) => path)),
    host: textOf(sent.map(({ host }) => host)),
    requestHeaders: [...new Set(sent.flatMap(({ headers }) => headers.map(inLowerCase)))].sort(),
    transportSecurity: changes.findLast(isTransportSecurity)?.value ?? null,
    responseHeaders: changes
      .filter((change) => !isTransportSecurity(change))
      .map(({ action, name, value }) => `${action} ${name.toLowerCase()}${value === null ? '' : `: ${value}`}`)
      .sort(),
    redirect: redirect && `${redirect.status} ${redirect.location}`,
    mirrors: mirrors.map(mirrorText).sort(),
    errorPages: pagesText(result.errorPages),
    limits: limitsText(result.limits),
    certificate: certificate && `${certificate.namespace}/${certificate.secret}`,
    conditions: conditionsOf({ assumptions }),
    ...rule,
  };
}

function isTransportSecurity({ name }: ResponseHeaderChange): boolean {
  return name.toLowerCase() === 'strict-transport-security';
}

/** The rule by which a request goes. */
export function decidingRule({ candidates, possibilities }: RouteResult): Pick<SideAnswer, 'object' | 'pointer'> {
  const decided = candidates.findLast(({ outcome }) => outcome === 'selected') ?? possibilities[0];
  return { object: decided?.object ?? null, pointer: decided?.pointer ?? null };
}

function forwardedBy(backends: readonly RouteBackend[], whole: ForwardedRequest | null): readonly ForwardedRequest[] {
  return backends.flatMap(({ forwarded }) => forwarded ?? whole ?? []);
}

/** How a backend is spoken to, beside plain HTTP: HTTP/2 of any kind is one, and a WebSocket begins as HTTP. What is passed on as it comes says nothing. */
function spokenText({ protocol, tls }: RouteBackend): string {
  if (protocol === null) return '';
  const name = protocol === 'FCGI' ? ' by FastCGI' : protocol === 'H2C' || protocol === 'GRPC' ? ' by HTTP/2' : '';
  return `${name}${tls !== null || protocol === 'WSS' ? ' over TLS' : ''}`;
}

/** `shop/web:80`, how it is spoken to, and its part where several share the requests. */
export function backendTexts(all: readonly RouteBackend[], errorShare: number): readonly string[] {
  const backends = all.filter(({ share }) => share > 0);
  const one = backends.length === 1 && errorShare === 0;
  const texts = backends
    .map((backend) => `${backend.namespace}/${backend.service}:${backend.port}${spokenText(backend)}${one ? '' : ` ${backend.share}`}`)
    .sort();
  return errorShare > 0 ? [...texts, `errors ${errorShare}`] : texts;
}

/** By the Service where one is known: the other side may name it without a URL. */
function mirrorText({ namespace, service, port, percent, url, body }: RouteResult['mirrors'][number]): string {
  const to = namespace === null ? url : `${namespace}/${service}:${port}`;
  return `${to} ${percent} %${body ? '' : ', without body'}`;
}

/** Errors of the backend whose pages somebody else writes. */
function pagesText(pages: RouteResult['errorPages']): string | null {
  if (!pages?.ofBackend) return null;
  const { statuses, namespace, service, port } = pages;
  const writer = service === null ? 'the controller' : `${namespace}/${service}:${port}`;
  return `${[...new Set(statuses)].sort((one, other) => one - other).join(',')} ${writer}`;
}

function textOf(texts: readonly string[]): string | null {
  return texts.length === 0 ? null : [...new Set(texts)].sort().join(' | ');
}

function inLowerCase(header: string): string {
  const colon = header.indexOf(':');
  return `${header.slice(0, colon).toLowerCase()}${header.slice(colon)}`;
}

function limitsText(limits: RouteResult['limits']): string | null {
  if (!limits) return null;
  const { request, backendRequest, retries, retriedStatuses } = limits;
  return JSON.stringify([request, backendRequest, retries, retriedStatuses]);
}

/** Whether a backend serves; otherwise what the controller answers, by its status. */
function ends({ verdict, status }: Pick<SideAnswer, 'verdict' | 'status'>): string {
  if (verdict === 'ROUTED' || verdict === 'DEFAULT_BACKEND') return 'served';
  return status === null ? verdict : String(status);
}

/** No rule takes the request: 404, or no connection. */
function isUnserved({ verdict, object }: SideAnswer): boolean {
  return object === null && (verdict === 'NOT_FOUND' || verdict === 'CONNECTION_REFUSED');
}

/** `308 https://a` leads where `308 https://A:443/` does: scheme and host in any case, the port of the scheme, no path at all for `/` (RFC 9110 §4.2.3). */
function inOneForm(redirect: string | null): string | null {
  const parts = redirect === null ? undefined : URL_PARTS.exec(redirect)?.groups;
  if (!parts) return redirect;
  const { status = '', scheme = '', host = '', port = '', rest = '' } = parts;
  const isUsual = port === '' || port === USUAL_PORTS[scheme.toLowerCase()];
  const path = rest.startsWith('/') ? rest : `/${rest}`;
  return `${status} ${scheme.toLowerCase()}://${host.toLowerCase()}${isUsual ? '' : `:${port}`}${path}`;
}

const URL_PARTS = /^(?<status>\d+) (?<scheme>https?):\/\/(?<host>[^/?#:@[\]]+)(?::(?<port>\d*))?(?<rest>(?:[/?#].*)?)$/is;
const USUAL_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' };

/** Of a failure whose status the rules leave open only its backend can be compared. */
function leavesStatusOpen({ verdict, status }: Pick<SideAnswer, 'verdict' | 'status'>): boolean {
  return status === null && (verdict === 'NO_ENDPOINTS' || verdict === 'SERVICE_MISSING' || verdict === 'PORT_MISSING');
}

/** The same texts in the same order. */
export const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((text, index) => text === b[index]);

/** What two answers differ in; `open`: one of them says too little to tell. Limits count where both sides tell some. */
function compareAnswers(a: SideAnswer, b: SideAnswer): readonly RouteAspect[] | 'open' {
  const always: readonly (RouteAspect | false)[] = [
    !same(a.conditions, b.conditions) && 'conditions',
    a.certificate !== b.certificate && 'certificate',
    a.transportSecurity !== b.transportSecurity && 'transportSecurity',
  ];
  const told = (aspects: readonly (RouteAspect | false)[]) => [...aspects, ...always].filter((aspect) => aspect !== false);
  if (inOneForm(a.redirect) !== inOneForm(b.redirect)) return told(['redirect']);
  if (leavesStatusOpen(a) || leavesStatusOpen(b)) {
    const isSame = a.verdict === b.verdict && same(a.backends, b.backends);
    return isSame ? told([]) : ends(a) === 'served' || ends(b) === 'served' ? told(['status']) : 'open';
  }
  if (ends(a) !== ends(b)) return told([isUnserved(a) && isUnserved(b) ? 'unserved' : 'status']);
  if (ends(a) !== 'served') return told([]);
  return told([
    !same(a.backends, b.backends) && 'backend',
    a.path !== b.path && 'path',
    a.host !== b.host && 'host',
    !same(a.requestHeaders, b.requestHeaders) && 'requestHeaders',
    !same(a.responseHeaders, b.responseHeaders) && 'responseHeaders',
    !same(a.mirrors, b.mirrors) && 'mirrors',
    a.errorPages !== b.errorPages && 'errorPages',
    a.limits !== null && b.limits !== null && a.limits !== b.limits && 'limits',
  ]);
}

/**
 * What two answers differ in. An undefined one differs only where none of its possibilities is what the other side admits: by who answers, and by the backend, which is all
 * that possibilities tell.
 */
export function compareRouted(a: Routed, b: Routed): readonly RouteAspect[] | 'open' {
  if (a.verdict !== 'UNDEFINED' && b.verdict !== 'UNDEFINED') {
    const aspects = compareAnswers(sideAnswerOf(a), sideAnswerOf(b));
    if (aspects === 'open' || !aspects.includes('errorPages') || ![a, b].some(hasMiddleware)) return aspects;
    // What a middleware makes of errors is not told, so that the pages of the other side may be those of both.
    const others = aspects.filter((aspect) => aspect !== 'errorPages');
    return others.length === 0 ? 'open' : others;
  }
  const [ofA, ofB] = [admitted(a), admitted(b)];
  if (ofA.length === 0 || ofB.length === 0) return 'open';
  const pairs = ofA.flatMap((one) => ofB.map((other) => plainly(one, other)));
  return pairs.every((aspect) => aspect !== undefined) ? [...new Set(pairs)] : 'open';
}

/** Whether something is taken not to act on the answer, pages of errors among it. */
function hasMiddleware({ assumptions }: Routed): boolean {
  return assumptions.some(({ code }) => code === 'MIDDLEWARE_CONDITION');
}

type Plain = Pick<SideAnswer, 'verdict' | 'status' | 'backends'>;

/** Who may answer; nothing where one possibility says too little. */
function admitted({ verdict, result }: Routed): readonly Plain[] {
  const own = { verdict, status: result.status, backends: result.backends };
  const all = verdict === 'UNDEFINED' ? result.possibilities : [own];
  if (all.some((one) => one.verdict === 'UNDEFINED' || one.verdict === 'REDIRECTED' || leavesStatusOpen(one))) return [];
  return all.map((one) => ({ verdict: one.verdict, status: one.status, backends: backendTexts(one.backends, 0) }));
}

/** Undefined: they may be the same. */
function plainly(a: Plain, b: Plain): 'status' | 'backend' | undefined {
  if (ends(a) !== ends(b)) return 'status';
  return ends(a) === 'served' && !same(a.backends, b.backends) ? 'backend' : undefined;
}
