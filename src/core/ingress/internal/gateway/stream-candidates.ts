import type { EvidenceStep } from '../../../kernel/evidence.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { StreamRoute } from '../../../resources/gateway-route.js';
import type { RouteCandidate } from '../../route-result.js';
import { ownerOf } from '../claim-text.js';
import { ageOf } from './age.js';
import type { GatewayState } from './gateway-state.js';
import { bestCovering, hostnameRank } from './hostnames.js';
import type { JudgedListener } from './listener-status.js';
import type { StreamsUnder } from './routes-by-host.js';

/** A connection as a listener below HTTP sees it. */
export interface Connection {
  readonly protocol: 'TLS' | 'TCP' | 'UDP';
  /** The name in the TLS hello, lower-case. */
  readonly sni: string | undefined;
}

/** A route of connections on a listener. */
interface StreamCandidate {
  readonly route: StreamRoute;
  /** The hostname under which the SNI reaches it; null where none covers it. */
  readonly hostname: string | undefined | null;
  /** Every hostname it has on the listener. */
  readonly offered: readonly (string | undefined)[];
}

/** A candidate and how it fared. */
export interface JudgedStream extends Pick<RouteCandidate, 'outcome' | 'reason' | 'key' | 'own' | 'other'> {
  readonly candidate: StreamCandidate;
}

/** The routes of the connection's kind that are attached to a listener. */
export function streamCandidates(
  { attachments }: GatewayState,
  listener: JudgedListener,
  { protocol, sni }: Connection,
): readonly StreamCandidate[] {
  const found = new Map<StreamRoute, StreamCandidate>();
  for (const { route, attached } of attachments) {
    const here = attached.find((one) => one.listener === listener);
    if (!here || route.kind === 'HTTPRoute' || route.kind === 'GRPCRoute' || route.kind !== `${protocol}Route`) continue;
    const hostname = protocol === 'TLS' ? bestCovering(here.hostnames, sni) : undefined;
    found.set(route, { route, hostname, offered: here.hostnames });
  }
  return [...found.values()];
}

interface Key {
  readonly name: string;
  readonly reason: string;
  /** The smaller goes first. */
  readonly value: (candidate: StreamCandidate) => number | string;
  readonly shown: (candidate: StreamCandidate) => string;
}

const hostOf = ({ hostname }: StreamCandidate) => hostnameRank(hostname ?? undefined);
const nameOf = ({ route }: StreamCandidate) => `${route.namespace}/${route.ref.name}`;
const KEYS: readonly Key[] = [
  { name: 'hostname', reason: 'HOST_LESS_SPECIFIC', value: (one) => -hostOf(one)[0], shown: (one) => String(hostOf(one)[0]) },
  { name: 'hostname-length', reason: 'HOST_LESS_SPECIFIC', value: (one) => -hostOf(one)[1], shown: (one) => String(hostOf(one)[1]) },
  { name: 'age', reason: 'YOUNGER', value: ({ route }) => ageOf(route), shown: ({ route }) => route.createdAt ?? 'unknown' },
  { name: 'name', reason: 'NAME_LATER', value: nameOf, shown: nameOf },
];

function differing(a: StreamCandidate, b: StreamCandidate): Key | undefined {
  return KEYS.find(({ value }) => value(a) !== value(b));
}

/** The route that goes first of those under one hostname. */
export function firstUnder({ hostname, routes }: StreamsUnder): StreamRoute | undefined {
  return firstOf(routes.map((route) => ({ route, hostname, offered: [hostname] })))?.route;
}

/** The candidate that takes the connection: the most specific hostname, then the oldest, then by name. */
export function firstOf(all: readonly StreamCandidate[]): StreamCandidate | undefined {
  return all
    .filter(({ hostname }) => hostname !== null)
    .reduce<StreamCandidate | undefined>((best, one) => {
      const key = best && differing(one, best);
      return best && (!key || key.value(one) > key.value(best)) ? best : one;
    }, undefined);
}

/** Says of every candidate how it fared. */
export function judgeStreams(all: readonly StreamCandidate[], first: StreamCandidate | undefined): readonly JudgedStream[] {
  return all.map((candidate): JudgedStream => {
    if (candidate.hostname === null) {
      const own = candidate.offered.map((name) => name ?? '*').join(', ');
      return { candidate, outcome: 'no-match', reason: 'LISTENER_OTHER_NAME', key: 'sni', own, other: null };
    }
    const key = first && differing(candidate, first);
    if (!key) return { candidate, outcome: 'selected', reason: 'RULE_SELECTED', key: null, own: null, other: null };
    return { candidate, outcome: 'lost', reason: key.reason, key: key.name, own: key.shown(candidate), other: key.shown(first) };
  });
}

/** The public form of a candidate. */
export function shownStream({ candidate: { route, hostname }, outcome, reason, key, own, other }: JudgedStream): RouteCandidate {
  const backends = route.rules.flatMap((rule) => rule.backends);
  return {
    object: describeRef(route.ref),
    pointer: route.rules[0]?.pointer ?? '/spec/rules',
    class: null,
    host: hostname ?? null,
    path: null,
    pathType: null,
    backend:
      backends.map(({ kind, name, port }) => `${kind.toLowerCase()} ${name}${port === undefined ? '' : `:${port}`}`).join(', ') ||
      'no backend',
    owner: ownerOf(route),
    createdAt: route.createdAt ?? null,
    outcome,
    reason,
    key,
    own,
    other,
  };
}

/** The step that shows a candidate. */
export function streamStep({ candidate: { route }, outcome, reason, key, own, other }: JudgedStream): EvidenceStep {
  const values =
    key === null ? '' : outcome === 'lost' ? `: ${key} \`${own ?? ''}\` against \`${other ?? ''}\`` : `: it is for ${own ?? ''}`;
  const word = outcome === 'selected' ? 'takes the connection' : outcome === 'lost' ? 'fits and loses' : 'does not fit';
  return {
    stage: 'rule',
    outcome: outcome === 'selected' ? 'selected' : outcome === 'lost' ? 'excluded' : 'no-match',
    reason,
    message: `${describeRef(route.ref)} ${word}${values}`,
    object: route.ref,
    pointer: route.rules[0]?.pointer ?? '/spec',
  };
}
