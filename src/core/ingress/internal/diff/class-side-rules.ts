import { finished } from '../../../kernel/steps.js';
import { pathFault } from '../../../resources/ingress-path-fault.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { Ingress } from '../../../resources/ingress.js';
import { compileRegex } from '../../../regex/compile-regex.js';
import type { ClassRouter } from '../dialect.js';
import { readsNginxAnnotations } from '../dialect-family.js';
import { PathLanguages } from '../lint/path-language.js';
import { annotationsOf, type CanaryRules } from '../nginx/annotations.js';
import { nginxOptions } from '../nginx/options.js';
import { f5Annotations } from '../nginx-f5/f5-annotations.js';
import { F5Router } from '../nginx-f5/nginx-f5.js';
import { pathRule, type PathRule } from '../path-rule.js';
import { hostFault } from '../request-host.js';
import { routerAnnotations } from '../traefik/annotations.js';
import { routersOfIngress } from '../traefik/ingress-routers.js';
import { Middlewares } from '../traefik/middlewares.js';
import { traefikOptions } from '../traefik/options.js';
import { providerAnnotations } from '../traefik-nginx/provider-annotations.js';
import { askedByChain } from './asked-by-chain.js';
import { addressesOf, type Asked, corsAsked, NOTHING, together } from './asked.js';
import { ASKS_NOTHING, type SideRule } from './side-rule.js';

/** The rules of a class that can match anything, each with every name under which its host is known. */
export function* rulesOfClass(model: NetworkModel, router: ClassRouter): Iterable<SideRule> {
  const languages = new PathLanguages(router);
  const everywhere = asksOfController(model, router);
  const ofMiddlewares = middlewaresOf(model, router);
  for (const ingress of router.members) {
    const asked = together([everywhere, asksOf(router, ingress), ofMiddlewares(ingress)]);
    const { asks, cors } = asked;
    const { names: others, areAll } = othersOf(router, ingress);
    const asksMore = asked.asksMore || !areAll;
    for (const { host, paths } of ingress.rules) {
      if (host !== undefined && hostFault(host) !== undefined) continue;
      const patterns = paths.flatMap((path) => {
        if (pathFault(path) !== undefined) return [];
        return [
          { path: path.path === '' ? '/' : path.path, pattern: patternOf(router, languages, pathRule(ingress, host, path, undefined)) },
        ];
      });
      const own = patterns.length === 0 ? [{ path: '/', pattern: undefined }] : patterns;
      for (const name of namesOf(router, ingress, host, others)) for (const one of own) yield { host: name, ...one, asks, asksMore, cors };
    }
    if (ingress.defaultBackend) yield { host: undefined, path: '/', pattern: undefined, asks, asksMore, cors };
  }
}

/** So many further names of hosts are tried, each with every path. */
const MOST_NAMES = 100;

/** What the hosts of an Ingress are called besides. */
function othersOf({ dialect }: ClassRouter, ingress: Ingress): { readonly names: readonly string[]; readonly areAll: boolean } {
  const { aliases } = annotationsOf(ingress);
  if (!readsNginxAnnotations(dialect)) return { names: [], areAll: true };
  const names = aliases.slice(0, MOST_NAMES).map((name) => name.toLowerCase());
  return { names: names.filter((name) => hostFault(name) === undefined), areAll: aliases.length <= MOST_NAMES };
}

/** The host, and what else leads to its server (rules B3, B16). */
function namesOf(
  { dialect }: ClassRouter,
  ingress: Ingress,
  host: string | undefined,
  others: readonly string[],
): readonly (string | undefined)[] {
  if (!readsNginxAnnotations(dialect) || host === undefined) return [host];
  const www = host.startsWith('www.') ? host.slice('www.'.length) : `www.${host}`;
  return [host, ...others, ...(annotationsOf(ingress).fromToWww && !host.startsWith('*.') ? [www] : [])];
}

function patternOf(router: ClassRouter, languages: PathLanguages, rule: PathRule<Ingress>): SideRule['pattern'] {
  const { dialect } = router;
  const isTraefik = dialect === 'traefik' || dialect === 'traefik-strict';
  const isExpression =
    isTraefik && rule.pathType === 'ImplementationSpecific' && routerAnnotations(rule.ingress.annotations).pathMatcher === 'PathRegexp';
  return languages.isPattern(rule) || isExpression ? (languages.of(rule)?.atMost ?? null) : undefined;
}

