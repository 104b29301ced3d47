import { compileRegex } from '../../../regex/compile-regex.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { VirtualCondition } from '../../../resources/virtual-server.js';
import type { ClassRouter } from '../dialect.js';
import { routeOfRule } from '../nginx-f5/virtual-places.js';
import { ASKS_NOTHING, type RuleAsks, type SideRule } from './side-rule.js';

/** The routes of VirtualServers that a class reads, with what their matches compare. Which errors a backend answers with, and others replace, and whom Policies let in, is left open. */
export function* rulesOfVirtualServers({ virtualServers: { policies } }: NetworkModel, router: ClassRouter): Iterable<SideRule> {
  if (router.dialect !== 'nginx-f5') return;
  const hasPolicies = policies.size > 0;
  for (const { rule } of router.ownRules?.() ?? []) {
    const route = routeOfRule(rule);
    if (!route) {
      // TLS that is passed through is told by the name alone, which requests of any path have.
      if (rule.host !== undefined) yield { host: rule.host, path: '/', pattern: undefined, asks: ASKS_NOTHING, asksMore: false, cors: [] };
      continue;
    }
    const conditions = route.matches.flatMap((match) => match.conditions);
    const written = route.path.replace(/^(?:=|\^~ *|~\*?\s*)/, '');
    const compiled = route.path.startsWith('~') ? compileRegex(written) : undefined;
    const pattern = compiled && (compiled.ok ? compiled.value : null);
    yield {
      host: rule.host,
      path: written,
      pattern,
      asks: asksOf(conditions),
      asksMore: hasPolicies || route.errorPages.length > 0 || conditions.some(asksMore),
      cors: [],
    };
  }
}

const valueOf = ({ value }: VirtualCondition) => value.replace(/^!/, '');

function asksOf(conditions: readonly VirtualCondition[]): RuleAsks {
  const of = (wanted: VirtualCondition['of']) => conditions.filter((one) => one.of === wanted && !asksMore(one));
  return {
    methods: of('variable').map(valueOf),
    headers: [
      ...of('header').map((one) => [one.name, valueOf(one)] as const),
      ...of('cookie').map((one) => ['Cookie', `${one.name}=${valueOf(one)}`] as const),
    ],
    query: of('argument').map((one) => [one.name, valueOf(one)] as const),
    addresses: [],
  };
}

/** An expression, or a variable other than the method. */
function asksMore(condition: VirtualCondition): boolean {
  return valueOf(condition).startsWith('~') || (condition.of === 'variable' && condition.name !== '$request_method');
}
