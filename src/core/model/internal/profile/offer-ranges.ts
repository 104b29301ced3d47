import { type Cidr, cidrContains, cidrOf, compareCidrs, formatCidr } from '../../../net/cidr.js';
import { familyBits, formatIp, type Ip, type IpFamily } from '../../../net/ip.js';
import type { ObjectRef } from '../../../kernel/object-ref.js';
import type { Pod } from '../../../resources/pod.js';
import type { ResourceIndex } from '../resource-index.js';
import { DEFAULT_POD_CIDRS, DEFAULT_SERVICE_CIDRS } from './offer-defaults.js';
import type { ProfileDraft } from './profile-draft.js';
import { followsFrom } from './told-by.js';

const FAMILIES = [4, 6] as const;
/** How much an installer usually gives to a whole cluster; nodes' ranges are widened to it. */
const USUAL_POD_PREFIX = { 4: 16, 6: 56 } as const;
const USUAL_SERVICE_PREFIX = { 4: 16, 6: 112 } as const;
/** A guess that falls into more parts than this is none. */
const MOST_PARTS = 4;

/** An address, and the object that has it. */
interface Seen {
  readonly ip: Ip;
  readonly object: ObjectRef;
}

/** The prefix length that all nodes' ranges of a family share: what the cluster really handed out. */
export function offerNodeMasks(draft: ProfileDraft, { nodes }: ResourceIndex): void {
  for (const family of FAMILIES) {
    const ranges = nodes.flatMap(({ ref, podCIDRs }) =>
      podCIDRs.filter((range) => range.family === family).map((range) => ({ ref, range })),
    );
    const [first] = ranges;
    if (!first || ranges.some(({ range }) => range.prefix !== first.range.prefix)) continue;
    const finding = followsFrom(first.ref, '/spec/podCIDRs', "the size of every node's range");
    draft.offer(family === 4 ? 'nodeCIDRMaskSizes.v4' : 'nodeCIDRMaskSizes.v6', first.range.prefix, finding);
  }
}

/** The families in use, when no configuration tells: of the known ranges, else of the addresses that nodes, services and pods have. */
export function offerFamilies(draft: ProfileDraft, { nodes, services, pods }: ResourceIndex): void {
  const known = [...(draft.get('serviceCIDRs') ?? []), ...(draft.get('podCIDRs') ?? [])];
  if (known.length > 0) return;
  const node = nodes.find(({ podCIDRs }) => podCIDRs.length > 0);
  if (node) {
    const families = [...new Set(node.podCIDRs.map(({ family }) => family))];
    return draft.offer('ipFamilies', families, followsFrom(node.ref, '/spec/podCIDRs', "the families of a node's ranges"));
  }
  const most = [
    ...services.map(({ ref, clusterIPs }) => ({ ref, ips: clusterIPs, pointer: '/spec/clusterIPs' })),
    ...pods.map(({ ref, status }) => ({ ref, ips: status?.podIPs ?? [], pointer: '/status/podIPs' })),
  ].reduce<{ ref: ObjectRef; families: readonly IpFamily[]; pointer: string } | undefined>((best, { ref, ips, pointer }) => {
    const families = [...new Set(ips.map(({ family }) => family))];
    return families.length > (best?.families.length ?? 0) ? { ref, families, pointer } : best;
  }, undefined);
  if (most) draft.offer('ipFamilies', most.families, followsFrom(most.ref, most.pointer, 'the families of its addresses'));
}

/** The pods' ranges, when no configuration tells: around the nodes' ranges, else around the pods' own addresses. */
export function offerPodRanges(draft: ProfileDraft, { nodes, pods }: ResourceIndex): void {
  if (draft.has('podCIDRs')) return;
  const ranges = nodes.flatMap(({ ref, podCIDRs }) =>
    podCIDRs.map((range) => ({ ip: { family: range.family, value: range.base }, object: ref })),
  );
  const seen =
    ranges.length > 0
      ? ranges
      : pods.filter(isRunning).flatMap(({ ref, status }) => (status?.podIPs ?? []).map((ip) => ({ ip, object: ref })));
  const what = ranges.length > 0 ? "the nodes' ranges" : 'the addresses of pods';
  offerGuess(draft, 'podCIDRs', seen, what, (family) => [DEFAULT_POD_CIDRS[family], USUAL_POD_PREFIX[family]]);
}

/** A pod that has an address of the pods' ranges. */
function isRunning({ spec, status }: Pod): boolean {
  return !spec.hostNetwork && (status?.phase === 'Running' || status?.phase === 'Pending');
}

/** The service ranges, when no configuration tells: `default/kubernetes` has the first address of the primary one. */
export function offerServiceRanges(draft: ProfileDraft, { services }: ResourceIndex): void {
  if (draft.has('serviceCIDRs')) return;
  const own = services.find(({ ref }) => ref.namespace === 'default' && ref.name === 'kubernetes');
  const order = own ? [own, ...services.filter((service) => service !== own)] : services;
  const seen = order.flatMap(({ ref, clusterIPs }) => clusterIPs.map((ip) => ({ ip, object: ref })));
  offerGuess(draft, 'serviceCIDRs', seen, "the services' cluster IPs", (family) => [
    DEFAULT_SERVICE_CIDRS[family],
    USUAL_SERVICE_PREFIX[family],
  ]);
}

function offerGuess(
  draft: ProfileDraft,
  field: 'podCIDRs' | 'serviceCIDRs',
  seen: readonly Seen[],
  what: string,
  usual: (family: IpFamily) => readonly [range: Cidr, prefix: number],
): void {
  const [first] = seen;
  if (!first) return;
  const families = draft.get('ipFamilies') ?? [...new Set(seen.map(({ ip }) => ip.family))];
  const ranges = families.flatMap((family) => {
    const [range, prefix] = usual(family);
    const ips = seen.flatMap(({ ip }) => (ip.family === family ? [ip] : []));
    return ips.every((ip) => cidrContains(range, ip)) ? [range] : around(ips, prefix, range);
  });
  if (families.every((family, index) => ranges[index] === usual(family)[0])) return;
  const why = `around ${what}: no configuration tells (${ranges.map(formatCidr).join(', ')})`;
  const pointer = field === 'podCIDRs' ? undefined : '/spec/clusterIPs';
  draft.offer(field, ranges, { object: first.object, pointer, why, provenance: 'assumed' });
}

/** The prefixes of the usual length that hold the addresses; one shorter prefix where they are neighbours; the usual range where they are all over the place. */
function around(ips: readonly Ip[], prefix: number, usual: Cidr): readonly Cidr[] {
  const byText = new Map(
    ips.map((ip) => cidrOf(ip, prefix)).map((range) => [formatIp({ family: range.family, value: range.base }), range]),
  );
  const parts = [...byText.values()].sort(compareCidrs);
  const [lowest] = parts;
  const highest = parts.at(-1);
  if (!lowest || !highest) return [usual];
  const bits = BigInt(familyBits(lowest.family) - prefix);
  const span = ((highest.base - lowest.base) >> bits) + 1n;
  if (span === BigInt(parts.length) && parts.length > 1) {
    let joined = prefix;
    while (
      joined > 0 &&
      !cidrContains(cidrOf({ family: lowest.family, value: lowest.base }, joined), { family: highest.family, value: highest.base })
    )
      joined--;
    if (prefix - joined <= 4) return [cidrOf({ family: lowest.family, value: lowest.base }, joined)];
  }
  return parts.length > MOST_PARTS ? [usual] : parts;
}
