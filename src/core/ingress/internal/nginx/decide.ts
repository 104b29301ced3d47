import { assertNever } from '../../../kernel/assert-never.js';
import type { RouteRequest } from '../../route-request.js';
import type { Outcome } from '../dialect.js';
import { notFound } from '../outcomes.js';
import type { RequestHost } from '../request-host.js';
import { admit } from './access.js';
import { annotationPointer } from './annotation-reader.js';
import type { NginxAnnotations } from './annotations.js';
import type { Admitted } from './authenticate.js';
import { blockOf } from './blocks.js';
import { asksForCertificate, refusedByServer } from './client-certificates.js';
import type { Context } from './context.js';
import { denialOf } from './denial.js';
import { withPage } from './error-pages.js';
import { accessOf } from './forwarded-access.js';
import { chooseLocation } from './location-choice.js';
import { answeredOptions, corsHeaders } from './nginx-cors.js';
import { redirected, refused, type Source, sourceOf, unknown } from './nginx-outcomes.js';
import { proxied } from './proxy.js';
import { fill, requestUri } from './rewrite.js';
import type { ServerChoice } from './server-choice.js';
import type { Location, NginxServer } from './servers.js';
import { normaliseUri } from './uri.js';
import type { Visit } from './visit.js';

/** What becomes of a request, and the location that took it. */
export interface Decision {
  readonly outcomes: readonly Outcome[];
  readonly location: Location | undefined;
  /** Annotations that ask who the client is, which it is taken to answer. */
  readonly passes: readonly string[];
}

/** A location that nginx takes; or that nothing else needs to be asked. */
type Located = { readonly type: 'in'; readonly visit: Visit } | (Decision & { readonly type: 'ended' });

const ended = (outcome: Outcome, location?: Location): Located => ({ type: 'ended', outcomes: [outcome], location, passes: [] });

/** The way of one request through nginx (rules B3 to B23). */
export function decide(context: Context, choice: ServerChoice | undefined, request: RouteRequest, host: RequestHost): Decision {
  const located = locate(context, choice, request, host);
  const { outcomes, passes, location } =
    located.type === 'ended' ? located : { ...inLocation(context, located.visit), location: located.visit.location };
  if (choice?.type !== 'server') return { outcomes, location, passes };
  const shown = asksForCertificate(context.model, choice.server, request);
  const open = snippetOf(context, choice.server, located.type === 'in' ? location : undefined, request);
  return { outcomes: open ? unsure([...outcomes, open]) : outcomes, location, passes: [...shown, ...passes] };
}

/** Of several outcomes nobody knows which one it is, for a snippet may do anything. */
function unsure(outcomes: readonly Outcome[]): readonly Outcome[] {
  return outcomes.map((outcome) => ({ ...outcome, because: 'SNIPPET_NOT_EVALUATED' }));
}

/** That a snippet of the server, or of the location that was entered unless it is denied, may change all; undefined: there is none. */
function snippetOf(context: Context, server: NginxServer, location: Location | undefined, request: RouteRequest): Outcome | undefined {
  if (context.options.snippets === false || normaliseUri(request.path) === undefined) return undefined;
  const { snippets = [] } = location?.annotations ?? {};
  const names = location && snippets.length > 0 && denialOf(context, location) === undefined ? snippets : [];
  const all = [...(server.snippet ? ['server-snippet'] : []), ...names];
  if (all.length === 0) return undefined;
  const ingress = server.snippet ?? location?.ingress;
  const nobody = { router: context.router, ingress, served: `host ${server.host}` };
  const source = location && location.ingress === ingress ? sourceOf(context.router, location) : nobody;
  const message = `\`${all.join('`, `')}\` runs directives of its own, which are not evaluated; controllers ignore snippets unless \`allow-snippet-annotations\` is on`;
  return unknown({ ...source, pointer: annotationPointer(all[0] ?? '') }, 'SNIPPET_NOT_EVALUATED', message);
}

/** What every server refuses before it looks at anything else. */
function blocked({ options }: Context, nobody: Source, request: RouteRequest): Outcome | undefined {
  const block = blockOf(options, request);
  if (!block) return undefined;
  return 'why' in block
    ? refused(nobody, 403, 'CLIENT_BLOCKED', `${block.why}: the controller answers 403 everywhere`)
    : unknown(nobody, 'PATTERN_UNSUPPORTED', `\`${block.unsupported}\`, which blocks clients, is an expression that cannot be evaluated`);
}

