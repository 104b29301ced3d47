import type { IngressControllerProfile } from '../../network-profile.js';
import type { PlacedComponent } from './network-traces.js';

type Options = IngressControllerProfile['options'];

/** Settings of the provider `kubernetesIngressNGINX` that say who is routed how (`pkg/provider/kubernetes/ingress-nginx/kubernetes.go` of traefik/traefik); Traefik reads their names without case. */
const SETTINGS = [
  'ingressClass',
  'watchIngressWithoutClass',
  'watchNamespace',
  'watchNamespaceSelector',
  'defaultBackendService',
  'disableSvcExternalName',
  'allowCrossNamespaceResources',
  'globalAllowedResponseHeaders',
  'allowSnippetAnnotations',
  'strictValidatePathType',
  'globalAuthURL',
  'ipAllowListStrategy.depth',
  'ipAllowListStrategy.excludedIPs',
  'ipAllowListStrategy.ipv6Subnet',
];
const PROVIDER = '--providers.kubernetesingressnginx';

/** A Traefik that reads Ingresses as ingress-nginx does. */
export interface TraefikNginxProvider {
  /** The `spec.controller` of the classes that it serves. */
  readonly controller: string;
  /** It serves the class of this name, too, whoever its controller is. */
  readonly className: string | undefined;
  readonly options: Options;
}

/** Every Traefik that runs with the provider, as its arguments set it. */
export function traefikNginxProviders(components: readonly PlacedComponent[]): readonly TraefikNginxProvider[] {
  return components.flatMap((component) => {
    const told = component.image === 'traefik' ? providerArguments(component.arguments) : new Map<string, string>();
    if (told.size === 0 || (told.size === 1 && told.get('') === 'false')) return [];
    const own = SETTINGS.flatMap((name) => {
      const value = told.get(name.toLowerCase());
      return value === undefined ? [] : [[name, scalar(value)] as const];
    });
    const version = /^v?(\d+\.\d+(?:\.\d+)?)/.exec(component.tag ?? '')?.[1];
    return {
      controller: told.get('controllerclass') ?? 'k8s.io/ingress-nginx',
      className: told.get('ingressclassbyname')?.toLowerCase() === 'true' ? (told.get('ingressclass') ?? 'nginx') : undefined,
      options: { ...(version === undefined ? {} : { version }), ...Object.fromEntries(own) },
    };
  });
}

/** What is said of the provider, by the names of its settings in lower case; of the provider as a whole by an empty one. An argument alone is `true`. */
function providerArguments(all: readonly string[]): Map<string, string> {
  const told = new Map<string, string>();
  for (const argument of all) {
    const end = argument.indexOf('=');
    const name = (end < 0 ? argument : argument.slice(0, end)).toLowerCase();
    if (name !== PROVIDER && !name.startsWith(`${PROVIDER}.`)) continue;
    told.set(name.slice(PROVIDER.length + 1), end < 0 ? 'true' : argument.slice(end + 1));
  }
  return told;
}

function scalar(text: string): string | boolean {
  return text === 'true' || text === 'false' ? text === 'true' : text;
}
