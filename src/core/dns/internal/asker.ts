import type { Note } from '../../kernel/answer.js';
import type { ObjectRef } from '../../kernel/object-ref.js';
import { formatIp } from '../../net/ip.js';
import type { ModelNode, ModelPod, NetworkModel } from '../../model/network-model.js';
import { parseResolvConf } from '../parse-resolv-conf.js';
import { LINK_LOCAL, type NodeLocalPlan, nodeLocalPlan } from './node-local-plan.js';
import type { HostsEntry } from './hosts-entries.js';
import { NODE_HOSTS, podHosts } from './own-names.js';
import { type KubeletDns, type PodDns, type PodResolver, podResolver } from '../pod-resolver.js';
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
  /** NodeLocal DNSCache stands between the asker and the cluster's DNS server; undefined: it does not. */
  readonly nodeLocal: NodeLocalPlan | undefined;
  /** What is known of its `/etc/hosts`. */
  readonly hosts: readonly HostsEntry[];
  /** The address its questions come from, in canonical text: that of a pod, where it is known. */
  readonly client: string | undefined;
  readonly reason: string;
  readonly message: string;
  readonly warnings: readonly Note[];
  readonly assumptions: readonly Note[];
}

/** An asker whose resolver is read from its pod or node. */
export interface ResolvingAsker extends Asker {
  readonly resolver: PodResolver;
}

/** Who asks: a pod or node with its resolver, or nobody in particular. */
export function askerOf(model: NetworkModel, from: NameQuestion['from']): Asker {
  if (from) return resolvingAsker(model, from);
  const nobody = { label: 'nobody in particular', object: undefined, resolver: undefined, asksCluster: true, reason: 'ASKED_DIRECTLY' };
  const known = { nodeLocal: undefined, hosts: [], client: undefined };
  return { ...nobody, ...known, message: 'the name server is asked directly', warnings: [], assumptions: [] };
}

/** The last pod whose resolver was worked out: of one request it is asked for several times. */
const lastAsker = new WeakMap<NetworkModel, { readonly pod: ModelPod; readonly asker: ResolvingAsker }>();

/** Works out the resolver of the asking pod or node. */
export function resolvingAsker(model: NetworkModel, from: NonNullable<NameQuestion['from']>): ResolvingAsker {
  if ('node' in from) return askingNode(model, from.node);
  const last = lastAsker.get(model);
  if (last?.pod === from.pod) return last.asker;
  const asker = askingPod(model, from.pod);
  lastAsker.set(model, { pod: from.pod, asker });
  return asker;
}

function askingNode(model: NetworkModel, name: string): ResolvingAsker {
  const node = model.nodes.get(name);
  const dns = { namespace: '', dnsPolicy: 'Default' as const, hostNetwork: true, dnsConfig: undefined };
  const resolver = resolverOf(model, node, dns);
  const own = { label: `node ${name}`, object: node?.ref, client: undefined, node: name, hosts: NODE_HOSTS };
  return described(model, own, resolver, 'processes of a node use its own resolv.conf');
}

function askingPod(model: NetworkModel, pod: ModelPod): ResolvingAsker {
  const { dnsPolicy, hostNetwork, dnsConfig } = pod.spec;
  const node = pod.nodeName === undefined ? undefined : model.nodes.get(pod.nodeName.value);
  const resolver = resolverOf(model, node, { namespace: pod.namespace, dnsPolicy, hostNetwork, dnsConfig });
  const message = `dnsPolicy ${dnsPolicy}${hostNetwork ? ' with hostNetwork' : ''}: ${{ cluster: 'the cluster’s DNS settings', host: 'the node’s own settings', none: 'only dnsConfig' }[resolver.type]}`;
  const [ip] = pod.ips;
  const client = ip && !hostNetwork ? formatIp(ip.value) : undefined;
  const own = {
    label: `pod ${pod.namespace}/${pod.name}`,
    object: pod.ref,
    client,
    node: pod.nodeName?.value,
    hosts: podHosts(model, pod),
  };
  return described(model, own, resolver, message);
}

