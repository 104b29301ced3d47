import { isJsonObject, type Json } from '../../../kernel/json.js';
import { canonicalIp } from '../../../net/ip.js';
import type { ConfigMapMount } from '../../../resources/pod.js';
import type { ConfigFile, DnsServerContainer, DnsSetup, KubeDnsConfig, NodeLocalDns } from '../../dns-setup.js';
import type { ResourceIndex } from '../resource-index.js';
import { readConfigText } from './config-text.js';
import { readFederations } from './read-federations.js';
import type { PlacedComponent } from './network-traces.js';

const SYSTEM_NAMESPACES: ReadonlySet<string | undefined> = new Set(['kube-system', 'openshift-dns']);
/** What the cache is called: in its manifest (kubernetes `cluster/addons/dns/nodelocaldns`), and by kubespray. */
const NODE_LOCAL_NAMES = ['node-local-dns', 'nodelocaldns'];
/** Of kube-dns' upstream nameservers, and dnsmasq's before it. */
const MOST_UPSTREAMS = 3;

/** Reads what stands beside the Corefile. */
export function readDnsSetup(resources: ResourceIndex, components: readonly PlacedComponent[]): DnsSetup {
  const system = components.filter(({ object }) => SYSTEM_NAMESPACES.has(object.namespace));
  const server = system.find(({ image }) => /(^|-)coredns$/.test(image));
  return {
    server: server && containerOf(resources, server),
    kubeDns: readKubeDns(resources),
    nodeLocal: readNodeLocal(resources, system),
  };
}

function containerOf(resources: ResourceIndex, component: PlacedComponent): DnsServerContainer {
  return { ref: component.object, environment: component.environment, files: filesOf(resources, component) };
}

function filesOf({ configMaps }: ResourceIndex, { object, mounts }: PlacedComponent): ReadonlyMap<string, ConfigFile> {
  const files = new Map<string, ConfigFile>();
  for (const mount of mounts) {
    const map = configMaps.get(`${object.namespace ?? ''}/${mount.configMap}`);
    for (const { key, path } of mount.items ?? Object.keys(map?.data ?? {}).map((key) => ({ key, path: key }))) {
      const text = map?.data[key];
      const place = placeOf(mount, path);
      if (map && text !== undefined && place !== undefined) files.set(place, { text, ref: map.ref, key });
    }
  }
  return files;
}

/** Where a file of the volume stands; undefined: not in the container. */
function placeOf({ mountPath, subPath }: ConfigMapMount, path: string): string | undefined {
  const root = mountPath.replace(/\/+$/, '');
  if (subPath === undefined || subPath === '.') return `${root}/${path}`;
  if (subPath === path) return root;
  return path.startsWith(`${subPath}/`) ? `${root}/${path.slice(subPath.length + 1)}` : undefined;
}

function readKubeDns({ configMaps }: ResourceIndex): KubeDnsConfig | undefined {
  const map = configMaps.get('kube-system/kube-dns');
  if (!map) return undefined;
  const domains = jsonOf(map.data['stubDomains']);
  const upstreams = jsonOf(map.data['upstreamNameservers']);
  const stubDomains = isJsonObject(domains)
    ? Object.entries(domains).map(([domain, servers]) => ({ domain, servers: textsOf(servers) }))
    : [];
  const upstreamNameservers = textsOf(upstreams);
  const federations = readFederations(map.data['federations'] ?? '');
  const invalid =
    (domains === undefined && map.data['stubDomains'] !== undefined) || (domains !== undefined && !isJsonObject(domains))
      ? '`stubDomains` is no map of domains to lists of nameservers'
      : upstreams === undefined && map.data['upstreamNameservers'] !== undefined
        ? '`upstreamNameservers` is no list'
        : upstreamNameservers.length > MOST_UPSTREAMS
          ? `\`upstreamNameservers\` has more than ${MOST_UPSTREAMS} entries`
          : federations.ok
            ? undefined
            : `\`federations\` ${federations.error}`;
  if (invalid !== undefined || !federations.ok)
    return { ref: map.ref, stubDomains: [], upstreamNameservers: [], federations: new Map(), invalid };
  const ordered = stubDomains.toSorted((a, b) => (a.domain < b.domain ? -1 : 1));
  return { ref: map.ref, stubDomains: ordered, upstreamNameservers, federations: federations.value, invalid };
}

function jsonOf(text: string | undefined): Json | undefined {
  return text === undefined ? undefined : readConfigText(text);
}

function textsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.flatMap((one) => (typeof one === 'string' ? [one] : [])) : [];
}

function readNodeLocal(resources: ResourceIndex, components: readonly PlacedComponent[]): NodeLocalDns | undefined {
  const component = components.find(({ image }) => image === 'k8s-dns-node-cache');
  const named = resources.workloads
    .get('DaemonSet')
    ?.find(({ ref }) => ref.namespace === 'kube-system' && NODE_LOCAL_NAMES.includes(ref.name));
  const ref = component?.object ?? named?.ref;
  if (!ref) return undefined;
  const mounted = component && [...filesOf(resources, component).values()].find(({ key }) => key === 'Corefile');
  return {
    workload: `${ref.kind}/${ref.namespace ?? ''}/${ref.name}`,
    localIPs: component ? localIPs(component.arguments) : [],
    corefile: mounted ?? NODE_LOCAL_NAMES.map((name) => fileIn(resources, name)).find((file) => file !== undefined),
  };
}

function fileIn({ configMaps }: ResourceIndex, name: string): ConfigFile | undefined {
  const map = configMaps.get(`kube-system/${name}`);
  const text = map?.data['Corefile'];
  return map && text !== undefined ? { text, ref: map.ref, key: 'Corefile' } : undefined;
}

/** `-localip 169.254.20.10,10.96.0.10`, with one dash or two, with a space or an equals sign. */
function localIPs(words: readonly string[]): readonly string[] {
  const flag = /^--?localip(?:=(.*))?$/;
  const at = words.findLastIndex((word) => flag.test(word));
  const value = flag.exec(words[at] ?? '')?.[1] ?? words[at + 1] ?? '';
  return at < 0 ? [] : value.split(',').flatMap((text) => canonicalIp(text.trim()) ?? []);
}
