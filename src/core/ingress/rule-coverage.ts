import { describeRef } from '../kernel/object-ref.js';
import { type CountedRule, type RuleCoverage, RuleTally } from '../kernel/rule-coverage.js';
import type { Steps } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import { chooseClass } from './internal/class-choice.js';
import { gatewayState } from './internal/gateway/gateway-state.js';
import { readRequestHost } from './internal/request-host.js';
import { type ListedRule, rulesOfGatewayRoutes, rulesOfRouter } from './internal/routing-rules.js';
import { GATEWAY_DIALECTS, type IngressDialectName } from './route-request.js';
import type { RouteResult } from './route-result.js';

/** How a request found its class, where it went to no Gateway. */
export interface AskedClass {
  readonly class: string | undefined;
  readonly dialect: IngressDialectName | undefined;
  /** The Host header. */
  readonly host: string;
}

/** A class or a Gateway, by one dialect. */
interface Scope {
  readonly name: string;
  readonly list: () => Iterable<ListedRule>;
}

/** The canaries of a scope by what they match. */
type Canaries = Map<string, (CountedRule & { readonly canary: NonNullable<ListedRule['canary']> })[]>;

const matchOf = ({ host, path, pathType }: Pick<CountedRule, 'host' | 'path' | 'pathType'>) => JSON.stringify([host, path, pathType]);

/**
 * Counts which rules requests go by: the rules are all of the classes and Gateways that the requests were judged by, in the order in which the controller goes over its objects. A
 * request goes by the rule that was selected; where the answer is `UNDEFINED` it goes by none. A canary of ingress-nginx is counted where it gets a part of the request.
 */
export class RouteRuleCount {
  private readonly tally = new RuleTally();
  private readonly canaries = new Map<string, Canaries>();

  constructor(private readonly model: NetworkModel) {}

  /** Adds the rules of what judged a request; the request itself goes by one of them where `counts`. Its candidates have to be told. */
  *add(asked: AskedClass, result: RouteResult, counts: boolean): Steps<void> {
    for (const scope of this.scopesOf(asked, result)) {
      if (!this.tally.knows(scope.name)) yield* this.tally.list(scope.name, this.listed(scope));
      if (counts) this.count(scope.name, result);
    }
  }

  coverage(): Steps<RuleCoverage> {
    return this.tally.coverage();
  }

  private scopesOf(asked: AskedClass, { gateway, dialect }: RouteResult): readonly Scope[] {
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

  private *listed({ name, list }: Scope): Iterable<CountedRule> {
    const canaries: Canaries = new Map();
    this.canaries.set(name, canaries);
    for (const { canary, ...rule } of list()) {
      if (canary) canaries.set(matchOf(rule), [...(canaries.get(matchOf(rule)) ?? []), { ...rule, canary }]);
      yield rule;
    }
  }

  private count(scope: string, { candidates, possibilities, backends }: RouteResult): void {
    const selected = candidates.filter(({ outcome }) => outcome === 'selected');
    const places = new Map(selected.map(({ object, pointer }) => [`${object} ${pointer}`, [object, pointer] as const]));
    // Default backends that a host inherits are no candidates: the one way that is possible names them.
    const [only, ...others] = possibilities;
    if (others.length === 0 && only?.object && only.pointer !== null)
      places.set(`${only.object} ${only.pointer}`, [only.object, only.pointer]);
    for (const place of places.values()) this.tally.count(scope, ...place);
    for (const { object, pointer, canary } of selected.flatMap((one) => this.canaries.get(scope)?.get(matchOf(one)) ?? [])) {
      const shares = backends.some(({ namespace, service }) => namespace === canary.namespace && service === canary.service);
      if (shares) this.tally.count(scope, describeRef(object), pointer);
    }
  }
}
