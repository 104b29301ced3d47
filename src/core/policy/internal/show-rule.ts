import type { Trail } from '../../kernel/evidence.js';
import type { ObjectRef } from '../../kernel/object-ref.js';
import type { ClusterPeer, ClusterPort } from '../../resources/cluster-policy.js';
import type { PolicyPeer } from '../../resources/network-policy.js';
import { type ConnectionSet, formatConnections } from './connection-set.js';
import type { Direction } from './direction.js';
import { shareOf } from './judge-connection.js';
import { type PeerMatch, peerMatches, type PeerMismatch } from './judge-peer.js';
import type { PolicyEndpoint } from './policy-endpoint.js';
import { describePort, peerMessage } from './policy-words.js';
import { isNamed, type PortsAt } from './ports-at.js';
import type { FlowWords } from './flow-words.js';

interface JudgedPort {
  readonly port: ClusterPort;
  readonly at: PortsAt;
}

/** A rule of any API, and how its peers and ports fared. */
interface JudgedRule {
  /** What a rule does with the ports it names: `admits`, `names`. */
  readonly verb: string;
  readonly object: ObjectRef;
  readonly namespace: string;
  readonly rule: { readonly pointer: string };
  readonly peers: readonly { readonly peer: PolicyPeer | ClusterPeer; readonly outcome: PeerMatch | PeerMismatch }[];
  readonly ports: readonly JudgedPort[];
}

/** Writes down each peer and each port of a rule with its outcome. */
export function showPeersAndPorts(trail: Trail, parent: number, direction: Direction, judged: JudgedRule, words: FlowWords): void {
  const { object, namespace } = judged;
  const [side, other]: readonly [string, PolicyEndpoint] =
    direction === 'egress' ? ['destination', words.flow.destination] : ['source', words.flow.source];
  const step = { stage: `${direction}-policy`, object, parent };
  if (judged.peers.length === 0) {
    trail.add({
      ...step,
      outcome: 'match',
      reason: 'ANY_PEER',
      message: `the rule names no ${side}: every one matches`,
      pointer: judged.rule.pointer,
    });
  }
  for (const { peer, outcome: found } of judged.peers) {
    const text = peerMessage(peer, found, namespace, other, side);
    trail.add({ ...step, outcome: peerMatches(found) ? 'match' : 'no-match', reason: found, message: text, pointer: peer.pointer });
  }
  if (judged.ports.length === 0) {
    trail.add({
      ...step,
      outcome: 'match',
      reason: 'ANY_PORT',
      message: 'the rule names no port: every port matches',
      pointer: judged.rule.pointer,
    });
  }
  for (const entry of judged.ports) trail.add({ ...step, ...portStep(entry, words.asked, judged.verb), pointer: entry.port.pointer });
}

function portStep({ port, at }: JudgedPort, asked: ConnectionSet, verb: string) {
  const words = describePort(port);
  const resolved = isNamed(port) && at.missing === undefined ? `${words} is ${formatConnections(at.connections)}` : words;
  if (at.missing !== undefined)
    return { outcome: 'no-match' as const, reason: at.missing, message: missingMessage(at.missing, words, port) };
  const share = shareOf(at.connections, asked);
  if (share === 'ALLOWED') return { outcome: 'match' as const, reason: 'PORT_MATCHES', message: resolved };
  if (share === 'MIXED')
    return { outcome: 'pass' as const, reason: 'PORT_MATCHES_PART', message: `${resolved}, asked for ${formatConnections(asked)}` };
  const sameProtocol = port.type === 'port' && asked[port.protocol].length > 0;
  const reason = sameProtocol ? 'PORT_DIFFERS' : 'PROTOCOL_DIFFERS';
  return { outcome: 'no-match' as const, reason, message: `${verb} ${resolved}, asked for ${formatConnections(asked)}` };
}

function missingMessage(missing: NonNullable<PortsAt['missing']>, words: string, port: ClusterPort): string {
  if (missing === 'NAMED_PORT_NOT_FOUND') return `no container of the destination has a port \`${words}\``;
  if (missing === 'NAMED_PORT_NEEDS_POD') return `\`${words}\` is looked up on the destination pod, and this destination is none`;
  return `matches nothing: ${port.type === 'invalid' ? port.why : 'it is not valid'}`;
}
