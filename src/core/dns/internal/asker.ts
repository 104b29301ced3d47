import type { Note } from '../../kernel/answer.js';
import type { ObjectRef } from '../../kernel/object-ref.js';
import { formatIp } from '../../net/ip.js';
import type { ModelNode, NetworkModel } from '../../model/network-model.js';
import { parseResolvConf } from '../parse-resolv-conf.js';
import { type KubeletDns, type PodResolver, podResolver } from '../pod-resolver.js';
import type { NameQuestion } from '../name-question.js';

/** Who asks, and what that means for the question. */
export interface Asker {
  /** `pod shop/web-0`, `node harbor-1`, `nobody in particular`. */
  readonly label: string;
  readonly object: ObjectRef | undefined;
  /** Undefined: the name server is asked directly. */
  readonly resolver: PodResolver | undefined;
  /** Whether the first nameserver is the cluster's DNS server. */
  readonly asksCluster: boolean;
  /** NodeLocal DNSCache stands between the asker and the cluster's DNS server. */
  readonly nodeLocal: boolean;
  /** The address its questions come from, in canonical text: that of a pod, where it is known. */
  readonly client: string | undefined;
  readonly reason: string;
  readonly message: string;
  readonly warnings: readonly Note[];
  readonly assumptions: readonly Note[];
}

/** The link-local address NodeLocal DNSCache listens on: it forwards to the cluster's DNS server and answers the same. */
const NODE_LOCAL_DNS = '169.254.20.10';
/** Where its manifest puts it (kubernetes `cluster/addons/dns/nodelocaldns`). */
const NODE_LOCAL_WORKLOAD = 'DaemonSet/kube-system/node-local-dns';

/** An asker whose resolver is read from its pod or node. */
export interface ResolvingAsker extends Asker {
  readonly resolver: PodResolver;
}

/** Who asks: a pod or node with its resolver, or nobody in particular. */
export function askerOf(model: NetworkModel, from: NameQuestion['from']): Asker {
  if (from) return resolvingAsker(model, from);
  const nobody = { label: 'nobody in particular', object: undefined, resolver: undefined, asksCluster: true, reason: 'ASKED_DIRECTLY' };
  const known = { nodeLocal: false, client: undefined };
  return { ...nobody, ...known, message: 'the name server is asked directly', warnings: [], assumptions: [] };
}

/** Works out the resolver of the asking pod or node. */
export function resolvingAsker(model: NetworkModel, from: NonNullable<NameQuestion['from']>): ResolvingAsker {
  if ('node' in from) {
    const node = model.nodes.get(from.node);
    const dns = { namespace: '', dnsPolicy: 'Default' as const, hostNetwork: true, dnsConfig: undefined };
    const resolver = podResolver(kubeletOf(model, node), dns);
    const own = { label: `node ${from.node}`, object: node?.ref, client: undefined };
    return described(model, own, resolver, 'processes of a node use its own resolv.conf');
  }
  const { pod } = from;
  const { dnsPolicy, hostNetwork, dnsConfig } = pod.spec;
  const node = pod.nodeName === undefined ? undefined : model.nodes.get(pod.nodeName.value);
  const resolver = podResolver(kubeletOf(model, node), { namespace: pod.namespace, dnsPolicy, hostNetwork, dnsConfig });
  const message = `dnsPolicy ${dnsPolicy}${hostNetwork ? ' with hostNetwork' : ''}: ${{ cluster: 'the cluster’s DNS settings', host: 'the node’s own settings', none: 'only dnsConfig' }[resolver.type]}`;
  const [ip] = pod.ips;
  const client = ip && !hostNetwork ? formatIp(ip.value) : undefined;
  return described(model, { label: `pod ${pod.namespace}/${pod.name}`, object: pod.ref, client }, resolver, message);
}

function described(
  model: NetworkModel,
  who: Pick<Asker, 'label' | 'object' | 'client'>,
  resolver: PodResolver,
  message: string,
): ResolvingAsker {
  const reason = { cluster: 'RESOLVER_CLUSTER', host: 'RESOLVER_HOST', none: 'RESOLVER_NONE' }[resolver.type];
  const { clusterDNS, serverIPs } = model.profile.dns;
  const own = new Set([...clusterDNS, ...serverIPs].map((ip) => formatIp(ip)).concat(NODE_LOCAL_DNS));
  const [first] = resolver.nameservers;
  const asksCluster = first !== undefined && own.has(first);
  const nodeLocal = first === NODE_LOCAL_DNS || (asksCluster && interceptsService(model));
  const hostSearches = resolver.type === 'cluster' && model.profile.dns.hostResolvConf === undefined;
  const unknown = {
    code: 'HOST_SEARCHES_UNKNOWN',
    message: 'the search domains of the nodes’ resolv.conf are not known: taken to be none',
  };
  return {
    ...who,
    resolver,
    asksCluster,
    nodeLocal,
    reason,
    message,
    warnings: resolver.notes,
    assumptions: hostSearches ? [unknown] : [],
  };
}

/** NodeLocal DNSCache also takes the address of the DNS service on its node, except where kube-proxy runs in ipvs mode (KEP-1024). */
function interceptsService({ workloadByKey, profile }: NetworkModel): boolean {
  return workloadByKey.has(NODE_LOCAL_WORKLOAD) && profile.proxy.mode !== 'ipvs';
}

function kubeletOf(model: NetworkModel, node: ModelNode | undefined): KubeletDns {
  const { clusterDNS, hostResolvConf } = model.profile.dns;
  const parsed = typeof hostResolvConf === 'string' ? parseResolvConf(hostResolvConf) : undefined;
  const host = hostResolvConf === null ? 'unset' : parsed?.ok ? parsed.value : 'unknown';
  const families = new Set(node?.addresses.map(({ ip }) => ip.family));
  return {
    clusterDNS: clusterDNS.map((ip) => formatIp(ip)),
    clusterDomain: model.profile.clusterDomain,
    host,
    nodeFamilies: [...families],
  };
}
