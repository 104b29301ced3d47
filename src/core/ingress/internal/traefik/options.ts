import type { NetworkModel } from '../../../model/network-model.js';
import { deepWildcardPenalty, rulePriority } from '../../../traefik-rule/compile-rule.js';
import type { RuleNode } from '../../../traefik-rule/rule-node.js';
import type { RuleSyntax } from '../../../traefik-rule/rule-syntax.js';
import { isOnTrial } from '../class-dialect.js';
import { type EntryPointSettings, namesOf, type Redirection, redirectionAt, trustAt } from './entry-point-settings.js';
import type { Trust } from './forwarded-headers.js';

/** Settings of Traefik that objects do not tell; the profile's `options` of the controller may. Named as Traefik's own. */
export interface TraefikOptions {
  /** `providers.kubernetesIngress`: a prefix ends at a `/` of the path. */
  readonly strictPrefixMatching: boolean;
  /** A Service without endpoints keeps its router, which answers 503. */
  readonly allowEmptyServices: boolean;
  readonly allowExternalNameServices: boolean;
  /** A Service is reached at its own address where nobody says otherwise of it; each provider has its own. */
  readonly nativeLBByDefault: Readonly<Record<'kubernetes' | 'kubernetescrd', boolean>>;
  /** Neither nodes nor IngressClasses are read. */
  readonly disableClusterScopeResources: boolean;
  /** An IngressRoute may name objects of other namespaces. */
  readonly allowCrossNamespace: boolean;
  /** `providers.kubernetesCRD.crossProviderNamespaces`: the namespaces whose objects may name those of other providers, `name@provider`; undefined: all. */
  readonly crossProviderNamespaces: readonly string[] | undefined;
  /** `providers.kubernetesCRD.ingressClass`: the annotation of the IngressRoutes that are read; undefined: not set. */
  readonly ingressClass: string | undefined;
  /** The class is one of another controller, asked by Traefik's rules: what is written for Traefik without a class is for the one that the cluster has. */
  readonly isOnTrial: boolean;
  /** `providers.precedence`: a larger number goes first among routers of one priority. */
  readonly precedence: Readonly<Record<'kubernetes' | 'kubernetescrd' | 'kubernetesingressnginx', number>>;
  /** `entryPoints.websecure.http.tls`: the entry point ends TLS for routers that do not ask for it themselves. */
  readonly websecureTLS: boolean;
  /** `entryPoints.*.http.sanitizePath`: `//` and dot segments are resolved before rules see the path. */
  readonly sanitizePath: boolean;
  /** Whom each entry point believes about proxies in front of it. */
  readonly forwardedHeaders: Readonly<Record<'web' | 'websecure', Trust>>;
  /** Where an entry point sends everybody. */
  readonly redirections: Readonly<Record<'web' | 'websecure', Redirection | undefined>>;
  /** `core.defaultRuleSyntax`: that of rules which do not tell theirs. */
  readonly ruleSyntax: RuleSyntax;
  /** `providers.kubernetesCRD.defaultTLSResourcesNamespace`: where the TLSOption and the TLSStore stand that are called `default`; undefined: anywhere. */
  readonly defaultTLSNamespace: string | undefined;
  /** Since 3.8 `**.x` stands for one or more labels; undefined: the version is not told. */
  readonly deepWildcards: boolean | undefined;
}

/** The settings of the controller of a class; those that are not told are Traefik's defaults (doc.traefik.io "Install configuration"), but for TLS on `websecure`, which its Helm chart turns on. */
export function traefikOptions(model: NetworkModel, className: string | undefined, strict: boolean): TraefikOptions {
  const told: EntryPointSettings = model.profile.ingress.controllers.find((one) => one.class === className)?.options ?? {};
  const ingressClass = told['kubernetesCRD.ingressClass'] ?? told['ingressClass'];
  const flag = (name: keyof TraefikOptions, otherwise: boolean) => {
    const value = Object.hasOwn(told, name) ? told[name] : undefined;
    return typeof value === 'boolean' ? value : otherwise;
  };
  return {
    strictPrefixMatching: strict,
    allowEmptyServices: flag('allowEmptyServices', false),
    allowExternalNameServices: flag('allowExternalNameServices', false),
    nativeLBByDefault: {
      kubernetes: (told['kubernetesIngress.nativeLBByDefault'] ?? told['nativeLBByDefault']) === true,
      kubernetescrd: (told['kubernetesCRD.nativeLBByDefault'] ?? told['nativeLBByDefault']) === true,
    },
    disableClusterScopeResources: flag('disableClusterScopeResources', false),
    allowCrossNamespace: flag('allowCrossNamespace', false),
    crossProviderNamespaces: namesOf(told['crossProviderNamespaces']),
    ingressClass: filled(ingressClass),
    isOnTrial: isOnTrial(model, className),
    precedence: precedenceOf(told['providersPrecedence']),
    websecureTLS: flag('websecureTLS', true),
    sanitizePath: flag('sanitizePath', true),
    forwardedHeaders: { web: trustAt('web', told), websecure: trustAt('websecure', told) },
    redirections: { web: redirectionAt('web', told), websecure: redirectionAt('websecure', told) },
    ruleSyntax: told['core.defaultRuleSyntax'] === 'v2' || told['defaultRuleSyntax'] === 'v2' ? 'v2' : 'v3',
    defaultTLSNamespace: filled(told['kubernetesCRD.defaultTLSResourcesNamespace'] ?? told['defaultTLSResourcesNamespace']),
    deepWildcards: isSince(told['version'], 3, 8),
  };
}

function filled(told: string | boolean | number | undefined): string | undefined {
  return typeof told === 'string' && told !== '' ? told : undefined;
}

/** `3.7.1`, `3.8`, or a number that is a text without quotes. */
function isSince(version: string | boolean | number | undefined, major: number, minor: number): boolean | undefined {
  const [, first, second] = /^v?(\d+)\.(\d+)/.exec(String(version)) ?? [];
  if (first === undefined) return undefined;
  return Number(first) > major || (Number(first) === major && Number(second) >= minor);
}

/** The priority of a rule, 0 where it is the length of its text. */
export function priorityOf(
  told: number,
  text: string,
  rule: RuleNode | undefined,
  { deepWildcards }: Pick<TraefikOptions, 'deepWildcards'>,
): number {
  const penalty = told === 0 && deepWildcards && rule ? deepWildcardPenalty(rule) : 0;
  return penalty === 0 ? told : rulePriority(text) - penalty;
}

/** Told as Traefik's command line has it, `kubernetes,kubernetescrd`, highest first; a provider that it leaves out comes last. */
function precedenceOf(told: string | boolean | number | undefined): TraefikOptions['precedence'] {
  const list = typeof told === 'string' ? told.toLowerCase().split(',') : ['kubernetescrd', 'kubernetes'];
  const rank = (name: string) => (list.some((one) => one.trim() === name) ? list.length - list.findIndex((one) => one.trim() === name) : 0);
  return {
    kubernetes: rank('kubernetes'),
    kubernetescrd: rank('kubernetescrd'),
    kubernetesingressnginx: rank('kubernetesingressnginx'),
  };
}
