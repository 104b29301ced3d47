import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';

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
