import type { NetworkModel } from '../../model/network-model.js';
import type { DnsRecord } from '../dns-record.js';
import { zoneOf } from './falls-through.js';
import type { CacheTimes, ServerBlock } from './plugin.js';
import type { NodeLocalPlan } from './node-local-plan.js';
import { leadsToCluster } from './serve-forward.js';
import { blockOf, serverPlan } from './server-plan.js';
import type { TriedName } from './take-walk.js';

/** How long caches between the asker and the cluster's objects may keep an answer. */
export interface CacheAnswer {
  /** Seconds for which this answer may go on being given after it has become wrong; null: it is not known, for it comes from elsewhere. */
  readonly cachedFor: number | null;
  /** Seconds after which a name that is made now resolves for whoever asked for it just before; null: the name is none of the cluster's. */
  readonly visibleWithin: number | null;
}

/** dnsmasq in kube-dns' pod keeps answers for their TTL and no negative ones (kubernetes/dns manifests: `--no-negcache`). */
const KUBE_DNS: CacheTimes = { success: { most: 3600, least: 0 }, denial: undefined };
const NO_CACHE: CacheTimes = { success: undefined, denial: undefined };
/** The longest TTL that the SOA of a zone of the `kubernetes` plugin has. */
const MAX_SOA_TTL = 300;

/** The times of the answer that ended a walk (coredns `plugin/cache/cache.go` computeTTL: the least TTL of the message, within the limits of the cache). */
export function cacheTimes(
  model: NetworkModel,
  nodeLocal: NodeLocalPlan | undefined,
  { step, rcode, records, authority }: TriedName,
): CacheAnswer {
  const name = step.name.toLowerCase();
  const block = blockOf(serverPlan(model), name);
  const server = model.profile.dns.server === 'kube-dns' ? KUBE_DNS : timesOf(block, name);
  const front = nodeLocal && blockOf(nodeLocal, name);
  const caches = nodeLocal ? [server, timesOf(front, name)] : [server];
  const ttl = nodeLocal && !asksCluster(front, nodeLocal) ? undefined : clusterTtl(block, name);
  const visibleWithin =
    ttl === undefined
      ? null
      : together(
          caches.map(({ denial }) => denial),
          Math.min(ttl, MAX_SOA_TTL),
        );
  if (rcode === undefined) return { cachedFor: null, visibleWithin };
  const positive = records.length > 0;
  const kept = caches.map(({ success, denial }) => (positive ? success : denial));
  return { cachedFor: together(kept, leastTtl(positive ? records : authority)), visibleWithin };
}

function asksCluster(block: ServerBlock | undefined, { cluster }: NodeLocalPlan): boolean {
  return block?.plugins.some((plugin) => plugin.kind === 'forward' && leadsToCluster(plugin.to, cluster)) ?? false;
}

/** TTL of the `kubernetes` plugin that serves the name; undefined: none does. */
function clusterTtl(block: ServerBlock | undefined, name: string): number | undefined {
  const plugin = block?.plugins.find((one) => one.kind === 'kubernetes' && zoneOf(one.server.options.zones, name) !== undefined);
  return plugin?.kind === 'kubernetes' ? plugin.server.options.ttl : undefined;
}

function timesOf(block: ServerBlock | undefined, name: string): CacheTimes {
  const cache = block?.cache;
  if (!cache || zoneOf(cache.zones, name) === undefined) return NO_CACHE;
  const { times, disabled } = cache;
  return {
    success: zoneOf(disabled.success, name) === undefined ? times.success : undefined,
    denial: zoneOf(disabled.denial, name) === undefined ? times.denial : undefined,
  };
}

/**
 * One cache behind another: the second may take over what is about to run out in the first, and keeps it for its shortest time at least. A cache hands on the time
 * that is left.
 */
function together(caches: readonly CacheTimes['success'][], ttl: number): number {
  let total = 0;
  for (const cache of caches) {
    if (!cache) continue;
    total = total === 0 ? Math.min(Math.max(ttl, cache.least), cache.most) : total + Math.min(cache.least, cache.most);
  }
  return total;
}

/** A negative answer counts by the minimum of its SOA too (RFC 2308 section 5). */
function leastTtl(records: readonly DnsRecord[]): number {
  const ttls = records.flatMap(({ type, ttl, data }) => (type === 'SOA' ? [ttl, Number(data.split(' ').at(-1))] : [ttl]));
  return ttls.length === 0 ? 0 : Math.min(...ttls);
}
