import type { ConnectionSet } from './connection-set.js';
import type { Flow } from './judge-direction.js';
import type { Member, Party } from './parties.js';
import { canMeet } from './policy-endpoint.js';

/** Destinations that are alike, what is asked of them, and through which service. */
export interface Destination extends Party {
  readonly asked: ConnectionSet;
  /** `shop/api:80`; undefined where the destination is named itself. */
  readonly via: string | undefined;
}

/** Sources and destinations between which one judgement holds. */
export interface FlowGroup {
  readonly flow: Flow;
  readonly sources: readonly Member[];
  readonly destinations: readonly Member[];
  readonly asked: ConnectionSet;
  readonly via: string | undefined;
  readonly pairs: number;
}

/**
 * Pairs sources with destinations. A pod and itself are a pair only where the question leaves no other: `deploy/shop/web` to itself means its pods to one
 * another. Senders on a node are told apart by the pods that run on it, because a node may always reach its own pods.
 */
export function flowsBetween(sources: readonly Party[], destinations: readonly Destination[]): readonly FlowGroup[] {
  const groups: FlowGroup[] = [];
  const selves: FlowGroup[] = [];
  for (const source of sources) {
    for (const destination of destinations) {
      if (!canMeet(source.class.families, destination.class.families)) continue;
      for (const [ownNode, members] of byNode(source, destination)) {
        const { asked, via } = destination;
        const flow: Flow = {
          source: source.class.endpoint,
          destination: destination.class.endpoint,
          self: false,
          viaService: via !== undefined,
          ownNode,
        };
        const same = sharedPods(source, destination, members);
        const pairs = source.members.length * members.length - same.length;
        if (pairs > 0) groups.push({ flow, sources: source.members, destinations: members, asked, via, pairs });
        if (same.length > 0) {
          selves.push({ flow: { ...flow, self: true }, sources: same, destinations: same, asked, via, pairs: same.length });
        }
      }
    }
  }
  return groups.length > 0 ? groups : selves;
}

function sharedPods(source: Party, destination: Destination, members: readonly Member[]): readonly Member[] {
  if (source.class.id !== destination.class.id) return [];
  const senders = new Set(source.members.map((member) => member.pod));
  return members.filter((member) => member.pod !== undefined && senders.has(member.pod));
}

/** The destinations on the sender's node, and the others. Senders of one host class share their node. */
function byNode(source: Party, destination: Destination): readonly (readonly [ownNode: boolean, members: readonly Member[]])[] {
  const { endpoint } = source.class;
  if (endpoint.kind !== 'host' || endpoint.node === undefined || destination.class.endpoint.kind !== 'pod') {
    return [[false, destination.members]];
  }
  const local = destination.members.filter((member) => member.node === endpoint.node);
  const others = destination.members.filter((member) => member.node !== endpoint.node);
  const split: (readonly [boolean, readonly Member[]])[] = [
    [true, local],
    [false, others],
  ];
  return split.filter(([, members]) => members.length > 0);
}
