import type { CniPlugin, ClusterPolicyGap } from './network-profile.js';

/** What else to know of a plugin's policies, and who says so. */
export interface Caveat {
  readonly text: string;
  readonly source: string;
}

/** API groups that a plugin enforces from one release on, and up to another. */
export interface ReleasedApis {
  readonly apis: readonly string[];
  /** Major and minor. */
  readonly since: readonly [number, number];
  /** The first release without them. */
  readonly until: readonly [number, number] | undefined;
  readonly source: string;
}

/** What a network plugin makes of policies: the switches of the profile, as the plugin has them unless it is configured otherwise. */
export interface CniPluginFacts {
  /** API groups, or versions of them (`policy.networking.k8s.io/v1alpha2`). None: it stores policies and enforces nothing. */
  readonly apis: readonly string[];
  /** More groups of certain releases: they count where an image tells the release. */
  readonly releases: readonly ReleasedApis[];
  readonly ipBlockMatchesPods: boolean;
  /** Whether blocks match nodes by their addresses. */
  readonly ipBlockMatchesNodes: boolean;
  /** Whether `networks` of policies of the cluster match pods by their addresses. */
  readonly networksMatchPods: boolean;
  readonly clusterPolicyGaps: readonly ClusterPolicyGap[];
  readonly loopback: 'allow' | 'policy';
  readonly hostNetworkPods: 'as-pods' | 'excluded';
  readonly nodeToOwnPod: boolean;
  readonly endPort: boolean;
  readonly sctp: boolean;
  readonly caveats: readonly Caveat[];
  /** Where the row stands. */
  readonly source: string;
}

const NETWORKING = 'networking.k8s.io';
const TIERED = 'policy.networking.k8s.io';

/**
 * What Kubernetes specifies and most plugins do. `hostNetworkPods`: "most plugins ignore hostNetwork pods, their traffic being the node's" (Kubernetes
 * documentation, Network Policies). `loopback`: packets of a pod to its own address do not leave its network namespace.
 */
const USUAL: CniPluginFacts = {
  apis: [NETWORKING],
  releases: [],
  ipBlockMatchesPods: true,
  ipBlockMatchesNodes: true,
  networksMatchPods: true,
  clusterPolicyGaps: [],
  loopback: 'allow',
  hostNetworkPods: 'excluded',
  nodeToOwnPod: true,
  endPort: true,
  sctp: true,
  caveats: [],
  source: 'kubernetes/api networking/v1',
};

const NOTHING: CniPluginFacts = { ...USUAL, apis: [] };

const CALICO: CniPluginFacts = {
  ...USUAL,
  apis: [NETWORKING, 'projectcalico.org', 'crd.projectcalico.org'],
  releases: [
    { apis: [`${TIERED}/v1alpha1`], since: [3, 29], until: [3, 32], source: 'docs.tigera.io/calico, release notes of 3.29 and 3.32' },
    { apis: [`${TIERED}/v1alpha2`], since: [3, 32], until: undefined, source: 'docs.tigera.io/calico, release notes of 3.32' },
  ],
  clusterPolicyGaps: ['nodes', 'domainNames', 'namedPorts'],
  caveats: [
    {
      text: 'calico: a rule of a ClusterNetworkPolicy that names nodes, domainNames or a destinationNamedPort fails closed: one that does not accept denies everything',
      source: 'projectcalico/calico libcalico-go/lib/backend/k8s/conversion/clusternetworkpolicy.go',
    },
    {
      text: `calico: ClusterNetworkPolicy is enforced since 3.32, which no longer knows AdminNetworkPolicy; set \`policy.apis\` where no image tells the release`,
      source: 'docs.tigera.io/calico, release notes of 3.32',
    },
    { text: 'calico: hostNetwork pods and nodes have policies by HostEndpoints only', source: 'docs.tigera.io/calico, host endpoints' },
  ],
  source: 'projectcalico/calico libcalico-go/lib/backend/k8s/conversion',
};

const CILIUM: CniPluginFacts = {
  ...USUAL,
  apis: [NETWORKING, 'cilium.io'],
  ipBlockMatchesPods: false,
  ipBlockMatchesNodes: false,
  networksMatchPods: false,
  sctp: false,
  caveats: [
    {
      text: 'cilium: an ipBlock does not match pods (cilium/cilium#9209)',
      source: 'cilium/cilium Documentation/network/kubernetes/policy.rst',
    },
    {
      text: 'cilium: an ipBlock matches nodes only with `policy-cidr-match-mode: nodes`',
      source: 'cilium/cilium Documentation/security/policy/layer3.rst',
    },
    {
      text: 'cilium: ClusterNetworkPolicy is enforced since 1.20 where `enable-k8s-cluster-network-policy` is on; `nodes` in it need `enable-node-selector-labels`',
      source: 'cilium/cilium pkg/k8s/cluster_network_policy.go',
    },
    {
      text: 'cilium: SCTP is only enforced where it is switched on (cilium/cilium#5719), and endPort only by newer versions (cilium/cilium#16622)',
      source: 'cilium/cilium Documentation/network/kubernetes/policy.rst',
    },
  ],
  source: 'cilium/cilium Documentation/network/kubernetes/policy.rst',
};

