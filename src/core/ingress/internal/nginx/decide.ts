import type { Note } from '../../../kernel/answer.js';
import { assertNever } from '../../../kernel/assert-never.js';
import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { RouteRequest } from '../../route-request.js';
import type { Outcome } from '../dialect.js';
import { notFound } from '../outcomes.js';
import { readRequestHost, type RequestHost } from '../request-host.js';
import { admit } from './access.js';
import { annotationPointer } from './annotation-reader.js';
import type { NginxAnnotations } from './annotations.js';
import type { Admitted } from './authenticate.js';
import { blockOf } from './blocks.js';
import {
  type Client,
  clientAt,
  grantedToClient,
  greetingGuard,
  ledToPage,
  passedByClient,
  refusedByServer,
  turnedAway,
} from './client-check.js';
import type { Context } from './context.js';
import { denialOf } from './denial.js';
import { signInOfBackend, withPage } from './error-pages.js';
import { generalStatuses } from './general-pages.js';
import { chooseLocation } from './location-choice.js';
import { answeredOptions, corsHeaders } from './nginx-cors.js';
import { closed, redirected, refused, type Source, sourceOf, unknown } from './nginx-outcomes.js';
import { ownAnswer } from './own-answer.js';
import { proxied } from './proxy.js';
import { askedRedirect, besidePath, httpsRedirect, redirectTarget, toOtherName } from './redirects.js';
import type { ServerChoice } from './server-choice.js';
import { DEFAULT_LOCATION, type Location, type NginxServer } from './servers.js';
import { normaliseUri } from './uri.js';
import type { Visit } from './visit.js';

/** What becomes of a request, and the location that took it. */
export interface Decision {
  readonly outcomes: readonly Outcome[];
  readonly location: Location | undefined;
  /** Annotations that ask who the client is, which it is taken to answer. */
  readonly passes: readonly string[];
  /** What is taken for granted of the client, and of who is asked about it. */
  readonly granted: readonly Note[];
}

/** A location that nginx takes; or that nothing else needs to be asked. `led`: the client is led there in place of what it asked for. */
type Located = { readonly led?: EvidenceStep } & (
  | { readonly type: 'in'; readonly visit: Visit }
  | { readonly type: 'ended'; readonly outcomes: readonly Outcome[]; readonly location: Location | undefined; readonly client?: Client }
);

const ended = (outcome: Outcome, location?: Location, client?: Client): Located => ({
  type: 'ended',
  outcomes: [outcome],
  location,
  client,
});

/** The way of one request through nginx (rules B3 to B23). */
export function decide(context: Context, choice: ServerChoice | undefined, request: RouteRequest, host: RequestHost): Decision {
  const located = locate(context, choice, request, host);
  const { outcomes, passes, granted, location, client } =
    located.type === 'ended'
      ? { ...located, passes: [], granted: [] }
      : { ...inLocation(context, located.visit), location: located.visit.location, client: located.visit.client };
  const told = located.led === undefined ? outcomes : outcomes.map((outcome) => after(located.led, outcome));
  if (choice?.type !== 'server') return { outcomes: told, location, passes, granted };
  const open = snippetOf(context, choice.server, located.type === 'in' ? location : undefined, request);
  return {
    outcomes: open ? unsure([...told, open]) : told,
    location,
    passes: [...(client ? passedByClient(client) : []), ...passes],
    granted: [...granted, ...(client ? grantedToClient(client) : [])],
  };
}

function after(step: EvidenceStep | undefined, outcome: Outcome): Outcome {
  return step ? { ...outcome, reached: { ...outcome.reached, steps: [step, ...outcome.reached.steps] } } : outcome;
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
  if (isUnnamed(context, request)) return ended(closed(nobody, 'certificate', 'HANDSHAKE_REJECTED', REJECTED));
  if (choice.type === 'unsupported') {
    return ended(unknown(nobody, 'PATTERN_UNSUPPORTED', `the alias \`~${choice.pattern}\` is an expression that cannot be evaluated`));
  }
  const uri = normaliseUri(request.path);
  if (uri === undefined) return ended(unreadPath(context, nobody, request));
  if (choice.type === 'www') return ended(toOtherName(context, nobody, choice.server, request));
  const { server } = choice;
  const client = clientAt(context, server, request, host);
  const arrival: Arrival = { server, client, uri, request, host, page: undefined };
  const away = turnedAway(context, server, client);
  if (!away) return inServer(context, arrival);
  if ('page' in away) return toPage(context, arrival, away.page);
  const at = { ...arrival, location: DEFAULT_LOCATION, client: { ...client, guard: away.guard ?? client.guard } };
  return ended(withPage(context, at, away.outcome, away.error), undefined, client);
}

const REJECTED = '`ssl-reject-handshake`: no server has the name of the TLS hello, and nginx closes the connection';

/** TLS for a name that only the server for every other host answers to (ngx_http_ssl_module, `ssl_reject_handshake` of the default server). */
function isUnnamed({ options, names }: Context, { scheme, sni }: RouteRequest): boolean {
  if (!options.rejectsUnnamed || scheme !== 'https') return false;
  const greeted = sni === undefined ? undefined : names.choose(readRequestHost(sni));
  return greeted === undefined || (greeted.type === 'server' && greeted.by === 'any');
}

