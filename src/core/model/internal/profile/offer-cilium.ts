import { isJsonObject } from '../../../kernel/json.js';
import { readEntitySelectors } from '../../../resources/cilium-entity-selectors.js';
import type { ConfigMap } from '../../../resources/config-map.js';
import type { IpFamily } from '../../../net/ip.js';
import { CILIUM_IPAM_MODES } from '../../cilium-ipam-mode.js';
import { CNI_PLUGINS } from '../../cni-plugins.js';
import { CILIUM_POLICY_KINDS, type CiliumPolicyKind, type ClusterPolicyGap } from '../../network-profile.js';
import { readConfigText } from './config-text.js';
import { cidrsOf, flagOf, numberOf } from './config-value.js';
import { offerCiliumPools } from './offer-cilium-pools.js';
import { type CiliumTold, ciliumTold } from './cilium-told.js';
import type { PluginEvidence } from './plugin-evidence.js';
import type { ProfileDraft } from './profile-draft.js';
import type { ProfileField, ProfileValue } from './profile-fields.js';

/** Takes a value of one key of cilium-config. */
type Offer = <F extends ProfileField>(field: F, value: ProfileValue<F> | undefined, key: string, why: string) => void;

/** Reads cilium-config (cilium/cilium `Documentation/cmdref`, `install/kubernetes/cilium/templates/cilium-configmap.yaml`). */
export function offerCilium(draft: ProfileDraft, evidence: PluginEvidence): void {
  const { resources } = evidence;
  const told = ciliumTold(evidence);
  if (!told) {
    offerCiliumPools(draft, undefined, resources.ciliumPodIPPools);
    return;
  }
  const offer: Offer = (field, value, key, why) => draft.offer(field, value, told.at(key, why));
  offerFamilies(told, offer);
  offerRouting(told, offer);
  offerPool(told, offer);
  offerCiliumPools(draft, told, resources.ciliumPodIPPools);
  offerEncryption(told, offer);
  offerHealthEndpoint(told, offer);
  offerEgressGateways(told, offer);
  offerMasquerading(told, offer);
  const { data } = told;
  // "Overwrite auto-detected MTU of underlying network" (Documentation/cmdref/cilium-agent.md).
  offer('underlay.mtu', numberOf(data['mtu']) || undefined, 'mtu', '`mtu` of cilium-config: that of the network underneath');
  const replacement = data['kube-proxy-replacement'];
  if (replacement === 'true' || replacement === 'strict') {
    offer('proxy.mode', 'ebpf', 'kube-proxy-replacement', 'Cilium stands in for kube-proxy');
    offer('proxy.ebpf.program', 'cilium', 'kube-proxy-replacement', 'Cilium stands in for kube-proxy');
    offerReplacement(told, offer);
  }
  offerPolicies(told, offer);
}

/** How services are translated (`Documentation/network/kubernetes/kubeproxy-free.rst`). */
function offerReplacement({ data }: CiliumTold, offer: Offer): void {
  const hostOnly = flagOf(data['bpf-lb-sock-hostns-only']) === true;
  const sockets = flagOf(data['bpf-lb-sock']) === false ? 'none' : hostOnly ? 'host' : 'all';
  offer('proxy.ebpf.connectTime', sockets, hostOnly ? 'bpf-lb-sock-hostns-only' : 'bpf-lb-sock', 'whom the socket load balancer serves');
  const mode = data['bpf-lb-mode'] ?? data['node-port-mode'];
  if (mode === 'snat' || mode === 'dsr' || mode === 'hybrid')
    offer(
      'proxy.ebpf.forwarding',
      mode,
      data['bpf-lb-mode'] === undefined ? 'node-port-mode' : 'bpf-lb-mode',
      'how traffic from outside is forwarded',
    );
  const dispatch = DISPATCH.get(data['bpf-lb-dsr-dispatch'] ?? '');
  offer('proxy.ebpf.dispatch', dispatch, 'bpf-lb-dsr-dispatch', 'how the other node is told the service’s address');
  const algorithm = data['bpf-lb-algorithm'] ?? data['node-port-algorithm'];
  if (algorithm === 'random' || algorithm === 'maglev')
    offer('proxy.ebpf.algorithm', algorithm, 'bpf-lb-algorithm', 'how endpoints are picked for traffic from outside');
  offer('proxy.ebpf.externalClusterIP', flagOf(data['bpf-lb-external-clusterip']), 'bpf-lb-external-clusterip', 'who may use cluster IPs');
  offer('proxy.ebpf.topologyHints', flagOf(data['enable-service-topology']), 'enable-service-topology', 'whether hints are looked at');
}

