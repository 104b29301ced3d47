import type { Note } from '../../../kernel/answer.js';
import { describeRef } from '../../../kernel/object-ref.js';
import { inOneStep, type Steps } from '../../../kernel/steps.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { RouteLintCodeName } from '../../route-lint-codes.js';
import type { RouteRequest } from '../../route-request.js';
import type { BackendOutcome } from '../backend-outcome.js';
import type { OwnProof, OwnRule } from '../dialect.js';
import { sampleText } from '../lint/gateway-requests.js';
import { lineOf, plainRequest, witnessHost, witnessPaths } from '../lint/witness-requests.js';
import type { PathRule } from '../path-rule.js';
import type { F5Decision } from './f5-decide.js';
import { type F5Server, isUndecided } from './f5-server.js';
import type { F5Objects } from './f5-objects.js';
import type { F5Options } from './f5-options.js';
import type { Refused } from './f5-servers.js';
import { upstreamNamed, upstreamOutcome } from './f5-upstream.js';
import { transportRule } from './transport-outcome.js';
import { placeOf, placesOf, receiversOf, type VirtualPlace } from './virtual-places.js';

/** What the answer to a request rests on, beside what its policies ask: errors of backends are not foreseen. */
export function takenForGranted({ places }: F5Server, { location, outcomes, assumptions }: F5Decision): readonly Note[] {
  const place = location && places.get(location);
  const isPassed = outcomes.some(({ backends, status }) => backends.length > 0 && status === null);
  if (!place || place.errorPages.length === 0 || !isPassed) return assumptions;
  const message = `the backend is taken to answer with none of the errors that \`errorPages\` of the path \`${place.route.path}\` replace`;
  return [...assumptions, { code: 'MIDDLEWARE_CONDITION', message }];
}

/** What rules are proven in. */
interface Surroundings {
  readonly model: NetworkModel;
  readonly options: F5Options;
}

/** A route that is served, with a request that reaches it where one does. */
export function ownRule(context: Surroundings, server: F5Server, place: VirtualPlace, takerOf: TakerOf): OwnRule {
  const claim = JSON.stringify([server.host, place.route.path]);
  return { rule: place.rule, claim, prove: () => prove(context, server, place, takerOf) };
}

/** The rule that takes a request for certain, found without a look at how all others fare. */
type TakerOf = (request: RouteRequest) => PathRule | undefined;

function* prove(context: Surroundings, server: F5Server, place: VirtualPlace, takerOf: TakerOf): Steps<OwnProof> {
  const { twice } = server;
  const twofold: OwnProof['faults'] =
    twice && server.places.get(twice.location) === place ? [{ code: 'ING-INVALID', message: twice.message }] : [];
  const faults = [...twofold, ...faultsOf(context, place)];
  const { path } = place.route;
  if (!path.startsWith('~') && /\/(?:\.\.?)?\//.test(path)) {
    const why = `no request comes to \`${path}\`: nginx merges slashes, and resolves dots, before it looks for a location`;
    return { state: 'unreachable', witness: undefined, by: [], why, faults: [...faults, { code: 'ING-RULE-IGNORED', message: why }] };
  }
  for (const request of requestsFor(server, place)) {
    if (takerOf(request) === place.rule) return { state: 'live', witness: lineOf(request), by: [], why: undefined, faults };
    yield;
  }
  return { state: 'undecided', witness: undefined, by: [], why: 'no request that was tried is known to be taken by it', faults };
}

function* requestsFor({ host, endsTls, listening }: F5Server, { route: { path } }: VirtualPlace): Iterable<RouteRequest> {
  const name = witnessHost(host, () => false);
  const sample = path.startsWith('~') ? sampleText(path.replace(/^~\*?\s*/, ''), (text) => text.startsWith('/')) : undefined;
  const own = sample === undefined ? [...witnessPaths(path.replace(/^(?:=|\^~ *)/, ''), path.startsWith('='))] : [sample];
  for (const one of path.startsWith('~') && sample === undefined ? [] : own) {
    for (const scheme of endsTls ? (['https', 'http'] as const) : (['http'] as const)) {
      const port = typeof listening === 'string' ? undefined : listening[scheme][0];
      if (typeof listening === 'string' || port !== undefined)
        yield plainRequest(scheme, port === undefined ? name : `${name}:${port}`, one);
    }
  }
}