/** The location that nginx takes, and whether every expression was evaluated: those that it came by, and those that pick a canary. */
export function takenLocation(
  context: Context,
  choice: ServerChoice | undefined,
  request: RouteRequest,
  host: RequestHost,
): { readonly location: Location | undefined; readonly isRead: boolean } {
  const located = locate(context, choice, request, host);
  const location = located.type === 'in' ? located.visit.location : located.location;
  if (located.type === 'in' && location?.upstream?.alternative === undefined) return { location, isRead: true };
  const { outcomes } = located.type === 'in' ? inLocation(context, located.visit) : located;
  return { location, isRead: outcomes.every(({ reached }) => reached.unspecified.every(({ code }) => code !== 'PATTERN_UNSUPPORTED')) };
}

/** Where a request goes before anything is asked of it. */
function locate(context: Context, choice: ServerChoice | undefined, request: RouteRequest, host: RequestHost): Located {
  const { router } = context;
  const nobody: Source = { router, ingress: undefined, pointer: '', served: '' };
  if (!choice) return ended(notFound(router));
  if (choice.type === 'unsupported') {
    return ended(unknown(nobody, 'PATTERN_UNSUPPORTED', `the alias \`~${choice.pattern}\` is an expression that cannot be evaluated`));
  }
  const uri = normaliseUri(request.path);
  if (uri === undefined)
    return ended(
      refused(nobody, 400, 'PATH_LEAVES_ROOT', `nginx answers 400: \`${request.path}\` leaves the root or is not encoded rightly`),
    );
  if (choice.type === 'www') return ended(toOtherName(context, nobody, choice.server, request));
  const { server } = choice;
  const refusal = blocked(context, nobody, request) ?? refusedByServer(context, server, request);
  if (refusal) return ended(refusal);
  const root = uri === '/' ? server.appRoot : undefined;
  if (root?.annotations) {
    const location = `${request.scheme}://${request.host}${root.annotations.appRoot}`;
    const source = { ...sourceOf(router, root), pointer: annotationPointer('app-root') };
    return ended(redirected(source, 302, location, 'APP_ROOT', `\`app-root\` sends \`/\` to \`${root.annotations.appRoot}\``), root);
  }
  return inServer(context, server, uri, request, host);
}

function inServer(context: Context, server: NginxServer, uri: string, request: RouteRequest, host: RequestHost): Located {
  const { router } = context;
  const chosen = chooseLocation(server, uri);
  switch (chosen.type) {
    case 'none':
      return ended(notFound(router));
    case 'unsupported': {
      const message = `the path \`${chosen.location.path}\` is an expression that cannot be evaluated; it comes before every path that could match`;
      return ended(unknown(sourceOf(router, chosen.location), 'PATTERN_UNSUPPORTED', message), chosen.location);
    }
    case 'slash': {
      const query = request.query === undefined ? '' : `?${request.query}`;
      const message = `only \`${chosen.location.path}\` exists: nginx redirects to it`;
      const [target, header] = located(context, `${chosen.location.path}${query}`, chosen.location, request, host);
      const outcome = redirected(sourceOf(router, chosen.location), 301, target, 'SLASH_ADDED', message, header);
      return ended(withTransportSecurity(context, request, outcome), chosen.location);
    }
    case 'location':
      return { type: 'in', visit: { server, location: chosen.location, uri, request, host } };
    default:
      return assertNever(chosen);
  }
}

/** In a location: whether it is denied, redirects, then https, then whether anything can serve it, then who may (rules B14, B13, B23, B17). */
function inLocation(context: Context, visit: Visit): Admitted {
  const { location } = visit;
  const { annotations } = location;
  const source = sourceOf(context.router, location);
  if (!annotations) return withPages(context, visit, admit(context, visit, proxied(context, visit)));
  const denial = denialOf(context, location);
  if (denial !== undefined) {
    const denied = refused(source, 503, 'ANNOTATION_INVALID', `${denial}: the location answers 503`);
    // Nothing of what its Ingress asks stands in a location that is denied.
    return withPages(context, { ...visit, location: { ...location, annotations: undefined } }, only(denied));
  }
  return answered(context, visit, annotations);
}

