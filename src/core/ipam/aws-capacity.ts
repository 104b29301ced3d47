/** Addresses of one prefix that an interface of AWS gets. */
const PREFIX_SIZE = 16;
/** Pods with the node's own address, which take none: the CNI plugin and kube-proxy. */
const HOST_NETWORK_PODS = 2;

/** Pods that an instance can have: the first address of each interface is its own (aws/amazon-vpc-cni-k8s `misc/eni-max-pods.txt`). */
export function maxPodsOf(interfaces: number, ipv4PerInterface: number): number {
  return interfaces * (ipv4PerInterface - 1) + HOST_NETWORK_PODS;
}

/** Prefixes that an instance holds for its pods, and how many of their addresses nobody has. */
export interface WarmPrefixes {
  readonly prefixes: number;
  readonly unused: number;
}

/** With `WARM_PREFIX_TARGET`: so many whole prefixes beyond those in use (aws/amazon-vpc-cni-k8s `docs/prefix-and-ip-target.md`). */
export function warmPrefixes(pods: number, warmPrefixTarget: number): WarmPrefixes {
  return held(Math.ceil(pods / PREFIX_SIZE) + warmPrefixTarget, pods);
}

/** With `WARM_IP_TARGET` and `MINIMUM_IP_TARGET`: as few prefixes as have so many addresses free, and so many in all. */
export function warmIpPrefixes(pods: number, warmIpTarget: number, minimumIpTarget: number): WarmPrefixes {
  return held(Math.ceil(Math.max(pods + warmIpTarget, minimumIpTarget) / PREFIX_SIZE), pods);
}

function held(prefixes: number, pods: number): WarmPrefixes {
  return { prefixes, unused: prefixes * PREFIX_SIZE - pods };
}
