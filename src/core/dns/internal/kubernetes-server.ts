import type { Steps } from '../../kernel/steps.js';
import type { ModelService, NetworkModel } from '../../model/network-model.js';
import { formatIp } from '../../net/ip.js';
import type { EndpointSlice } from '../../resources/endpoint-slice.js';
import { selectorMatches } from '../../resources/label-selector.js';
import type { Resource } from '../../resources/resource.js';
import type { Lookup } from './candidate.js';
import type { KubernetesOptions } from './kubernetes-options.js';

/** One ready address of a slice, with the slice's ports. */
export interface ReadyAddress {
  readonly namespace: string;
  /** The service the slice names; it need not exist. */
  readonly service: string;
  readonly address: string;
  readonly family: 4 | 6;
  /** The label below the service's name: hostname, pod name or address with dashes. */
  readonly endpointName: string;
  /** The same in lower case. */
  readonly endpointKey: string;
  /** Topology zone of the endpoint, in lower case. */
  readonly zone: string | undefined;
  /** Port numbers with name and protocol. A slice without ports has one entry without a number: it gives addresses but no SRV. */
  readonly ports: readonly AddressPort[];
}

/** A port of a slice as DNS sees it. */
export interface AddressPort {
  readonly name: string;
  readonly protocol: string;
  readonly port: number | undefined;
}

/** One `kubernetes` plugin: the model as it sees it, and what it looks up beside the model's own maps. */
export interface KubernetesServer {
  readonly model: NetworkModel;
  readonly options: KubernetesOptions;
  /** The services that it knows, by `namespace/name`. */
  readonly services: ReadonlyMap<string, ServedService>;
  /** Ready addresses of each service that a slice names, by `namespace/name`. */
  readonly byService: ReadonlyMap<string, readonly ReadyAddress[]>;
  /** Ready addresses by their text. */
  readonly byAddress: ReadonlyMap<string, readonly ReadyAddress[]>;
  /** The names of the addresses that were asked for and have one. */
  readonly reverse: Map<string, Lookup>;
  /** Ready addresses of each service of the clusterset, by `namespace/name`. */
  readonly byImport: ReadonlyMap<string, readonly ImportedAddress[]>;
}

/** A service as the server looks it up. */
export interface ServedService {
  readonly service: ModelService;
  readonly ready: readonly ReadyAddress[];
  /** Cluster IPs in canonical text. */
  readonly clusterIPs: readonly { readonly host: string; readonly family: 4 | 6 }[];
  /** What its names came to that were asked for: its own, and those of its ports and endpoints that exist. */
  readonly lookups: Map<string, Lookup>;
}

/** A ready address of a service of the clusterset. */
export interface ImportedAddress extends ReadyAddress {
  /** The cluster that exports it, in lower case. */
  readonly cluster: string;
}

/** What stands for the ports of a service or slice that has none: it gives addresses but no SRV. */
export const PORTLESS: readonly AddressPort[] = [{ name: '', protocol: '', port: undefined }];
/** Labels of slices of the clusterset (KEP-1645). */
const IMPORTED_SERVICE = 'multicluster.kubernetes.io/service-name';
const SOURCE_CLUSTER = 'multicluster.kubernetes.io/source-cluster';

/** Whether the server knows an object: the option `labels`. */
export function isKnown({ options: { selector } }: KubernetesServer, { labels }: Pick<Resource, 'labels'>): boolean {
  return selector === undefined || selectorMatches(selector, labels);
}

/** How many slices or services are indexed in one step. */
const STEP = 64;

