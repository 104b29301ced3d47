import type { JsonObject } from '../kernel/json.js';
import type { ObjectRef } from '../kernel/object-ref.js';
import type { Provenance } from '../kernel/provenance.js';
import type { Cidr } from '../net/cidr.js';
import type { Ip, IpFamily } from '../net/ip.js';
import type { CalicoAssignsTo } from '../resources/kube-controllers-configuration.js';
import type { CiliumIpamMode } from './cilium-ipam-mode.js';
import type { MasqueradeProfile } from './masquerade-profile.js';

/** The network plugins the model knows by name. */
export type CniPlugin =
  | 'calico'
  | 'cilium'
  | 'flannel'
  | 'weave'
  | 'antrea'
  | 'ovn-kubernetes'
  | 'kube-ovn'
  | 'kindnet'
  | 'aws-vpc-cni'
  | 'canal'
  | 'gke-dataplane-v2'
  | 'azure-cni'
  | 'kube-router'
  | 'kube-network-policies'
  | 'unknown';

/** The plugin and how it carries packets. */
export interface CniProfile {
  readonly plugin: CniPlugin;
  /** `vxlan`, `ipip`, `bgp`, `host-gw`, `geneve`, `native`, `wireguard` … as the plugin calls it; undefined when the input does not tell. */
  readonly mode: string | undefined;
  readonly crossSubnet: boolean;
  /** Of pods, where it is set; undefined: reckoned from that of the underlay. */
  readonly mtu: number | undefined;
  readonly blockSize: number | undefined;
  /** The pool that gives addresses to pods which ask for none and which no pool selects, where the plugin has several (Cilium). */
  readonly defaultPool: string;
  /** How many addresses a node keeps ready of which pools (Cilium with several pools). */
  readonly preAllocated: Readonly<Record<string, number>>;
  /** How Cilium comes by addresses (`ipam` of its configuration); undefined: not told. */
  readonly ipam: CiliumIpamMode | undefined;
  /** Whether Cilium's agent has a health endpoint of its own on every node, with an address of the node's range. */
  readonly healthEndpoint: boolean;
  /** Whether Cilium's agent looks at policies of egress gateways. */
  readonly egressGateways: boolean;
  /** What Cilium wraps in where it wraps, in mode `native` too: what egress gateways get. */
  readonly tunnelProtocol: 'vxlan' | 'geneve';
  /** What pods send outside the cluster goes through the routes of the node, and not past them (OVN-Kubernetes: its gateway mode is `local`). */
  readonly routingViaHost: boolean;
  /** What encrypts packets between nodes beside the mode (Cilium, Antrea, Weave). */
  readonly encryption: 'none' | 'wireguard' | 'ipsec';
  /** Subnets of nodes between which Weave leaves packets in the clear (`--trusted-subnets`). */
  readonly trustedSubnets: readonly Cidr[];
  /** Felix encrypts what nodes themselves send to one another too (`wireguardHostEncryptionEnabled`). */
  readonly encryptHostTraffic: boolean;
  /** Bytes of the key that authenticates IPsec, as Cilium's agent counts them; undefined: not told, for Secrets are not kept. */
  readonly authKeyBytes: number | undefined;
  /** Antrea's gateway to other clusters, and what encrypts between them. */
  readonly multicluster: boolean;
  readonly multiclusterEncryption: 'none' | 'wireguard';
  /** Whether Cilium's agent lays routes to pods on the nodes of its segment: every node has to be on it, or others are left out (`direct-routing-skip-unreachable`). */
  readonly directRoutes: 'none' | 'required' | 'optional';
  /** Network id of VXLAN, and the port of the tunnel; undefined: the plugin's own. */
  readonly vni: number | undefined;
  readonly tunnelPort: number | undefined;
}

/** A subnet that nodes are in. */
export interface UnderlaySubnet {
  readonly cidr: Cidr;
  readonly vlan: number | undefined;
  /** Undefined: that of the underlay. */
  readonly mtu: number | undefined;
}

/** The network that the nodes are on. */
export interface UnderlayProfile {
  /** Of the nodes' devices and of what lies between them, in bytes. */
  readonly mtu: number;
  /** Empty: not known. */
  readonly subnets: readonly UnderlaySubnet[];
  /** Whether its routers know where pods are, by BGP or by hand. */
  readonly routesPods: boolean;
  /** Ranges that pods of the AWS VPC CNI reach by the node's own interface and the table main (`AWS_EXTERNAL_SERVICE_CIDRS`). */
  readonly mainTableCIDRs: readonly Cidr[];
  /** Whether what a node's bridge brings from pod to pod passes its netfilter too (`net.bridge.bridge-nf-call-iptables`). */
  readonly bridgeNetfilter: boolean;
  /** Whose machines, as Calico names them (`aks`); undefined: not told. */
  readonly provider: string | undefined;
}

/** Which services of type LoadBalancer each of those who give them addresses serves. */
export interface LoadBalancersProfile {
  /** What services without a class get of Cilium: addresses of its pools, of nodes, or none. */
  readonly ciliumDefault: 'lbipam' | 'nodeipam' | 'none';
  /** The one class that MetalLB serves; undefined: services without a class. */
  readonly metallbClass: string | undefined;
  /** Whether Calico serves every service without a class of another, or those alone that ask for it. */
  readonly calicoAssigns: CalicoAssignsTo;
}

