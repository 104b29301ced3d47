import { assertNever } from '../../../kernel/assert-never.js';
import type { RouteRequest } from '../../route-request.js';
import type { Outcome } from '../dialect.js';
import { notFound } from '../outcomes.js';
import type { RequestHost } from '../request-host.js';
import { type Admitted, admit } from './access.js';
import { annotationPointer } from './annotation-reader.js';
import type { NginxAnnotations } from './annotations.js';
import { asksForCertificate, refusedByServer } from './client-certificates.js';
import type { Context } from './context.js';
import { denialOf } from './denial.js';
import { withPage } from './error-pages.js';
import { chooseLocation } from './location-choice.js';
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
  const shown = choice?.type === 'server' ? asksForCertificate(context.model, choice.server, request) : [];
  return { outcomes, location, passes: [...shown, ...passes] };
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
  if (choice.type === 'www') return ended(toOtherName(nobody, choice.server, request, context.options.redirectCode));
  const { server } = choice;
  const refusal = refusedByServer(context, server, request);
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
      return ended(redirected(sourceOf(router, chosen.location), 301, target, 'SLASH_ADDED', message, header), chosen.location);
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
  if (!annotations) return only(withPage(context, visit, proxied(context, visit)));
  const denial = denialOf(context.model, location);
  if (denial !== undefined) {
    const denied = refused(source, 503, 'ANNOTATION_INVALID', `${denial}: the location answers 503`);
    // Nothing of what its Ingress asks stands in a location that is denied.
    return only(withPage(context, { ...visit, location: { ...location, annotations: undefined } }, denied));
  }
  const sure = askedRedirect(context, visit, annotations) ?? httpsRedirect(context, visit, annotations);
  const admitted = sure ? only(sure) : withPages(context, visit, admit(context, visit, annotations, proxied(context, visit)));
  const { snippets } = annotations;
  if (snippets.length === 0 || context.options.snippets === false) return admitted;
  const message = `\`${snippets.join('`, `')}\` runs directives of its own, which are not evaluated; controllers ignore snippets unless \`allow-snippet-annotations\` is on`;
  const open = unknown({ ...source, pointer: annotationPointer(snippets[0] ?? '') }, 'SNIPPET_NOT_EVALUATED', message);
  return { ...admitted, outcomes: [...admitted.outcomes, open].map((outcome) => ({ ...outcome, because: 'SNIPPET_NOT_EVALUATED' })) };
}

function withPages(context: Context, visit: Visit, { outcomes, passes }: Admitted): Admitted {
  return { outcomes: outcomes.map((outcome) => withPage(context, visit, outcome)), passes };
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
  if (request.scheme !== 'http' || options.noTlsRedirect.some((start) => location.path.startsWith(start))) return undefined;
  const isForced = annotations.forceSslRedirect ?? options.forceSslRedirect;
  if (!isForced && !((annotations.sslRedirect ?? options.sslRedirect) && certificates.isConfigured(host.name))) return undefined;
  const uri = requestUri(request);
  const isCut = uri.endsWith('/') && !(annotations.preserveTrailingSlash ?? options.preserveTrailingSlash);
  const port = (annotations.portInRedirects ?? options.portInRedirects) ? ':443' : '';
  const target = `https://${request.host.split(':')[0] ?? ''}${port}${isCut ? uri.slice(0, -1) : uri}`;
  const why = isForced
    ? '`force-ssl-redirect` is set'
    : 'a certificate is configured for the host, and `ssl-redirect` is on unless set otherwise';
  return redirected(sourceOf(router, location), options.redirectCode, target, 'HTTPS_REDIRECT', why);
}

function toOtherName(source: Source, server: NginxServer, request: RouteRequest, code: number): Outcome {
  const uri = requestUri(request);
  const port = request.scheme === 'https' ? 443 : 80;
  const target = `${request.scheme}://${server.host}:${port}${uri.endsWith('/') ? uri.slice(0, -1) : uri}`;
  return redirected(source, code, target, 'WWW_REDIRECT', `\`from-to-www-redirect\` sends the name to \`${server.host}\``);
}
