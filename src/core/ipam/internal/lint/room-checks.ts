import { firstFew } from '../../../kernel/first-few.js';
import { describeRef, type ObjectRef } from '../../../kernel/object-ref.js';
import type { Steps } from '../../../kernel/steps.js';
import type { NetworkModel } from '../../../model/network-model.js';
import { type Cidr, cidrCovers, cidrsOverlap, formatCidr } from '../../../net/cidr.js';
import { formatIp, type Ip, type IpFamily } from '../../../net/ip.js';
import { whyClosed } from '../../../resources/calico-ip-pool.js';
import { calicoSelectorMatches } from '../../../resources/calico-selector.js';
import { parseCalicoSelector } from '../../../resources/parse-calico-selector.js';
import { allPools } from '../../all-pools.js';
import type { Band } from '../../bands.js';
import type { IpPool } from '../../ip-pool.js';
import type { IpamDraft } from '../../ipam-finding.js';
import { deviceAddresses } from '../../untold-addresses.js';
import { countAddresses } from '../../usable-addresses.js';
import { nodePortChecks } from './node-port-checks.js';
import { blockCount } from '../node-rooms.js';

/** Ranges and pools that one message names. */
const MOST_RANGES_TOLD = 5;

/** Whether there is enough for everybody, and whether what there is can be used. Yields often. */
export function* roomChecks(model: NetworkModel): Steps<readonly IpamDraft[]> {
  return [
    ...(yield* selectorChecks(model)),
    ...(yield* strayRanges(model)),
    ...(yield* layoutChecks(model)),
    ...nodePortChecks(model),
    ...(yield* bandChecks(model)),
  ];
}

function* selectorChecks({ calico, nodes }: NetworkModel): Steps<readonly IpamDraft[]> {
  const drafts: IpamDraft[] = [];
  for (const { ref, nodeSelector, cidr, allowedUses, ...pool } of calico.ipPools) {
    yield;
    if (nodeSelector === undefined || whyClosed(pool) || allowedUses.includes('LoadBalancer')) continue;
    const selector = parseCalicoSelector(nodeSelector);
    if (!selector.ok || some(nodes.values(), ({ labels }) => calicoSelectorMatches(selector.value, labels))) continue;
    const message = `none of the ${nodes.size} nodes is selected by \`${nodeSelector}\``;
    const fix = 'label a node so, or change the selector';
    const addresses = cidr ? [formatCidr(cidr)] : [];
    drafts.push({ code: 'POOL_SELECTS_NO_NODE', object: ref, pointer: '/spec/nodeSelector', message, fix, addresses });
  }
  return drafts;
}

function some<T>(items: Iterable<T>, holds: (item: T) => boolean): boolean {
  for (const item of items) if (holds(item)) return true;
  return false;
}

/**
 * Ranges of nodes that meet none of those that kube-controller-manager has (`cidrset/cidr_set.go`, "is out the range of cluster cidr"), or are not in those of Flannel. Pools of other
 * plugins say nothing of them.
 */
function* strayRanges({ profile, profileSources, nodes }: NetworkModel): Steps<readonly IpamDraft[]> {
  const { object, pointer } = profileSources.get('podCIDRs') ?? {};
  const isFlannel = pointer === '/data/net-conf.json';
  const isOfControlPlane = object?.name === 'kubeadm-config' || (object?.name.startsWith('kube-controller-manager') ?? false);
  if (!isFlannel && !isOfControlPlane) return [];
  // Flannel does not look at a family that it is not switched on for.
  const isLookedAt = ({ family }: Cidr) => !isFlannel || profile.podCIDRs.some((cidr) => cidr.family === family);
  const isInside = (range: Cidr) => profile.podCIDRs.some((cidr) => (isFlannel ? cidrCovers(cidr, range) : cidrsOverlap(cidr, range)));
  const ofPods = firstFew(profile.podCIDRs.map(formatCidr), MOST_RANGES_TOLD);
  const drafts: IpamDraft[] = [];
  for (const { name, ref, resource } of nodes.values()) {
    yield;
    for (const range of resource?.podCIDRs ?? []) {
      if (!isLookedAt(range) || isInside(range)) continue;
      const message = `node ${name} has ${formatCidr(range)}, and the cluster’s pods ${ofPods}`;
      const fix = 'delete the node and let it join anew, or give the cluster the range that its nodes have';
      drafts.push({ code: 'NODE_RANGE_OUTSIDE', object: ref, pointer: '/spec/podCIDRs', message, fix, addresses: [formatCidr(range)] });
    }
  }
  return drafts;
}