/** `pkg/loadbalancer/config.go`, DSRDispatchOption and its like. */
const DISPATCH: ReadonlyMap<string, 'option' | 'ipip' | 'geneve'> = new Map([
  ['opt', 'option'],
  ['ipip', 'ipip'],
  ['geneve', 'geneve'],
]);

/** What the agent makes of policies (`Documentation/cmdref/cilium-agent.md`). A switch that a ConfigMap leaves out has the agent's default. */
function offerPolicies({ data }: CiliumTold, offer: Offer): void {
  if (data['allow-localhost'] === 'policy') {
    offer('policy.nodeToOwnPod', false, 'allow-localhost', 'the own node is subject to policies too');
  }
  const mode = data['enable-policy'];
  if (mode === 'default' || mode === 'always' || mode === 'never') {
    offer('policy.cilium.mode', mode, 'enable-policy', '`enable-policy` of cilium-config');
  }
  if (flagOf(data['policy-audit-mode'])) {
    offer('policy.enforcement', 'none', 'policy-audit-mode', 'policies are audited: what they deny is logged, and passes');
  }
  if (flagOf(data['enable-k8s-cluster-network-policy'])) {
    const apis = [...CNI_PLUGINS.cilium.apis, 'policy.networking.k8s.io/v1alpha2'];
    offer('policy.apis', apis, 'enable-k8s-cluster-network-policy', 'ClusterNetworkPolicies are enforced too');
    offer('policy.clusterPolicyGaps', clusterPolicyGaps(data), 'enable-k8s-cluster-network-policy', 'what their rules may not name');
  }
  const matchesNodes = (data['policy-cidr-match-mode'] ?? '').split(/[\s,]+/).includes('nodes');
  offer('policy.ipBlockMatchesNodes', matchesNodes, 'policy-cidr-match-mode', 'whether CIDRs match nodes');
  offer('policy.sctp', flagOf(data['enable-sctp']) === true, 'enable-sctp', 'whether SCTP is switched on');
  const hosts = flagOf(data['enable-host-firewall']) === true;
  offer('policy.cilium.hostPolicies', hosts, 'enable-host-firewall', 'whether the host firewall is on');
  const labels = flagOf(data['enable-node-selector-labels']) === true;
  offer('policy.cilium.nodeLabels', labels, 'enable-node-selector-labels', 'whether nodes have identities by their labels');
  offer(
    'policy.cilium.labels',
    data['labels']?.split(/\s+/).filter((one) => one !== ''),
    'labels',
    '`labels` of cilium-config: what identities are made of',
  );
  offerReading(data, offer);
  offer('policy.cilium.clusterName', data['cluster-name'] || undefined, 'cluster-name', '`cluster-name` of cilium-config');
}

/** "egress.to.nodes is not supported since node selector labels are disabled", domainNames "since L7 proxy is disabled" (`pkg/k8s/cluster_network_policy.go`). */
function clusterPolicyGaps(data: ConfigMap['data']): readonly ClusterPolicyGap[] {
  const nodes = flagOf(data['enable-node-selector-labels']) === true;
  const domainNames = flagOf(data['enable-l7-proxy']) !== false;
  return [...(nodes ? [] : (['nodes'] as const)), ...(domainNames ? [] : (['domainNames'] as const))];
}

/** How the agent reads its own policies. */
function offerReading(data: ConfigMap['data'], offer: Offer): void {
  const selectors = readConfigText(data['policy-entity-selectors'] ?? '');
  const entities = isJsonObject(selectors) && readEntitySelectors(selectors) ? selectors : undefined;
  offer('policy.cilium.entitySelectors', entities, 'policy-entity-selectors', 'who counts to entities beside those they mean');
  const local = flagOf(data['policy-default-local-cluster']);
  offer('policy.cilium.localCluster', local, 'policy-default-local-cluster', 'whether selectors mean the own cluster alone');
  const heeded = flagOf(data['enable-non-default-deny-policies']);
  offer('policy.cilium.nonDefaultDeny', heeded, 'enable-non-default-deny-policies', 'whether `enableDefaultDeny: false` is heeded');
  const proxy = flagOf(data['enable-l7-proxy']);
  offer('policy.cilium.layer7', proxy, 'enable-l7-proxy', 'whether there is a proxy for rules of layer 7');
  offer('policy.cilium.icmpRules', flagOf(data['enable-icmp-rules']), 'enable-icmp-rules', 'whether rules may name types of ICMP');
  offerKinds(data, offer);
}

