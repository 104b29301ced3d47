import { invariant } from '../../../kernel/invariant.js';
import { type Cidr, firstIp, parseCidr } from '../../../net/cidr.js';
import { addToIp, type Ip, type IpFamily } from '../../../net/ip.js';
import { EBPF_DEFAULTS } from '../../ebpf-defaults.js';
import { CILIUM_POLICY_KINDS, type CniPlugin } from '../../network-profile.js';
import type { ProfileDraft } from './profile-draft.js';
import type { ProfileField, ProfileValue } from './profile-fields.js';

/** The range of pods that most guides use with kubeadm, by family. */
export const DEFAULT_POD_CIDRS: Readonly<Record<IpFamily, Cidr>> = { 4: cidr('10.244.0.0/16'), 6: cidr('fd00:10:244::/56') };
/** kubeadm's range of services, by family. */
export const DEFAULT_SERVICE_CIDRS: Readonly<Record<IpFamily, Cidr>> = { 4: cidr('10.96.0.0/12'), 6: cidr('fd00:10:96::/112') };

/** What nobody told: the defaults of Kubernetes (`defaulted`) or of kubeadm (`assumed`, because another installer may have chosen otherwise). */
export function offerDefaults(draft: ProfileDraft): void {
  offerAddressDefaults(draft);
  assume(draft, 'cni.plugin', 'unknown', 'no object tells the network plugin');
  offerProxyDefaults(draft);
  offerDnsDefaults(draft);
  offerPolicyDefaults(draft);
  assume(draft, 'cni.crossSubnet', false, 'no object tells');
  offerUnderlayDefaults(draft);
  byDefault(draft, 'loadBalancers.ciliumDefault', 'lbipam', "Cilium's default");
  byDefault(draft, 'loadBalancers.calicoAssigns', 'AllServices', "Calico's default");
  assume(draft, 'ingress.controllers', [], 'no IngressClass of a known controller');
}

function offerAddressDefaults(draft: ProfileDraft): void {
  assume(draft, 'ipFamilies', familiesOf(draft), 'the families of the known ranges, else IPv4 alone');
  const families = draft.get('ipFamilies') ?? [4];
  const podCIDRs = families.map((family) => DEFAULT_POD_CIDRS[family]);
  assume(draft, 'podCIDRs', podCIDRs, 'the range most guides use with kubeadm');
  const serviceCIDRs = families.map((family) => DEFAULT_SERVICE_CIDRS[family]);
  assume(draft, 'serviceCIDRs', serviceCIDRs, "kubeadm's default");
  byDefault(draft, 'nodeCIDRMaskSizes.v4', 24, "kube-controller-manager's default");
  byDefault(draft, 'nodeCIDRMaskSizes.v6', 64, "kube-controller-manager's default");
  assume(draft, 'clusterDomain', 'cluster.local', "kubelet's usual setting");
}

function familiesOf(draft: ProfileDraft): readonly IpFamily[] {
  const ranges = draft.get('serviceCIDRs') ?? draft.get('podCIDRs') ?? [];
  const families = [...new Set(ranges.map((range) => range.family))];
  return families.length > 0 ? families : [4];
}

function offerProxyDefaults(draft: ProfileDraft): void {
  byDefault(draft, 'proxy.mode', 'iptables', "kube-proxy's default on Linux");
  byDefault(draft, 'proxy.podCIDRs', draft.get('podCIDRs') ?? [], "the cluster's podCIDRs");
  assume(draft, 'proxy.detectLocal', true, 'kube-proxy is usually told the podCIDRs');
  byDefault(draft, 'proxy.masqueradeAll', false, "kube-proxy's default");
  byDefault(draft, 'proxy.localhostNodePorts', draft.get('proxy.mode') === 'iptables', "the mode's default");
  byDefault(draft, 'proxy.nodePortRange', { first: 30_000, last: 32_767 }, "kube-apiserver's default");
  byDefault(draft, 'proxy.ipvs.scheduler', 'rr', "kube-proxy's default");
  assume(draft, 'proxy.ipvs.otherPorts', 'reject', 'what kube-proxy does since Kubernetes 1.25');
  offerEbpfDefaults(draft);
}

