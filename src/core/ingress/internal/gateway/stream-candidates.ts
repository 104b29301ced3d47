import type { Note } from '../../../kernel/answer.js';
import type { EvidenceStep } from '../../../kernel/evidence.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { StreamRoute } from '../../../resources/gateway-route.js';
import type { CandidateOutcome, RouteCandidate } from '../../route-result.js';
import { ownerOf } from '../claim-text.js';
import { ageOf } from './age.js';
import type { GatewayDialect } from './gateway-dialect.js';
import type { GatewayState } from './gateway-state.js';
import { bestCovering, hostnameRank } from './hostnames.js';
import { EVIDENCE_OF } from './judged-candidate.js';
import type { JudgedListener } from './listener-status.js';
import type { StreamsUnder } from './routes-by-host.js';
import { HOSTNAME_RANK } from './winners.js';

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
  /** The same as the route writes it. */
  readonly written: string | undefined;
  /** Every hostname it has on the listeners. */
  readonly offered: readonly (string | undefined)[];
}

/** A candidate and how it fared. */
export interface JudgedStream extends Pick<RouteCandidate, 'outcome' | 'reason' | 'key' | 'own' | 'other'> {
  readonly candidate: StreamCandidate;
}

/** The routes of the connection's kind that are attached to any of several listeners. */
export function streamCandidates(
  { attachments }: GatewayState,
  listeners: readonly JudgedListener[],
  { protocol, sni }: Connection,
): readonly StreamCandidate[] {
  const found = new Map<StreamRoute, StreamCandidate>();
  for (const { route, attached } of attachments) {
    const here = attached.filter(({ listener }) => listeners.includes(listener));
    if (here.length === 0 || route.kind === 'HTTPRoute' || route.kind === 'GRPCRoute' || route.kind !== `${protocol}Route`) continue;
    const offered = here.flatMap(({ hostnames }) => hostnames);
    const hostname = protocol === 'TLS' ? bestCovering(offered, sni) : undefined;
    found.set(route, { route, hostname, written: writtenFor(route, sni), offered });
  }
  return [...found.values()];
}

function writtenFor(route: StreamRoute, sni: string | undefined): string | undefined {
  return route.kind === 'TLSRoute' ? (bestCovering(route.hostnames, sni) ?? undefined) : undefined;
}

interface Key {
  readonly name: string;
  readonly reason: string;
  /** The smaller goes first. */
  readonly value: (candidate: StreamCandidate) => number | string;
  readonly shown: (candidate: StreamCandidate) => string;
}

const nameOf = ({ route }: StreamCandidate) => `${route.namespace}/${route.ref.name}`;
const keysBy = (hostOf: (candidate: StreamCandidate) => ReturnType<typeof hostnameRank>): readonly Key[] => [
  { name: 'hostname', reason: 'HOST_LESS_SPECIFIC', value: (one) => -hostOf(one)[0], shown: (one) => String(hostOf(one)[0]) },
  { name: 'hostname-length', reason: 'HOST_LESS_SPECIFIC', value: (one) => -hostOf(one)[1], shown: (one) => String(hostOf(one)[1]) },
  { name: 'age', reason: 'YOUNGER', value: ({ route }) => ageOf(route), shown: ({ route }) => route.createdAt ?? 'unknown' },
  { name: 'name', reason: 'NAME_LATER', value: nameOf, shown: nameOf },
];

/** The ways to read the text, as of requests (divergence D26): by the hostname that a route and the listener have in common, or by that which the route writes. */
const READINGS = [keysBy(({ hostname }) => hostnameRank(hostname ?? undefined)), keysBy(({ written }) => hostnameRank(written))] as const;

/**
 * traefik/traefik `pkg/provider/kubernetes/gateway/tlsroute.go`, `hostSNIRule`: one router for all hostnames of a route, whose priority is the characters of the longest of them but for its
 * `*`; one of every name comes behind all others, as a TCPRoute does (`AddRoute` of `pkg/muxer/tcp/mux.go`).
 */