/** The switch of each kind of policy (cilium/cilium `pkg/policy/k8s/cell.go`, startK8sPolicyWatcher). */
const KIND_SWITCHES = {
  NetworkPolicy: 'enable-k8s-networkpolicy',
  CiliumNetworkPolicy: 'enable-cilium-network-policy',
  CiliumClusterwideNetworkPolicy: 'enable-cilium-clusterwide-network-policy',
} as const satisfies Readonly<Record<CiliumPolicyKind, string>>;

function offerKinds(data: ConfigMap['data'], offer: Offer): void {
  const read = CILIUM_POLICY_KINDS.filter((kind) => flagOf(data[KIND_SWITCHES[kind]]) !== false);
  const told = CILIUM_POLICY_KINDS.map((kind) => KIND_SWITCHES[kind]).filter((key) => flagOf(data[key]) !== undefined);
  const key = told.find((one) => flagOf(data[one]) === false) ?? told[0];
  if (key !== undefined) offer('policy.cilium.kinds', read, key, 'the kinds of policies that the agent reads');
}

function offerFamilies({ data }: CiliumTold, offer: Offer): void {
  const v4: readonly IpFamily[] = flagOf(data['enable-ipv4']) === false ? [] : [4];
  const v6: readonly IpFamily[] = flagOf(data['enable-ipv6']) === true ? [6] : [];
  const told = data['enable-ipv4'] !== undefined || data['enable-ipv6'] !== undefined;
  const families = [...v4, ...v6];
  if (told && families.length > 0) offer('ipFamilies', families, 'enable-ipv6', '`enable-ipv4` and `enable-ipv6` of cilium-config');
}

/** `routing-mode` and `tunnel-protocol` (since 1.14), before that `tunnel: vxlan|geneve|disabled`. */
function offerRouting({ data }: CiliumTold, offer: Offer): void {
  const mode = data['routing-mode'];
  const old = data['tunnel'];
  const ipam = CILIUM_IPAM_MODES.find((one) => one === data['ipam']);
  offer('cni.ipam', ipam, 'ipam', '`ipam` of cilium-config');
  if (data['ipam'] === 'eni') offer('cni.mode', 'eni', 'ipam', 'pods have addresses of the interfaces that the VPC gives the node');
  if (mode === 'native') offer('cni.mode', 'native', 'routing-mode', '`routing-mode` of cilium-config');
  else if (mode === 'tunnel')
    offer('cni.mode', data['tunnel-protocol'] ?? 'vxlan', 'tunnel-protocol', '`tunnel-protocol` of cilium-config');
  else if (old !== undefined) offer('cni.mode', old === 'disabled' ? 'native' : old, 'tunnel', '`tunnel` of cilium-config');
}

function offerEncryption({ data }: CiliumTold, offer: Offer): void {
  offer('cni.tunnelPort', numberOf(data['tunnel-port']) || undefined, 'tunnel-port', '`tunnel-port` of cilium-config');
  offer('cni.directRoutes', directRoutesOf(data), 'auto-direct-node-routes', 'whether the agent lays routes to the nodes of its segment');
  if (flagOf(data['enable-wireguard'])) offer('cni.encryption', 'wireguard', 'enable-wireguard', 'Cilium encrypts what crosses nodes');
  if (flagOf(data['enable-ipsec'])) offer('cni.encryption', 'ipsec', 'enable-ipsec', 'Cilium encrypts what crosses nodes');
}

/** Off unless it is on: `enable-egress-gateway`; till 1.18 `enable-ipv4-egress-gateway` too, which 1.19 removes (Documentation/operations/upgrade.rst, "Removed Options"). */
function offerEgressGateways({ data }: CiliumTold, offer: Offer): void {
  const key = data['enable-egress-gateway'] === undefined ? 'enable-ipv4-egress-gateway' : 'enable-egress-gateway';
  offer('cni.egressGateways', flagOf(data[key]) === true, key, 'whether policies of egress gateways are looked at');
  const protocol = data['tunnel-protocol'];
  if (protocol === 'vxlan' || protocol === 'geneve')
    offer('cni.tunnelProtocol', protocol, 'tunnel-protocol', '`tunnel-protocol` of cilium-config');
}

/** The endpoint is there where both checks are on (`pkg/health`, `Documentation/cmdref/cilium-agent.md`), as they are by default. */
function offerHealthEndpoint({ data }: CiliumTold, offer: Offer): void {
  for (const key of ['enable-health-checking', 'enable-endpoint-health-checking'])
    if (flagOf(data[key]) === false) offer('cni.healthEndpoint', false, key, 'health checks of endpoints are off');
}

