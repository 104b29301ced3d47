import type { Steps } from '../../../kernel/steps.js';
import { pathFault } from '../../../resources/ingress-path-fault.js';
import type { Ingress, IngressBackend, IngressPath } from '../../../resources/ingress.js';
import { pathRule, type PathRule } from '../path-rule.js';
import { hostFault } from '../request-host.js';
import { annotationPointer, type RouterAnnotations, routerAnnotations } from './annotations.js';
import { quoteGoString } from '../../../traefik-rule/go-string.js';
import type { RuleSyntax } from '../../../traefik-rule/rule-syntax.js';
import { entryPointsIn } from './entry-points.js';
import type { TraefikOptions } from './options.js';
import { HttpRouter, NamedByRule, type RouterParts, type ServiceUse } from './http-router.js';

/** `math.MinInt32`: behind every router that has a rule of its own. */
const LAST = -2_147_483_648;

/** With the syntax that Traefik is set to where they tell none. */
type ToldAnnotations = RouterAnnotations & { readonly syntax: RuleSyntax };

/** So many paths are read in one step. */
const STRETCH = 500;

/**
 * The routers that Traefik makes of an Ingress (`loadConfigurationFromIngresses`, `loadRouter` of `pkg/provider/kubernetes/ingress/kubernetes.go`). Of two paths of one
 * Ingress with the same host and rule the last one stays whose Service is there. A rule without `http`, and a default backend beside rules, make none.
 */
export function* routersOfIngress(ingress: Ingress, options: TraefikOptions): Steps<readonly HttpRouter[]> {
  const { strictPrefixMatching, ruleSyntax, precedence } = options;
  const told = routerAnnotations(ingress.annotations);
  const annotations = { ...told, syntax: told.syntax ?? ruleSyntax };
  if (ingress.rules.length === 0)
    return ingress.defaultBackend ? [defaultRouter(ingress, ingress.defaultBackend, annotations, precedence.kubernetes)] : [];
  const named = new NamedByRule();
  for (const rule of ingress.rules) {
    if (rule.host !== undefined && hostFault(rule.host) !== undefined) continue;
    for (const path of rule.paths) {
      const entry: PathRule = pathRule(ingress, rule.host, path, pathFault(path));
      const text = ruleText(rule.host, path, annotations, strictPrefixMatching);
      const fault = faultOf(entry, annotations);
      named.add(new HttpRouter({ ...partsOf(ingress, annotations, path.backend, precedence.kubernetes), rule: entry, text, fault }));
      if (named.routers.length % STRETCH === 0) yield;
    }
  }
  return named.routers;
}

function faultOf({ fault }: PathRule, annotations: ToldAnnotations): string | undefined {
  return annotations.fault ?? (fault === undefined ? undefined : `the API server refuses the path: ${fault}`);
}

function defaultRouter(ingress: Ingress, backend: IngressBackend, annotations: ToldAnnotations, precedence: number): HttpRouter {
  const rule: PathRule = {
    ingress,
    pointer: '/spec/defaultBackend',
    host: undefined,
    path: undefined,
    pathType: undefined,
    backend,
    fault: undefined,
  };
  const parts = partsOf(ingress, annotations, backend, precedence);
  return new HttpRouter({ ...parts, syntax: 'v3', rule, text: 'PathPrefix("/")', priority: LAST, fault: annotations.fault });
}

type Shared = Omit<RouterParts, 'rule' | 'text' | 'fault'>;

function partsOf({ namespace }: Ingress, annotations: ToldAnnotations, backend: IngressBackend, precedence: number): Shared {
  const { syntax, priority, entryPoints, middlewares, tls, tlsOptions } = annotations;
  const pointer = annotationPointer('router.middlewares');
  return {
    syntax,
    priority,
    precedence,
    entryPoints: entryPointsIn(entryPoints),
    tls,
    tlsOptions:
      tlsOptions === undefined ? undefined : { pointer: annotationPointer('router.tls.options'), name: tlsOptions, namespace: undefined },
    middlewares: middlewares.map((name) => ({ pointer, name, namespace: undefined })),
    services: servicesOf(namespace, backend),
    backends: [],
    isBehind: false,
    layer: undefined,
  };
}

/** Resource backends are not supported: a router without Service is none. */
function servicesOf(namespace: string, backend: IngressBackend): readonly ServiceUse[] {
  if (backend.type !== 'service') return [];
  const { pointer, name, port } = backend;
  return [{ pointer, namespace, name, port }];
}

/** `buildRule`: host and path, joined; the path by pathType, or by the annotation where the type leaves it open. */
function ruleText(
  host: string | undefined,
  { path, pathType }: IngressPath,
  { pathMatcher, syntax }: ToldAnnotations,
  strict: boolean,
): string {
  const parts = host === undefined ? [] : [hostText(host, syntax)];
  if (path !== '') {
    const matcher = pathType === 'Exact' ? 'Path' : pathType === 'Prefix' ? 'PathPrefix' : pathMatcher;
    parts.push(strict && matcher === 'PathPrefix' ? strictPrefixText(path) : `${matcher}(${quoteGoString(path)})`);
  }
  return parts.join(' && ');
}

/** `buildHostRule`, `buildHostRuleV2`: a wildcard is an expression for one label. */
function hostText(host: string, syntax: RuleSyntax): string {
  if (!host.startsWith('*.')) return `Host(${quoteGoString(host)})`;
  if (syntax === 'v2') return `HostRegexp(${quoteGoString(`{subdomain:[a-zA-Z0-9-]+}.${host.slice(2)}`)})`;
  const domain = host.slice(2).replaceAll('.', String.raw`\.`);
  return `HostRegexp(${quoteGoString(String.raw`^[a-zA-Z0-9-]+\.${domain}$`)})`;
}

/** `buildPrefixRule`: the path itself, or what lies below it. */
function strictPrefixText(path: string): string {
  if (path === '/') return 'PathPrefix("/")';
  const trimmed = path.endsWith('/') ? path.slice(0, -1) : path;
  return `(Path(${quoteGoString(trimmed)}) || PathPrefix(${quoteGoString(`${trimmed}/`)}))`;
}
