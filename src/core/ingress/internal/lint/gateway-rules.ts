import { didYouMeanHint } from '../../../kernel/did-you-mean.js';
import { qualifiedName } from '../../../kernel/object-ref.js';
import type { Steps } from '../../../kernel/steps.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { GatewayRoute, GRPCMatch, GRPCRoute, HTTPMatch, HTTPRoute, RouteRule, StreamRoute } from '../../../resources/gateway-route.js';
import type { StatusedResource } from '../../../resources/resource.js';
import type { LintedRule } from '../../route-lint-result.js';
import { ownerOf } from '../claim-text.js';
import type { Attachment, AttachedRoute } from '../gateway/attachments.js';
import type { GatewayState } from '../gateway/gateway-state.js';
import { describeBackends } from '../gateway/judged-candidate.js';
import { missingClass } from '../gateway/missing-class.js';
import { backendDraft, BackendChecks } from './backend-checks.js';
import { ClaimGroups } from './claim-groups.js';
import { GatewayProver, type MatchProof } from './gateway-prover.js';
import { requestsForGRPC, requestsForHTTP } from './gateway-requests.js';
import { lintStreamRoute, StreamProver } from './gateway-streams.js';
import type { Ledger } from './ledger.js';

/** So many matches are looked at in one step. */
const STRETCH = 200;

type Match = HTTPMatch | GRPCMatch;
type Rule = RouteRule<Match>;

interface GatewayLint {
  readonly state: GatewayState;
  readonly ledger: Ledger;
  readonly prover: GatewayProver;
  readonly backends: BackendChecks;
  readonly claims: ClaimGroups;
  readonly shared: ReadonlySet<string | undefined>;
  readonly name: string;
}

/** Looks at every match of every HTTPRoute and GRPCRoute that names a Gateway, and at every route of connections: whether something reaches it, who else claims it, and where it leads. */
export function* lintGateway(model: NetworkModel, state: GatewayState, ledger: Ledger): Steps<void> {
  const name = qualifiedName(state.gateway.ref);
  const routes = byRoute(state.attachments);
  const claims = new ClaimGroups({ class: null, gateway: name });
  const lint: GatewayLint = {
    state,
    ledger,
    prover: new GatewayProver(model, state),
    backends: new BackendChecks(model),
    claims,
    shared: sharedHostnames(routes),
    name,
  };
  const streams = new StreamProver(model, state);
  lintClass(model, lint);
  lintListeners(lint);
  let looked = 0;
  for (const [route, attachments] of routes) {
    if (!ledger.wants(route.namespace)) continue;
    lintRoute(lint, route, attachments);
    if (isOfConnections(route)) {
      lintStreamRoute({ prover: streams, state, ledger, claims }, route, attachments);
      if (++looked % STRETCH === 0) yield;
      continue;
    }
    for (const rule of route.rules) {
      for (const match of rule.matches) {
        lintMatch(
          lint,
          route,
          rule,
          match,
          attachments.flatMap(({ attached }) => attached),
        );
        if (++looked % STRETCH === 0) yield;
      }
    }
  }
  yield* claims.conflicts(ledger);
}

function isOfConnections(route: GatewayRoute): route is StreamRoute {
  return route.kind !== 'HTTPRoute' && route.kind !== 'GRPCRoute';
}

function byRoute(attachments: readonly Attachment[]): ReadonlyMap<GatewayRoute, readonly Attachment[]> {
  const routes = new Map<GatewayRoute, Attachment[]>();
  for (const attachment of attachments) {
    const { route } = attachment;
    const known = routes.get(route);
    if (known) known.push(attachment);
    else routes.set(route, [attachment]);
  }
  return routes;
}

/** What the CRDs refuse of an object as a whole. */
function addRefusals(ledger: Ledger, { ref, refused }: StatusedResource): void {
  for (const { pointer, message } of refused)
    ledger.add({ code: 'ING-REFUSED', object: ref, pointer, message: `the API server refuses it: ${message}` });
}

function lintClass(model: NetworkModel, { state: { gateway }, ledger }: GatewayLint): void {
  const missing = missingClass(model, gateway);
  if (missing === undefined || !ledger.wants(gateway.namespace)) return;
  const hint = didYouMeanHint(gateway.className, model.gatewayApi.classes.keys());
  const message = hint === undefined ? missing : `${missing}; ${hint}`;
  ledger.add({ code: 'ING-CLASS-NOT-HANDLED', object: gateway.ref, pointer: '/spec/gatewayClassName', message });
}

