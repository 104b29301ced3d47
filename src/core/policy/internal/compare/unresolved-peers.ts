import type { AnyPolicy, UnresolvedPeer } from '../layer.js';
import { isCiliumPolicy } from '../acting-cilium-policy.js';
import { isClusterPolicy } from '../acting-cluster-policy.js';
import { DIRECTIONS } from '../direction.js';
import { type Resident, unresolvedKey } from './kinds.js';

/** So many sets of names, by which addresses can be meant, are told apart. */
const MOST_SETS = 64;

/** A label that nobody writes: what a `*` can stand for. */
const FRESH = 'any-0f1e2d';

/**
 * The same residents, and of addresses outside one for every set of the policies' domain names and groups that can mean an address at once: it may have several
 * names, and one that a pattern covers is meant by the pattern too. Undefined where there are too many such sets.
 */
export function withNames(residents: readonly Resident[], policies: readonly AnyPolicy[]): readonly Resident[] | undefined {
  const peers = [...new Map(policies.flatMap(unresolvedOf).map((peer) => [unresolvedKey(peer), peer])).values()];
  const sets = meantTogether(peers);
  if (!sets) return undefined;
  return residents.flatMap((resident) => {
    if (resident.endpoint.kind !== 'address') return [resident];
    return sets.map((meantBy) => ({
      ...resident,
      meantBy,
      name: meantBy.size === 0 ? resident.name : `${resident.name} (${[...meantBy].join(', ')})`,
    }));
  });
}

function unresolvedOf(policy: AnyPolicy): readonly UnresolvedPeer[] {
  if (isCiliumPolicy(policy)) {
    const peers = policy.specs.flatMap((spec) => DIRECTIONS.flatMap((one) => spec[one].rules.flatMap((rule) => rule.peers ?? [])));
    return peers.flatMap((peer): readonly UnresolvedPeer[] => {
      if (peer.type === 'fqdn') return [{ type: 'fqdn', name: peer.name }];
      return peer.type === 'groups' ? [{ type: 'groups', name: `${peer.provider} ${peer.groups}` }] : [];
    });
  }
  if (!isClusterPolicy(policy)) return [];
  const peers = DIRECTIONS.flatMap((one) => policy[one].flatMap((rule) => rule.peers));
  return peers.flatMap((peer) => (peer.type === 'domainNames' ? peer.names.map((name): UnresolvedPeer => ({ type: 'domain', name })) : []));
}

/** Every set of peers that can mean one address, the empty one first. */
function meantTogether(peers: readonly UnresolvedPeer[]): readonly ReadonlySet<string>[] | undefined {
  const bases = peers.flatMap((peer) => {
    if (peer.type === 'groups') return [new Set([unresolvedKey(peer)])];
    return namesUnder(peer).map((name) => new Set(peers.filter((one) => isNamed(one, name)).map(unresolvedKey)));
  });
  let sets = new Map<string, ReadonlySet<string>>([['', new Set<string>()]]);
  for (const base of bases) {
    const joined = [...sets.values()].map((one) => new Set([...one, ...base]));
    sets = new Map([...sets.values(), ...joined].map((one) => [[...one].sort().join('\n'), one]));
    if (sets.size > MOST_SETS) return undefined;
  }
  return [...sets.values()];
}

/** Names that the peer means, and as few others as can be: what stands for anything is filled with what nobody names. */
function namesUnder({ type, name }: UnresolvedPeer): readonly string[] {
  if (type === 'fqdn' && name === '*') return [FRESH, `${FRESH}.${FRESH}`];
  const [deep, rest] = deepOf({ type, name });
  const filled = rest.replaceAll('*', FRESH);
  return deep ? [`${FRESH}.${filled}`, `${FRESH}.${FRESH}.${filled}`] : [filled];
}

/**
 * "`*` matches 0 or more DNS valid characters, except dots", "`**.` matches any number of subdomains", "`*` alone matches all names" (Cilium, layer3.rst); `*.` of
 * ClusterNetworkPolicy is "one or more labels" (network-policy-api `apis/v1alpha2`, DomainName).
 */
function isNamed(peer: UnresolvedPeer, name: string): boolean {
  if (peer.type === 'groups') return false;
  if (peer.type === 'fqdn' && peer.name === '*') return true;
  const [deep, rest] = deepOf(peer);
  const starts = new Set([0]);
  if (deep) {
    starts.clear();
    for (let at = name.indexOf('.'); at > 0; at = name.indexOf('.', at + 1)) starts.add(at + 1);
  }
  let reached = starts;
  for (const character of rest) {
    const next = new Set<number>();
    for (const at of reached) {
      if (character !== '*') {
        if (name[at] === character) next.add(at + 1);
        continue;
      }
      for (let end = at; end <= name.length && (end === at || name[end - 1] !== '.'); end++) next.add(end);
    }
    reached = next;
  }
  return reached.has(name.length);
}

/** Whether any number of labels stands in front, and what stands behind. */
function deepOf({ type, name }: UnresolvedPeer): readonly [deep: boolean, rest: string] {
  const prefix = type === 'domain' ? '*.' : '**.';
  return name.startsWith(prefix) ? [true, name.slice(prefix.length)] : [false, name];
}
