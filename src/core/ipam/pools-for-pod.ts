import type { ModelPod, NetworkModel } from '../model/network-model.js';
import { formatCidr, parseCidr } from '../net/cidr.js';
import type { IpFamily } from '../net/ip.js';
import type { CalicoIPPool } from '../resources/calico-ip-pool.js';
import { calicoSelectorMatches } from '../resources/calico-selector.js';
import type { CiliumPodIPPool } from '../resources/cilium-ipam.js';
import { selectorMatches } from '../resources/label-selector.js';
import { parseCalicoSelector } from '../resources/parse-calico-selector.js';
import type { Labels } from '../resources/resource.js';
import type { IpPool } from './ip-pool.js';
import type { IpamReason } from './ipam-reasons.js';

/** Why a pool does not serve a pod. */
export interface PodRefusal {
  readonly reason: IpamReason;
  readonly message: string;
}

const CILIUM_DEFAULT = 'default';

/** Whose pools the pod gets its address of. `why`: why one does not serve it; undefined: it may. `rank`: the place in which it is tried, lower first. */
export interface PodPools {
  why(pool: IpPool): PodRefusal | undefined;
  rank(pool: IpPool): number;
}

/**
 * The pools that the network plugin may give the pod an address of: Calico's by annotations and selectors, Cilium's where it has several; every other plugin has no choice.
 * Sources: projectcalico/calico `libcalico-go/lib/ipam/ipam.go`, determinePools, `cni-plugin/pkg/ipamplugin`; cilium/cilium `pkg/ipam/metadata/manager.go`, GetIPPoolForPod.
 */
export function poolsForPod(model: NetworkModel, pod: ModelPod): PodPools {
  if (pod.spec.hostNetwork) {
    const refusal = { reason: 'POD_ON_HOST_NETWORK' as const, message: 'the pod has the address of its node' };
    return { why: () => refusal, rank: () => 0 };
  }
  const { plugin } = model.profile.cni;
  if (plugin === 'calico' && model.calico.ipPools.length > 0) return new CalicoChoice(model, pod);
  const isMultiPool = model.profileSources.get('podCIDRs')?.object?.kind === 'CiliumPodIPPool';
  return plugin === 'cilium' && isMultiPool ? new CiliumChoice(model, pod) : { why: () => undefined, rank: () => 0 };
}

/** Annotations of the pod, or of the template it is made of. */
function annotationsOf(model: NetworkModel, pod: ModelPod): Labels {
  return pod.resource?.annotations ?? model.workloads[pod.workload]?.template?.annotations ?? {};
}

/** What a pod asks Calico for, by family. */
interface CalicoAsk {
  /** Prefixes of pools as text, in order; undefined: any. */
  readonly pools: readonly string[] | undefined;
  readonly message: string;
}

class CalicoChoice implements PodPools {
  private readonly asks: Readonly<Record<IpFamily, CalicoAsk>>;
  private readonly nodeLabels: Labels | undefined;
  private readonly namespaceLabels: Labels;
  private readonly node: string;

  constructor(
    private readonly model: NetworkModel,
    private readonly pod: ModelPod,
  ) {
    this.asks = { 4: this.askOf(4), 6: this.askOf(6) };
    this.node = pod.nodeName?.value ?? '';
    this.nodeLabels = model.nodes.get(this.node)?.labels;
    this.namespaceLabels = model.namespaces.get(pod.namespace)?.labels ?? {};
  }

  why(pool: IpPool): PodRefusal | undefined {
    const ask = this.asks[pool.family];
    const own = this.model.calico.ipPools.find(({ cidr }) => cidr && pool.declared.includes(formatCidr(cidr)));
    if (!own) return undefined;
    if (ask.pools) return this.rank(pool) < 0 ? { reason: 'POOL_NOT_ASKED_FOR', message: ask.message } : undefined;
    return this.unselected(own);
  }

  rank({ declared, family }: IpPool): number {
    return this.asks[family].pools?.findIndex((one) => declared.includes(one)) ?? 0;
  }

  /** Selectors of nodes are not asked where the pod is on none. */
  private unselected({ assignmentMode, nodeSelector, namespaceSelector }: CalicoIPPool): PodRefusal | undefined {
    if (assignmentMode === 'Manual') return { reason: 'POOL_BY_NAME_ONLY', message: 'its assignmentMode is Manual' };
    if (nodeSelector !== undefined && this.nodeLabels && !holds(nodeSelector, this.nodeLabels)) {
      return { reason: 'POOL_NOT_FOR_NODE', message: `its nodeSelector \`${nodeSelector}\` does not take ${this.node}` };
    }
    if (namespaceSelector === undefined || holds(namespaceSelector, this.namespaceLabels)) return undefined;
    return {
      reason: 'POOL_NOT_FOR_NAMESPACE',
      message: `its namespaceSelector \`${namespaceSelector}\` does not take ${this.pod.namespace}`,
    };
  }

  private askOf(family: IpFamily): CalicoAsk {
    const key = `cni.projectcalico.org/ipv${family}pools`;
    const own = annotationsOf(this.model, this.pod)[key];
    const text = own ?? this.model.namespaces.get(this.pod.namespace)?.annotations[key];
    if (text === undefined) return { pools: undefined, message: '' };
    const names = listIn(text);
    const pools = names.map((name) => parseCidr(name) ?? this.model.calico.ipPools.find(({ ref }) => ref.name === name)?.cidr);
    const message = `\`${key}\` of the ${own === undefined ? 'namespace' : 'pod'} asks for ${text}`;
    return { pools: pools.flatMap((cidr) => (cidr ? [formatCidr(cidr)] : [])), message };
  }
}

/** A list of texts in JSON; what is none names no pool. */
function listIn(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}

function holds(text: string, labels: Labels): boolean {
  const selector = parseCalicoSelector(text);
  return !selector.ok || calicoSelectorMatches(selector.value, labels);
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

  private choose(family: IpFamily): { readonly name: string; readonly message: string } | PodRefusal {
    const { namespaces } = this.model;
    const namespace = namespaces.get(this.pod.namespace);
    const sources = [
      ['pod', annotationsOf(this.model, this.pod)],
      ['namespace', namespace?.annotations ?? {}],
    ] as const;
    for (const [whose, annotations] of sources) {
      const name = annotations[`ipam.cilium.io/ipv${family}-pool`] || annotations['ipam.cilium.io/ip-pool'];
      if (name) return { name, message: `the annotation of the ${whose} asks for \`${name}\`` };
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
    return { name: CILIUM_DEFAULT, message: `the pod gets its address of \`${CILIUM_DEFAULT}\`` };
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
