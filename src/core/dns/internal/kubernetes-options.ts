import type { KubernetesPlugin } from '../../model/kubernetes-plugin.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { DnsProfile } from '../../model/network-profile.js';
import { parseLabelText } from '../../model/parse-label-text.js';
import type { LabelSelector } from '../../resources/label-selector.js';

/** How one `kubernetes` plugin is set up. */
export interface KubernetesOptions {
  readonly server: DnsProfile['server'];
  /** Absolute, lower case, longest first: the first that ends a name is its zone. */
  readonly zones: readonly string[];
  /** The first zone that is no reverse zone: where PTR answers point to. */
  readonly primaryZone: string;
  readonly ttl: number;
  readonly pods: DnsProfile['pods'];
  /** Exposed namespaces; empty = all. */
  readonly namespaces: ReadonlySet<string>;
  readonly namespaceSelector: LabelSelector | undefined;
  /** Services, slices and pods that it knows. */
  readonly selector: LabelSelector | undefined;
  readonly endpointPodNames: boolean;
  readonly ignoreEmptyService: boolean;
  readonly noEndpoints: boolean;
  readonly zonal: boolean;
  readonly multiclusterZones: ReadonlySet<string>;
  readonly fallthrough: readonly string[] | undefined;
  /** kube-dns: the domain of each federation that the cluster belongs to, by its name. */
  readonly federations: ReadonlyMap<string, string>;
}

const NO_FEDERATIONS: ReadonlyMap<string, string> = new Map();

/** The options as the profile has them; those that the profile has no field for are taken from the plugin's line. */
export function optionsOfProfile(model: NetworkModel, plugin: KubernetesPlugin | undefined): KubernetesOptions {
  const { dns, clusterDomain } = model.profile;
  const { pods, ttl, namespaces, endpointPodNames, ignoreEmptyService, fallthrough, server } = dns;
  return {
    ...restOf(plugin),
    ...zonesOf(dns.zones, clusterDomain),
    server,
    // kube-dns has no such option: it always behaves as `insecure` (kubernetes/dns `pkg/dns`).
    pods: server === 'kube-dns' ? 'insecure' : pods,
    ttl,
    namespaces: new Set(namespaces),
    endpointPodNames,
    ignoreEmptyService,
    fallthrough,
    federations: (server === 'kube-dns' && model.dnsSetup.kubeDns?.federations) || NO_FEDERATIONS,
  };
}

/** The options of a further `kubernetes` plugin, which the profile says nothing of. */
export function optionsOfPlugin(model: NetworkModel, plugin: KubernetesPlugin): KubernetesOptions {
  return {
    ...restOf(plugin),
    ...zonesOf(plugin.zones, model.profile.clusterDomain),
    server: 'coredns',
    pods: plugin.pods ?? 'disabled',
    ttl: plugin.ttl ?? 5,
    namespaces: new Set(plugin.namespaces),
    endpointPodNames: plugin.endpointPodNames ?? false,
    ignoreEmptyService: plugin.ignoreEmptyService ?? false,
    fallthrough: plugin.fallthrough,
    federations: NO_FEDERATIONS,
  };
}

function zonesOf(zones: readonly string[], clusterDomain: string): Pick<KubernetesOptions, 'zones' | 'primaryZone'> {
  const primaryZone = zones.find((zone) => !/(^|\.)(in-addr|ip6)\.arpa\.$/.test(zone)) ?? `${clusterDomain}.`;
  return { zones: zones.toSorted((a, b) => b.length - a.length), primaryZone };
}

function restOf(
  plugin: KubernetesPlugin | undefined,
): Pick<KubernetesOptions, 'namespaceSelector' | 'selector' | 'noEndpoints' | 'zonal' | 'multiclusterZones'> {
  return {
    namespaceSelector: selectorOf(plugin?.namespaceLabels),
    selector: selectorOf(plugin?.labels),
    noEndpoints: plugin?.noEndpoints ?? false,
    zonal: plugin?.zonal ?? false,
    multiclusterZones: new Set(plugin?.multiclusterZones),
  };
}

/** A selector that cannot be read selects nothing. */
function selectorOf(text: string | undefined): LabelSelector | undefined {
  if (text === undefined) return undefined;
  const selector = parseLabelText(text);
  return selector.ok ? selector.value : { requirements: [], invalid: true };
}
