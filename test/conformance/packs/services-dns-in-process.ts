import { limitNameservers, limitSearches, dnsTypeOf, podResolver, type ResolverNote } from '../../../src/core/dns/pod-resolver.js';
import { serviceVariables } from '../../../src/core/dns/service-variables.js';
import { podHostname } from '../../../src/core/dns/pod-hostname.js';
import { mergeOptions, parseResolvConf, type ResolvConf } from '../../../src/core/dns/parse-resolv-conf.js';
import { formatIp } from '../../../src/core/net/ip.js';
import type { ModelService } from '../../../src/core/model/network-model.js';
import type { KubernetesObject } from '../../../src/core/resources/kubernetes-object.js';
import { normaliseObject } from '../../../src/core/resources/normalise-object.js';
import type { Pod } from '../../../src/core/resources/pod.js';
import { type EndpointPool, endpointPools, reachableEndpoints } from '../../../src/core/services/endpoint-pools.js';
import { type ProxyEndpoint, proxyEndpoints } from '../../../src/core/services/proxy-endpoint.js';
import { compareJson, type Outcome } from '../set-result.js';
import { modelOf } from '../../support/model.js';
import { ENDPOINT_SLICE } from './services-dns-endpoint-slice.js';
import type { Case, Group } from './services-dns-case.js';

type Input = Readonly<Record<string, unknown>>;
type Evaluate = (input: Input, config: Input) => unknown;

/** `proxy/topology.json`: the pools of one service port on one node. */
function topology(input: Input): unknown {
  const {
    node: name,
    service: key,
    port: portName,
    preferSameNodeEnabled,
    objects,
  } = input as {
    node: string;
    service: string;
    port: string;
    preferSameNodeEnabled: boolean;
    objects: readonly KubernetesObject[];
  };
  const model = modelOf(objects);
  const service = model.services.get(key);
  const port = service?.resource.ports.find((one) => one.name === portName);
  if (!service || !port) return 'no such service port';
  const policy = {
    internalLocal: service.resource.internalTrafficPolicy === 'Local',
    externalLocal: service.resource.externalTrafficPolicy === 'Local',
    externallyAccessible: isExternallyAccessible(service),
  };
  const node = { name, zone: model.nodes.get(name)?.zone, preferSameNode: preferSameNodeEnabled };
  const endpoints = proxyEndpoints(service, port, 4, name);
  const pools = endpointPools(endpoints, policy, node);
  return {
    clusterEndpoints: addressesOf(pools.cluster),
    localEndpoints: addressesOf(pools.local),
    allReachableEndpoints: sortedAddresses(reachableEndpoints(endpoints, pools)),
    hasAnyEndpoints: pools.hasAny,
  };
}

function isExternallyAccessible({ nodePorts, resource }: ModelService): boolean {
  return nodePorts.some((port) => port !== undefined) || resource.externalIPs.length > 0 || resource.loadBalancerIngress.length > 0;
}

function addressesOf(pool: EndpointPool | null): readonly string[] | null {
  return pool === null ? null : sortedAddresses(pool.endpoints);
}

function sortedAddresses(endpoints: readonly ProxyEndpoint[]): readonly string[] {
  return endpoints.map(({ address }) => address).sort();
}

function podOf(input: Input): Pod {
  const { resource } = normaliseObject(input['pod'] as KubernetesObject);
  if (resource?.kind !== 'Pod') throw new Error('the pod of the case is none');
  return resource;
}

