import type { ModelNode, NetworkModel } from '../../../model/network-model.js';
import { type Cidr, cidrCovers, cidrsOverlap, firstIp, formatCidr, lastIp } from '../../../net/cidr.js';
import { type IpRange, rangeOfCidr, subtractRanges } from '../../../net/ip-set.js';
import type { DataplaneDraft } from '../../dataplane-finding.js';
import { ciliumNonMasqueradeCIDRs, masqueradeDecision, type Masquerading, nonMasqueradeCIDRs, NOT_PUBLIC_CIDRS } from '../../masquerade.js';
import { masqueradingOf } from '../masquerading-of.js';

/** Sources that are rewritten, or not, against what people expect. */
export function* masqueradeChecks(model: NetworkModel): Generator<DataplaneDraft> {
  const [node] = model.nodes.values();
  if (!node) return;
  const by = masqueradingOf(model, node);
  yield* podsMasqueraded(model, node, by);
  yield* exemptsPublic(model, by);
  yield* withoutNat(model, by);
}

function podsMasqueraded(model: NetworkModel, node: ModelNode, by: Masquerading): readonly DataplaneDraft[] {
  if (by.engine !== 'ip-masq-agent' && by.engine !== 'cilium') return [];
  // In a tunnel the packet is on its way before anybody rewrites it.
  if (by.engine === 'cilium' && model.profile.cni.mode !== 'native') return [];
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

/** Public: neither private nor reserved, and no address of the cluster. */
function exemptsPublic(model: NetworkModel, by: Masquerading): readonly DataplaneDraft[] {
  const field = by.engine === 'cilium' && !by.agent ? 'masquerade.nativeRoutingCIDRs' : 'masquerade.nonMasqueradeCIDRs';
  const source = model.profileSources.get(field);
  const { podCIDRs, serviceCIDRs } = model.profile;
  const known: readonly IpRange[] = [...NOT_PUBLIC_CIDRS, ...podCIDRs, ...serviceCIDRs].map(rangeOfCidr);
  return exemptOf(model, by).flatMap((cidr): readonly DataplaneDraft[] => {
    const isPublic = subtractRanges([rangeOfCidr(cidr)], known).length > 0;
    const isOfNodes = [...model.nodes.values()].some(({ addresses }) =>
      addresses.some(
        ({ ip }) => ip.family === cidr.family && cidrCovers(cidr, { ...cidr, base: ip.value, prefix: ip.family === 4 ? 32 : 128 }),
      ),
    );
    if (!isPublic || isOfNodes) return [];
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

function exemptOf(model: NetworkModel, by: Masquerading): readonly Cidr[] {
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
