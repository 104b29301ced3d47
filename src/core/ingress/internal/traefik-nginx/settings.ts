import type { NetworkModel } from '../../../model/network-model.js';
import type { IpStrategy } from '../../../resources/traefik-middleware.js';

/**
 * The settings of the provider `kubernetesIngressNGINX`, with its defaults (`SetDefaults` of `pkg/provider/kubernetes/ingress-nginx/kubernetes.go`). They stand in the profile
 * under the names that Traefik gives them, lists as its command line has them: `a,b`.
 */
export interface ProviderSettings {
  /** `namespace/name` of the Service for hosts that no rule names. */
  readonly defaultBackendService: string | undefined;
  readonly disableSvcExternalName: boolean;
  /** Annotations may name Secrets of other namespaces. */
  readonly allowCrossNamespaceResources: boolean;
  /** Headers that `custom-headers` may set. */
  readonly globalAllowedResponseHeaders: readonly string[];
  /** Without it an Ingress with a snippet is passed over. */
  readonly allowSnippetAnnotations: boolean;
  /** An Ingress is passed over that has a path of type Exact or Prefix with other characters than those of a plain path. */
  readonly strictValidatePathType: boolean;
  /** Authentication for all, unless an Ingress opts out. */
  readonly globalAuthURL: string | undefined;
  /** By what lists of addresses know the client (`ipAllowListStrategy`). */
  readonly ipStrategy: IpStrategy;
  /** Errors whose pages the Service of `defaultBackendService` writes, where an Ingress names none itself. */
  readonly customHTTPErrors: readonly string[];
  /** Requests are read as a whole before they are sent on, without which no limit of their size holds. */
  readonly proxyRequestBuffering: boolean;
  /** Bytes; 0: no limit. */
  readonly proxyBodySize: number;
  /** When a request is sent again, and how often. */
  readonly proxyNextUpstream: string;
  readonly proxyNextUpstreamTries: number;
  /** Of Traefik: `3.6.2`; undefined: it is taken to be the one that is modelled. */
  readonly version: string | undefined;
}

/** The settings of the controller of a class, as far as the profile tells them. */
export function providerSettings(model: NetworkModel, className: string | undefined): ProviderSettings {
  const told = model.profile.ingress.controllers.find((one) => one.class === className)?.options ?? {};
  const valueOf = (name: string) => (Object.hasOwn(told, name) ? told[name] : undefined);
  const flag = (name: keyof ProviderSettings, otherwise: boolean) => {
    const value = valueOf(name);
    return typeof value === 'boolean' ? value : otherwise;
  };
  const text = (name: keyof ProviderSettings) => {
    const value = valueOf(name);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const number = (name: string, otherwise: number) => {
    const value = valueOf(name);
    return /^-?\d{1,15}$/.test(String(value)) ? Number(value) : otherwise;
  };
  return {
    defaultBackendService: text('defaultBackendService'),
    disableSvcExternalName: flag('disableSvcExternalName', false),
    allowCrossNamespaceResources: flag('allowCrossNamespaceResources', false),
    globalAllowedResponseHeaders: (text('globalAllowedResponseHeaders') ?? '').split(',').filter((name) => name !== ''),
    allowSnippetAnnotations: flag('allowSnippetAnnotations', false),
    strictValidatePathType: flag('strictValidatePathType', true),
    globalAuthURL: text('globalAuthURL'),
    ipStrategy: {
      depth: Math.max(number('ipAllowListStrategy.depth', 0), 0),
      excludedIPs: String(valueOf('ipAllowListStrategy.excludedIPs') ?? '')
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== ''),
      ipv6Subnet: valueOf('ipAllowListStrategy.ipv6Subnet') === undefined ? undefined : number('ipAllowListStrategy.ipv6Subnet', 0),
    },
    customHTTPErrors: (text('customHTTPErrors') ?? String(valueOf('customHTTPErrors') ?? '')).split(',').filter((code) => code !== ''),
    proxyRequestBuffering: flag('proxyRequestBuffering', false),
    proxyBodySize: number('proxyBodySize', 1_048_576),
    proxyNextUpstream: text('proxyNextUpstream') ?? 'error timeout',
    proxyNextUpstreamTries: number('proxyNextUpstreamTries', 3),
    version: text('version'),
  };
}
