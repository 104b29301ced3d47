import type { Cidr } from '../../net/cidr.js';
import { CidrIndex } from '../../net/cidr-index.js';
import type { ClusterPeer } from '../../resources/cluster-policy.js';
import type { PolicyPeer } from '../../resources/network-policy.js';
import { LabelIndex } from './label-index.js';
import type { PolicyEndpoint } from './policy-endpoint.js';

type Peer = PolicyPeer | ClusterPeer;

/** Up to how many peers are asked one by one. */
const FEW = 8;

/** Of the peers of one rule, which may be very many, finds those that may match an endpoint: by its labels, or by its address. */
export class PeerFinder {
  private readonly byPod = new LabelIndex<Peer>();
  private readonly byNamespace = new LabelIndex<Peer>();
  private readonly byAddress: CidrIndex<Peer>;
  /** Those that match neither by labels of pods nor by addresses. */
  private readonly others: Peer[] = [];

  private constructor(peers: readonly Peer[]) {
    const networks: (readonly [Cidr, Peer])[] = [];
    for (const peer of peers) {
      if (peer.type === 'ipBlock') networks.push([peer.cidr, peer]);
      else if (peer.type === 'networks') for (const network of peer.networks) networks.push([network, peer]);
      else if (peer.type !== 'pods') this.others.push(peer);
      else if (peer.podSelector?.requirements.some(({ operator }) => operator === 'In')) this.byPod.add(peer.podSelector, peer);
      else this.byNamespace.add(peer.namespaceSelector, peer);
    }
    this.byAddress = CidrIndex.of(networks);
  }

  /** Undefined: there are so few peers that looking for them takes as long as asking all. */
  static of(peers: readonly Peer[]): PeerFinder | undefined {
    return peers.length <= FEW ? undefined : new PeerFinder(peers);
  }

  /** Every peer that matches the endpoint, and some that do not. */
  *candidates(endpoint: PolicyEndpoint): Generator<Peer> {
    if (endpoint.kind === 'pod') {
      yield* this.byPod.candidates(endpoint.labels);
      yield* this.byNamespace.candidates(endpoint.namespaceLabels);
    } else yield* this.others;
    if (endpoint.address) yield* this.byAddress.at(endpoint.address);
  }
}