/** Nothing of the underlay shows in objects; what plugins do unless they are told otherwise (README of `core/dataplane`). */
function offerUnderlayDefaults(draft: ProfileDraft): void {
  byDefault(draft, 'cni.defaultPool', 'default', "Cilium's default");
  byDefault(draft, 'cni.preAllocated', { [draft.get('cni.defaultPool') ?? 'default']: 8 }, "Cilium's default");
  byDefault(draft, 'cni.healthEndpoint', true, "Cilium's default");
  assume(draft, 'cni.egressGateways', true, 'whoever stores policies of egress gateways means them to count');
  byDefault(draft, 'cni.tunnelProtocol', 'vxlan', "Cilium's default");
  byDefault(draft, 'cni.routingViaHost', false, "OVN-Kubernetes' default, the shared gateway");
  assume(draft, 'cni.encryption', 'none', 'no object tells');
  byDefault(draft, 'cni.trustedSubnets', [], 'none is told');
  byDefault(draft, 'cni.encryptHostTraffic', false, "Felix' default");
  byDefault(draft, 'cni.multicluster', false, "Antrea's default");
  byDefault(draft, 'cni.multiclusterEncryption', 'none', "Antrea's default");
  byDefault(draft, 'cni.directRoutes', 'none', "the default of Cilium's agent");
  assume(draft, 'underlay.mtu', 1500, 'the MTU of Ethernet');
  assume(draft, 'underlay.subnets', [], 'no object tells');
  assume(draft, 'underlay.routesPods', true, 'a plugin that wraps nothing is set up where the underlay knows the pods, by BGP or by hand');
  byDefault(draft, 'underlay.mainTableCIDRs', [], 'none is told');
  assume(draft, 'underlay.bridgeNetfilter', true, 'kubeadm does not start without it');
  assume(draft, 'masquerade.plugin', true, 'what the plugins’ own manifests set');
  assume(draft, 'masquerade.agent', false, 'no ip-masq-agent is in the input');
  byDefault(draft, 'masquerade.families', [4, 6], 'no plugin leaves out a family unless it is told to');
  // "BPF ip-masq-agent requires ... --enable-bpf-masquerade" (cilium/cilium daemon/cmd/daemon_main.go).
  if (draft.get('masquerade.agent')) assume(draft, 'masquerade.program', 'bpf', 'Cilium’s own ip-masq-agent works with it alone');
  byDefault(draft, 'masquerade.program', 'iptables', "Cilium's default");
  byDefault(draft, 'masquerade.remoteNodes', false, "Cilium's default");
  byDefault(draft, 'masquerade.allReservedRanges', false, "ip-masq-agent's default");
  byDefault(draft, 'masquerade.linkLocal', false, "ip-masq-agent's default");
  byDefault(draft, 'masquerade.linkLocalIPv6', false, "ip-masq-agent's default");
  byDefault(draft, 'masquerade.nativeRoutingCIDRs', [], 'none is told');
  byDefault(draft, 'masquerade.exemptSources', [], 'none is told');
  byDefault(draft, 'masquerade.exemptDestinations', [], 'none is told');
  byDefault(draft, 'masquerade.exemptNodes', false, "Felix' default");
}

/** Plugins whose own programs stand in kube-proxy's place. */
const PROGRAMS: Partial<Record<CniPlugin, 'cilium' | 'calico'>> = {
  cilium: 'cilium',
  'gke-dataplane-v2': 'cilium',
  calico: 'calico',
  canal: 'calico',
};

function offerEbpfDefaults(draft: ProfileDraft): void {
  const plugin = draft.get('cni.plugin');
  if (plugin && draft.get('proxy.mode') === 'ebpf') assume(draft, 'proxy.ebpf.program', PROGRAMS[plugin], 'the network plugin’s own');
  const isCalico = draft.get('proxy.ebpf.program') === 'calico';
  const { connectTime, forwarding, dispatch, algorithm, externalClusterIP, topologyHints } = EBPF_DEFAULTS[isCalico ? 'calico' : 'cilium'];
  const why = isCalico ? "Felix' default" : "Cilium's default";
  byDefault(draft, 'proxy.ebpf.connectTime', connectTime, why);
  byDefault(draft, 'proxy.ebpf.forwarding', forwarding, why);
  byDefault(draft, 'proxy.ebpf.dispatch', dispatch, "Cilium's default");
  byDefault(draft, 'proxy.ebpf.algorithm', algorithm, 'the default of both programs');
  byDefault(draft, 'proxy.ebpf.externalClusterIP', externalClusterIP, isCalico ? 'Felix serves whoever the routes bring' : why);
  byDefault(draft, 'proxy.ebpf.topologyHints', topologyHints, isCalico ? 'Felix reads them as kube-proxy does' : why);
}