/** What the annotations of an Ingress ask beside host and path, as ingress-nginx and Traefik's provider for them have it; the other dialects ask for nothing. */
function asksOf(router: ClassRouter, ingress: Ingress): Asked {
  const { dialect } = router;
  if (router instanceof F5Router) return { ...NOTHING, asksMore: asksMoreOfF5(router, ingress) };
  if (!readsNginxAnnotations(dialect)) return NOTHING;
  const { canary, allow, deny } = annotationsOf(ingress);
  const addresses = allow.length + deny.length === 0 ? [] : addressesOf([...allow, ...deny]);
  return together([ofCanary(canary), { ...NOTHING, asks: { ...ASKS_NOTHING, addresses } }, ofCors(dialect, ingress)]);
}

/** Whom Policies let in, and what the proxy before nginx says, is left open. */
function asksMoreOfF5({ context: { options } }: F5Router, ingress: Ingress): boolean {
  const { policies, redirectToHttps, hsts } = f5Annotations(ingress, options.defaults);
  return policies.length > 0 || redirectToHttps || hsts?.behindProxy === true;
}

/** Canaries (rule B22). */
function ofCanary(canary: CanaryRules | undefined): Asked {
  if (!canary) return NOTHING;
  const headers: (readonly [string, string])[] = [];
  if (canary.header !== '') {
    const values =
      canary.headerValue !== ''
        ? [canary.headerValue]
        : canary.headerPattern !== ''
          ? samplesOf(canary.headerPattern)
          : ['always', 'never'];
    for (const value of values) headers.push([canary.header, value]);
  }
  if (canary.cookie !== '') headers.push(['Cookie', `${canary.cookie}=always`], ['Cookie', `${canary.cookie}=never`]);
  return { ...NOTHING, asks: { ...ASKS_NOTHING, headers }, asksMore: canary.headerValue === '' && canary.headerPattern !== '' };
}

/** `enable-cors`, as the dialect reads it. */
function ofCors(dialect: ClassRouter['dialect'], ingress: Ingress): Asked {
  if (dialect === 'ingress-nginx') {
    const { cors } = annotationsOf(ingress);
    return cors ? corsAsked(cors.origins, `nginx ${JSON.stringify(cors)}`) : NOTHING;
  }
  const provider = providerAnnotations(ingress);
  if (!provider.flag('enable-cors')) return NOTHING;
  const settings = Object.entries(ingress.annotations).filter(([name]) => name.includes('/cors-'));
  return corsAsked(provider.list('cors-allow-origin') ?? ['*'], `provider ${JSON.stringify(settings)}`);
}

/** What the middlewares ask that an Ingress of Traefik names: the same for all of its routers. */
function middlewaresOf(model: NetworkModel, { dialect, className }: ClassRouter): (ingress: Ingress) => Asked {
  if (dialect !== 'traefik' && dialect !== 'traefik-strict') return () => NOTHING;
  const options = traefikOptions(model, className, dialect === 'traefik-strict');
  const middlewares = new Middlewares(model, options);
  return (ingress) => {
    const [first] = finished(routersOfIngress(ingress, options));
    return first ? askedByChain(middlewares.chainOf(first)) : NOTHING;
  };
}

/** What the controller itself is set to ask of every request: who stands in front of it, and whom it refuses. */
function asksOfController(model: NetworkModel, { dialect, className, members }: ClassRouter): Asked {
  if (dialect !== 'ingress-nginx') return NOTHING;
  const { trustsForwarded, realIp, blockedAgents, blockedReferers, ...lists } = nginxOptions(model, className);
  const isPattern = (item: string) => item.startsWith('~');
  const texts = (name: string, items: readonly string[]) => items.filter((item) => !isPattern(item)).map((item) => [name, item] as const);
  const forwarded = trustsForwarded ? ['http', 'https'].map((scheme) => ['X-Forwarded-Proto', scheme] as const) : [];
  const headers = [...forwarded, ...texts('User-Agent', blockedAgents), ...texts('Referer', blockedReferers)];
  const hasLists =
    [lists.allow, lists.deny, lists.blocked].some((list) => list.length > 0) ||
    members.some((ingress) => annotationsOf(ingress).allow.length + annotationsOf(ingress).deny.length > 0);
  const asksMore = (realIp.isBelieved && hasLists) || [...blockedAgents, ...blockedReferers].some(isPattern);
  return { ...NOTHING, asks: { ...ASKS_NOTHING, headers }, asksMore };
}

/** A text without special characters matches itself. */
function samplesOf(pattern: string): readonly string[] {
  return compileRegex(pattern).ok && /^[\w-]+$/.test(pattern) ? [pattern] : [];
}
