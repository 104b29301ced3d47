import { assertNever } from '../kernel/assert-never.js';
import type { DnsPolicy, PodDnsConfig } from '../resources/pod.js';
import { mergeOptions, type ResolvConf } from './parse-resolv-conf.js';

/** Limits since Kubernetes 1.28 (kubernetes `pkg/apis/core/validation`); before: 6 searches of 256 characters. */
const MAX_NAMESERVERS = 3;
const MAX_SEARCHES = 32;
const MAX_SEARCH_ENTRY = 253;
const MAX_SEARCH_LINE = 2048;

/** What kubelet is configured with on a node. */
export interface KubeletDns {
  readonly clusterDNS: readonly string[];
  /** Without a final dot; empty: none. */
  readonly clusterDomain: string;
  /** The node's own file; `unset`: kubelet runs with an empty `--resolv-conf`; `unknown`: the input does not tell. */
  readonly host: ResolvConf | 'unset' | 'unknown';
  /** Families of the node's addresses, for `unset`. */
  readonly nodeFamilies: readonly (4 | 6)[];
}

/** What of a pod decides about its resolv.conf. */
export interface PodDns {
  readonly namespace: string;
  readonly dnsPolicy: DnsPolicy;
  readonly hostNetwork: boolean;
  readonly dnsConfig: PodDnsConfig | undefined;
}

/** Where a line of the file comes from. */
export type LineReason = 'CLUSTER_DNS' | 'CLUSTER_SEARCH' | 'HOST_RESOLV_CONF' | 'DNS_CONFIG' | 'CLUSTER_NDOTS' | 'NO_RESOLV_CONF';

/** One value of the file. */
export interface ResolverLine {
  readonly keyword: 'nameserver' | 'search' | 'options';
  readonly value: string;
  readonly reason: LineReason;
}

/** Something kubelet would tell in an event, or that is not known here. */
export interface ResolverNote {
  readonly code: 'DNS_CONFIG_FORMING' | 'MISSING_CLUSTER_DNS' | 'HOST_RESOLV_CONF_UNKNOWN';
  readonly message: string;
}

/** A pod's resolv.conf, each value with its reason. */
export interface PodResolver extends ResolvConf {
  readonly type: DnsType;
  readonly lines: readonly ResolverLine[];
  readonly notes: readonly ResolverNote[];
}

/** Which settings a pod starts from. */
export type DnsType = 'cluster' | 'host' | 'none';

/** The table of dnsPolicy × hostNetwork (kubernetes `pkg/kubelet/network/dns/dns.go` getPodDNSType). */
export function dnsTypeOf(policy: DnsPolicy, hostNetwork: boolean): DnsType {
  switch (policy) {
    case 'None':
      return 'none';
    case 'ClusterFirstWithHostNet':
      return 'cluster';
    case 'ClusterFirst':
      return hostNetwork ? 'host' : 'cluster';
    case 'Default':
      return 'host';
    default:
      return assertNever(policy);
  }
}

/** The resolv.conf that kubelet writes for a pod (kubernetes `pkg/kubelet/network/dns/dns.go` GetPodDNS), with every limit it applies. */
export function podResolver(kubelet: KubeletDns, pod: PodDns): PodResolver {
  const wanted = dnsTypeOf(pod.dnsPolicy, pod.hostNetwork);
  const notes: ResolverNote[] = [];
  const withoutServer = wanted === 'cluster' && kubelet.clusterDNS.length === 0;
  if (withoutServer)
    notes.push({
      code: 'MISSING_CLUSTER_DNS',
      message: 'no address of a cluster DNS server is known: kubelet falls back to the host’s settings',
    });
  const type = withoutServer ? 'host' : wanted;
  if (type === 'host' && kubelet.host === 'unknown') {
    notes.push({
      code: 'HOST_RESOLV_CONF_UNKNOWN',
      message: 'the resolv.conf of the node is used, and it is not known (set `dns.hostResolvConf` in the profile)',
    });
  }
  const all = [...baseLines(kubelet, pod, type), ...configLines(pod.dnsConfig)];
  const nameservers = limitNameservers(valuesOf(all, 'nameserver'), notes);
  const searches = limitSearches(valuesOf(all, 'search'), notes);
  const options = mergeOptions([], valuesOf(all, 'options', true));
  const kept = { nameserver: nameservers, search: searches, options };
  const lines = keepLines(all, kept);
  return { type, nameservers, searches, options, lines, notes };
}

