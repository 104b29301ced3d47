import type { Note } from '../../../kernel/answer.js';
import type { AuthAnswer } from '../../route-request.js';
import type { ResponseHeaderChange } from '../../route-result.js';
import type { Outcome } from '../dialect.js';
import { headerValue } from '../header-list.js';
import { annotationPointer } from './annotation-reader.js';
import type { AskedPassword, AskedService } from './asked-authentication.js';
import type { Context } from './context.js';
import { ownDefaultBackend } from './default-backends.js';
import { accessOf } from './forwarded-access.js';
import { generalStatuses } from './general-pages.js';
import { redirected, refused, sourceOf, unknown } from './nginx-outcomes.js';
import { fill, requestUri } from './rewrite.js';
import type { Visit } from './visit.js';

/** What comes of a request that may be let in, and the annotations whose question who the client is it is taken to answer. */
export interface Admitted {
  readonly outcomes: readonly Outcome[];
  readonly passes: readonly string[];
  /** What is taken for granted of who is asked about it. */
  readonly granted: readonly Note[];
}

/** Who is asked about the clients of a location. */
export interface Asked {
  /** The annotations, and the setting of the controller, that ask. */
  readonly names: readonly string[];
  readonly service: AskedService | undefined;
  readonly password: AskedPassword | undefined;
  readonly isAnyEnough: boolean;
}

/** What becomes of a client whose name is asked for: it is taken to be let in unless the question says what comes of it (rule B18). */
export function authenticate(context: Context, visit: Visit, served: Outcome, asked: Asked): Admitted {
  const { auth } = visit.request;
  const granted = asked.service ? grantedToPages(context, visit) : [];
  if (!auth) return { outcomes: [served], passes: asked.names, granted };
  if (isLetIn(auth)) return { outcomes: [letIn(served, auth, asked)], passes: [], granted };
  const heard = asked.service ? answerHeard(context, visit, auth) : auth;
  return { outcomes: [turnedAway(context, visit, heard, asked)], passes: [], granted };
}

/** Refusals of the service in whose place nginx takes the answer of whoever writes their pages: the request to it inherits `proxy_intercept_errors` and `error_page` (kubernetes/ingress-nginx#12876). */
function refusalsWithPages(context: Context, { client }: Visit): readonly number[] {
  return context.options.interceptsErrors
    ? generalStatuses(context, client.guard).filter((status) => status === 401 || status === 403)
    : [];
}

/** The controller itself answers 404, which is no refusal; others are taken to answer with the status that they are told, as they are asked to (`docs/user-guide/custom-errors.md`). */
function answerHeard(context: Context, visit: Visit, auth: AuthAnswer): AuthAnswer {
  if (!refusalsWithPages(context, visit).includes(auth.status)) return auth;
  return ownDefaultBackend(context) ? { status: auth.status, headers: [] } : { status: 404, headers: [] };
}

function grantedToPages(context: Context, visit: Visit): readonly Note[] {
  const statuses = refusalsWithPages(context, visit);
  const backend = statuses.length === 0 ? undefined : ownDefaultBackend(context)?.backend;
  if (!backend) return [];
  const message = `where the service that is asked about clients answers ${statuses.join(' or ')}, nginx goes by what ${backend.namespace}/${backend.service} answers, which writes the pages of these errors: it is taken to answer with that status; by an answer of 200 everybody is let in`;
  return [{ code: 'AUTHENTICATION_BY_ERROR_PAGE', message }];
}

const isLetIn = ({ status }: AuthAnswer) => status >= 200 && status < 300;

