import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';

/** Addresses of one prefix that an interface of AWS gets. */
const PREFIX_SIZE = 16;
/** Pods with the node's own address, which take none: the CNI plugin and kube-proxy. */
const HOST_NETWORK_PODS = 2;

/** The network interfaces of an instance, and how the plugin uses them. */
export interface AwsInterfaces {
  readonly interfaces: number;
  readonly ipv4PerInterface: number;
  /** Each slot of an interface takes a /28 in place of an address; on Nitro instances only. */
  readonly prefixDelegation: boolean;
  /** The first interface gives pods nothing. */
  readonly customNetworking: boolean;
}

/**
 * Pods that an instance can have: the first address of each interface is its own (aws/amazon-vpc-cni-k8s `misc/eni-max-pods.txt`; with prefixes and custom networking
 * awslabs/amazon-eks-ami `files/max-pods-calculator.sh`, as `--show-max-allowed` tells).
 */
export function maxPodsOf({ interfaces, ipv4PerInterface, prefixDelegation, customNetworking }: AwsInterfaces): number {
  const ofPods = customNetworking ? interfaces - 1 : interfaces;
  return ofPods * (ipv4PerInterface - 1) * (prefixDelegation ? PREFIX_SIZE : 1) + HOST_NETWORK_PODS;
}

/** Kubernetes is not to run more pods on a node, however many addresses it has. */
const MOST_PODS = { fewCpus: 110, manyCpus: 250 } as const;
/** So many are few. */
const FEW_CPUS = 30;

/** What the tool of EKS recommends for so many virtual CPUs (awslabs/amazon-eks-ami `files/max-pods-calculator.sh`): 250 pods at most with more than 30 of them, else 110. */
export function recommendedPodsOf(maxPods: number, vcpus: number): number {
  return Math.min(maxPods, vcpus > FEW_CPUS ? MOST_PODS.manyCpus : MOST_PODS.fewCpus);
}

/** Prefixes that an instance holds for its pods, and how many of their addresses nobody has. */
export interface WarmPrefixes {
  readonly prefixes: number;
  readonly unused: number;
}

/** Targets of the plugin; 0: not set. */
export interface WarmTargets {
  readonly warmPrefixTarget: number;
  readonly warmIpTarget: number;
  readonly minimumIpTarget: number;
}

/**
 * The prefixes of an instance: `WARM_IP_TARGET` and `MINIMUM_IP_TARGET` go before `WARM_PREFIX_TARGET` where one of them is set. Without any of them the plugin does not
 * start (aws/amazon-vpc-cni-k8s `cmd/aws-vpc-cni/main.go`, validateEnvVars): `invalid-request`.
 */
export function heldPrefixes(pods: number, targets: WarmTargets): Result<WarmPrefixes, Problem> {
  const { warmPrefixTarget, warmIpTarget, minimumIpTarget } = targets;
  if (warmIpTarget > 0 || minimumIpTarget > 0) return ok(warmIpPrefixes(pods, warmIpTarget, minimumIpTarget));
  if (warmPrefixTarget > 0) return ok(warmPrefixes(pods, warmPrefixTarget));
  const message =
    'WARM_PREFIX_TARGET = 0 is not supported while WARM_IP_TARGET and MINIMUM_IP_TARGET are not set: the plugin does not start';
  const hint = 'set one of `warmPrefixTarget`, `warmIpTarget` and `minimumIpTarget`';
  return err(
    problem('invalid-request', message, { hint, errors: [{ pointer: '/warmPrefixTarget', code: 'invalid-value', message, hint }] }),
  );
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
