import type { IngressControllerProfile } from '../../network-profile.js';
import type { PlacedComponent } from './network-traces.js';
import { entryPointSettings, isTurnedOn, scalar, traefikArguments } from './traefik-arguments.js';

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
  'customHTTPErrors',
  'proxyRequestBuffering',
  'proxyBodySize',
  'proxyNextUpstream',
  'proxyNextUpstreamTries',
];

const NOTHING: ReadonlyMap<string, string> = new Map();

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
    const told = component.image === 'traefik' ? traefikArguments(component.arguments, 'kubernetesingressnginx') : NOTHING;
    if (!isTurnedOn(told)) return [];
    const own = SETTINGS.flatMap((name) => {
      const value = told.get(name.toLowerCase());
      return value === undefined ? [] : [[name, scalar(value)] as const];
    });
    const version = /^v?(\d+\.\d+(?:\.\d+)?)/.exec(component.tag ?? '')?.[1];
    return {
      controller: told.get('controllerclass') ?? 'k8s.io/ingress-nginx',
      className: told.get('ingressclassbyname')?.toLowerCase() === 'true' ? (told.get('ingressclass') ?? 'nginx') : undefined,
      options: {
        ...(version === undefined ? {} : { version }),
        ...Object.fromEntries([...own, ...entryPointSettings(component.arguments)]),
      },
    };
  });
}