/** `auth_request_set`: the backend gets the headers that are named as the service answered them, and never those of the client; an empty one is left out. */
function letIn(served: Outcome, auth: AuthAnswer, { service }: Asked): Outcome {
  if (!service) return served;
  const cookie = headerValue(auth.headers, 'set-cookie');
  const cookies = cookie === undefined ? [] : [{ action: 'add', name: 'Set-Cookie', value: cookie } as const];
  const { forwarded } = served;
  const responseHeaders = [...(served.responseHeaders ?? []), ...cookies];
  if (!forwarded || service.headers.length === 0) return { ...served, responseHeaders };
  const told = new Set(service.headers.map((name) => name.toLowerCase()));
  const others = forwarded.headers.filter((line) => !told.has(line.slice(0, line.indexOf(':')).toLowerCase()));
  const names = service.headers.filter((name, at) => service.headers.findIndex((one) => one.toLowerCase() === name.toLowerCase()) === at);
  const headers = names.flatMap((name) => {
    const value = headerValue(auth.headers, name) ?? '';
    return value === '' ? [] : [`${name}: ${value}`];
  });
  return { ...served, forwarded: { ...forwarded, headers: [...others, ...headers] }, responseHeaders };
}

/**
 * ngx_http_auth_request_module: 401 and 403 are handed on, anything else is an error of the server. A password that is wrong is 401, before any service is asked; where one of both is
 * enough the service is asked all the same, and its errors end the request (`ngx_http_core_access_phase`).
 */
function turnedAway(context: Context, visit: Visit, auth: AuthAnswer, { names, service, password, isAnyEnough }: Asked): Outcome {
  const ofService = auth.status === 401 || auth.status === 403 ? auth.status : 500;
  const status = password && !(isAnyEnough && service && ofService === 500) ? 401 : ofService;
  if (status === 401 && service && service.signIn !== '') return toSignIn(context, visit, service);
  const message = `the client does not pass \`${names.join('`, `')}\`: ${status}`;
  const [name = 'global-auth-url'] = names;
  const own = sourceOf(context.router, visit.location);
  const source = name === 'global-auth-url' ? own : { ...own, pointer: annotationPointer(name) };
  const outcome = refused(source, status, 'AUTHENTICATION_FAILED', message);
  return { ...outcome, responseHeaders: [...challenge(auth, status, password), ...cookiesOfErrors(auth, service)] };
}

function challenge(auth: AuthAnswer, status: number, password: AskedPassword | undefined): readonly ResponseHeaderChange[] {
  if (status !== 401) return [];
  const value = password
    ? password.type === 'basic'
      ? `Basic realm="${password.realm}"`
      : undefined
    : headerValue(auth.headers, 'www-authenticate');
  return value === undefined ? [] : [{ action: 'set', name: 'WWW-Authenticate', value }];
}

/** `add_header` without `always` says nothing in errors. */
function cookiesOfErrors(auth: AuthAnswer, service: AskedService | undefined): readonly ResponseHeaderChange[] {
  const cookie = service?.alwaysSetsCookie === true ? headerValue(auth.headers, 'set-cookie') : undefined;
  return cookie === undefined ? [] : [{ action: 'add', name: 'Set-Cookie', value: cookie }];
}

/** `buildAuthSignURL` of `template.go`: the page is told where the client wanted to go, unless its URL says so itself. */
function toSignIn(context: Context, { location, request, host }: Visit, { signIn, signInParameter }: AskedService): Outcome {
  const source = { ...sourceOf(context.router, location), pointer: annotationPointer('auth-signin') };
  const filled = fill(signIn, [], request, host.name, context.options.joinsHeaders);
  if (filled === undefined)
    return unknown(
      source,
      'VARIABLE_UNKNOWN',
      `\`auth-signin\` leads to \`${signIn}\`, which names a variable of nginx whose value is not known`,
    );
  const query = signIn.includes('?') ? signIn.slice(signIn.indexOf('?') + 1) : '';
  const isTold = (new URLSearchParams(query).get(signInParameter) ?? '') !== '';
  const wanted = `${signInParameter}=${accessOf(context.options, request).scheme}://${request.host}${escaped(requestUri(request))}`;
  const target = isTold ? filled : `${filled}${query === '' ? '?' : '&'}${wanted}`;
  return redirected(source, 302, target, 'SIGN_IN', `the client does not pass \`auth-url\`, and \`auth-signin\` sends it to sign in`);
}

/** `set_escape_uri` of ngx_set_misc: all but unreserved characters. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}
