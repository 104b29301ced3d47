import { sortedInSteps } from '../../../kernel/sorted-in-steps.js';
import { forEachInSteps, type Steps } from '../../../kernel/steps.js';
import { inMap } from '../../../kernel/in-map.js';
import type { HostStep } from '../dialect.js';
import type { PathRule } from '../path-rule.js';
import { parentDomain, type RequestHost } from '../request-host.js';
import type { HttpRouter } from './http-router.js';
import { compareRouters } from './takers.js';
import { PathCandidates } from './path-candidates.js';
import { hostsOfRule } from './rule-bounds.js';

/** So many routers are added in one step. */
const STRETCH = 500;

/** So few routers are compared one after the other. */
const FEW = 50;

/** The routers by the hosts that their rules ask for, each list in the order in which the muxer tries them. */
export class RouterTable {
  private readonly precise = new Map<string, HttpRouter[]>();
  /** By the domain behind `*.`. */
  private readonly wildcard = new Map<string, HttpRouter[]>();
  private readonly others: HttpRouter[] = [];
  /** By what a host is called besides; those of one object share a list. */
  private readonly aliased = new Map<string, HttpRouter[]>();
  private readonly ofAliases = new Map<readonly string[], HttpRouter[]>();
  private readonly byPath = new WeakMap<readonly HttpRouter[], PathCandidates>();

  static *build(routers: readonly HttpRouter[]): Steps<RouterTable> {
    const table = new RouterTable();
    yield* forEachInSteps(yield* sortedInSteps(routers, compareRouters), STRETCH, (router) => table.add(router));
    return table;
  }

  /** The hosts that rules name. */
  get hosts(): readonly string[] {
    return [...new Set([...this.precise.keys(), ...[...this.wildcard.keys()].map((domain) => `*.${domain}`), ...this.aliased.keys()])];
  }

  /** The routers that take any host. */
  get withoutHost(): readonly HttpRouter[] {
    return this.others;
  }

  /** The first router whose rule names a host of `hosts`. */
  firstNaming(host: string): HttpRouter | undefined {
    const list = host.startsWith('*.') ? this.wildcard.get(host.slice(2)) : this.precise.get(host);
    return (list ?? this.aliased.get(host))?.[0];
  }

  /** Every router whose rule may hold for a host, the one that is tried first first. */
  routersFor(host: RequestHost): readonly HttpRouter[] {
    const lists = this.listsFor(host);
    if (lists.length < 2) return lists[0] ?? [];
    return [...new Set(lists.flat())].sort(compareRouters);
  }

  /** The same without routers whose rule asks for another path: whoever may hold is among them. */
  candidatesFor(host: RequestHost, path: string): readonly HttpRouter[] {
    const found = this.listsFor(host).flatMap((list) =>
      list.length < FEW ? list : inMap(this.byPath, list, () => new PathCandidates(list)).for(path),
    );
    return [...new Set(found)].sort(compareRouters);
  }

  /** The same by host, as answers show them. */
  hostSteps(host: RequestHost): readonly HostStep[] {
    const groups = new Map<string | undefined, PathRule[]>();
    for (const { parts } of this.listsFor(host).flat()) {
      const list = groups.get(parts.rule.host);
      if (list) list.push(parts.rule);
      else groups.set(parts.rule.host, [parts.rule]);
    }
    const steps = [...groups].map(([name, rules]): HostStep => ({ host: name, kind: kindOf(name), rules }));
    return steps.sort((a, b) => RANK[a.kind] - RANK[b.kind]);
  }

  private listsFor({ name }: RequestHost): readonly (readonly HttpRouter[])[] {
    const domain = parentDomain(name);
    const wide = domain === undefined ? [] : [this.wildcard.get(domain), this.aliased.get(`*.${domain}`)];
    const found = [this.precise.get(name), this.aliased.get(name), ...wide, this.others];
    return found.filter((list) => list !== undefined).filter((list) => list.length > 0);
  }

  private add(router: HttpRouter): void {
    this.addAliases(router);
    const hosts = hostsOf(router);
    if (!hosts) {
      this.others.push(router);
      return;
    }
    for (const host of hosts) {
      const [table, key] = host.startsWith('*.') ? [this.wildcard, host.slice(2)] : [this.precise, host];
      const list = table.get(key);
      if (list) list.push(router);
      else table.set(key, [router]);
    }
  }

  private addAliases(router: HttpRouter): void {
    const { aliases = [] } = router.parts;
    if (aliases.length === 0) return;
    const known = this.ofAliases.get(aliases);
    if (known) {
      known.push(router);
      return;
    }
    const list = [router];
    this.ofAliases.set(aliases, list);
    for (const alias of aliases) this.aliased.set(alias, list);
  }
}

const RANK = { precise: 0, wildcard: 1, any: 2 } as const;

function kindOf(host: string | undefined): HostStep['kind'] {
  if (host === undefined) return 'any';
  return host.startsWith('*.') ? 'wildcard' : 'precise';
}

/** The hosts outside which the rule never holds. The rule of an Ingress is not read for that: its host stands in the Ingress. */
function hostsOf(router: HttpRouter): readonly string[] | undefined {
  const told = router.parts.hosts;
  if (told) return told.length === 0 ? undefined : told;
  if (router.holder.ref.kind !== 'Ingress') return router.compiled.ok ? hostsOfRule(router.compiled.value.root) : undefined;
  const { host } = router.parts.rule;
  return host === undefined ? undefined : [host];
}