/** kube-proxy, or what stands in its place. */
export interface ProxyProfile {
  readonly mode: 'iptables' | 'nftables' | 'ipvs' | 'ebpf';
  /** Ranges the proxy takes for pod traffic; defaults to the cluster's podCIDRs. */
  readonly podCIDRs: readonly Cidr[];
  /** Whether the proxy can tell pod traffic from other traffic. */
  readonly detectLocal: boolean;
  readonly masqueradeAll: boolean;
  /** `primary`: the first address of each family of a node. Undefined = the mode's default: every local address (iptables), the primary one (nftables). */
  readonly nodePortAddresses: readonly Cidr[] | 'primary' | undefined;
  readonly localhostNodePorts: boolean;
  readonly nodePortRange: { readonly first: number; readonly last: number };
  readonly ipvs: IpvsProfile;
  readonly ebpf: EbpfProfile;
}

/** How the kernel picks endpoints in ipvs mode (`ipvs.scheduler` of KubeProxyConfiguration). */
export type IpvsScheduler = (typeof IPVS_SCHEDULERS)[number];

/** Every scheduler that kube-proxy accepts (kubernetes `pkg/proxy/ipvs/README.md`). */
export const IPVS_SCHEDULERS = ['rr', 'wrr', 'lc', 'wlc', 'lblc', 'lblcr', 'sh', 'dh', 'sed', 'nq', 'mh'] as const;

/** Switches of kube-proxy's ipvs mode. */
export interface IpvsProfile {
  readonly scheduler: IpvsScheduler;
  /** Other ports of a service's address, which every node has bound: `reject`ed since Kubernetes 1.25, before that the `node` itself answered. */
  readonly otherPorts: 'reject' | 'node';
}

/** Switches of what stands in kube-proxy's place. */
export interface EbpfProfile {
  /** Whose rules hold; undefined: nobody's that the model knows. */
  readonly program: 'cilium' | 'calico' | undefined;
  /** Who is translated at `connect()`, before there is a packet: everybody, only TCP, only the nodes themselves, nobody. */
  readonly connectTime: 'all' | 'tcp' | 'host' | 'none';
  /**
   * How traffic from outside gets to an endpoint on another node: with the node's address (`snat`), with the client's and answers by the same way (`tunnel`), with
   * the client's and direct answers (`dsr`), TCP by `dsr` and the rest by `snat` (`hybrid`).
   */
  readonly forwarding: 'snat' | 'tunnel' | 'dsr' | 'hybrid';
  /** How Cilium tells the other node the service's address with `dsr`: in an option of the packet's own header, in IP in IP, or in an option of Geneve. */
  readonly dispatch: 'option' | 'ipip' | 'geneve';
  /** How endpoints are picked for traffic from outside. */
  readonly algorithm: 'random' | 'maglev';
  /** Whether cluster IPs are served to senders outside the cluster. */
  readonly externalClusterIP: boolean;
  /** Whether topology hints are looked at. */
  readonly topologyHints: boolean;
}

/** The cluster's DNS server, options as the CoreDNS `kubernetes` plugin names them. */
export interface DnsProfile {
  readonly server: 'coredns' | 'kube-dns';
  /** Text of the Corefile, when there is one. */
  readonly corefile: string | undefined;
  /** Zones of the kubernetes plugin, absolute lower-case names with a final dot, reverse zones included. */
  readonly zones: readonly string[];
  readonly ttl: number;
  readonly pods: 'disabled' | 'insecure' | 'verified';
  /** Exposed namespaces; empty = all. */
  readonly namespaces: readonly string[];
  readonly endpointPodNames: boolean;
  readonly ignoreEmptyService: boolean;
  /** Zones that fall through to the next plugin on NXDOMAIN; undefined = off, empty = all. */
  readonly fallthrough: readonly string[] | undefined;
  /** Addresses of the DNS service that pods ask (`nameserver` of a pod's resolv.conf). */
  readonly clusterDNS: readonly Ip[];
  /** Addresses of the DNS server's own pods: they decide NS answers. */
  readonly serverIPs: readonly Ip[];
  /** Text of the nodes' resolv.conf, which pods inherit; null: kubelet runs with an empty `--resolv-conf`; undefined: not known. */
  readonly hostResolvConf?: string | null | undefined;
}