function baseLines(kubelet: KubeletDns, pod: PodDns, type: DnsType): readonly ResolverLine[] {
  if (type === 'none') return [];
  const host = hostLines(kubelet);
  if (type === 'host') return host;
  const { clusterDomain } = kubelet;
  const domains = clusterDomain === '' ? [] : [`${pod.namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain];
  return [
    ...kubelet.clusterDNS.map((value) => ({ keyword: 'nameserver' as const, value, reason: 'CLUSTER_DNS' as const })),
    ...domains.map((value) => ({ keyword: 'search' as const, value, reason: 'CLUSTER_SEARCH' as const })),
    // Of the host's file only the searches are taken over; `search .` of a kubelet without a file is no search.
    ...host.filter(({ keyword, value }) => keyword === 'search' && value !== '.'),
    { keyword: 'options', value: 'ndots:5', reason: 'CLUSTER_NDOTS' },
  ];
}

function hostLines({ host, nodeFamilies }: KubeletDns): readonly ResolverLine[] {
  if (host === 'unknown') return [];
  if (host === 'unset') {
    const loopback = nodeFamilies.length === 0 ? ['127.0.0.1'] : nodeFamilies.map((family) => (family === 4 ? '127.0.0.1' : '::1'));
    return [
      ...loopback.map((value) => ({ keyword: 'nameserver' as const, value, reason: 'NO_RESOLV_CONF' as const })),
      { keyword: 'search', value: '.', reason: 'NO_RESOLV_CONF' },
    ];
  }
  return linesOf(host, 'HOST_RESOLV_CONF');
}

function configLines(config: PodDnsConfig | undefined): readonly ResolverLine[] {
  if (!config) return [];
  const options = config.options.map(({ name, value }) => (value === undefined || value === '' ? name : `${name}:${value}`));
  return linesOf({ nameservers: config.nameservers, searches: config.searches, options }, 'DNS_CONFIG');
}

function linesOf(conf: ResolvConf, reason: LineReason): readonly ResolverLine[] {
  return [
    ...conf.nameservers.map((value) => ({ keyword: 'nameserver' as const, value, reason })),
    ...conf.searches.map((value) => ({ keyword: 'search' as const, value, reason })),
    ...conf.options.map((value) => ({ keyword: 'options' as const, value, reason })),
  ];
}

/** Values of one keyword without repetition; options keep theirs, for the last of a name counts. */
function valuesOf(lines: readonly ResolverLine[], keyword: ResolverLine['keyword'], repeated = false): readonly string[] {
  const values = lines.filter((line) => line.keyword === keyword).map(({ value }) => value);
  return repeated ? values : [...new Set(values)];
}

/** The lines whose values are in the file, each value once. */
function keepLines(
  lines: readonly ResolverLine[],
  kept: Readonly<Record<ResolverLine['keyword'], readonly string[]>>,
): readonly ResolverLine[] {
  const left = new Set(Object.entries(kept).flatMap(([keyword, values]) => values.map((value) => `${keyword} ${value}`)));
  return lines.filter(({ keyword, value }) => left.delete(`${keyword} ${value}`));
}

/** At most three nameservers; kubelet tells what it left out. */
export function limitNameservers(nameservers: readonly string[], notes: ResolverNote[] = []): readonly string[] {
  if (nameservers.length <= MAX_NAMESERVERS) return nameservers;
  const kept = nameservers.slice(0, MAX_NAMESERVERS);
  notes.push({
    code: 'DNS_CONFIG_FORMING',
    message: `Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: ${kept.join(' ')}`,
  });
  return kept;
}

/** At most 32 searches, each up to 253 characters, together up to 2048; kubelet tells what it left out. */
export function limitSearches(searches: readonly string[], notes: ResolverNote[] = []): readonly string[] {
  let kept = searches.slice(0, MAX_SEARCHES).filter((domain) => domain.length <= MAX_SEARCH_ENTRY);
  while (kept.join(' ').length > MAX_SEARCH_LINE) kept = kept.slice(0, -1);
  if (kept.length === searches.length) return kept;
  notes.push({
    code: 'DNS_CONFIG_FORMING',
    message: `Search Line limits were exceeded, some search paths have been omitted, the applied search line is: ${kept.join(' ')}`,
  });
  return kept;
}