/** nginx answers before it reads the Host header. A page for it would be a named location, to which nothing leads without a path: 500 (`ngx_http_named_location`). */
function unreadPath(context: Context, nobody: Source, request: RouteRequest): Outcome {
  const hasPage = generalStatuses(context, greetingGuard(context, request)).includes(400);
  const status = hasPage ? 500 : 400;
  const why = `\`${request.path}\` leaves the root or is not encoded rightly`;
  const page = hasPage ? ', and `custom-http-errors` leads 400 to a page that a request without path cannot reach' : '';
  return refused(nobody, status, 'PATH_LEAVES_ROOT', `nginx answers ${status}: ${why}${page}`);
}

/** A request at the server that takes it. */
type Arrival = Omit<Visit, 'location'>;

/** `error_page 495 496 = page` (ngx_http_core_module): a path is looked for in the server anew, anything else is where the client is sent. */
function toPage(context: Context, arrival: Arrival, page: string): Located {
  const { server, client, request, host } = arrival;
  const led = ledToPage(context, server, client, page);
  if (page.startsWith('/')) return { ...inServer(context, { ...arrival, uri: page, page }), led };
  const source: Source = {
    router: context.router,
    ingress: client.guard.ingress,
    pointer: led.pointer ?? '',
    served: `host ${server.host}`,
  };
  // ngx_http_named_location: there is no such location but in snippets.
  if (page.startsWith('@'))
    return ended(refused(source, 500, 'CLIENT_CERTIFICATE_REFUSED', `there is no location \`${page}\`: 500`), undefined, client);
  const target = page.includes('://') ? page : besidePath(request, host, page);
  return ended(redirected(source, 302, target, 'CLIENT_CERTIFICATE_REFUSED', led.message, page), undefined, client);
}

/** What a server does before it looks for a location, and the one that it finds. */
function inServer(context: Context, arrival: Arrival): Located {
  const { router } = context;
  const { server, client, uri, request } = arrival;
  const nobody: Source = { router, ingress: undefined, pointer: '', served: '' };
  const refusal = blocked(context, nobody, request) ?? refusedByServer(context, server, client);
  if (refusal) return ended(withPage(context, { ...arrival, location: DEFAULT_LOCATION }, refusal), undefined, client);
  const root = uri === '/' ? server.appRoot : undefined;
  if (root?.annotations) {
    const location = `${request.scheme}://${request.host}${root.annotations.appRoot}`;
    const source = { ...sourceOf(router, root), pointer: annotationPointer('app-root') };
    return ended(
      redirected(source, 302, location, 'APP_ROOT', `\`app-root\` sends \`/\` to \`${root.annotations.appRoot}\``),
      root,
      client,
    );
  }
  return atLocation(context, arrival);
}

function atLocation(context: Context, arrival: Arrival): Located {
  const { router } = context;
  const { server, client, uri, request, host, page } = arrival;
  const chosen = chooseLocation(server, uri);
  switch (chosen.type) {
    case 'none':
      return ended(notFound(router), undefined, client);
    case 'unsupported': {
      const message = `the path \`${chosen.location.path}\` is an expression that cannot be evaluated; it comes before every path that could match`;
      return ended(unknown(sourceOf(router, chosen.location), 'PATTERN_UNSUPPORTED', message), chosen.location, client);
    }
    case 'slash': {
      const query = request.query === undefined || page !== undefined ? '' : `?${request.query}`;
      const message = `only \`${chosen.location.path}\` exists: nginx redirects to it`;
      const [target, header] = redirectTarget(context, `${chosen.location.path}${query}`, chosen.location, request, host);
      const outcome = redirected(sourceOf(router, chosen.location), 301, target, 'SLASH_ADDED', message, header);
      return ended(withTransportSecurity(context, request, outcome), chosen.location, client);
    }
    case 'location':
      return { type: 'in', visit: { ...arrival, location: chosen.location } };
    default:
      return assertNever(chosen);
  }
}

/** In a location: whether it is denied, redirects, then https, then whether anything can serve it, then who may (rules B14, B13, B23, B17). */
function inLocation(context: Context, visit: Visit): Admitted {
  const { location } = visit;
  const { annotations } = location;
  const own = ownAnswer(context, visit);
  if (own) return only(own);
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
  const { outcomes, passes, granted } = sure ? only(sure) : admit(context, visit, proxied(context, visit));
  const isPassedOn = outcomes.some(({ backends, status }) => backends.length > 0 && status === null);
  return withPages(context, visit, {
    outcomes: cors ? outcomes.map((outcome) => ({ ...outcome, responseHeaders: cors })) : outcomes,
    passes,
    granted: isPassedOn ? [...granted, ...signInOfBackend(context, visit)] : granted,
  });
}

/** Whoever writes the page of an error stands elsewhere, and says nothing of TLS. */
function withPages(context: Context, visit: Visit, admitted: Admitted): Admitted {
  const outcomes = admitted.outcomes.map((outcome) => withPage(context, visit, withTransportSecurity(context, visit.request, outcome)));
  return { ...admitted, outcomes };
}

/** What every location says in answers over TLS, whatever the certificate (`lua_ingress.lua`, `header`, which does not ask for one: it names the function and never calls it). */
function withTransportSecurity({ options: { hsts } }: Context, { scheme }: RouteRequest, outcome: Outcome): Outcome {
  if (hsts === undefined || scheme !== 'https') return outcome;
  const header = { action: 'set', name: 'Strict-Transport-Security', value: hsts } as const;
  return { ...outcome, responseHeaders: [...(outcome.responseHeaders ?? []), header] };
}

const only = (outcome: Outcome): Admitted => ({ outcomes: [outcome], passes: [], granted: [] });