/** What a location that is not denied makes of a request, and what it says in its own answers to other origins. */
function answered(context: Context, visit: Visit, annotations: NginxAnnotations): Admitted {
  const cors = corsHeaders(annotations.cors, visit);
  if (cors && visit.request.method === 'OPTIONS')
    return only(withTransportSecurity(context, visit.request, answeredOptions(sourceOf(context.router, visit.location), cors)));
  const sure = askedRedirect(context, visit, annotations) ?? httpsRedirect(context, visit, annotations);
  const { outcomes, passes } = sure ? only(sure) : admit(context, visit, proxied(context, visit));
  return withPages(context, visit, {
    outcomes: cors ? outcomes.map((outcome) => ({ ...outcome, responseHeaders: cors })) : outcomes,
    passes,
  });
}

/** Whoever writes the page of an error stands elsewhere, and says nothing of TLS. */
function withPages(context: Context, visit: Visit, { outcomes, passes }: Admitted): Admitted {
  return { outcomes: outcomes.map((outcome) => withPage(context, visit, withTransportSecurity(context, visit.request, outcome))), passes };
}

/** What every location says in answers over TLS, whatever the certificate (`lua_ingress.lua`, `header`, which does not ask for one: it names the function and never calls it). */
function withTransportSecurity({ options: { hsts } }: Context, { scheme }: RouteRequest, outcome: Outcome): Outcome {
  if (hsts === undefined || scheme !== 'https') return outcome;
  const header = { action: 'set', name: 'Strict-Transport-Security', value: hsts } as const;
  return { ...outcome, responseHeaders: [...(outcome.responseHeaders ?? []), header] };
}

const only = (outcome: Outcome): Admitted => ({ outcomes: [outcome], passes: [] });

function askedRedirect(context: Context, visit: Visit, { redirect }: NginxAnnotations): Outcome | undefined {
  if (!redirect) return undefined;
  const { location, request, host } = visit;
  const source = sourceOf(context.router, location);
  const filled = fill(redirect.url, [], request, host.name);
  if (filled !== undefined) {
    const [target, header] = located(context, filled, location, request, host);
    return redirected(source, redirect.code, target, 'REDIRECT_ASKED', `an annotation redirects to \`${redirect.url}\``, header);
  }
  return unknown(
    source,
    'VARIABLE_UNKNOWN',
    `the redirect ${redirect.code} to \`${redirect.url}\` names a variable of nginx whose value is not known`,
  );
}

/** Where a redirect of nginx leads, and its Location header: nginx puts scheme and host before a path unless `absolute_redirect` is off. */
function located(
  { options }: Context,
  target: string,
  { annotations }: Location,
  { scheme, path }: RouteRequest,
  { name }: RequestHost,
): readonly [target: string, header: string] {
  if (target.startsWith('/')) {
    const absolute = `${scheme}://${name}${target}`;
    return [absolute, (annotations?.relativeRedirects ?? options.relativeRedirects) ? target : absolute];
  }
  return [target.includes('://') ? target : `${scheme}://${name}${path.slice(0, path.lastIndexOf('/') + 1)}${target}`, target];
}

function httpsRedirect(
  { router, certificates, options }: Context,
  { location, request, host }: Visit,
  annotations: NginxAnnotations,
): Outcome | undefined {
  const { scheme, host: asked } = accessOf(options, request);
  if (scheme !== 'http' || options.noTlsRedirect.some((start) => location.path.startsWith(start))) return undefined;
  const isForced = annotations.forceSslRedirect ?? options.forceSslRedirect;
  if (!isForced && !((annotations.sslRedirect ?? options.sslRedirect) && certificates.isConfigured(host.name))) return undefined;
  const uri = requestUri(request);
  const isCut = uri.endsWith('/') && !(annotations.preserveTrailingSlash ?? options.preserveTrailingSlash);
  const port = (annotations.portInRedirects ?? options.portInRedirects) ? ':443' : '';
  const target = `https://${asked.split(':')[0] ?? ''}${port}${isCut ? uri.slice(0, -1) : uri}`;
  const why = isForced
    ? '`force-ssl-redirect` is set'
    : 'a certificate is configured for the host, and `ssl-redirect` is on unless set otherwise';
  return redirected(sourceOf(router, location), options.redirectCode, target, 'HTTPS_REDIRECT', why);
}

/** `ngx_srv_redirect.lua`. */
function toOtherName({ options }: Context, source: Source, server: NginxServer, request: RouteRequest): Outcome {
  const uri = requestUri(request);
  const { scheme, port } = accessOf(options, request);
  const target = `${scheme}://${server.host}:${port}${uri.endsWith('/') ? uri.slice(0, -1) : uri}`;
  return redirected(source, options.redirectCode, target, 'WWW_REDIRECT', `\`from-to-www-redirect\` sends the name to \`${server.host}\``);
}
