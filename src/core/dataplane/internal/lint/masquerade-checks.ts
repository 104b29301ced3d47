import type { ModelNode, NetworkModel } from '../../../model/network-model.js';
import { type Cidr, cidrsOverlap, firstIp, formatCidr, lastIp } from '../../../net/cidr.js';
import { type IpRange, rangeOfCidr, subtractRanges } from '../../../net/ip-set.js';
import type { IpFamily } from '../../../net/ip.js';
import { isWrapping } from '../../carriers.js';
import { clusterMode } from '../../cluster-mode.js';
import type { DataplaneDraft } from '../../dataplane-finding.js';
import { ciliumNonMasqueradeCIDRs, masqueradeDecision, type Masquerading, nonMasqueradeCIDRs, NOT_PUBLIC_CIDRS } from '../../masquerade.js';
import { coveredRanges } from './covered-ranges.js';
import { masqueradingOf } from '../masquerading-of.js';

/** Sources that are rewritten, or not, against what people expect. */
export function* masqueradeChecks(model: NetworkModel): Generator<DataplaneDraft> {
  const [node] = model.nodes.values();
  if (!node) return;
  const by = masqueradingOf(model, node);
  yield* podsMasqueraded(model, node, by);
  yield* exemptsPublic(model, by);
  yield* listChecks(model, by);
  yield* withoutNat(model, by);
}

function podsMasqueraded(model: NetworkModel, node: ModelNode, by: Masquerading): readonly DataplaneDraft[] {
  if (by.engine !== 'ip-masq-agent' && by.engine !== 'cilium') return [];
  // In a tunnel the packet is on its way before anybody rewrites it.
  if (by.engine === 'cilium' && isWrapping('cilium', clusterMode(model).mode)) return [];
  const source = model.profileSources.get(by.engine === 'cilium' ? 'masquerade.nativeRoutingCIDRs' : 'masquerade.nonMasqueradeCIDRs');
  return model.profile.podCIDRs.flatMap((range): readonly DataplaneDraft[] => {
    const own = node.podCIDRs.flatMap(({ value }) => (value.family === range.family ? [firstIp(value)] : []));
    const sources = own.length > 0 ? own : [firstIp(range)];
    const rewritten = [firstIp(range), lastIp(range)].some((destination) =>
      sources.some((source) => masqueradeDecision(by, { source, destination }).masquerade),
    );
    if (!rewritten) return [];
    const setting = by.engine === 'cilium' ? 'the native routing CIDR' : 'nonMasqueradeCIDRs';
    const message = `${setting} does not hold the pods’ range ${formatCidr(range)}: packets between pods of different nodes get a node’s address`;
    return [
      {
        code: 'PODS_MASQUERADED',
        message,
        object: source?.object,
        pointer: source?.pointer,
        fix: `add ${formatCidr(range)} to ${setting}`,
      },
    ];
  });
}

/** Ranges that an agent takes at most. */
const MOST_RANGES = 64;

/** What a user has listed: too much of it, and what says nothing new. */
function* listChecks(model: NetworkModel, by: Masquerading): Generator<DataplaneDraft> {
  const listed = listedOf(model, by);
  const { object, pointer } = model.profileSources.get(listField(by)) ?? {};
  if (by.engine === 'ip-masq-agent' && listed.length > MOST_RANGES) {
    const message = `ip-masq-agent is told of ${listed.length} ranges, and takes ${MOST_RANGES}`;
    yield {
      code: 'MASQ_AGENT_TOO_MANY',
      object,
      pointer,
      message,
      fix: 'join ranges that lie side by side, and leave out those that others hold',
    };
  }
  for (const { range, by: other } of coveredRanges(listed)) {
    const [one, whole] = [formatCidr(range), formatCidr(other)];
    const message = one === whole ? `${one} is listed twice` : `${one} lies in ${whole}, which is listed too`;
    yield { code: 'NON_MASQUERADE_OVERLAP', object, pointer, message, fix: `leave out ${one}` };
  }
}

