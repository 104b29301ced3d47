import type { ModelPod, NetworkModel } from '../model/network-model.js';
import { formatCidr } from '../net/cidr.js';
import type { IpFamily } from '../net/ip.js';
import type { CiliumPodIPPool } from '../resources/cilium-ipam.js';
import { selectorMatches } from '../resources/label-selector.js';
import type { Labels } from '../resources/resource.js';
import { antreaChoice } from './internal/antrea-choice.js';
import { CalicoChoice } from './internal/calico/calico-choice.js';
import { annotationsOf } from './internal/pod-annotations.js';
import { inBrief } from '../kernel/in-brief.js';
import type { IpPool } from './ip-pool.js';
import { hasPart, partsForNode, wholePool } from './parts-of-pool.js';
import type { PodPools, PodRefusal, PoolPart } from './pod-pools.js';

/** Where the configuration names another plugin, such as host-local, nodes give addresses of their own ranges, and annotations mean nothing (`cni-plugin/pkg/k8s/k8s.go`). */
const CALICO_IPAM = 'calico-ipam';

/**
 * The pools that the network plugin may give the pod an address of: Calico's by annotations and selectors, Cilium's where it has several; every other plugin has no choice.
 * Sources: projectcalico/calico `libcalico-go/lib/ipam/ipam.go`, determinePools, `cni-plugin/pkg/ipamplugin`; cilium/cilium `pkg/ipam/metadata/manager.go`, GetIPPoolForPod.
 */
export function poolsForPod(model: NetworkModel, pod: ModelPod): PodPools {
  if (pod.spec.hostNetwork) {
    const refusal = { reason: 'POD_ON_HOST_NETWORK' as const, message: 'the pod has the address of its node' };
    return { why: () => refusal, rank: () => 0, parts: wholePool };
  }
  const { plugin } = model.profile.cni;
  const { ipPools, cni } = model.calico;
  if (plugin === 'calico' && (cni?.type || CALICO_IPAM) === CALICO_IPAM) {
    return ipPools.length > 0 ? new CalicoChoice(model, pod) : { why: () => undefined, rank: () => 0, parts: wholePool };
  }
  const ofAntrea = plugin === 'antrea' ? antreaChoice(model, pod) : undefined;
  if (ofAntrea) return ofAntrea;
  const isMultiPool = model.profileSources.get('podCIDRs')?.object?.kind === 'CiliumPodIPPool';
  if (plugin === 'cilium' && isMultiPool) return new CiliumChoice(model, pod);
  return {
    why: (pool) => {
      if (pool.usableRule === 'antrea') return { reason: 'POOL_BY_NAME_ONLY', message: 'neither the pod nor its namespace names it' };
      return hasPart(model, pool, pod) ? undefined : { reason: 'POOL_NOT_FOR_NODE', message: 'the node of the pod has no range of it' };
    },
    rank: () => 0,
    parts: (pool) => partsForNode(model, pool, pod, 'nothing'),
  };
}

class CiliumChoice implements PodPools {
  private readonly chosen: Readonly<Record<IpFamily, { readonly name: string; readonly message: string } | PodRefusal>>;

  constructor(
    private readonly model: NetworkModel,
    private readonly pod: ModelPod,
  ) {
    this.chosen = { 4: this.choose(4), 6: this.choose(6) };
  }

  why({ declared, family }: IpPool): PodRefusal | undefined {
    const chosen = this.chosen[family];
    if ('reason' in chosen) return chosen;
    const pool = this.model.ciliumPodIPPools.find(({ ref }) => ref.name === chosen.name);
    if (pool?.cidrs.some((cidr) => declared.includes(formatCidr(cidr)))) return undefined;
    return { reason: 'POOL_NOT_ASKED_FOR', message: `${chosen.message}${pool ? '' : ', which is not there'}` };
  }

  rank(): number {
    return 0;
  }

  /** A node whose prefixes are used up gets one more of the pool (cilium/cilium `operator/pkg/ipam/allocator/multipool`). */
  parts(pool: IpPool): readonly PoolPart[] {
    return partsForNode(this.model, pool, this.pod, 'unclaimed');
  }

  private choose(family: IpFamily): { readonly name: string; readonly message: string } | PodRefusal {
    const { namespaces } = this.model;
    const namespace = namespaces.get(this.pod.namespace);
    const sources = [
      ['pod', annotationsOf(this.model, this.pod)],
      ['namespace', namespace?.annotations ?? {}],
    ] as const;
    for (const [whose, annotations] of sources) {
      const name = annotations[`ipam.cilium.io/ipv${family}-pool`] || annotations['ipam.cilium.io/ip-pool'];
      if (name) return { name, message: `the annotation of the ${whose} asks for \`${inBrief(name)}\`` };
    }
    const matches = this.model.ciliumPodIPPools
      .filter((pool) => this.selects(pool, family, namespace?.labels ?? {}))
      .map(({ ref }) => ref.name);
    const [name] = matches;
    if (matches.length > 1)
      return { reason: 'POOL_AMBIGUOUS', message: `${matches.map((one) => `\`${one}\``).join(' and ')} select the pod` };
    if (name !== undefined) return { name, message: `\`${name}\` selects the pod` };
    const strict = sources.find(([, annotations]) => annotations['ipam.cilium.io/require-pool-match'] === 'true');
    if (strict)
      return {
        reason: 'POOL_MATCH_REQUIRED',
        message: `the annotation of the ${strict[0]} requires that a pool selects the pod, and none does`,
      };
    const { defaultPool } = this.model.profile.cni;
    return { name: defaultPool, message: `the pod gets its address of \`${defaultPool}\`` };
  }

  /** A selector that cannot be read takes its pool out. */
  private selects({ cidrs, podSelector, namespaceSelector }: CiliumPodIPPool, family: IpFamily, namespaceLabels: Labels): boolean {
    if ((!podSelector && !namespaceSelector) || (podSelector?.invalid ?? false) || (namespaceSelector?.invalid ?? false)) return false;
    if (!cidrs.some((cidr) => cidr.family === family)) return false;
    const { labels, namespace, name } = this.pod;
    const own = { ...labels, 'io.kubernetes.pod.namespace': namespace, 'io.kubernetes.pod.name': name };
    return (
      (!podSelector || selectorMatches(podSelector, own)) && (!namespaceSelector || selectorMatches(namespaceSelector, namespaceLabels))
    );
  }
}
