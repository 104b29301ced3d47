import type { Note } from '../../../kernel/answer.js';
import { assertNever } from '../../../kernel/assert-never.js';
import type { VirtualServer } from '../../../resources/virtual-server.js';
import type { RouteRequest } from '../../route-request.js';
import type { Outcome } from '../dialect.js';
import type { LocationChoice } from '../nginx/location-choice.js';
import { closed, redirected, refused, sourceOf, unknown } from '../nginx/nginx-outcomes.js';
import { requestUri } from '../nginx/rewrite.js';
import type { Location } from '../nginx/servers.js';
import { normaliseUri } from '../nginx/uri.js';
import { notFound } from '../outcomes.js';
import type { RequestHost } from '../request-host.js';
import { f5Annotations } from './f5-annotations.js';
import { choicesAt } from './f5-choice.js';
import { handshakeFault } from './f5-certificate.js';
import { byDefaultServer, defaultAnswer, unheardBecause } from './f5-listening.js';
import { withHsts, withPolicyHsts } from './f5-hsts.js';
import type { NamedOutcome, PolicySet } from './f5-policies.js';
import { cameBy, type Taken } from './f5-proxy.js';
import { EVERY_OTHER_HOST, type F5Server, hostText } from './f5-server.js';
import { decideIngress } from './ingress-decide.js';
import { backupGranted } from './f5-upstream.js';
import { transportOutcome } from './transport-outcome.js';
import { withoutCertificate } from './virtual-access.js';
import { decideVirtual, type F5Context } from './virtual-decide.js';

/** Each outcome that a request may have, the location that took it, and what is taken for granted. */
export interface F5Decision {
  readonly outcomes: readonly Outcome[];
  readonly location: Location | undefined;
  readonly assumptions: readonly Note[];
  /** Locations of minions of one age with the one that is taken, each of which may take it instead. */
  readonly rivals?: readonly Location[];
}

/** The way of a request through a server of the controller: https, policies of the whole, location, backend. */
export function decideF5(context: F5Context, server: F5Server, request: RouteRequest, host: RequestHost): F5Decision {
  const { owner } = server;
  const { router, model } = context;
  const whole = { router, ingress: owner, pointer: '/spec/rules', served: hostText(server.host) };
  const ended = (outcome: Outcome, location?: Location): F5Decision => ({ outcomes: [outcome], location, assumptions: [] });
  if (owner.kind === 'TransportServer') {
    const isPassed = request.scheme === 'https' && request.sni?.toLowerCase() === server.host;
    const outcome = isPassed ? transportOutcome(router, model, owner, request.sni) : byDefaultServer(router, context.options, request);
    const passing = context.options.passesTls === undefined ? [PASSTHROUGH_ON] : [];
    return { ...ended(outcome), assumptions: [...passing, ...backupGranted(outcome, context.options)] };
  }
  if (unheardBecause(server, request)) return ended(byDefaultServer(router, context.options, request, server));
  if (request.scheme === 'https') {
    const fault = handshakeFault(context, server);
    if (fault) return ended(closed({ ...whole, pointer: fault.pointer }, 'certificate', 'TLS_REFUSED', fault.message));
  }
  const uri = normaliseUri(request.path);
  if (uri === undefined) return ended(refused(whole, 400, 'PATH_LEAVES_ROOT', `nginx answers 400: \`${request.path}\` leaves the root`));
  const named = owner.kind === 'Ingress' ? context.policies.ofIngress(owner, 'ingress') : context.policies.ofServer(owner, server.endsTls);
  const shown = named.fault ? undefined : withoutCertificate(whole, named.set, request);
  if (shown) return ended(shown);
  const ofServer = beforeLocations(context, server, named, request, host, uri);
  if (!('set' in ofServer)) return ended(ofServer);
  const choices = choicesAt(server, uri);
  if (!choices) return ended(unknown(whole, 'NOT_EVALUATED', TOO_CONTESTED));
  const taken: Taken = { request, uri, hostName: host.name };
  const [first, ...others] = choices.map((choice) => atChoice(context, server, choice, taken, ofServer.set));
  if (!first || others.length === 0) return first ?? ended(notFound(router));
  return {
    ...first,
    outcomes: [first, ...others].flatMap(({ outcomes }) => outcomes).map((outcome) => ({ ...outcome, because: 'HOST_OWNER_UNKNOWN' })),
    rivals: others.flatMap(({ location }) => location ?? []),
  };
}

const TOO_CONTESTED = 'too many minions of one age claim paths that have to do with the request';

function atChoice(context: F5Context, server: F5Server, chosen: LocationChoice, taken: Taken, ofServer: PolicySet): F5Decision {
  const { router } = context;
  const { request, hostName } = taken;
  const { owner } = server;
  const said = (outcome: Outcome) =>
    owner.kind === 'Ingress' ? withHsts(context, owner, server, request, outcome) : withPolicyHsts(ofServer, request, outcome);
  switch (chosen.type) {
    case 'none':
      // The default server has a location `/` of its own (`DefaultServerReturn` of `internal/configs/version1/nginx.ingress.tmpl`).
      return {
        outcomes: [said(server.host === EVERY_OTHER_HOST ? defaultAnswer(router, context.options, request) : notFound(router))],
        location: undefined,
        assumptions: [],
      };
    case 'unsupported': {
      const message = `the path \`${chosen.location.path}\` is an expression that cannot be evaluated`;
      const outcome = unknown(sourceOf(router, chosen.location), 'PATTERN_UNSUPPORTED', message);
      return { outcomes: [outcome], location: chosen.location, assumptions: [] };
    }
    case 'slash': {
      const query = request.query === undefined ? '' : `?${request.query}`;
      const target = `${request.scheme}://${hostName}${chosen.location.path}${query}`;
      const message = `only \`${chosen.location.path}\` exists: nginx redirects to it`;
      const outcome = said(redirected(sourceOf(router, chosen.location), 301, target, 'SLASH_ADDED', message));
      return { outcomes: [outcome], location: chosen.location, assumptions: [] };
    }
    case 'location':
      return atLocation(context, server, chosen.location, taken, ofServer);
    default:
      return assertNever(chosen);
  }
}

