import { inMap } from '../../../kernel/in-map.js';
import { once } from '../../../kernel/once.js';
import { describeClaim } from '../claim-text.js';
import type { JudgedRule } from '../dialect.js';
import { pathRule, type PathRule, type RoutingObject } from '../path-rule.js';
import { EVERY_OTHER_HOST, hostOf, isUndecided } from './f5-server.js';
import type { Refused } from './f5-servers.js';
import { transportRule } from './transport-outcome.js';
import { placesOf } from './virtual-places.js';

/** The paths of objects that are not served, each with the reason; the same for every request. */
export class Refusals {
  constructor(private readonly refused: readonly Refused[]) {}

  /** Those of objects that name the host of a request. */
  for(name: string): readonly JudgedRule[] {
    return this.all().flatMap(({ host, judged }) => (coversName(host, name) ? judged : []));
  }

  at({ ingress, pointer }: PathRule): JudgedRule | undefined {
    return this.byPlace().get(ingress)?.get(pointer);
  }

  private readonly all = once(() => this.refused.flatMap((refused) => pathsOf(refused)));

  /** By object and pointer; none of an Ingress that names a host twice, which it has. */
  private readonly byPlace = once(() => {
    const places = new Map<RoutingObject, Map<string, JudgedRule>>();
    for (const { judged, isServed } of this.all())
      for (const one of isServed ? [] : judged)
        inMap(places, one.rule.ingress, () => new Map<string, JudgedRule>()).set(one.rule.pointer, one);
    return places;
  });
}

/** Paths that are not served, and the host under which they stand; `isServed`: that one is its own holder, who names it twice. */
interface RefusedPaths {
  readonly host: string;
  readonly judged: readonly JudgedRule[];
  readonly isServed: boolean;
}

/** The paths of an object that is not served. */
function pathsOf(refused: Refused): readonly RefusedPaths[] {
  const { ingress, host, holder } = refused;
  const isServed = holder === ingress;
  if (ingress.kind === 'VirtualServer')
    return [{ host: ingress.host, judged: [...placesOf(ingress, [])].map(({ rule }) => judgeRefused(refused, rule)), isServed }];
  if (ingress.kind === 'TransportServer')
    return ingress.host === undefined ? [] : [{ host: ingress.host, judged: [judgeRefused(refused, transportRule(ingress))], isServed }];
  return ingress.rules.flatMap((rule) => {
    if (host !== undefined && hostOf(rule) !== host) return [];
    const judged = rule.paths.map((path) => judgeRefused(refused, pathRule(ingress, rule.host, path, undefined)));
    return [{ host: hostOf(rule), judged, isServed }];
  });
}

function judgeRefused({ ingress, reason, message, holder }: Refused, rule: PathRule): JudgedRule {
  const [own, other] = [describeClaim(ingress), holder ? describeClaim(holder) : null];
  const code = holder && isUndecided(ingress, holder) ? 'HOST_OWNER_UNKNOWN' : reason;
  return { rule, outcome: 'excluded', reason: code, key: holder ? 'age' : 'class', own, other, message };
}

/** Names of nginx: a wildcard covers any number of labels. */
function coversName(host: string, name: string): boolean {
  return host === EVERY_OTHER_HOST || host === name || (host.startsWith('*.') && name.endsWith(host.slice(1)));
}