function described(
  model: NetworkModel,
  { label, object, client, hosts, node }: Pick<Asker, 'label' | 'object' | 'client' | 'hosts'> & { readonly node: string | undefined },
  resolver: PodResolver,
  message: string,
): ResolvingAsker {
  const reason = { cluster: 'RESOLVER_CLUSTER', host: 'RESOLVER_HOST', none: 'RESOLVER_NONE' }[resolver.type];
  const hostSearches = resolver.type === 'cluster' && model.profile.dns.hostResolvConf === undefined;
  const unknown = {
    code: 'HOST_SEARCHES_UNKNOWN',
    message: 'the search domains of the nodes’ resolv.conf are not known: taken to be none',
  };
  const { asksCluster, nodeLocal, warnings, assumptions } = serverOf(model, resolver.nameservers[0], node);
  return {
    label,
    object,
    resolver,
    asksCluster,
    nodeLocal,
    hosts,
    client,
    reason,
    message,
    warnings: [...resolver.notes, ...warnings],
    assumptions: [...(hostSearches ? [unknown] : []), ...assumptions],
  };
}

type AskedServer = Pick<Asker, 'asksCluster' | 'nodeLocal' | 'warnings' | 'assumptions'>;

/** Who answers on the first nameserver: NodeLocal DNSCache where it runs and listens there, else the cluster's DNS server, else somebody who is not known. */
function serverOf(model: NetworkModel, first: string | undefined, node: string | undefined): AskedServer {
  const { clusterDNS, serverIPs } = model.profile.dns;
  const nothing = { nodeLocal: undefined, warnings: [], assumptions: [] };
  if (first === undefined) return { ...nothing, asksCluster: false };
  const isServer = [...clusterDNS, ...serverIPs].some((ip) => formatIp(ip) === first);
  const plan = nodeLocalPlan(model);
  const isInput = model.dnsSetup.nodeLocal !== undefined;
  if (!plan.addresses.has(first) || (!isInput && first !== LINK_LOCAL)) return { ...nothing, asksCluster: isServer };
  if (node === undefined || !plan.nodes || plan.nodes.has(node))
    return { ...nothing, asksCluster: true, nodeLocal: plan, assumptions: plan.assumed ? [ASSUMED_COREFILE] : [] };
  // Without the cache on the node, the address of the service leads to the service, and a link-local one nowhere.
  const isService = [...model.services.values()].some(({ clusterIPs }) => clusterIPs.some(({ value }) => formatIp(value) === first));
  if (isService) return { ...nothing, asksCluster: true };
  const message = `NodeLocal DNSCache does not run on node \`${node}\`: nobody answers on ${first} there, and questions time out`;
  return { ...nothing, asksCluster: false, warnings: [{ code: 'NODE_LOCAL_MISSING', message }] };
}

const ASSUMED_COREFILE: Note = {
  code: 'NODE_LOCAL_COREFILE_ASSUMED',
  message: 'the Corefile of NodeLocal DNSCache is not in the input: that of its manifest is taken',
};

const known = new WeakMap<NetworkModel, Map<string, PodResolver>>();

/** The resolver that kubelet sets up. It is the same for the pods of a namespace that have no settings of their own, and worked out once for them. */
function resolverOf(model: NetworkModel, node: ModelNode | undefined, pod: PodDns): PodResolver {
  const families = [...new Set(node?.addresses.map(({ ip }) => ip.family))];
  if (pod.dnsConfig) return podResolver(kubeletOf(model, families), pod);
  const ofPods = known.get(model) ?? new Map<string, PodResolver>();
  known.set(model, ofPods);
  const key = `${pod.namespace} ${pod.dnsPolicy} ${pod.hostNetwork} ${families.join(' ')}`;
  const resolver = ofPods.get(key) ?? podResolver(kubeletOf(model, families), pod);
  ofPods.set(key, resolver);
  return resolver;
}

function kubeletOf(model: NetworkModel, nodeFamilies: KubeletDns['nodeFamilies']): KubeletDns {
  const { clusterDNS, hostResolvConf } = model.profile.dns;
  const parsed = typeof hostResolvConf === 'string' ? parseResolvConf(hostResolvConf) : undefined;
  const host = hostResolvConf === null ? 'unset' : parsed?.ok ? parsed.value : 'unknown';
  return {
    clusterDNS: clusterDNS.map((ip) => formatIp(ip)),
    clusterDomain: model.profile.clusterDomain,
    host,
    nodeFamilies,
  };
}
