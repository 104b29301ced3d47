import { inMap } from '../../../kernel/in-map.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { ModelPod, NetworkModel } from '../../../model/network-model.js';
import { formatCidr, parseCidr } from '../../../net/cidr.js';
import { formatIp, type Ip, type IpFamily, parseIp } from '../../../net/ip.js';
import { type CalicoIPPool, preferOpen, whyClosed } from '../../../resources/calico-ip-pool.js';
import type { Labels } from '../../../resources/resource.js';
import { declaredPool } from '../declared-pool.js';
import { annotationsOf } from '../pod-annotations.js';
import { inBrief } from '../../../kernel/in-brief.js';
import type { PodRefusal } from '../../pod-pools.js';

/** What a pod asks Calico for, of one family. */
export type CalicoAsk =
  /** Any pool that its selectors keep for it. */
  | { readonly kind: 'any' }
  /** One of these pools, as text, in order. */
  | { readonly kind: 'pools'; readonly pools: readonly string[]; readonly message: string }
  | { readonly kind: 'address'; readonly ip: Ip; readonly message: string }
  /** Nothing of any pool. `isFault`: the plugin fails, and the pod gets no address of the other family either. */
  | { readonly kind: 'none'; readonly refusal: PodRefusal; readonly isFault: boolean };

const PREFIX = 'cni.projectcalico.org/';

/**
 * What a pod asks Calico for: addresses by name, families, pools; of the pod first, then of its namespace, then of the configuration of the CNI plugin
 * (projectcalico/calico `cni-plugin/pkg/k8s/k8s.go`, CmdAddK8s). What cannot be read keeps the pod from every address.
 */
export class CalicoAsks {
  private readonly own: Labels;
  private readonly namespace: Labels;

  constructor(
    private readonly model: NetworkModel,
    pod: ModelPod,
  ) {
    this.own = annotationsOf(model, pod);
    this.namespace = model.namespaces.get(pod.namespace)?.annotations ?? {};
  }

  of(family: IpFamily): CalicoAsk {
    return this.address(family) ?? this.family(family) ?? this.pools(family);
  }

  /** `ipAddrs` takes addresses out of pools, `ipAddrsNoIpam` goes past them; `floatingIPs` come on top of the pod's own address and are no pool's. */
  private address(family: IpFamily): CalicoAsk | undefined {
    const past = this.own[`${PREFIX}ipAddrsNoIpam`];
    const text = this.own[`${PREFIX}ipAddrs`];
    if (past && text) return fault(`the pod has both \`${PREFIX}ipAddrs\` and \`${PREFIX}ipAddrsNoIpam\``);
    const key = past ? 'ipAddrsNoIpam' : 'ipAddrs';
    const asked = past || text;
    if (!asked) return undefined;
    const ips = addressesIn(asked);
    if (!ips) return fault(`\`${PREFIX}${key}\` is not one address a family as a list in JSON: ${inBrief(asked)}`);
    if (past) return none(`\`${PREFIX}${key}\` gives the pod ${inBrief(past)}, whatever the pools have`);
    const ip = ips.find((one) => one.family === family);
    if (!ip) return none(`\`${PREFIX}ipAddrs\` of the pod asks for ${inBrief(asked)}, and no IPv${family} address`);
    return { kind: 'address', ip, message: `\`${PREFIX}ipAddrs\` of the pod asks for ${formatIp(ip)}` };
  }

  private family(family: IpFamily): CalicoAsk | undefined {
    const told = this.annotation('ipFamilies');
    if (told) {
      const families = listIn(told.text);
      const isKnown = families?.every((one) => one === 'IPv4' || one === 'IPv6') ?? false;
      if (!isKnown) return fault(`${told.where} is not a list of IPv4 and IPv6 in JSON: ${inBrief(told.text)}`);
      return families?.includes(`IPv${family}`) ? undefined : none(`${told.where} asks for ${inBrief(told.text)}`);
    }
    const { cni } = this.model.calico;
    if (!cni || cni.assigns[family]) return undefined;
    return none(`\`assign_ipv${family}\` of the CNI configuration in ${describeRef(cni.ref)} gives pods no IPv${family} address`);
  }

  private pools(family: IpFamily): CalicoAsk {
    const told = this.annotation(`ipv${family}pools`);
    const { cni } = this.model.calico;
    const where = told?.where ?? (cni ? `\`ipv${family}_pools\` of ${describeRef(cni.ref)}` : '');
    const names = told ? listIn(told.text) : (cni?.pools[family] ?? []);
    if (!names) return fault(`${where} is not a list in JSON: ${inBrief(told?.text ?? '')}`);
    if (names.length === 0) return { kind: 'any' };
    const poolNamed = this.poolsNamed(family);
    const pools = [...new Set(names)].map((name) => [name, poolNamed(name)] as const);
    const unserved = pools.flatMap(([name, pool]) => (pool && !whyClosed(pool) ? [] : [{ name, why: pool && whyClosed(pool) }]))[0];
    if (unserved) {
      const why = unserved.why ?? `no pool of IPv${family} is called so`;
      return fault(`${where} asks for \`${inBrief(unserved.name)}\`: ${why}`);
    }
    return {
      kind: 'pools',
      pools: pools.flatMap(([, pool]) => (pool?.cidr ? [formatCidr(pool.cidr)] : [])),
      message: `${where} asks for ${inBrief(names.join(', '))}`,
    };
  }

  /** Which pool is meant by a prefix or a name (`cni-plugin/internal/pkg/utils`, ResolvePools). A pod may write down many. */
  private poolsNamed(family: IpFamily): (name: string) => CalicoIPPool | undefined {
    const byName = new Map<string, CalicoIPPool[]>();
    for (const pool of this.model.calico.ipPools) if (pool.cidr?.family === family) inMap(byName, pool.ref.name, () => []).push(pool);
    return (name) => {
      const prefix = parseCidr(name);
      if (!prefix) return preferOpen(byName.get(name) ?? []);
      return prefix.family === family ? declaredPool(this.model, prefix) : undefined;
    };
  }

  /** Of the pod, else of its namespace; an empty one is none. */
  private annotation(key: string): { readonly text: string; readonly where: string } | undefined {
    const [own, around] = [this.own[PREFIX + key], this.namespace[PREFIX + key]];
    const text = own || around;
    return text ? { text, where: `\`${PREFIX}${key}\` of the ${own ? 'pod' : 'namespace'}` } : undefined;
  }
}

function none(message: string): CalicoAsk {
  return { kind: 'none', refusal: { reason: 'POOL_NOT_ASKED_FOR', message }, isFault: false };
}

function fault(message: string): CalicoAsk {
  return { kind: 'none', refusal: { reason: 'POOL_NOT_ASKED_FOR', message }, isFault: true };
}

/** One address of either family, or one of each; undefined: it is no such list (projectcalico/calico `cni-plugin/pkg/k8s/k8s.go`, validateAndExtractIPs). */
function addressesIn(text: string): readonly Ip[] | undefined {
  const texts = listIn(text);
  if (!texts || texts.length === 0 || texts.length > 2) return undefined;
  const ips = texts.flatMap((one) => parseIp(one) ?? []);
  return new Set(ips.map(({ family }) => family)).size === texts.length ? ips : undefined;
}

/** A list of texts in JSON; undefined: it is none. */
function listIn(text: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}