function lintListeners({ state, ledger }: GatewayLint): void {
  for (const owner of new Set([state.gateway, ...state.listeners.map((one) => one.owner)]))
    if (ledger.wants(owner.namespace)) addRefusals(ledger, owner);
  for (const { programmed, owner, listener, conditions } of state.listeners) {
    if (programmed || !ledger.wants(owner.namespace)) continue;
    const why = conditions.filter(({ type, status }) => type !== 'Conflicted' && status === 'False').map(({ message }) => message);
    const message = `listener \`${listener.name}\` is not served: ${[...new Set(why)].join('; ')}`;
    ledger.add({ code: 'ING-LISTENER-NOT-SERVED', object: owner.ref, pointer: listener.pointer, message });
  }
}

function lintRoute({ ledger, backends }: GatewayLint, route: GatewayRoute, attachments: readonly Attachment[]): void {
  addRefusals(ledger, route);
  for (const { refusal, parent } of attachments) {
    if (refusal) ledger.add({ code: 'ING-NOT-ATTACHED', object: route.ref, pointer: parent.pointer, message: refusal.message });
  }
  for (const { backends: references } of route.rules) {
    for (const reference of references) {
      const dead = backends.ofRoute(route, reference);
      if (dead) backendDraft(ledger, route.ref, reference.pointer, dead);
    }
  }
}

function lintMatch(
  { state, ledger, prover, claims, shared, name }: GatewayLint,
  route: HTTPRoute | GRPCRoute,
  rule: Rule,
  match: Match,
  attached: readonly AttachedRoute[],
): void {
  const proof = proofOf(prover, route, match, attached);
  const isTold = ledger.count(proof.state);
  const isShared = proof.state !== 'unreachable' && attached.some(({ hostnames }) => hostnames.some((hostname) => shared.has(hostname)));
  if (!isTold && !proof.code && !isShared) return;
  const place = { object: route.ref, pointer: match.pointer };
  const isHTTP = 'path' in match;
  const linted: LintedRule = {
    ...place,
    dialect: 'gateway-api',
    class: state.gateway.className,
    gateway: name,
    host: attached[0]?.hostnames[0] ?? null,
    path: isHTTP ? match.path.value : `${match.service ?? '*'}/${match.method ?? '*'}`,
    pathType: isHTTP ? match.path.type : match.type,
    backend: describeBackends(rule),
    owner: ownerOf(route),
    createdAt: route.createdAt ?? null,
    state: proof.state,
    witness: proof.witness ?? null,
    by: proof.by ?? [],
    why: proof.why ?? null,
  };
  if (isTold) ledger.addRule(linted);
  if (proof.code) ledger.add({ ...place, code: proof.code, message: proof.why ?? '', related: linted.by });
  if (isShared) for (const key of keysOf(match, attached)) claims.add(linted, key);
}

/** Hostnames under which several routes are reached: nowhere else can two of them claim the same. */
function sharedHostnames(routes: ReadonlyMap<GatewayRoute, readonly Attachment[]>): ReadonlySet<string | undefined> {
  const first = new Map<string | undefined, GatewayRoute>();
  const shared = new Set<string | undefined>();
  for (const [route, attachments] of routes) {
    for (const hostname of attachments.flatMap(({ attached }) => attached.flatMap(({ hostnames }) => hostnames))) {
      const known = first.get(hostname);
      if (known === undefined) first.set(hostname, route);
      else if (known !== route) shared.add(hostname);
    }
  }
  return shared;
}

function proofOf(prover: GatewayProver, route: HTTPRoute | GRPCRoute, match: Match, attached: readonly AttachedRoute[]): MatchProof {
  if (match.fault !== undefined) return { state: 'unreachable', why: `it matches nothing: ${match.fault}`, code: 'ING-INVALID' };
  const why = prover.unreachable(attached);
  if (why !== undefined) return { state: 'unreachable', why };
  const served = attached.filter(({ listener }) => listener.programmed);
  const isSecure = (one: AttachedRoute) => one.listener.listener.protocol === 'HTTPS';
  return prover.prove(route, match, served, (one, host) => {
    const scheme = isSecure(one) ? 'https' : 'http';
    return 'path' in match ? requestsForHTTP(match, scheme, host) : requestsForGRPC(match, scheme, host);
  });
}

/** What the match asks for on each listener and hostname: equal texts ask for the same. */
function keysOf(match: Match, attached: readonly AttachedRoute[]): readonly string[] {
  const named = [match.headers, 'path' in match ? match.queryParams : []].map((list) =>
    list.map(({ type, name, value }) => `${type} ${name}=${value}`).sort(),
  );
  const call = 'path' in match ? [match.path.type, match.path.value, match.method] : [match.type, match.service, match.method];
  const asked = JSON.stringify([call, named]);
  return attached.flatMap(({ listener, hostnames }) =>
    hostnames.map(
      (hostname) => `${listener.owner.kind} ${qualifiedName(listener.owner.ref)} ${listener.listener.name} ${hostname ?? '*'} ${asked}`,
    ),
  );
}
