import { absoluteZones } from '../../model/absolute-zones.js';
import { type CorefileBlock, hostOfKey, parseCorefile, readsEnvironment } from '../../model/corefile.js';
import type { NetworkModel } from '../../model/network-model.js';
import { canonicalIp, formatIp } from '../../net/ip.js';
import { stubBlocks, upstreamsOf } from './kube-dns-plan.js';
import type { ServerBlock } from './plugin.js';
import { readPlugins } from './read-plugins.js';
import { serverFiles } from './server-files.js';

/** NodeLocal DNSCache as it serves: a CoreDNS of its own on every node, with blocks of its own. */
export interface NodeLocalPlan {
  /** Longest zone first. */
  readonly blocks: readonly ServerBlock[];
  /** Where it listens, in canonical text. */
  readonly addresses: ReadonlySet<string>;
  /** Addresses behind which the cluster's DNS server stands. */
  readonly cluster: ReadonlySet<string>;
  /** The nodes it runs on; undefined: not known, taken to be all. */
  readonly nodes: ReadonlySet<string> | undefined;
  /** Its Corefile is not in the input: that of its manifest is taken. */
  readonly assumed: boolean;
}

/** The address of the manifest, and of the program without `-localip` (kubernetes/dns `cmd/node-cache/main.go`). */
export const LINK_LOCAL = '169.254.20.10';
/** The placeholders that the program fills in by itself (kubernetes/dns `cmd/node-cache/app/configmap.go`). */
const CLUSTER_DNS = '__PILLAR__CLUSTER__DNS__';
const UPSTREAM_SERVERS = '__PILLAR__UPSTREAM__SERVERS__';
const LOCAL_DNS = '__PILLAR__LOCAL__DNS__';
const DNS_SERVER = '__PILLAR__DNS__SERVER__';

const memo = new WeakMap<NetworkModel, NodeLocalPlan>();

/** The plan of a model, whether or not the cache runs there. */
export function nodeLocalPlan(model: NetworkModel): NodeLocalPlan {
  const known = memo.get(model);
  if (known) return known;
  const plan = buildPlan(model);
  memo.set(model, plan);
  return plan;
}

function buildPlan(model: NetworkModel): NodeLocalPlan {
  const { nodeLocal, kubeDns } = model.dnsSetup;
  const localIPs = nodeLocal && nodeLocal.localIPs.length > 0 ? nodeLocal.localIPs : [LINK_LOCAL];
  const written = nodeLocal?.corefile?.text;
  const text = (written ?? manifestCorefile(model))
    .replaceAll(UPSTREAM_SERVERS, upstreamsOf(kubeDns).join(' '))
    .replaceAll(LOCAL_DNS, localIPs.join(' '))
    .replaceAll(DNS_SERVER, '');
  const blocks = parseCorefile(text);
  const own = blocks.flatMap(readBlock);
  const stubs = stubBlocks(kubeDns).filter(({ zone }) => own.every((block) => block.zone !== zone));
  return {
    blocks: [...own, ...stubs].sort((a, b) => b.zone.length - a.zone.length),
    addresses: new Set([...localIPs, ...blocks.flatMap(boundTo)]),
    cluster: clusterAddresses(model),
    nodes: nodesOf(model),
    assumed: written === undefined,
  };
}

/** What its pods mount is not read. */
const NO_FILES = serverFiles(new Map());

function readBlock({ keys, directives }: CorefileBlock): readonly ServerBlock[] {
  const zones = absoluteZones(keys.filter((key) => !readsEnvironment(key)).map(hostOfKey));
  const { plugins, cache, problems } = readPlugins(directives, { zones, kubernetes: undefined, hostSearches: [], files: NO_FILES });
  return zones.map((zone) => ({ zone, plugins, cache, problems }));
}

function boundTo({ directives }: CorefileBlock): readonly string[] {
  const words = directives.filter(({ name }) => name === 'bind').flatMap((bind) => bind.arguments);
  return words.flatMap((word) => canonicalIp(word) ?? []).filter((address) => address !== '0.0.0.0' && address !== '::');
}

/** kubernetes `cluster/addons/dns/nodelocaldns/nodelocaldns.yaml`: on the DNS service's address too, except where kube-proxy runs in ipvs mode (KEP-1024). */
function manifestCorefile({ profile }: NetworkModel): string {
  const service = profile.proxy.mode === 'ipvs' ? [] : profile.dns.clusterDNS.map((ip) => formatIp(ip));
  const bind = `bind ${LOCAL_DNS} ${service.join(' ')}`;
  const toCluster = `forward . ${CLUSTER_DNS} {\nforce_tcp\n}`;
  return [
    `${profile.clusterDomain}:53 {\ncache {\nsuccess 9984 30\ndenial 9984 5\n}\n${bind}\n${toCluster}\n}`,
    `in-addr.arpa:53 {\ncache 30\n${bind}\n${toCluster}\n}`,
    `ip6.arpa:53 {\ncache 30\n${bind}\n${toCluster}\n}`,
    `.:53 {\ncache 30\n${bind}\nforward . ${UPSTREAM_SERVERS}\n}\n`,
  ].join('\n');
}

/** The services of the system that answer DNS (`kube-dns-upstream` among them), and the pods behind them. */
function clusterAddresses({ services, profile }: NetworkModel): ReadonlySet<string> {
  const own = [...services.values()].filter(
    ({ namespace, resource }) =>
      (namespace === 'kube-system' || namespace === 'openshift-dns') && resource.ports.some(({ port }) => port === 53),
  );
  const ips = [
    ...own.flatMap(({ clusterIPs }) => clusterIPs.map(({ value }) => value)),
    ...profile.dns.clusterDNS,
    ...profile.dns.serverIPs,
  ];
  return new Set([CLUSTER_DNS, ...ips.map((ip) => formatIp(ip))]);
}

function nodesOf({ dnsSetup, workloadByKey, pods }: NetworkModel): ReadonlySet<string> | undefined {
  const workload = dnsSetup.nodeLocal && workloadByKey.get(dnsSetup.nodeLocal.workload);
  const nodes = workload?.pods.flatMap((id) => pods[id]?.nodeName?.value ?? []) ?? [];
  return nodes.length === 0 ? undefined : new Set(nodes);
}