/** "Enable skipping L2 routes between nodes on different subnets" (Documentation/cmdref/cilium-agent.md); without it such a node is an error (`pkg/datapath/linux/node.go`). */
function directRoutesOf(data: ConfigMap['data']): 'none' | 'required' | 'optional' | undefined {
  const isOn = flagOf(data['auto-direct-node-routes']);
  if (isOn !== true) return isOn === undefined ? undefined : 'none';
  return flagOf(data['direct-routing-skip-unreachable']) === true ? 'optional' : 'required';
}

/** `Documentation/network/concepts/masquerading.rst`; before 1.10 `masquerade` and `native-routing-cidr`. */
function offerMasquerading({ data }: CiliumTold, offer: Offer): void {
  offerMasqueraded(data, offer);
  offer(
    'masquerade.agent',
    flagOf(data['enable-ip-masq-agent']),
    'enable-ip-masq-agent',
    'whether Cilium reads the settings of ip-masq-agent',
  );
  const v4 = data['ipv4-native-routing-cidr'] === undefined ? 'native-routing-cidr' : 'ipv4-native-routing-cidr';
  const native = [...(cidrsOf(data[v4]) ?? []), ...(cidrsOf(data['ipv6-native-routing-cidr']) ?? [])];
  if (native.length > 0) offer('masquerade.nativeRoutingCIDRs', native, v4, 'what is reached without translation');
}

/** Each family has a switch of its own, both on by default; a program at the node's device or netfilter does it (`Documentation/cmdref/cilium-agent.md`). */
function offerMasqueraded(data: ConfigMap['data'], offer: Offer): void {
  const key = data['enable-ipv4-masquerade'] === undefined ? 'masquerade' : 'enable-ipv4-masquerade';
  const [v4, v6] = [flagOf(data[key]), flagOf(data['enable-ipv6-masquerade'])];
  // Before each had its switch, the one was of both.
  const isOn6 = v6 ?? (key !== 'masquerade' && flagOf(data['enable-ipv6']) === true);
  offer('masquerade.plugin', v4 === false ? isOn6 : v4, key, `\`${key}\` of cilium-config`);
  const families: readonly IpFamily[] = [...(v4 === false ? [] : [4 as const]), ...(v6 === false ? [] : [6 as const])];
  const why = '`enable-ipv4-masquerade` and `enable-ipv6-masquerade` of cilium-config';
  if (v4 !== undefined || v6 !== undefined) offer('masquerade.families', families, v6 === false ? 'enable-ipv6-masquerade' : key, why);
  const program = flagOf(data['enable-bpf-masquerade']);
  const name = program === undefined ? undefined : program ? 'bpf' : 'iptables';
  offer('masquerade.program', name, 'enable-bpf-masquerade', 'whether a program at the node’s device masquerades, or its netfilter');
  const remote = flagOf(data['enable-remote-node-masquerade']);
  offer('masquerade.remoteNodes', remote, 'enable-remote-node-masquerade', 'whether what goes to other nodes is masqueraded too');
}

/** The ranges that Cilium's operator hands out; in other modes of `ipam` they belong to somebody else. */
function offerPool({ data }: CiliumTold, offer: Offer): void {
  if ((data['ipam'] ?? 'cluster-pool') !== 'cluster-pool') return;
  const v4 = flagOf(data['enable-ipv4']) === false ? [] : (cidrsOf(data['cluster-pool-ipv4-cidr']) ?? []);
  const v6 = flagOf(data['enable-ipv6']) === true ? (cidrsOf(data['cluster-pool-ipv6-cidr']) ?? []) : [];
  const ranges = [...v4, ...v6];
  const key = v4.length > 0 ? 'cluster-pool-ipv4-cidr' : 'cluster-pool-ipv6-cidr';
  if (ranges.length > 0) offer('podCIDRs', ranges, key, "the ranges of Cilium's cluster pool");
  offer(
    'nodeCIDRMaskSizes.v4',
    numberOf(data['cluster-pool-ipv4-mask-size']),
    'cluster-pool-ipv4-mask-size',
    'what each node gets of the cluster pool',
  );
  offer(
    'nodeCIDRMaskSizes.v6',
    numberOf(data['cluster-pool-ipv6-mask-size']),
    'cluster-pool-ipv6-mask-size',
    'what each node gets of the cluster pool',
  );
}