const PASSTHROUGH_ON: Note = {
  code: 'SSL_PASSTHROUGH_ENABLED',
  message: 'the controller is taken to run with `-enable-tls-passthrough`; without it the TransportServer is refused',
};

/** What the server answers by itself, in the order of its configuration (`internal/configs/version1/nginx.ingress.tmpl`), or the policies that hold for all of it. */
function beforeLocations(
  context: F5Context,
  server: F5Server,
  named: NamedOutcome,
  request: RouteRequest,
  host: RequestHost,
  uri: string,
): Outcome | { readonly set: PolicySet } {
  const { owner } = server;
  const { router } = context;
  if (owner.kind === 'VirtualServer') return beforeRoutes(context, owner, server, named, request, host);
  if (owner.kind === 'TransportServer') return notFound(router);
  const { sslRedirect, redirectToHttps, redirectCode, serverSnippets, appRoot } = f5Annotations(owner, context.options.defaults);
  const whole = { router, ingress: owner, pointer: '/metadata/annotations', served: hostText(server.host) };
  const said = (outcome: Outcome) => withHsts(context, owner, server, request, outcome);
  // `return 500` stands before all that follows.
  if (named.fault)
    return refused({ ...whole, pointer: named.fault.pointer }, 500, 'POLICY_UNUSABLE', `${named.fault.message}: nginx answers 500`);
  if (request.scheme === 'http' && server.endsTls && sslRedirect) {
    if (server.host === EVERY_OTHER_HOST && context.options.refusesDefaultTls) return unknown(whole, 'NOT_EVALUATED', NO_DEFAULT_TLS);
    const [port] = typeof server.listening === 'string' ? [443] : server.listening.https;
    const target = `https://${host.name}:${port ?? 443}${requestUri(request)}`;
    const [who, pointer] = server.host === EVERY_OTHER_HOST ? ['default server', '/spec/rules'] : ['host', '/spec/tls'];
    const why = `the ${who} has TLS, and the controller redirects to it unless \`ssl-redirect\` is off`;
    return said(redirected({ ...whole, pointer }, redirectCode, target, 'HTTPS_REDIRECT', why));
  }
  if (redirectToHttps && cameBy(request, 'http')) {
    const why = '`redirect-to-https`: the client came to the proxy before nginx by http';
    return said(redirected(whole, redirectCode, `https://${host.name}${requestUri(request)}`, 'HTTPS_REDIRECT', why));
  }
  if (serverSnippets) return unknown(whole, 'SNIPPET_NOT_EVALUATED', '`nginx.org/server-snippets` is not evaluated');
  if (appRoot === undefined || uri !== '/') return named;
  return said(redirected(whole, 302, `${request.scheme}://${request.host}${appRoot}`, 'APP_ROOT', '`app-root` sends `/` there'));
}

const NO_DEFAULT_TLS =
  'the default server has no certificate: whether nginx sends clients to https all the same is not known; with `nginx.org/ssl-redirect` off it does not';

/** The same of a VirtualServer (`internal/configs/version2/nginx.virtualserver.tmpl`). */
function beforeRoutes(
  { router }: F5Context,
  owner: VirtualServer,
  server: F5Server,
  named: NamedOutcome,
  request: RouteRequest,
  host: RequestHost,
): Outcome | { readonly set: PolicySet } {
  const whole = { router, ingress: owner, pointer: owner.tls?.pointer ?? '/spec', served: `host ${owner.host}` };
  if (server.listening === 'unknown') {
    const message = 'there are several GlobalConfigurations, and which of them says where its `listener` listens is not known';
    return unknown({ ...whole, pointer: '/spec/listener' }, 'NOT_EVALUATED', message);
  }
  const redirect = owner.tls?.redirect;
  const isPlain = redirect?.basedOn === 'x-forwarded-proto' ? cameBy(request, 'http') : request.scheme === 'http';
  if (redirect && isPlain) {
    const why = `\`tls.redirect\`, by ${redirect.basedOn}`;
    return redirected(whole, redirect.code, `https://${host.name}${requestUri(request)}`, 'HTTPS_REDIRECT', why);
  }
  if (named.fault)
    return refused({ ...whole, pointer: named.fault.pointer }, 500, 'POLICY_UNUSABLE', `${named.fault.message}: nginx answers 500`);
  return owner.hasSnippets ? unknown({ ...whole, pointer: '/spec' }, 'SNIPPET_NOT_EVALUATED', '`server-snippets` is not evaluated') : named;
}

/** What the location makes of the request that it takes. */
function atLocation(context: F5Context, server: F5Server, location: Location, taken: Taken, ofServer: PolicySet): F5Decision {
  const place = server.places.get(location);
  if (place) {
    const decision = decideVirtual(context, server, place, location, taken, ofServer);
    return { ...decision, outcomes: decision.outcomes.map((one) => withPolicyHsts(ofServer, taken.request, one)), location };
  }
  const { owner } = server;
  if (owner.kind !== 'Ingress') return { outcomes: [notFound(context.router)], location, assumptions: [] };
  return { ...decideIngress(context, owner, server, location, taken, ofServer), location };
}
