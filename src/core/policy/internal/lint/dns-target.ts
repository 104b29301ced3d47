import { findPort } from '../../../model/endpoints/find-port.js';
import type { ModelPod, ModelService, NetworkModel } from '../../../model/network-model.js';
import { formatIp } from '../../../net/ip.js';
import { selectorOfLabels } from '../../../resources/label-selector.js';
import type { PodSpec } from '../../../resources/pod.js';
import type { Labels } from '../../../resources/resource.js';
import { hasConnection, type ConnectionSet } from '../connection-set.js';
import { isOut } from '../parties.js';
import type { EndpointClass } from '../policy-index.js';
import type { LintContext } from './lint-context.js';

/** Over which DNS is asked. */
export type DnsProtocol = 'UDP' | 'TCP';
/** In the order in which resolvers try them. */
export const DNS_PROTOCOLS: readonly DnsProtocol[] = ['UDP', 'TCP'];
const DNS_PORT = 53;
const NUMBERS: Readonly<Record<DnsProtocol, number>> = { UDP: 17, TCP: 6 };
/** A port that resolvers ask from (RFC 6335: 49152-65535). */
const EPHEMERAL = 50_000;

/** The pods that resolve names for the cluster, and on which ports. */
export interface DnsTarget {
  /** The service that has them; undefined where the input has none. */
  readonly service: ModelService | undefined;
  readonly pods: readonly ModelPod[];
  readonly namespace: string;
  readonly labels: Labels;
  readonly classes: readonly EndpointClass[];
  readonly ports: Readonly<Record<DnsProtocol, number>>;
}

/** Whether any pod of the class asks the cluster's DNS (dnsPolicy). */
type Asks = (one: EndpointClass) => boolean;

/** The protocols over which the target is not reached where this is all that is allowed. */
export function dnsMissing(allowed: ConnectionSet, { ports }: DnsTarget): readonly DnsProtocol[] {
  return DNS_PROTOCOLS.filter(
    (protocol) => !hasConnection(allowed, { number: NUMBERS[protocol], down: ports[protocol], across: EPHEMERAL }),
  );
}

/** `UDP 53 and TCP 53`. */
export function dnsPorts(protocols: Iterable<DnsProtocol>, { ports }: DnsTarget): string {
  const wanted = new Set(protocols);
  return DNS_PROTOCOLS.filter((one) => wanted.has(one))
    .map((protocol) => `${protocol} ${ports[protocol]}`)
    .join(' and ');
}

export function asking({ model, index }: LintContext): Asks {
  const asks = new Set<number>();
  for (const pod of model.pods) {
    const { dnsPolicy } = pod.spec;
    if (isOut(model, pod) || dnsPolicy === 'Default' || dnsPolicy === 'None') continue;
    for (const { id } of index.classesOf(pod)) asks.add(id);
  }
  return ({ id }) => asks.has(id);
}

/** The pods behind the cluster's DNS service; where the input has none, those that kubeadm would make. */
export function dnsTargetOf({ model, index }: Pick<LintContext, 'model' | 'index'>): DnsTarget {
  const service = dnsServiceOf(model);
  const pods = service ? podsBehind(model, service) : [];
  const ports = { UDP: targetPort(service, pods, 'UDP'), TCP: targetPort(service, pods, 'TCP') };
  const { namespace = 'kube-system', labels = { 'k8s-app': 'kube-dns' } } = service
    ? { namespace: service.namespace, labels: service.resource.selector ?? {} }
    : {};
  const classes =
    pods.length > 0 ? [...new Set(pods.flatMap((pod) => index.classesOf(pod)))] : [index.classOfTemplate(namespace, labels, DNS_SPEC)];
  return { service, pods, namespace, labels, classes, ports };
}

/** The service whose address is in every resolv.conf, else the one that carries the usual label or name. */
function dnsServiceOf(model: NetworkModel): ModelService | undefined {
  for (const address of model.profile.dns.clusterDNS) {
    for (const owner of model.ipOwners.get(formatIp(address)) ?? []) {
      const service = owner.type === 'clusterIP' ? model.services.get(owner.service) : undefined;
      if (service) return service;
    }
  }
  const usual = [...model.services.values()].find(
    ({ namespace, resource }) => namespace === 'kube-system' && resource.labels['k8s-app'] === 'kube-dns',
  );
  return usual ?? model.services.get('kube-system/kube-dns');
}

/** Those that are ready, or else all that the service selects: policies do not ask who is ready. */
function podsBehind(model: NetworkModel, { namespace, resource, endpoints }: ModelService): readonly ModelPod[] {
  const ready = endpoints.candidates.filter(({ included }) => included).map(({ pod }) => pod);
  const selected = resource.selector ? model.selectPods(namespace, selectorOfLabels(resource.selector)) : [];
  return (ready.length > 0 ? ready : selected).flatMap((id) => model.pods[id] ?? []);
}

function targetPort(service: ModelService | undefined, pods: readonly ModelPod[], protocol: DnsProtocol): number {
  const port = service?.resource.ports.find((one) => one.port === DNS_PORT && one.protocol === protocol);
  const [pod] = pods;
  if (!port) return DNS_PORT;
  const found = pod ? findPort(pod.spec, port) : port.targetPort;
  return typeof found === 'number' ? found : DNS_PORT;
}

const port = (name: string, protocol: DnsProtocol) => ({ name, containerPort: DNS_PORT, protocol, hostPort: undefined, hostIP: undefined });

/** As kubeadm deploys CoreDNS. */
const DNS_SPEC: PodSpec = {
  containers: [{ name: 'coredns', ports: [port('dns', 'UDP'), port('dns-tcp', 'TCP')], sidecar: false }],
  hostNetwork: false,
  hostname: undefined,
  subdomain: undefined,
  setHostnameAsFQDN: false,
  hostnameOverride: undefined,
  dnsPolicy: 'Default',
  dnsConfig: undefined,
  hostAliases: [],
  enableServiceLinks: true,
  serviceAccountName: 'coredns',
  nodeName: undefined,
  nodeSelector: {},
  requiredNodeTerms: [],
  tolerations: [],
};
