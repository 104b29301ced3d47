import type { ConnectionSet } from './connection-set.js';
import type { Flow } from './judge-direction.js';
import type { Member, Party } from './parties.js';
import type { ServiceFront } from './service-front.js';
import { canMeet } from './policy-endpoint.js';

/** Destinations that are alike, what is asked of them, and through which service. */
export interface Destination extends Party {
  readonly asked: ConnectionSet;
  /** `shop/api:80`; undefined where the destination is named itself. */
  readonly via: string | undefined;
  /** Where clients of the service aim; left out where the destination is named itself. */
  readonly front?: ServiceFront | undefined;
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
      for (const { ownNode, sources: senders, destinations: members } of byNode(source, destination)) {
        const { asked, via } = destination;
        const flow: Flow = {
          source: source.class.endpoint,
          destination: destination.class.endpoint,
          self: false,
          viaService: via !== undefined,
          ownNode,
          front: destination.front,
        };
        const same = sharedPods(source, destination, members);
        const pairs = senders.length * members.length - same.length;
        if (pairs > 0) groups.push({ flow, sources: senders, destinations: members, asked, via, pairs });
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

/** Those of a party that stand on one side of a flow. */
interface Split {
  readonly ownNode: boolean;
  readonly sources: readonly Member[];
  readonly destinations: readonly Member[];
}

/** A node and its own pods, and the others. Members of one host class share their node. */
function byNode(source: Party, destination: Destination): readonly Split[] {
  const whole = { sources: source.members, destinations: destination.members };
  const [from, to] = [source.class.endpoint, destination.class.endpoint];
  const split = (node: string, side: keyof typeof whole): readonly Split[] => {
    const [local, others] = [true, false].map((own) => whole[side].filter((member) => (member.node === node) === own));
    return [
      { ownNode: true, ...whole, [side]: local },
      { ownNode: false, ...whole, [side]: others },
    ].filter((one) => one[side].length > 0);
  };
  if (from.kind === 'host' && from.node !== undefined && to.kind === 'pod') return split(from.node, 'destinations');
  if (to.kind === 'host' && to.node !== undefined && from.kind === 'pod') return split(to.node, 'sources');
  return [{ ownNode: false, ...whole }];
}