/** The list itself, without what is in it by default. */
function listedOf({ profile: { masquerade } }: NetworkModel, by: Masquerading): readonly Cidr[] {
  if (by.engine === 'aws') return by.excludedCIDRs;
  if (by.engine === 'cilium' && !by.agent) return masquerade.nativeRoutingCIDRs;
  return by.engine === 'cilium' || by.engine === 'ip-masq-agent' ? (masquerade.nonMasqueradeCIDRs ?? []) : [];
}

/** Where what is left alone stands. */
function listField(by: Masquerading): string {
  if (by.engine === 'aws') return 'masquerade.exemptDestinations';
  return by.engine === 'cilium' && !by.agent ? 'masquerade.nativeRoutingCIDRs' : 'masquerade.nonMasqueradeCIDRs';
}

/** Public: neither private nor reserved, and no address of the cluster. */
function exemptsPublic(model: NetworkModel, by: Masquerading): readonly DataplaneDraft[] {
  const source = model.profileSources.get(listField(by));
  const { podCIDRs, serviceCIDRs } = model.profile;
  const known: readonly IpRange[] = [...NOT_PUBLIC_CIDRS, ...podCIDRs, ...serviceCIDRs].map(rangeOfCidr);
  const nodes = nodeAddresses(model);
  return exemptOf(model, by).flatMap((cidr): readonly DataplaneDraft[] => {
    if (subtractRanges([rangeOfCidr(cidr)], known).length === 0 || holdsAnyOf(nodes, rangeOfCidr(cidr))) return [];
    const message = `${formatCidr(cidr)} is left alone, and holds public addresses: what pods send there carries their own address`;
    return [
      {
        code: 'EXEMPTS_PUBLIC',
        message,
        object: source?.object,
        pointer: source?.pointer,
        fix: 'list only ranges whose routers know the way back to pods',
      },
    ];
  });
}

/** Addresses of all nodes, ascending, by family: looked up once for each range. */
function nodeAddresses({ nodes }: NetworkModel): Readonly<Record<IpFamily, readonly bigint[]>> {
  const all = [...nodes.values()].flatMap(({ addresses }) => addresses.map(({ ip }) => ip));
  const of = (family: IpFamily) =>
    all.flatMap((ip) => (ip.family === family ? [ip.value] : [])).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return { 4: of(4), 6: of(6) };
}

function holdsAnyOf(nodes: Readonly<Record<IpFamily, readonly bigint[]>>, { family, first, last }: IpRange): boolean {
  const values = nodes[family];
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0n) < first) low = middle + 1;
    else high = middle;
  }
  const next = values[low];
  return next !== undefined && next <= last;
}

function exemptOf(model: NetworkModel, by: Masquerading): readonly Cidr[] {
  // The VPC's own ranges have routes there, public or not.
  if (by.engine === 'aws') return by.excludedCIDRs;
  if (by.engine === 'ip-masq-agent') return nonMasqueradeCIDRs(by.settings, by.allReservedRanges);
  if (by.engine === 'cilium') return by.agent ? ciliumNonMasqueradeCIDRs(by.agent) : model.profile.masquerade.nativeRoutingCIDRs;
  return [];
}

function withoutNat(model: NetworkModel, by: Masquerading): readonly DataplaneDraft[] {
  if (by.engine === 'none') {
    const source = model.profileSources.get('masquerade.plugin');
    const message = 'nobody rewrites the source of what pods send out of the cluster';
    return [
      {
        code: 'NAT_OUTGOING_OFF',
        message,
        object: source?.object,
        pointer: source?.pointer,
        fix: 'nothing, where the network outside has routes to the pods',
      },
    ];
  }
  if (by.engine !== 'calico') return [];
  const inUse = model.calico.ipPools.filter(
    ({ disabled, natOutgoing, allowedUses }) => !disabled && !natOutgoing && (allowedUses.length === 0 || allowedUses.includes('Workload')),
  );
  return inUse.flatMap(({ cidr, ref }): readonly DataplaneDraft[] => {
    if (!cidr || !model.profile.podCIDRs.some((range) => cidrsOverlap(range, cidr))) return [];
    const message = `pods of ${formatCidr(cidr)} keep their address when they leave the cluster`;
    return [
      {
        code: 'NAT_OUTGOING_OFF',
        message,
        object: ref,
        pointer: '/spec/natOutgoing',
        fix: 'set natOutgoing, unless the network outside has routes to the pods',
      },
    ];
  });
}
