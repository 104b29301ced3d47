import { describeRef } from '../kernel/object-ref.js';
import type { Steps } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import { chooseClass } from './internal/class-choice.js';
import { gatewayState } from './internal/gateway/gateway-state.js';
import { readRequestHost } from './internal/request-host.js';
import { type ListedRule, rulesOfGatewayRoutes, rulesOfRouter } from './internal/routing-rules.js';
import { GATEWAY_DIALECTS, type IngressDialectName } from './route-request.js';
import type { RouteResult } from './route-result.js';
import type { RoutingRule, RuleCoverage, TriedRule } from './rule-coverage-result.js';

/** How a request found its class, where it went to no Gateway. */
export interface AskedClass {
  readonly class: string | undefined;
  readonly dialect: IngressDialectName | undefined;
  /** The Host header. */
  readonly host: string;
}

/** So many untried rules are told. */
const MOST_UNTRIED = 1000;
/** So many rules are looked at in one step. */
const STRETCH = 2000;

interface Counted {
  readonly rule: RoutingRule;
  readonly canary: ListedRule['canary'];
  cases: number;
}

/** The rules of one class or Gateway, by one dialect. */
interface Scope {
  readonly rules: Map<string, Counted>;
  /** By host, path and path type. */
  readonly canaries: Map<string, Counted[]>;
}

const placeOf = (object: string, pointer: string) => `${object} ${pointer}`;
const matchOf = ({ host, path, pathType }: Pick<RoutingRule, 'host' | 'path' | 'pathType'>) => JSON.stringify([host, path, pathType]);

/**
 * Counts which rules requests go by: the rules are all of the classes and Gateways that the requests were judged by. A request goes by the rule that was selected; where the
 * answer is `UNDEFINED` it goes by none. A canary of ingress-nginx is counted where it gets a part of the request.
 */
export class RouteRuleCount {
  private readonly scopes = new Map<string, Scope>();

  constructor(private readonly model: NetworkModel) {}

  /** Adds the rules of what judged a request; the request itself goes by one of them where `counts`. Its candidates have to be told. */
  *add(asked: AskedClass, result: RouteResult, counts: boolean): Steps<void> {
    for (const { name, list } of this.routersOf(asked, result)) {
      let scope = this.scopes.get(name);
      if (!scope) {
        scope = yield* scopeOf(list());
        this.scopes.set(name, scope);
      }
      if (counts) countIn(scope, result);
    }
  }

  *coverage(): Steps<RuleCoverage> {
    const tried: TriedRule[] = [];
    const untried: RoutingRule[] = [];
    let rules = 0;
    for (const scope of this.scopes.values()) {
      for (const { rule, cases } of scope.rules.values()) {
        if (++rules % STRETCH === 0) yield;
        if (cases > 0) tried.push({ ...rule, cases });
        else if (untried.length < MOST_UNTRIED) untried.push(rule);
      }
    }
    const covered = tried.length;
    return { rules, covered, share: rules === 0 ? null : covered / rules, tried, untried, omitted: rules - covered - untried.length };
  }

  private routersOf(
    asked: AskedClass,
    { gateway, dialect }: RouteResult,
  ): readonly { readonly name: string; readonly list: () => Iterable<ListedRule> }[] {
    const gatewayDialect = GATEWAY_DIALECTS.find((one) => one === dialect);
    if (gateway !== null && gatewayDialect) {
      const state = gatewayState(this.model, gateway);
      return state ? [{ name: `${dialect} ${gateway}`, list: () => rulesOfGatewayRoutes(state, gatewayDialect) }] : [];
    }
    const chosen = chooseClass(this.model, asked.class, asked.dialect, readRequestHost(asked.host));
    if (!chosen.ok) return [];
    return chosen.value.routers.map((router) => ({
      name: `${router.dialect} class ${router.className ?? ''}`,
      list: () => rulesOfRouter(this.model, router),
    }));
  }
}

function* scopeOf(rules: Iterable<ListedRule>): Steps<Scope> {
  const scope: Scope = { rules: new Map(), canaries: new Map() };
  let listed = 0;
  for (const { canary, ...rule } of rules) {
    if (++listed % STRETCH === 0) yield;
    const counted: Counted = { rule, canary, cases: 0 };
    scope.rules.set(placeOf(describeRef(rule.object), rule.pointer), counted);
    if (!canary) continue;
    const match = matchOf(rule);
    scope.canaries.set(match, [...(scope.canaries.get(match) ?? []), counted]);
  }
  return scope;
}

function countIn({ rules, canaries }: Scope, { candidates, possibilities, backends }: RouteResult): void {
  const selected = candidates.filter(({ outcome }) => outcome === 'selected');
  // Default backends that a host inherits are no candidates: the one way that is possible names them.
  const [only, ...others] = possibilities;
  const ways = others.length === 0 && only?.object && only.pointer !== null ? [placeOf(only.object, only.pointer)] : [];
  for (const place of new Set([...selected.map(({ object, pointer }) => placeOf(object, pointer)), ...ways])) {
    const counted = rules.get(place);
    if (counted) counted.cases++;
  }
  for (const counted of selected.flatMap((candidate) => canaries.get(matchOf(candidate)) ?? [])) {
    const { canary } = counted;
    if (backends.some(({ namespace, service }) => namespace === canary?.namespace && service === canary.service)) counted.cases++;
  }
}
