import type { Note } from '../../../kernel/answer.js';
import { inOneStep, type Steps } from '../../../kernel/steps.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { RouteLintCodeName } from '../../route-lint-codes.js';
import type { RouteRequest } from '../../route-request.js';
import { backendOutcome } from '../backend-outcome.js';
import type { Judgement, OwnProof, OwnRule } from '../dialect.js';
import { sampleText } from '../lint/gateway-requests.js';
import { lineOf, plainRequest, witnessHost, witnessPaths } from '../lint/witness-requests.js';
import type { F5Decision } from './f5-decide.js';
import type { F5Objects, F5Server, Refused } from './f5-servers.js';
import { placeOf, placesOf, receiversOf, type VirtualPlace } from './virtual-places.js';

/** What the answer to a request rests on: policies of a VirtualServer and its routes are not evaluated, and errors of backends not foreseen. */
export function takenForGranted({ owner, places }: F5Server, { location, outcome }: F5Decision): readonly Note[] {
  if (owner.kind !== 'VirtualServer') return [];
  const route = location && places.get(location)?.route;
  const names = [...owner.policies, ...(route?.policies ?? [])];
  const passed = `the client is taken to pass the policies \`${names.join('`, `')}\``;
  const unfailing = `the backend is taken to answer with none of the errors that \`errorPages\` of the path \`${route?.path ?? ''}\` replace`;
  return [
    ...(names.length === 0 ? [] : [{ code: 'AUTHENTICATION_PASSED', message: passed }]),
    ...(route?.hasErrorPages && outcome.backends.length > 0 ? [{ code: 'MIDDLEWARE_CONDITION', message: unfailing }] : []),
  ];
}

/** A route that is served, with a request that reaches it where one does. */
export function ownRule(model: NetworkModel, server: F5Server, place: VirtualPlace, judge: (request: RouteRequest) => Judgement): OwnRule {
  const claim = JSON.stringify([server.host, place.route.path]);
  return { rule: place.rule, claim, prove: () => prove(model, server, place, judge) };
}

function* prove(model: NetworkModel, server: F5Server, place: VirtualPlace, judge: (request: RouteRequest) => Judgement): Steps<OwnProof> {
  const faults = faultsOf(model, place);
  for (const request of requestsFor(server, place)) {
    const isSelected = judge(request).judged.some(({ outcome, rule }) => outcome === 'selected' && rule === place.rule);
    if (isSelected) return { state: 'live', witness: lineOf(request), by: [], why: undefined, faults };
    yield;
  }
  return { state: 'undecided', witness: undefined, by: [], why: 'every request that was tried is taken by another route', faults };
}

function* requestsFor({ host, endsTls }: F5Server, { route: { path } }: VirtualPlace): Iterable<RouteRequest> {
  const name = witnessHost(host, () => false);
  const sample = path.startsWith('~') ? sampleText(path.replace(/^~\*?\s*/, ''), (text) => text.startsWith('/')) : undefined;
  const own = sample === undefined ? [...witnessPaths(path.replace(/^=/, ''), path.startsWith('='))] : [sample];
  for (const one of path.startsWith('~') && sample === undefined ? [] : own)
    for (const scheme of endsTls ? (['https', 'http'] as const) : (['http'] as const)) yield plainRequest(scheme, name, one);
}

const CODES: Readonly<Record<string, RouteLintCodeName>> = {
  SERVICE_MISSING: 'ING-SERVICE-MISSING',
  PORT_MISSING: 'ING-PORT-MISSING',
  NO_ENDPOINTS: 'ING-NO-ENDPOINTS',
};

/** Upstreams that a route uses and that cannot serve. */
function faultsOf(model: NetworkModel, { holder, route }: VirtualPlace): OwnProof['faults'] {
  const splits = [...route.splits, ...route.matches.flatMap((match) => match.splits)];
  const used = new Set(splits.flatMap(({ action }) => (action.type === 'pass' ? action.upstream : [])));
  return holder.upstreams.flatMap(({ name, service, port, pointer }) => {
    if (!used.has(name)) return [];
    const reached = backendOutcome(model, holder, { type: 'service', pointer, name: service, port }, 'ROUTED');
    const code = CODES[reached.verdict];
    return code === undefined ? [] : [{ code, message: `upstream \`${name}\`: ${reached.steps.at(-1)?.message ?? service}` }];
  });
}

/** The routes of a VirtualServer that is not served. */
export function* refusedRules({ ingress, reason, message }: Refused): Iterable<OwnRule> {
  if (ingress.kind !== 'VirtualServer') return;
  const faults: OwnProof['faults'] = reason === 'INGRESS_REFUSED' ? [{ code: 'ING-INVALID', message }] : [];
  for (const { rule, route } of placesOf(ingress, [])) {
    const claim = JSON.stringify([ingress.host, route.path, ingress.namespace, ingress.ref.name]);
    yield { rule, claim, prove: () => inOneStep<OwnProof>({ state: 'unreachable', witness: undefined, by: [], why: message, faults }) };
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