function* layoutChecks(model: NetworkModel): Steps<readonly IpamDraft[]> {
  const families: readonly IpFamily[] = [4, 6];
  const drafts = families.flatMap((family): IpamDraft[] => [...tooFew(model, family)]);
  if (model.profile.cni.plugin === 'calico') return drafts;
  for (const pool of allPools(model)) {
    yield;
    drafts.push(...tooSmall(model, pool));
  }
  return drafts;
}

/** Parts of all pools of a family together; ranges that nodes have outside of them are no pools to take from. */
function tooFew(model: NetworkModel, family: IpFamily): readonly IpamDraft[] {
  const ranges = new Set(model.profile.podCIDRs.map(formatCidr));
  const pools = allPools(model).filter(
    (pool) => pool.plane === 'pod' && pool.family === family && pool.declared.every((text) => ranges.has(text)),
  );
  const counts = pools.flatMap((pool) => blockCount(model, pool) ?? []);
  const total = counts.reduce((sum, count) => sum + count, 0n);
  const [first] = pools;
  if (!first || counts.length < pools.length || total >= BigInt(model.nodes.size)) return [];
  const names = firstFew(
    pools.map(({ name }) => `\`${name}\``),
    MOST_RANGES_TOLD,
  );
  return [
    {
      code: 'TOO_FEW_RANGES',
      object: first.source,
      pointer: first.pointer ?? undefined,
      message: `${names} ${pools.length === 1 ? 'has' : 'have'} ${total} parts for ${model.nodes.size} nodes`,
      fix: 'add a pool, or cut it finer: smaller blocks, a longer mask for nodes',
      addresses: pools.flatMap(({ declared }) => declared),
    },
  ];
}

function tooSmall(model: NetworkModel, { layout }: IpPool): readonly IpamDraft[] {
  return (layout?.blocks ?? []).flatMap(({ cidr, node, usable }): readonly IpamDraft[] => {
    const resource = node === null ? undefined : model.nodes.get(node)?.resource;
    const count = countAddresses(usable) - BigInt(deviceAddresses(model, node, cidr));
    if (resource?.maxPods === undefined || BigInt(resource.maxPods) <= count) return [];
    const message = `node ${node} takes ${resource.maxPods} pods, and ${formatCidr(cidr)} gives ${count} addresses`;
    const fix = 'set kubelet’s `maxPods` to what the range gives, or make the node’s range larger';
    return [
      {
        code: 'NODE_RANGE_TOO_SMALL',
        object: resource.ref,
        pointer: '/status/allocatable/pods',
        message,
        fix,
        addresses: [formatCidr(cidr)],
      },
    ];
  });
}

/** Only of services that were never in a cluster: those that are have their address, however they got it. */
function* bandChecks(model: NetworkModel): Steps<readonly IpamDraft[]> {
  const pools = allPools(model).filter(({ plane, bands }) => plane === 'service' && bands?.static);
  const drafts: IpamDraft[] = [];
  for (const service of pools.length === 0 ? [] : model.services.values()) {
    yield;
    if (service.resource.createdAt !== undefined) continue;
    for (const { value: ip, provenance } of service.clusterIPs)
      if (provenance === 'observed') drafts.push(...bandCheck(service.ref, ip, pools));
  }
  return drafts;
}

function bandCheck(object: ObjectRef, ip: Ip, pools: readonly IpPool[]): readonly IpamDraft[] {
  const pool = pools.find(({ family, bands }) => family === ip.family && bands?.dynamic && inBand(bands.dynamic, ip.value));
  const low = pool?.bands?.static;
  if (!pool || !low) return [];
  const address = formatIp(ip);
  const [first, last] = low.map((value) => formatIp({ family: pool.family, value }));
  const message = `${describeRef(object)} asks for ${address}, which \`${pool.name}\` also gives to services that ask for none`;
  const fix = `take an address of the lower band, ${first ?? ''} to ${last ?? ''}`;
  return [{ code: 'FIXED_IN_DYNAMIC_BAND', object, pointer: '/spec/clusterIPs', message, fix, addresses: [address] }];
}

function inBand([first, last]: Band<bigint>, value: bigint): boolean {
  return first <= value && value <= last;
}
