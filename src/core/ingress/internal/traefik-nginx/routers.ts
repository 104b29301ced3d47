import { once } from '../../../kernel/once.js';
import { ok } from '../../../kernel/result.js';
import { rulePriority } from '../../../traefik-rule/compile-rule.js';
import { quoteGoString } from '../../../traefik-rule/go-string.js';
import { annotationPointer } from '../nginx/annotation-reader.js';
import type { PathRule } from '../path-rule.js';
import { entryPointFor } from '../traefik/entry-points.js';
import { HttpRouter, type RouterParts } from '../traefik/http-router.js';
import { combined, type Target, UNTOUCHED_TARGET } from '../traefik/target.js';
import { actionsOf, brokenBy } from './actions.js';
import type { ProviderBackends } from './backends.js';
import type { HostFacts } from './host-facts.js';
import type { Location } from './locations.js';
import type { NginxAction } from './nginx-action.js';
import { canaryText, isPlain, nonCanaryText, ruleOf, type RuleText, ruleText, tailText, withOptionalTail } from './rule-text.js';
import type { ProviderSettings } from './settings.js';
import { ABSOLUTE } from './treat-nginx.js';

/** What routers are made with. */
export interface RouterGrounds {
  readonly settings: ProviderSettings;
  readonly facts: HostFacts;
  readonly backends: ProviderBackends;
  /** Of the provider, among those of one priority. */
  readonly precedence: number;
  /** The TLS options that an Ingress asks for, by their name. */
  readonly tlsOptionOf: (location: Location) => string | undefined;
}

/** A router but for the scheme it is for. */
interface Draft extends RuleText {
  readonly rule: PathRule;
  /** Undefined: the length of the rule. */
  readonly priority: number | undefined;
  readonly hosts: readonly string[];
  readonly aliases: readonly string[];
  readonly made: (scheme: 'http' | 'https') => NonNullable<RouterParts['made']>;
}

/** The routers of a location (`translate` of `pkg/provider/kubernetes/ingress-nginx/translator.go`): itself, and what leads to its canary for certain, or away from it. */
export function routersOf(
  location: Location,
  grounds: RouterGrounds,
  { text, left, priority }: Pick<Draft, 'text' | 'left' | 'priority'> = { ...ruleText(location), priority: undefined },
): readonly HttpRouter[] {
  const { rule, canary, host, aliases } = location;
  const chain = { http: chainOf(location, 'http', grounds), https: chainOf(location, 'https', grounds) };
  const hosts = host === undefined ? [] : [host];
  const draft = (own: string, target: () => Target): Draft => {
    return { rule, text: own, left, priority, hosts, aliases, made: (scheme) => ({ chain: chain[scheme], target }) };
  };
  const served = rule.path === undefined ? 'DEFAULT_BACKEND' : 'ROUTED';
  const { backends } = grounds;
  const primary = once(() => backends.target(location.ingress, location.annotations, location.backend, served));
  if (!canary) return [...draftedRouters(draft(text, primary), grounds, location), ...tailRouters(location, draft(text, primary), grounds)];
  const { pick } = canary;
  const second = once(() => backends.target(location.ingress, location.annotations, canary.backend, 'ROUTED'));
  const both = once(() =>
    combined([
      { weight: pick.weightTotal - pick.weight, target: primary() },
      { weight: pick.weight, target: second() },
    ]),
  );
  const isPicked = pick.header !== '' || pick.cookie !== '';
  const isKept = pick.weight > 0 && (isPlain(pick) || pick.cookie !== '');
  return [
    draft(text, both),
    ...(isPicked ? [draft(canaryText(text, pick), second)] : []),
    ...(isKept ? [draft(nonCanaryText(text, pick), primary)] : []),
  ].flatMap((one) => draftedRouters(one, grounds, location));
}

const TAIL_OPTIONAL =
  'where `rewrite-target` is a whole URL later releases of Traefik 3.7 take the last group of the path for optional, and earlier ones do not';

/** What a path with an absolute `rewrite-target` takes in some releases alone (traefik/traefik #13455). */
function tailRouters(location: Location, draft: Draft, grounds: RouterGrounds): readonly HttpRouter[] {
  const { rule, isRegex, annotations, path } = location;
  const isAsked = isRegex && rule.pathType === 'ImplementationSpecific' && ABSOLUTE.test(annotations.text('rewrite-target') ?? '');
  const widened = isAsked ? withOptionalTail(path) : undefined;
  if (widened === undefined) return [];
  return draftedRouters({ ...draft, ...tailText(location, widened) }, grounds, { ...location, doubt: TAIL_OPTIONAL });
}

