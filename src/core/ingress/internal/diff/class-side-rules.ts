import { pathFault } from '../../../resources/ingress-path-fault.js';
import { lastIp, parseCidr } from '../../../net/cidr.js';
import { addToIp, type Ip, parseIp } from '../../../net/ip.js';
import type { Ingress } from '../../../resources/ingress.js';
import { compileRegex } from '../../../regex/compile-regex.js';
import type { ClassRouter } from '../dialect.js';
import { readsNginxAnnotations } from '../dialect-family.js';
import { PathLanguages } from '../lint/path-language.js';
import { annotationsOf } from '../nginx/annotations.js';
import { pathRule, type PathRule } from '../path-rule.js';
import { hostFault } from '../request-host.js';
import { routerAnnotations } from '../traefik/annotations.js';
import { ASKS_NOTHING, type RuleAsks, type SideRule } from './side-rule.js';

/** The rules of a class that can match anything, each with every name under which its host is known. */
export function* rulesOfClass(router: ClassRouter): Iterable<SideRule> {
  const languages = new PathLanguages(router);
  for (const ingress of router.members) {
    const { asks, asksMore } = asksOf(router, ingress);
    for (const { host, paths } of ingress.rules) {
      if (host !== undefined && hostFault(host) !== undefined) continue;
      const patterns = paths.flatMap((path) => {
        if (pathFault(path) !== undefined) return [];
        return [
          { path: path.path === '' ? '/' : path.path, pattern: patternOf(router, languages, pathRule(ingress, host, path, undefined)) },
        ];
      });
      const own = patterns.length === 0 ? [{ path: '/', pattern: undefined }] : patterns;
      for (const name of namesOf(router, ingress, host)) for (const one of own) yield { host: name, ...one, asks, asksMore };
    }
    if (ingress.defaultBackend) yield { host: undefined, path: '/', pattern: undefined, asks, asksMore };
  }
}

/** The host, and what else leads to its server (rules B3, B16). */
function namesOf(router: ClassRouter, ingress: Ingress, host: string | undefined): readonly (string | undefined)[] {
  if (!readsNginxAnnotations(router.dialect) || host === undefined) return [host];
  const { aliases, fromToWww } = annotationsOf(ingress);
  const www = host.startsWith('www.') ? host.slice('www.'.length) : `www.${host}`;
  const plain = aliases.map((name) => name.toLowerCase()).filter((name) => hostFault(name) === undefined);
  return [host, ...plain, ...(fromToWww && !host.startsWith('*.') ? [www] : [])];
}

function patternOf(router: ClassRouter, languages: PathLanguages, rule: PathRule<Ingress>): SideRule['pattern'] {
  const { dialect } = router;
  const isTraefik = dialect === 'traefik' || dialect === 'traefik-strict';
  const isExpression =
    isTraefik && rule.pathType === 'ImplementationSpecific' && routerAnnotations(rule.ingress.annotations).pathMatcher === 'PathRegexp';
  return languages.isPattern(rule) || isExpression ? (languages.of(rule)?.atMost ?? null) : undefined;
}

/** Canaries and lists of addresses (rules B17, B22), as the annotations of ingress-nginx have them; the other dialects ask for nothing beside host and path. */
function asksOf({ dialect }: ClassRouter, ingress: Ingress): { readonly asks: RuleAsks; readonly asksMore: boolean } {
  if (!readsNginxAnnotations(dialect)) return { asks: ASKS_NOTHING, asksMore: false };
  const { canary, allow, deny } = annotationsOf(ingress);
  const headers: (readonly [string, string])[] = [];
  if (canary && canary.header !== '') {
    const values =
      canary.headerValue !== ''
        ? [canary.headerValue]
        : canary.headerPattern !== ''
          ? samplesOf(canary.headerPattern)
          : ['always', 'never'];
    for (const value of values) headers.push([canary.header, value]);
  }
  if (canary && canary.cookie !== '') headers.push(['Cookie', `${canary.cookie}=always`], ['Cookie', `${canary.cookie}=never`]);
  const addresses = allow.length + deny.length === 0 ? [] : addressesOf([...allow, ...deny]);
  const asks = { ...ASKS_NOTHING, headers, addresses };
  return { asks, asksMore: canary !== undefined && canary.headerValue === '' && canary.headerPattern !== '' };
}

/** A text without special characters matches itself. */
function samplesOf(pattern: string): readonly string[] {
  return compileRegex(pattern).ok && /^[\w-]+$/.test(pattern) ? [pattern] : [];
}

/** An address in each range, and the next one behind it. */
function addressesOf(ranges: readonly string[]): readonly Ip[] {
  return ranges.flatMap((text) => {
    const last = lastOf(text);
    const behind = last && addToIp(last, 1n);
    return [...(last ? [last] : []), ...(behind ? [behind] : [])];
  });
}

function lastOf(text: string): Ip | undefined {
  const range = parseCidr(text);
  return range ? lastIp(range) : parseIp(text);
}