/** Switches where specifications leave room and plugins differ (`docs` of the policy room). */
export interface PolicyProfile {
  /** `none`: policies are stored and not enforced (Flannel). */
  readonly enforcement: 'on' | 'none';
  /**
   * API groups the plugin enforces, or versions of them (`policy.networking.k8s.io/v1alpha2`), `networking.k8s.io` among them unless `enforcement` is `none`.
   */
  readonly apis: readonly string[];
  readonly ipBlockMatchesPods: boolean;
  /** Whether networks and blocks match nodes by their addresses. */
  readonly ipBlockMatchesNodes: boolean;
  readonly networksMatchPods: boolean;
  /** What the plugin does not know in rules of ClusterNetworkPolicies: one that names it fails closed. */
  readonly clusterPolicyGaps: readonly ClusterPolicyGap[];
  readonly loopback: 'allow' | 'policy';
  readonly hostNetworkPods: 'as-pods' | 'excluded';
  readonly completedPods: 'include' | 'exclude';
  /** Traffic from a pod's own node is always allowed. */
  readonly nodeToOwnPod: boolean;
  readonly equalPriority: 'name' | 'undefined';
  readonly orderTies: 'name' | 'file';
  /** Whether a range of ports is enforced; if not, the answer says so where one took part. */
  readonly endPort: boolean;
  /** Whether SCTP is enforced; if not, the answer says so where it took part. */
  readonly sctp: boolean;
  readonly calico: CalicoPolicyProfile;
  readonly cilium: CiliumProfile;
}

/** What a rule of a ClusterNetworkPolicy may name, and a plugin may not know: `nodes`, `domainNames`, and ports by their names. */
export type ClusterPolicyGap = 'nodes' | 'domainNames' | 'namedPorts';

/** Switches of Calico's agent that policies depend on. */
export interface CalicoPolicyProfile {
  /** `defaultEndpointToHostAction`: what becomes of what a pod sends to its own node, once its egress policies have let it through. */
  readonly endpointToHost: 'Accept' | 'Drop' | 'Return';
}

/** Switches of Cilium's agent that policies depend on. */
export interface CiliumProfile {
  /** `enable-policy`: `always` puts every endpoint into default-deny, `never` enforces nothing. */
  readonly mode: 'default' | 'always' | 'never';
  /** `enable-host-firewall`: whether policies with a nodeSelector are enforced. */
  readonly hostPolicies: boolean;
  /** `enable-node-selector-labels`: whether nodes have identities by their labels, as fromNodes and toNodes need. */
  readonly nodeLabels: boolean;
  /** `cluster-name`: the value of the label `io.cilium.k8s.policy.cluster` of every pod. */
  readonly clusterName: string;
  /** `labels`: expressions that say which labels of pods are part of their identities, beside the agent's own list. */
  readonly labels: readonly string[];
  /** `policy-entity-selectors`: label selectors of pods that count to an entity too, by its name. */
  readonly entitySelectors: JsonObject;
  /** `policy-default-local-cluster`: whether selectors of peers that name no cluster mean the own one; before, they meant every one. */
  readonly localCluster: boolean;
  /** `enable-non-default-deny-policies`: whether `enableDefaultDeny: false` is heeded. */
  readonly nonDefaultDeny: boolean;
  /** `enable-k8s-networkpolicy`, `enable-cilium-network-policy`, `enable-cilium-clusterwide-network-policy`: the kinds of policies that the agent reads. */
  readonly kinds: readonly CiliumPolicyKind[];
  /** `enable-l7-proxy`: whether there is a proxy; without it the agent refuses rules of layer 7. */
  readonly layer7: boolean;
  /** `enable-icmp-rules`: whether the agent takes rules with `icmps`. */
  readonly icmpRules: boolean;
}

/** The kinds of policies that Cilium's agent reads unless it is told not to. */
export const CILIUM_POLICY_KINDS = ['NetworkPolicy', 'CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'] as const;

/** One of them. */
export type CiliumPolicyKind = (typeof CILIUM_POLICY_KINDS)[number];

/** One ingress controller: which class it serves and by whose rules. */
export interface IngressControllerProfile {
  readonly class: string;
  readonly dialect: string;
  readonly options: Readonly<Record<string, string | boolean | number>>;
}

/** The settings of a cluster's network that objects alone do not always tell. Detected, or set through `PATCH /clusters/{c}`. */
export interface NetworkProfile {
  readonly ipFamilies: readonly IpFamily[];
  readonly podCIDRs: readonly Cidr[];
  readonly serviceCIDRs: readonly Cidr[];
  /** Prefix length of each node's podCIDR, by family. */
  readonly nodeCIDRMaskSizes: { readonly v4: number; readonly v6: number };
  /** Without a final dot: `cluster.local`. */
  readonly clusterDomain: string;
  /** Of the API server: `v1.31.2`; undefined where nothing tells it. */
  readonly kubernetesVersion: string | undefined;
  readonly cni: CniProfile;
  readonly underlay: UnderlayProfile;
  readonly masquerade: MasqueradeProfile;
  readonly loadBalancers: LoadBalancersProfile;
  readonly proxy: ProxyProfile;
  readonly dns: DnsProfile;
  readonly policy: PolicyProfile;
  readonly ingress: { readonly controllers: readonly IngressControllerProfile[] };
}

/** Where one field of the profile comes from: `set` by a user, else detected in `object` at `pointer`, else a default or an assumption. */
export interface ProfileSource {
  /** Dotted path: `dns.pods`, `clusterDomain`, `cni.plugin`. */
  readonly field: string;
  readonly provenance: Provenance | 'set';
  readonly object: ObjectRef | undefined;
  readonly pointer: string | undefined;
  readonly why: string;
}
