import { compareIps, type Ip, parseIp } from '../../../net/ip.js';
import type { Pod } from '../../../resources/pod.js';
import type { Service } from '../../../resources/service.js';
import type { DnsSetup } from '../../dns-setup.js';
import type { ResourceIndex } from '../resource-index.js';
import { offerCorefile } from './offer-corefile.js';
import type { ProfileDraft } from './profile-draft.js';
import { followsFrom, toldBy } from './told-by.js';

/** The service that pods ask, by the names that installers give it: kubeadm and most others, kubespray, RKE2, OpenShift. */
const SERVICES = ['kube-system/kube-dns', 'kube-system/coredns', 'kube-system/rke2-coredns-rke2-coredns', 'openshift-dns/dns-default'];
const KUBE_DNS_CONTAINER = 'kubedns';

/** What the DNS service and the DNS server tell. */
export function offerDns(
  draft: ProfileDraft,
  resources: ResourceIndex,
  { systemPods, dnsSetup }: { readonly systemPods: readonly Pod[]; readonly dnsSetup: DnsSetup },
): void {
  const service = dnsService(resources);
  if (service && service.clusterIPs.length > 0) {
    draft.offer('dns.clusterDNS', service.clusterIPs, toldBy(service.ref, '/spec/clusterIPs', "the DNS service's address"));
  }
  offerServer(draft, resources, systemPods);
  offerCorefile(draft, resources, dnsSetup.server?.environment);
  if (service) offerServerAddresses(draft, resources, systemPods, service);
}

function dnsService({ services }: ResourceIndex): Service | undefined {
  const named = new Map(services.map((service) => [`${service.ref.namespace}/${service.ref.name}`, service]));
  return SERVICES.flatMap((key) => named.get(key) ?? [])[0];
}

/** kube-dns is known by its container; whatever else serves is CoreDNS. */
function offerServer(draft: ProfileDraft, { workloads }: ResourceIndex, systemPods: readonly Pod[]): void {
  const deployment = workloads.get('Deployment')?.find(({ ref, template }) => isSystem(ref.namespace) && runsKubeDns(template.spec));
  const pod = deployment ? undefined : systemPods.find(({ ref, spec }) => isSystem(ref.namespace) && runsKubeDns(spec));
  const old = deployment ?? pod;
  if (old)
    draft.offer(
      'dns.server',
      'kube-dns',
      toldBy(old.ref, deployment ? '/spec/template/spec/containers' : '/spec/containers', 'it runs kube-dns'),
    );
  const current = workloads.get('Deployment')?.find(({ ref }) => isSystem(ref.namespace) && /(^|-)coredns$/.test(ref.name));
  if (current) draft.offer('dns.server', 'coredns', toldBy(current.ref, '/metadata/name', 'it runs CoreDNS'));
}

function isSystem(namespace: string | undefined): boolean {
  return namespace === 'kube-system';
}

function runsKubeDns({ containers }: Pod['spec']): boolean {
  return containers.some(({ name }) => name === KUBE_DNS_CONTAINER);
}

/** Addresses of the DNS server's pods: from its slices, its Endpoints, or the pods its service selects. */
function offerServerAddresses(draft: ProfileDraft, resources: ResourceIndex, systemPods: readonly Pod[], { ref, selector }: Service): void {
  const slices = resources.slices.filter((slice) => slice.ref.namespace === ref.namespace && slice.serviceName === ref.name);
  const [slice] = slices;
  if (slice) {
    const texts = slices.flatMap(({ endpoints }) => endpoints.flatMap(({ addresses }) => addresses));
    draft.offer(
      'dns.serverIPs',
      distinct(texts.flatMap((text) => parseIp(text) ?? [])),
      toldBy(slice.ref, '/endpoints', 'the endpoints of the DNS service'),
    );
  }
  const endpoints = resources.endpoints.get(`${ref.namespace}/${ref.name}`);
  if (endpoints) {
    const texts = endpoints.subsets.flatMap((subset) =>
      [...subset.addresses, ...subset.notReadyAddresses].flatMap(({ addresses }) => addresses),
    );
    const ips = distinct(texts.flatMap((text) => parseIp(text) ?? []));
    draft.offer('dns.serverIPs', ips, toldBy(endpoints.ref, '/subsets', 'the endpoints of the DNS service'));
  }
  const labels = Object.entries(selector ?? {});
  const pods =
    labels.length === 0
      ? []
      : systemPods.filter((pod) => pod.ref.namespace === ref.namespace && labels.every(([key, value]) => pod.labels[key] === value));
  const ips = distinct(pods.flatMap(({ status }) => (status?.phase === 'Running' ? status.podIPs : [])));
  const [pod] = pods;
  if (pod && ips.length > 0)
    draft.offer('dns.serverIPs', ips, followsFrom(pod.ref, '/status/podIPs', 'the pods that the DNS service selects'));
}

function distinct(ips: readonly Ip[]): readonly Ip[] {
  return ips.toSorted(compareIps).filter((ip, index, all) => index === 0 || compareIps(ip, all[index - 1] ?? ip) !== 0);
}