function chainOf(location: Location, scheme: 'http' | 'https', { settings, backends }: RouterGrounds) {
  return once(() => actionsOf(location, scheme, settings, backends));
}

/** One for requests without TLS, one for those with it. */
export function draftedRouters(
  { rule, text, left, priority = left === 0 ? 0 : rulePriority(text) + left, hosts, aliases, made }: Draft,
  { precedence, tlsOptionOf }: RouterGrounds,
  location?: Location,
): readonly HttpRouter[] {
  const name = location && tlsOptionOf(location);
  const options = name === undefined ? undefined : { pointer: annotationPointer('auth-tls-secret'), name, namespace: undefined };
  const parts = (scheme: 'http' | 'https'): RouterParts => ({
    rule,
    text,
    syntax: 'v3',
    priority,
    precedence,
    scheme,
    entryPoints: entryPointFor[scheme],
    tls: scheme === 'https',
    tlsOptions: scheme === 'https' ? options : undefined,
    middlewares: [],
    services: [],
    backends: [],
    isBehind: false,
    layer: undefined,
    fault: location?.fault,
    doubt: location?.doubt,
    hosts,
    aliases,
    made: made(scheme),
  });
  const plain = new HttpRouter(parts('http'));
  return location?.passesTls ? [plain] : [plain, new HttpRouter(parts('https'))];
}

const WHOLE_URL = String.raw`^(https?)://(?:\[[^/\]]*\]|[^/:]+)(:[0-9]+)?[^/]*/(.*?)/?$`;

/** `applyFromToWwwRedirect`: the other name of a host leads to it, once for each Ingress that asks for it. */
export function wwwRouters(grounds: RouterGrounds): (location: Location) => readonly HttpRouter[] {
  const done = new Set<string>();
  return (location) => {
    const { host, ingress, annotations, fault } = location;
    const isAsked =
      annotations.flag('from-to-www-redirect') === true && fault === undefined && brokenBy(location, grounds.settings) === undefined;
    const other = isAsked ? grounds.facts.redirectedName(host) : undefined;
    const key = `${ingress.namespace}/${ingress.ref.name} ${host ?? ''}`;
    if (other === undefined || host === undefined || done.has(key)) return [];
    done.add(key);
    const action = { type: 'redirectWith', regex: WHOLE_URL, replacement: `$1://${host}$2/$3`, status: 308 } as const;
    return extraRouters(
      location,
      { host: other, text: `Host(${quoteGoString(other)})`, left: 0, hosts: [other], aliases: [] },
      'from-to-www-redirect',
      action,
      grounds,
    );
  };
}

/** `applyAppRootRedirect`: `/` is redirected even where no path takes it, by the first location of the host that has an `app-root`. */
export function appRootRouters(grounds: RouterGrounds): (location: Location) => readonly HttpRouter[] {
  const done = new Set<string | undefined>();
  return (location) => {
    const { host, hostRule, aliases, appRoot, fault } = location;
    if (!appRoot || fault !== undefined || grounds.facts.hasRoot(host) || done.has(host)) return [];
    done.add(host);
    const place = { host, ...ruleOf(hostRule, 'Path("/")'), hosts: host === undefined ? [] : [host], aliases };
    return extraRouters(location, place, 'app-root', { type: 'appRoot', path: appRoot.path }, grounds);
  };
}

/** A router that does nothing but redirect. */
function extraRouters(
  location: Location,
  { host, ...place }: Pick<Draft, 'text' | 'left' | 'hosts' | 'aliases'> & { readonly host: string | undefined },
  name: 'from-to-www-redirect' | 'app-root',
  does: NginxAction,
  grounds: RouterGrounds,
): readonly HttpRouter[] {
  const { ingress } = location;
  const pointer = annotationPointer(name);
  const rule: PathRule = {
    ingress,
    pointer,
    host,
    path: place.text,
    pathType: undefined,
    backend: undefined,
    backendText: name,
    fault: undefined,
  };
  const chain = () => ok([{ middleware: undefined, name, action: { type: 'nginx', does } as const, annotated: { ingress, name } }]);
  const made = () => ({ chain, target: () => UNTOUCHED_TARGET });
  return draftedRouters({ rule, ...place, priority: undefined, made }, grounds, location);
}
