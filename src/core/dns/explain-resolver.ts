import { type Answer, uniqueNotes } from '../kernel/answer.js';
import { Trail } from '../kernel/evidence.js';
import type { NetworkModel } from '../model/network-model.js';
import { resolvingAsker } from './internal/asker.js';
import { explainResolver as explain } from './internal/explain-resolver.js';
import { podHostname } from './pod-hostname.js';
import type { NameQuestion } from './name-question.js';
import type { DnsType, PodResolver, ResolverLine } from './pod-resolver.js';

/** Which settings a resolv.conf starts from. `CLUSTER`: the cluster's DNS server; `HOST`: the node's own file; `NONE`: `dnsConfig` alone. */
export type ResolverVerdict = 'CLUSTER' | 'HOST' | 'NONE';

/** The room's part of the answer. */
export interface ResolverResult {
  /** `pod shop/web-0`, `node harbor-1`. */
  readonly asker: string;
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
  readonly lines: readonly ResolverLine[];
  /** The file as the container runtime writes it. */
  readonly text: string;
  /** Whether the first nameserver is the cluster's DNS server. */
  readonly asksCluster: boolean;
  /** What the asker is called inside; null: a node's own processes. */
  readonly hostname: string | null;
  readonly fqdn: string | null;
  /** The pod's own name in DNS, absolute; null: it has none. */
  readonly dnsName: string | null;
}

const VERDICTS: Readonly<Record<DnsType, ResolverVerdict>> = { cluster: 'CLUSTER', host: 'HOST', none: 'NONE' };

/** Whether a pod or node asks the cluster's DNS server first. */
export function asksClusterDNS(model: NetworkModel, from: NonNullable<NameQuestion['from']>): boolean {
  return resolvingAsker(model, from).asksCluster;
}

/** The resolv.conf of a pod or node, each value with its reason (kubernetes `pkg/kubelet/network/dns/dns.go`). */
export function explainResolver(model: NetworkModel, from: NonNullable<NameQuestion['from']>): Answer<ResolverVerdict, ResolverResult> {
  const asker = resolvingAsker(model, from);
  const { nameservers, searches, options, lines, type, notes } = asker.resolver;
  const named = 'pod' in from ? podHostname(model, from.pod) : undefined;
  const trail = new Trail();
  explain(trail, asker);
  const unknown = notes.some(({ code }) => code === 'HOST_RESOLV_CONF_UNKNOWN');
  return {
    verdict: VERDICTS[type],
    summary: summarise(asker.label, asker.resolver, unknown),
    result: {
      asker: asker.label,
      nameservers,
      searches,
      options,
      lines,
      text: resolvConfText(asker.resolver),
      asksCluster: asker.asksCluster,
      hostname: named?.hostname ?? null,
      fqdn: named?.fqdn ?? null,
      dnsName: named?.dnsName ?? null,
    },
    evidence: trail.list(),
    assumptions: asker.assumptions,
    warnings: uniqueNotes([...asker.warnings, ...(named?.warnings ?? [])]),
    confidence: unknown ? 'INSUFFICIENT_INFO' : asker.assumptions.length > 0 ? 'ASSUMED' : 'CERTAIN',
    enforcement: null,
  };
}

function summarise(label: string, { nameservers, searches }: PodResolver, unknown: boolean): string {
  if (nameservers.length === 0 && unknown) return `${label} has the resolv.conf of its node, which the input does not show`;
  const servers = nameservers.length === 0 ? 'no nameserver' : nameservers.join(', ');
  return `${label} asks ${servers}${searches.length === 0 ? '' : `, searching ${searches.join(', ')}`}`;
}

/** In the order in which the container runtime writes it (containerd `internal/cri/server` parseDNSOptions). */
function resolvConfText({ nameservers, searches, options }: PodResolver): string {
  const lines = [
    ...(searches.length === 0 ? [] : [`search ${searches.join(' ')}`]),
    ...nameservers.map((server) => `nameserver ${server}`),
    ...(options.length === 0 ? [] : [`options ${options.join(' ')}`]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