/** Every plugin that the model knows. What a row does not say itself is {@link USUAL}. */
export const CNI_PLUGINS: Readonly<Record<CniPlugin, CniPluginFacts>> = {
  calico: CALICO,
  canal: { ...CALICO, source: 'docs.tigera.io/calico, Canal: flannel carries the packets, Calico enforces the policies' },
  cilium: CILIUM,
  'gke-dataplane-v2': {
    ...CILIUM,
    caveats: [
      ...CILIUM.caveats,
      {
        text: 'gke-dataplane-v2: of the policies of Cilium only CiliumClusterwideNetworkPolicy is enforced, without layer 7 and node selectors, and where it is switched on',
        source: 'cloud.google.com/kubernetes-engine/docs/how-to/configure-cilium-network-policy',
      },
    ],
    source: 'cloud.google.com/kubernetes-engine/docs/concepts/dataplane-v2: built on Cilium',
  },
  antrea: {
    ...USUAL,
    apis: [NETWORKING, 'crd.antrea.io'],
    caveats: [
      {
        text: 'antrea: AdminNetworkPolicy and, since 2.7, ClusterNetworkPolicy are alpha and off by default',
        source: 'antrea-io/antrea docs/cluster-network-policy.md',
      },
    ],
    source: 'antrea-io/antrea docs/antrea-network-policy.md; hostNetwork pods: antrea-io/antrea#3078',
  },
  'ovn-kubernetes': {
    ...USUAL,
    apis: [NETWORKING, TIERED, 'k8s.ovn.org'],
    caveats: [
      {
        text: 'ovn-kubernetes: a named port once opened other ports of its protocol too (ovn-org/ovn-kubernetes#2117)',
        source: 'ovn-org/ovn-kubernetes#2117',
      },
    ],
    source: 'ovn-org/ovn-kubernetes docs/features/network-security-controls',
  },
  'kube-ovn': { ...USUAL, source: 'kubeovn/kube-ovn docs, networkpolicy' },
  'kube-network-policies': {
    ...USUAL,
    apis: [NETWORKING, TIERED],
    source: 'kubernetes-sigs/kube-network-policies README; hostNetwork pods: kubernetes-sigs/kube-network-policies#389',
  },
  kindnet: {
    ...USUAL,
    apis: [NETWORKING, TIERED],
    caveats: [
      {
        text: 'kindnet: before kind 0.24 it enforced nothing',
        source: 'kubernetes-sigs/kind, release notes of 0.24',
      },
    ],
    source: 'kubernetes-sigs/kind images/kindnetd: kube-network-policies inside',
  },
  'kube-router': {
    ...USUAL,
    sctp: false,
    caveats: [{ text: 'kube-router: SCTP is not enforced (cloudnativelabs/kube-router#1019)', source: 'cloudnativelabs/kube-router#1019' }],
    source: 'cloudnativelabs/kube-router docs/user-guide.md',
  },
  weave: {
    ...USUAL,
    endPort: false,
    sctp: false,
    caveats: [
      {
        text: 'weave: the project is archived; endPort and SCTP are not known to be enforced',
        source: 'weaveworks/weave README, npc',
      },
    ],
    source: 'weaveworks/weave site/kubernetes/kube-addon.md',
  },
  'aws-vpc-cni': {
    ...NOTHING,
    caveats: [
      {
        text: 'aws-vpc-cni: NetworkPolicy is enforced by its policy agent alone, where that is switched on, and in one address family',
        source: 'docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html',
      },
    ],
    source: 'aws/amazon-vpc-cni-k8s docs/network-policy-faq.md',
  },
  'azure-cni': {
    ...NOTHING,
    caveats: [
      {
        text: 'azure-cni: NetworkPolicy is enforced by Azure NPM, Calico or Cilium beside it; Azure NPM knows no IPv6',
        source: 'learn.microsoft.com/azure/aks/use-network-policies',
      },
    ],
    source: 'learn.microsoft.com/azure/aks/use-network-policies',
  },
  flannel: {
    ...NOTHING,
    caveats: [
      {
        text: 'flannel takes policies and does not enforce them; Canal (flannel and Calico) does',
        source: 'flannel-io/flannel README',
      },
    ],
    source: 'flannel-io/flannel README: "Flannel is focused on networking"',
  },
  unknown: USUAL,
};

/** What a release of a plugin enforces; `tag` is that of an image, `v3.32.0`. */
export function apisOf(plugin: CniPlugin, tag: string | undefined): readonly string[] {
  const { apis, releases } = CNI_PLUGINS[plugin];
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(tag ?? '') ?? [];
  if (major === undefined || minor === undefined) return apis;
  const release = [Number(major), Number(minor)] as const;
  const added = releases.filter(({ since, until }) => !isBefore(release, since) && (until === undefined || isBefore(release, until)));
  return [...apis, ...added.flatMap((one) => one.apis)];
}

function isBefore([major, minor]: readonly [number, number], [otherMajor, otherMinor]: readonly [number, number]): boolean {
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}

/** Whether a list of API groups, or of versions of them, holds the version. */
export function listsApi(apis: readonly string[], apiVersion: string): boolean {
  const slash = apiVersion.indexOf('/');
  return apis.includes(apiVersion) || (slash >= 0 && apis.includes(apiVersion.slice(0, slash)));
}