/** Indexes what a `kubernetes` plugin with these options knows of the model. */
export function* kubernetesServer(model: NetworkModel, options: KubernetesOptions): Steps<KubernetesServer> {
  const byService = new Map<string, ReadyAddress[]>();
  const byAddress = new Map<string, ReadyAddress[]>();
  const byImport = new Map<string, ImportedAddress[]>();
  const add = (slice: EndpointSlice) => {
    if (options.selector && !selectorMatches(options.selector, slice.labels)) return;
    for (const address of readyAddresses(slice, slice.serviceName, options.endpointPodNames)) {
      append(byService, `${address.namespace}/${address.service}`, address);
      append(byAddress, address.address, address);
    }
  };
  const addImported = (slice: EndpointSlice) => {
    const cluster = slice.labels[SOURCE_CLUSTER]?.toLowerCase() ?? '';
    for (const address of readyAddresses(slice, slice.labels[IMPORTED_SERVICE], options.endpointPodNames))
      append(byImport, `${address.namespace}/${address.service}`, { ...address, cluster });
  };
  if (!options.noEndpoints) {
    let count = 0;
    for (const slice of slicesOf(model)) {
      if (++count % STEP === 0) yield;
      add(slice);
    }
    if (options.multiclusterZones.size > 0) for (const slice of model.orphanSlices) addImported(slice);
  }
  if (options.server === 'kube-dns') for (const [key, list] of byService) byService.set(key, oneOfEachName(list));
  const services = yield* servedServices(model, options, byService);
  return { model, options, services, byService, byAddress, byImport, reverse: new Map() };
}

function* slicesOf({ services, orphanSlices }: NetworkModel): Generator<EndpointSlice> {
  for (const { endpoints } of services.values()) yield* endpoints.slices;
  yield* orphanSlices;
}

function* servedServices(
  model: NetworkModel,
  { selector }: KubernetesOptions,
  byService: ReadonlyMap<string, readonly ReadyAddress[]>,
): Steps<ReadonlyMap<string, ServedService>> {
  const services = new Map<string, ServedService>();
  let count = 0;
  for (const [key, service] of model.services) {
    if (++count % STEP === 0) yield;
    if (selector && !selectorMatches(selector, service.resource.labels)) continue;
    const clusterIPs = service.clusterIPs.map(({ value }) => ({ host: formatIp(value), family: value.family }));
    services.set(key, { service, ready: byService.get(key) ?? [], clusterIPs, lookups: new Map() });
  }
  return services;
}

/** kube-dns keeps one record a name: of endpoints that share a hostname the last (kubernetes/dns#116). */
function oneOfEachName(addresses: readonly ReadyAddress[]): ReadyAddress[] {
  return [...new Map(addresses.map((address) => [`${address.endpointName} ${address.family}`, address])).values()];
}

function append<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list) list.push(item);
  else map.set(key, [item]);
}

/** Only ready endpoints are in DNS, each with all of its addresses (coredns `plugin/kubernetes/object/endpoint.go`). */
function readyAddresses(slice: EndpointSlice, serviceName: string | undefined, podNames: boolean): readonly ReadyAddress[] {
  const { addressType } = slice;
  const namespace = slice.ref.namespace;
  if (serviceName === undefined || namespace === undefined || addressType === 'FQDN') return [];
  const ports = slice.ports.length === 0 ? PORTLESS : slice.ports;
  const family = addressType === 'IPv4' ? 4 : 6;
  return slice.endpoints
    .filter((endpoint) => endpoint.ready)
    .flatMap((endpoint) => {
      const podName = podNames ? endpoint.targetRef?.name : undefined;
      return endpoint.addresses.map((address) => {
        const endpointName = endpointNameOf(address, endpoint.hostname, podName);
        const zone = endpoint.zone?.toLowerCase();
        return {
          namespace,
          service: serviceName,
          address,
          family,
          endpointName,
          endpointKey: endpointName.toLowerCase(),
          zone,
          ports,
        } as const;
      });
    });
}

/** Hostname; else, where the server is told so, a pod name that fits a label; else the address with dashes. */
function endpointNameOf(address: string, hostname: string | undefined, podName: string | undefined): string {
  if (hostname !== undefined && hostname !== '') return hostname;
  if (podName !== undefined && podName !== '' && podName.length < 64) return podName;
  const dashed = address.replace(/[.:]/g, '-');
  return dashed.endsWith('-') ? `${dashed}0` : dashed;
}