/** kubeadm's Corefile (kubernetes `cmd/kubeadm/app/phases/addons/dns/manifests.go`). */
function offerDnsDefaults(draft: ProfileDraft): void {
  const why = "kubeadm's Corefile, because the input has none";
  assume(draft, 'dns.server', 'coredns', 'the DNS server of every current cluster');
  assume(draft, 'dns.zones', [`${draft.get('clusterDomain') ?? 'cluster.local'}.`, 'in-addr.arpa.', 'ip6.arpa.'], why);
  assume(draft, 'dns.ttl', 30, why);
  assume(draft, 'dns.pods', 'insecure', why);
  byDefault(draft, 'dns.namespaces', [], 'every namespace is exposed');
  byDefault(draft, 'dns.endpointPodNames', false, "CoreDNS' default");
  byDefault(draft, 'dns.ignoreEmptyService', false, "CoreDNS' default");
  // With a Corefile, no `fallthrough` line means off; without one kubeadm's is assumed.
  if (!draft.has('dns.corefile')) assume(draft, 'dns.fallthrough', ['in-addr.arpa.', 'ip6.arpa.'], why);
  assume(draft, 'dns.clusterDNS', tenthAddress(draft.get('serviceCIDRs') ?? []), 'the tenth service address, by the habit of kubeadm');
  assume(draft, 'dns.serverIPs', [], 'no DNS server pod is known');
}

function tenthAddress(ranges: readonly Cidr[]): readonly Ip[] {
  const [first] = ranges;
  const ip = first && addToIp(firstIp(first), 10n);
  return ip ? [ip] : [];
}

function offerPolicyDefaults(draft: ProfileDraft): void {
  const plugin = draft.get('cni.plugin');
  const why = `what most plugins do; ${plugin === undefined || plugin === 'unknown' ? 'the network plugin is not known' : `nothing tells that ${plugin} does otherwise`}`;
  assume(draft, 'policy.enforcement', 'on', 'NetworkPolicy is taken as enforced while the plugin is not known');
  assume(draft, 'policy.apis', ['networking.k8s.io'], why);
  assume(draft, 'policy.ipBlockMatchesPods', true, why);
  assume(draft, 'policy.ipBlockMatchesNodes', true, why);
  assume(draft, 'policy.networksMatchPods', true, why);
  assume(draft, 'policy.clusterPolicyGaps', [], why);
  assume(draft, 'policy.loopback', 'allow', why);
  assume(draft, 'policy.hostNetworkPods', 'excluded', why);
  byDefault(draft, 'policy.completedPods', 'exclude', 'a finished pod holds no address');
  byDefault(draft, 'policy.nodeToOwnPod', true, 'kubernetes/api `networking/v1`: traffic from the own node is allowed');
  assume(draft, 'policy.equalPriority', 'name', why);
  assume(draft, 'policy.orderTies', 'name', why);
  assume(draft, 'policy.endPort', true, why);
  assume(draft, 'policy.sctp', true, why);
  assume(draft, 'policy.calico.endpointToHost', 'Accept', "what Calico's manifests and operator tell Felix");
  byDefault(draft, 'policy.cilium.mode', 'default', "Cilium's default for `enable-policy`");
  assume(draft, 'policy.cilium.hostPolicies', true, 'whoever stores policies with a nodeSelector means them to be enforced');
  assume(draft, 'policy.cilium.nodeLabels', true, 'whoever writes fromNodes or toNodes means them to match');
  byDefault(draft, 'policy.cilium.clusterName', 'default', "Cilium's default for `cluster-name`");
  byDefault(draft, 'policy.cilium.labels', [], "Cilium's own list of identity-relevant labels");
  byDefault(draft, 'policy.cilium.entitySelectors', {}, "Cilium's default for `policy-entity-selectors`");
  byDefault(draft, 'policy.cilium.localCluster', false, "the agent's default for `policy-default-local-cluster`");
  byDefault(draft, 'policy.cilium.nonDefaultDeny', true, "Cilium's default for `enable-non-default-deny-policies`");
  byDefault(draft, 'policy.cilium.kinds', CILIUM_POLICY_KINDS, 'what the agent reads while it is not told otherwise');
  byDefault(draft, 'policy.cilium.layer7', true, "Cilium's default for `enable-l7-proxy`");
  byDefault(draft, 'policy.cilium.icmpRules', true, "Cilium's default for `enable-icmp-rules`");
}

function assume<F extends ProfileField>(draft: ProfileDraft, field: F, value: ProfileValue<F> | undefined, why: string): void {
  draft.offer(field, value, { provenance: 'assumed', why });
}

function byDefault<F extends ProfileField>(draft: ProfileDraft, field: F, value: ProfileValue<F>, why: string): void {
  draft.offer(field, value, { provenance: 'defaulted', why });
}

function cidr(text: string): Cidr {
  const parsed = parseCidr(text);
  invariant(parsed !== undefined, `\`${text}\` is a prefix`);
  return parsed;
}