/** `kubelet/resolv-conf.json`, a function a group. */
const RESOLV_CONF: Readonly<Record<string, Evaluate>> = {
  parse: ({ text }) => {
    const parsed = parseResolvConf(text as string);
    return parsed.ok ? { error: false, ...parsed.value } : { error: true };
  },
  'search-limits': ({ searches }) => {
    const notes: ResolverNote[] = [];
    const kept = limitSearches(searches as readonly string[], notes);
    const [note] = notes;
    return { searches: kept, event: note ? { reason: 'DNSConfigForming', message: note.message } : null };
  },
  'nameserver-limits': ({ nameservers }) => {
    const notes: ResolverNote[] = [];
    return { nameservers: limitNameservers(nameservers as readonly string[], notes), event: notes.length > 0 };
  },
  'merge-options': ({ existing, dnsConfigOptions }) => {
    const more = dnsConfigOptions as readonly { name: string; value?: string }[];
    return {
      options: mergeOptions(
        existing as readonly string[],
        more.map(({ name, value }) => (value === undefined || value === '' ? name : `${name}:${value}`)),
      ),
    };
  },
  'dns-type': (input) => {
    const { diagnostics } = normaliseObject(input['pod'] as KubernetesObject);
    if (diagnostics.some(({ pointer }) => pointer === '/spec/dnsPolicy')) return { error: true };
    const { dnsPolicy, hostNetwork } = podOf(input).spec;
    return { error: false, type: dnsTypeOf(dnsPolicy, hostNetwork) };
  },
  'pod-dns': podDns,
  'pod-dns-no-host-file': podDns,
};

function podDns(input: Input, config: Input): unknown {
  const { clusterDNS, clusterDomain, nodeIPs, hostResolvConf } = config as {
    clusterDNS: readonly string[];
    clusterDomain: string;
    nodeIPs: readonly string[];
    hostResolvConf: string | null;
  };
  const { ref, spec } = podOf(input);
  const nodeFamilies = [...new Set(nodeIPs.map((ip) => (ip.includes(':') ? 6 : 4)))];
  const kubelet = { clusterDNS, clusterDomain, host: hostFile(hostResolvConf), nodeFamilies } as const;
  const { dnsPolicy, hostNetwork, dnsConfig } = spec;
  const { nameservers, searches, options } = podResolver(kubelet, { namespace: ref.namespace ?? '', dnsPolicy, hostNetwork, dnsConfig });
  return { nameservers, searches, options };
}

function hostFile(text: string | null): ResolvConf | 'unset' {
  if (text === null) return 'unset';
  const parsed = parseResolvConf(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

/** `kubelet/hostname.json`. */
function hostname(input: Input): unknown {
  const { pod: key, clusterDomain, objects } = input as { pod: string; clusterDomain: string; objects: readonly KubernetesObject[] };
  const refused = objects.flatMap((object) => normaliseObject(object).diagnostics).some(({ severity }) => severity === 'error');
  if (refused) return { valid: false };
  const model = modelOf(objects, { clusterDomain });
  const pod = model.podByKey.get(key);
  if (!pod) throw new Error(`the case has no pod ${key}`);
  const { hostname: inside, fqdn, dnsName } = podHostname(model, pod);
  return { valid: true, hostname: inside, fqdn, podDNSName: dnsName };
}

/** `kubelet/env-vars.json`: what one service adds to the environment. */
function environment(input: Input): unknown {
  const { resource } = normaliseObject(input['service'] as KubernetesObject);
  if (resource?.kind !== 'Service') throw new Error('the service of the case is none');
  const [address] = resource.clusterIPs;
  return { env: serviceVariables(resource, address && formatIp(address)) };
}

/** Members that compare as sets. */
const SETS = new Set(['options', 'clusterEndpoints', 'localEndpoints', 'allReachableEndpoints']);

function withSortedSets(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      SETS.has(name) && Array.isArray(member) ? [...member].map(String).sort() : (member as unknown),
    ]),
  );
}

/** An error's own members are not compared: only that there is one. */
function comparable(expected: Input): unknown {
  return expected['error'] === true ? { error: true } : withSortedSets(expected);
}

function judged(evaluate: Evaluate | undefined, { config }: Group, { input, expect }: Case): Outcome {
  if (!evaluate) return 'unsupported';
  return compareJson(comparable(expect), withSortedSets(evaluate(input, config)));
}

/** The sets that ask the pure functions, for no endpoint exposes them alone (the packs' README names them). */
export const IN_PROCESS: Readonly<Record<string, (group: Group, one: Case) => Outcome>> = {
  hostname: (group, one) => judged(hostname, group, one),
  envvars: (group, one) => judged(environment, group, one),
  endpointslice: (group, one) => judged(ENDPOINT_SLICE[group.group], group, one),
  topology: (group, one) => judged(topology, group, one),
  resolvconf: (group, one) => judged(RESOLV_CONF[group.group], group, one),
};