const SUM: readonly Key[] = [
  { name: 'priority', reason: 'LOWER_PRIORITY', value: (one) => -priorityOf(one), shown: (one) => String(priorityOf(one)) },
];

function priorityOf({ offered }: StreamCandidate): number {
  const longest = offered.reduce((most, name = '') => Math.max(most, name.replaceAll('*', '').length), 0);
  return longest === 0 ? -1 : longest;
}

type Precedence = Pick<GatewayDialect, 'precedence'>;
const TEXT: Precedence = { precedence: 'keys' };

function readingsOf({ precedence }: Precedence): readonly [readonly Key[], ...(readonly Key[])[]] {
  return precedence === 'sum' ? [SUM] : READINGS;
}

/** Why several candidates may go first. */
export function streamGap({ precedence }: Precedence): Note {
  return precedence === 'sum' ? STREAM_TIE : HOSTNAME_RANK;
}

const STREAM_TIE: Note = {
  code: 'PRIORITY_TIE',
  message: 'several routes have the same priority, and the order in which Traefik tries them is not stable',
};

function differing(a: StreamCandidate, b: StreamCandidate, keys: readonly Key[]): Key | undefined {
  return keys.find(({ value }) => value(a) !== value(b));
}

/** The routes that go first of those under one hostname, which is the most specific one for the name: the same for every such name. */
export function firstsUnder({ hostname, routes }: StreamsUnder, sni: string | undefined): readonly StreamRoute[] {
  const candidates = routes.map((route) => ({ route, hostname, written: writtenFor(route, sni), offered: [hostname] }));
  return firstsOf(candidates, TEXT).map(({ route }) => route);
}

/** The candidates that take the connection: by the text the most specific hostname, then the oldest, then by name; several where none of them goes first for certain. */
export function firstsOf(all: readonly StreamCandidate[], dialect: Precedence): readonly StreamCandidate[] {
  const taking = all.filter(({ hostname }) => hostname !== null);
  return [...new Set(readingsOf(dialect).flatMap((keys) => firstsBy(taking, keys)))];
}

function firstsBy(taking: readonly StreamCandidate[], keys: readonly Key[]): readonly StreamCandidate[] {
  const first = taking.reduce<StreamCandidate | undefined>((best, one) => {
    const key = best && differing(one, best, keys);
    return best && (!key || key.value(one) > key.value(best)) ? best : one;
  }, undefined);
  return first ? taking.filter((one) => !differing(one, first, keys)) : [];
}

/** Says of every candidate how it fared. */
export function judgeStreams(
  all: readonly StreamCandidate[],
  firsts: readonly StreamCandidate[],
  dialect: Precedence,
): readonly JudgedStream[] {
  const [first] = firsts;
  const [keys] = readingsOf(dialect);
  const taking = new Set(firsts);
  return all.map((candidate): JudgedStream => {
    if (candidate.hostname === null) {
      const own = candidate.offered.map((name) => name ?? '*').join(', ');
      return { candidate, outcome: 'no-match', reason: 'LISTENER_OTHER_NAME', key: 'sni', own, other: null };
    }
    const key = first && !taking.has(candidate) ? differing(candidate, first, keys) : undefined;
    if (first && key)
      return { candidate, outcome: 'lost', reason: key.reason, key: key.name, own: key.shown(candidate), other: key.shown(first) };
    const plain = { candidate, key: null, own: null, other: null };
    return firsts.length > 1
      ? { ...plain, outcome: 'possible', reason: streamGap(dialect).code }
      : { ...plain, outcome: 'selected', reason: 'RULE_SELECTED' };
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
  return {
    stage: 'rule',
    outcome: EVIDENCE_OF[outcome],
    reason,
    message: `${describeRef(route.ref)} ${WORD_OF[outcome]}${values}`,
    object: route.ref,
    pointer: route.rules[0]?.pointer ?? '/spec',
  };
}

const WORD_OF: Readonly<Record<CandidateOutcome, string>> = {
  selected: 'takes the connection',
  possible: 'may take the connection',
  lost: 'fits and loses',
  'no-match': 'does not fit',
  excluded: 'is not asked',
};