const CODES: Readonly<Record<string, RouteLintCodeName>> = {
  SERVICE_MISSING: 'ING-SERVICE-MISSING',
  PORT_MISSING: 'ING-PORT-MISSING',
  NO_ENDPOINTS: 'ING-NO-ENDPOINTS',
};

/** Upstreams that a route uses and that cannot serve. */
function faultsOf({ model, options }: Surroundings, { holder, route }: VirtualPlace): OwnProof['faults'] {
  const splits = [...route.splits, ...route.matches.flatMap((match) => match.splits)];
  const used = new Set(splits.flatMap(({ action }) => (action.type === 'pass' ? action.upstream : [])));
  return [...used]
    .flatMap((name) => upstreamNamed(holder, name) ?? [])
    .flatMap((upstream) => backendFault(upstreamOutcome(model, holder, upstream, options), upstream.name));
}

/** Why an upstream cannot serve. */
export function backendFault({ verdict, steps }: BackendOutcome, upstream: string): OwnProof['faults'] {
  const code = CODES[verdict];
  return code === undefined ? [] : [{ code, message: `upstream \`${upstream}\`: ${steps.at(-1)?.message ?? verdict}` }];
}

/** The routes of a VirtualServer that is not served, or a TransportServer; where nothing says which of two has the host, it may be. */
export function* refusedRules({ ingress, reason, message, holder }: Refused): Iterable<OwnRule> {
  if (ingress.kind === 'Ingress') return;
  const isOpen = holder !== undefined && isUndecided(ingress, holder);
  const faults: OwnProof['faults'] = reason === 'INGRESS_REFUSED' ? [{ code: 'ING-INVALID', message }] : [];
  const rules = ingress.kind === 'TransportServer' ? [transportRule(ingress)] : [...placesOf(ingress, [])].map(({ rule }) => rule);
  for (const rule of rules) {
    const claim = JSON.stringify([ingress.host, rule.path, ingress.namespace, ingress.ref.name]);
    const proof: OwnProof = isOpen
      ? {
          state: 'undecided',
          witness: undefined,
          by: [],
          why: `neither age nor UID says whether ${describeRef(holder.ref)} has the host`,
          faults,
        }
      : { state: 'unreachable', witness: undefined, by: [], why: message, faults };
    yield { rule, claim, prove: () => inOneStep(proof) };
  }
}

/** Paths that are handed to VirtualServerRoutes of which none may have them, and VirtualServerRoutes that get none (`addProblemsForOrphanOrIgnoredVsrs`). */
export function* handedToNobody({ routes }: F5Objects, servers: Iterable<F5Server>): Iterable<OwnRule> {
  const used = new Set<VirtualPlace['holder']>();
  for (const { owner, places } of servers) {
    for (const { holder } of places.values()) used.add(holder);
    if (owner.kind !== 'VirtualServer') continue;
    for (const route of owner.routes) {
      if ((route.route ?? route.selector) === undefined || receiversOf(owner, route, routes).length > 0) continue;
      const whom = route.route === undefined ? 'with the labels of its `routeSelector`' : `\`${route.route}\``;
      yield ignored(
        placeOf(owner, owner.host, route),
        `no VirtualServerRoute ${whom} is there that may have the path \`${route.path}\` of \`${owner.host}\``,
      );
    }
  }
  for (const one of routes) {
    if (used.has(one)) continue;
    const why = one.fault ?? `no VirtualServer that serves \`${one.host}\` hands it a path that it may have`;
    for (const route of one.routes) yield ignored(placeOf(one, one.host, route), why);
  }
}

function ignored({ rule, route, holder }: VirtualPlace, why: string): OwnRule {
  const claim = JSON.stringify([rule.host, route.path, holder.kind, holder.namespace, holder.ref.name]);
  return {
    rule,
    claim,
    prove: () =>
      inOneStep<OwnProof>({ state: 'unreachable', witness: undefined, by: [], why, faults: [{ code: 'ING-RULE-IGNORED', message: why }] }),
  };
}
