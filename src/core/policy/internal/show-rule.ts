import type { EvidenceOutcome, Trail } from '../../kernel/evidence.js';
import { type ConnectionSet, formatConnections, protocolsIn } from './connection-set.js';
import type { Direction } from './direction.js';
import type { FlowWords } from './flow-words.js';
import { shareOf } from './judge-connection.js';
import type { RuleJudgement } from './judge-layer.js';
import { peerMatches } from './judge-peer.js';
import type { PortAt } from './layer.js';
import type { PortMissing } from './ports-at.js';
import { toldInPart } from './told-in-part.js';

/** Up to how many peers and ports of a rule are told one by one: those that match, and as many of the others. */
const MOST_TOLD = 20;

/** Writes down each peer and each port of a rule with its outcome. */
export function showPeersAndPorts(trail: Trail, parent: number, direction: Direction, judged: RuleJudgement, words: FlowWords): void {
  const side = direction === 'egress' ? 'destination' : 'source';
  const stage = `${direction}-policy`;
  const object = judged.rule.policy.ref;
  const tell = (outcome: EvidenceOutcome, reason: string, message: string, pointer: string): void => {
    trail.add({ stage, outcome, reason, message, object, pointer, parent });
  };
  const ofRule = judged.rule.pointer;
  if (judged.peers.length === 0) tell('match', 'ANY_PEER', `the rule names no ${side}: every one matches`, ofRule);
  const peers = toldInPart(judged.peers, ({ outcome }) => peerMatches(outcome), MOST_TOLD);
  for (const peer of peers.told) {
    tell(peerMatches(peer.outcome) ? 'match' : 'no-match', peer.outcome, peer.message(side), peer.pointer);
  }
  if (peers.untold > 0) tell('info', 'NOT_TOLD', `and ${peers.untold} more peers`, ofRule);
  if (judged.ports.length === 0) tell('match', 'ANY_PORT', 'the rule names no port: every port matches', ofRule);
  // A rule in no order is there to admit.
  const verb = judged.rule.unordered ? 'admits' : 'names';
  const matches = ({ connections }: PortAt) => shareOf(connections, words.asked) !== 'DENIED';
  const ports = toldInPart(judged.ports, matches, MOST_TOLD);
  for (const entry of ports.told) {
    const { outcome, reason, message } = portStep(entry, words.asked, verb);
    tell(outcome, reason, message, entry.pointer);
  }
  if (ports.untold > 0) tell('info', 'NOT_TOLD', `and ${ports.untold} more ports`, ofRule);
}

function portStep(entry: PortAt, asked: ConnectionSet, verb: string) {
  const { text, connections, missing } = entry;
  if (missing !== undefined) return { outcome: 'no-match' as const, reason: missing, message: missingMessage(entry, missing) };
  const resolved = entry.named ? `${text} is ${formatConnections(connections)}` : text;
  const share = shareOf(connections, asked);
  if (share === 'ALLOWED') return { outcome: 'match' as const, reason: 'PORT_MATCHES', message: resolved };
  if (share === 'MIXED')
    return { outcome: 'pass' as const, reason: 'PORT_MATCHES_PART', message: `${resolved}, asked for ${formatConnections(asked)}` };
  const wanted = protocolsIn(asked);
  const sameProtocol = protocolsIn(connections).some((protocol) => wanted.includes(protocol));
  const reason = sameProtocol ? 'PORT_DIFFERS' : 'PROTOCOL_DIFFERS';
  return { outcome: 'no-match' as const, reason, message: `${verb} ${resolved}, asked for ${formatConnections(asked)}` };
}

function missingMessage({ text, why }: PortAt, missing: PortMissing): string {
  if (missing === 'NAMED_PORT_NOT_FOUND') return `no container of the destination has a port \`${text}\``;
  if (missing === 'NAMED_PORT_NEEDS_POD') return `\`${text}\` is looked up on the destination pod, and this destination is none`;
  return `matches nothing: ${why ?? 'it is not valid'}`;
}
