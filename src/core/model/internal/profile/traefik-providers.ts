import type { IngressControllerProfile } from '../../network-profile.js';
import type { PlacedComponent } from './network-traces.js';
import { entryPointSettings, isTurnedOn, scalar, traefikArguments } from './traefik-arguments.js';

type Options = IngressControllerProfile['options'];

/** A Traefik that reads Ingresses or kinds of its own. */
export interface TraefikProvider {
  /** The one class that it serves; undefined: all of Traefik's. */
  readonly className: string | undefined;
  readonly options: Options;
}

/** Settings of both providers that the profile holds once (`pkg/provider/kubernetes/ingress/kubernetes.go`, `crd/kubernetes.go` of traefik/traefik). */
const SHARED = ['allowEmptyServices', 'allowExternalNameServices'] as const;

/** Settings of `providers.kubernetesIngress` alone. */
const OF_INGRESS = ['strictPrefixMatching', 'disableIngressClassLookup', 'disableClusterScopeResources'] as const;

/** Settings of `providers.kubernetesCRD` alone. */
const OF_CRD = ['allowCrossNamespace', 'crossProviderNamespaces', 'defaultTLSResourcesNamespace'] as const;

/** Every Traefik that runs with the provider `kubernetesIngress`, as its arguments set it, and `kubernetesCRD` beside it. */
export function traefikProviders(components: readonly PlacedComponent[]): readonly TraefikProvider[] {
  return components.flatMap((component) => {
    if (component.image !== 'traefik') return [];
    const ingress = traefikArguments(component.arguments, 'kubernetesingress');
    if (!isTurnedOn(ingress)) return [];
    const crd = traefikArguments(component.arguments, 'kubernetescrd');
    const className = ingress.get('ingressclass') || undefined;
    const own = [...ownSettings(ingress, crd), ...nativeSettings(component)];
    const options = [
      ...own,
      ...sharedSettings(ingress, crd),
      ...syntaxOf(component),
      ...entryPointSettings(component.arguments),
      ...versionOf(component),
    ];
    return { className, options: Object.fromEntries(options) };
  });
}

/** The class is told even where it is not set: an empty one is Traefik's default. */
function ownSettings(
  ingress: ReadonlyMap<string, string>,
  crd: ReadonlyMap<string, string>,
): readonly (readonly [string, string | boolean])[] {
  const told: (readonly [string, string | boolean])[] = [
    ['kubernetesIngress.ingressClass', ingress.get('ingressclass') ?? ''],
    ['kubernetesCRD.ingressClass', crd.get('ingressclass') ?? ''],
  ];
  for (const name of OF_INGRESS) {
    const value = ingress.get(name.toLowerCase());
    if (value !== undefined) told.push([name, scalar(value)]);
  }
  const namespaces = ingress.get('namespaces');
  if (namespaces !== undefined) told.push(['kubernetesIngress.namespaces', namespaces]);
  for (const name of OF_CRD) {
    const value = crd.get(name.toLowerCase());
    if (value !== undefined) told.push([name, scalar(value)]);
  }
  return told;
}

/** Whether Services are reached at their own address where they do not say: each provider has a setting of its own. */
function nativeSettings({ arguments: all }: PlacedComponent): readonly (readonly [string, string | boolean])[] {
  return ['kubernetesIngress', 'kubernetesCRD', 'kubernetesGateway'].flatMap((provider) => {
    const native = traefikArguments(all, provider.toLowerCase()).get('nativelbbydefault');
    return native === undefined ? [] : [[`${provider}.nativeLBByDefault`, scalar(native)] as const];
  });
}

/** Of all routers that do not tell theirs (doc.traefik.io "Migrate from v2 to v3"). */
function syntaxOf({ arguments: all }: PlacedComponent): readonly (readonly [string, string])[] {
  const syntax = traefikArguments(all, 'core', '').get('defaultrulesyntax');
  return syntax === undefined ? [] : [['core.defaultRuleSyntax', syntax]];
}

/** By the tag of its image. */
function versionOf({ tag }: PlacedComponent): readonly (readonly [string, string])[] {
  const version = /^v?(\d+\.\d+(?:\.\d+)?)/.exec(tag ?? '')?.[1];
  return version === undefined ? [] : [['version', version]];
}

/** Where both providers run and are set differently, none is told: what is taken for granted is said with the answer. */
function sharedSettings(
  ingress: ReadonlyMap<string, string>,
  crd: ReadonlyMap<string, string>,
): readonly (readonly [string, string | boolean])[] {
  return SHARED.flatMap((name) => {
    const key = name.toLowerCase();
    const value = ingress.get(key);
    const differs = isTurnedOn(crd) && (crd.get(key) ?? 'false') !== (value ?? 'false');
    return value === undefined || differs ? [] : [[name, scalar(value)] as const];
  });
}
