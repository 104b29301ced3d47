import { compareText } from '../../kernel/compare.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { EndpointSlice } from '../../resources/endpoint-slice.js';
import { type Forwarder, parseForwarders } from './forwarders.js';
import { hasKubernetesOption } from './kubernetes-option.js';

/** One ready address of a slice, with the slice's ports. */
export interface ReadyAddress {
  readonly namespace: string;
  /** The service the slice names; it need not exist. */
  readonly service: string;
  readonly address: string;
  readonly family: 4 | 6;
  /** The label below the service's name: hostname, pod name or address with dashes. */
  readonly endpointName: string;
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

/** What the DNS server looks up beside the model's own maps. */
export interface DnsIndex {
  /** Zones, longest first: the first suffix is the match. */
  readonly zones: readonly string[];
  /** The first zone that is no reverse zone: where PTR answers point to. */
  readonly primaryZone: string;
  /** Ready addresses of each service that a slice names, by `namespace/name`. */
  readonly byService: ReadonlyMap<string, readonly ReadyAddress[]>;
  /** Ready addresses by their text. */
  readonly byAddress: ReadonlyMap<string, readonly ReadyAddress[]>;
  /** Where names go that the server does not answer itself. */
  readonly forwarders: readonly Forwarder[];
  /** The server answers `<topology zone>.<pin|prefer>._zone.<service>…` (option `zonal` of the `kubernetes` plugin). */
  readonly zonal: boolean;
}

const PORTLESS: readonly AddressPort[] = [{ name: '', protocol: '', port: undefined }];

/** Indexes of models that were asked before. A model is immutable, so what was built once stays true. */
const memo = new WeakMap<NetworkModel, DnsIndex>();

/** The index of a model; built at the first question. */
export function dnsIndex(model: NetworkModel): DnsIndex {
  const known = memo.get(model);
  if (known) return known;
  const index = buildIndex(model);
  memo.set(model, index);
  return index;
}

/** Whether a zone is below `in-addr.arpa` or `ip6.arpa`. */
function isReverseZone(zone: string): boolean {
  return /(^|\.)(in-addr|ip6)\.arpa\.$/.test(zone);
}

function buildIndex(model: NetworkModel): DnsIndex {
  const { zones } = model.profile.dns;
  const byService = new Map<string, ReadyAddress[]>();
  const byAddress = new Map<string, ReadyAddress[]>();
  const add = (slice: EndpointSlice, podNames: boolean) => {
    for (const address of readyAddresses(slice, podNames)) {
      append(byService, `${address.namespace}/${address.service}`, address);
      append(byAddress, address.address, address);
    }
  };
  const podNames = model.profile.dns.endpointPodNames;
  for (const service of model.services.values()) for (const slice of service.endpoints.slices) add(slice, podNames);
  for (const slice of model.orphanSlices) add(slice, podNames);
  return {
    zones: [...zones].sort((a, b) => b.length - a.length || compareText(a, b)),
    primaryZone: zones.find((zone) => !isReverseZone(zone)) ?? `${model.profile.clusterDomain}.`,
    byService,
    byAddress,
    forwarders: parseForwarders(model.profile.dns.corefile),
    zonal: hasKubernetesOption(model.profile.dns.corefile, 'zonal'),
  };
}

function append<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list) list.push(item);
  else map.set(key, [item]);
}

/** Only ready endpoints are in DNS, each with all of its addresses (coredns `plugin/kubernetes/object/endpoint.go`). */
function readyAddresses(slice: EndpointSlice, podNames: boolean): readonly ReadyAddress[] {
  const { serviceName, addressType } = slice;
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
        return { namespace, service: serviceName, address, family, endpointName, zone, ports } as const;
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
