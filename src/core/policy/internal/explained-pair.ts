import { qualifiedName } from '../../kernel/object-ref.js';
import type { Steps } from '../../kernel/steps.js';
import {
  connectionsKey,
  type ConnectionSet,
  EVERY_PORT,
  formatConnections,
  haveConnections,
  intersectConnections,
  NO_CONNECTIONS,
  subtractConnections,
  unionConnections,
} from './connection-set.js';
import { DIRECTIONS, type Direction } from './direction.js';
import { type ConnectionJudgement, judgeConnectionInSteps } from './judge-connection.js';
import type { DirectionJudgement } from './judge-direction.js';
import type { LayerJudgement, PolicyJudgement, RuleJudgement } from './judge-layer.js';
import type { Group } from './listing-groups.js';
import { canMeet } from './policy-endpoint.js';
import type { PolicyIndex } from './policy-index.js';

/** Two that are explained, by the names under which the listing has them. */
interface Ends {
  readonly from: string;
  readonly to: string;
}

/** Connections for which the same policies give the same reasons. */
interface Explained {
  readonly connections: ConnectionSet;
  readonly allowed: boolean;
  /** Empty: the system default alone. */
  readonly reasons: readonly string[];
}

/** Of more stretches of ports that rules tell apart the reasons are not told one by one. */
const MOST_CUTS = 200;
const DEFAULT = 'the system default (Allow all)';
const RULER = '-'.repeat(160);

/** How the first of the two's endpoints that can meet are judged; undefined: no policy says anything about them, or they cannot meet. */
export function* judgedPair(index: PolicyIndex, from: Group, to: Group): Steps<ConnectionJudgement | undefined> {
  for (const { class: source } of from.classes.values()) {
    for (const { class: destination } of to.classes.values()) {
      if (!canMeet(source.families, destination.families)) continue;
      const flow = { source: source.endpoint, destination: destination.endpoint, self: false, ownNode: false };
      const judgement = yield* judgeConnectionInSteps(index, flow);
      return DIRECTIONS.some((direction) => judgement[direction].layers.length > 0) ? judgement : undefined;
    }
  }
  return undefined;
}

/** The reasons for what is allowed between the two and what is not, in the words of netpol-analyzer's `--explain`; undefined: the system default alone. Yields often. */
export function* explainedPair(ends: Ends, judgement: ConnectionJudgement): Steps<readonly string[] | undefined> {
  const head = [RULER, `Connections between ${ends.from} => ${ends.to}:`, ''];
  const parts = yield* partsOf(judgement);
  if (!parts) return [...head, `more than ${MOST_CUTS} stretches of ports are told apart: ask \`policy-verdict\``, ''];
  const byReasons = new Map<string, Explained>();
  for (const part of parts) {
    yield;
    const sides = DIRECTIONS.map((direction) => sideOf(direction, judgement[direction], part, ends));
    const reasons = sides.every(({ byDefault }) => byDefault) ? [] : sides.flatMap(({ lines }) => lines);
    const key = reasons.join('\n');
    const known = byReasons.get(key);
    const connections = known ? unionConnections(known.connections, part) : part;
    byReasons.set(key, { connections, allowed: sides.every(({ allowed }) => allowed), reasons });
  }
  if ([...byReasons.values()].every(({ reasons }) => reasons.length === 0)) return undefined;
  const told = [...byReasons.values()].map((one) => ({ ...one, text: connectionWords(one.connections) }));
  told.sort((a, b) => (a.text < b.text ? -1 : 1));
  return [...head, ...section('Allowed', told), ...section('Denied', told)];
}

function section(word: 'Allowed' | 'Denied', told: readonly (Explained & { readonly text: string })[]): readonly string[] {
  const own = told.filter(({ allowed }) => allowed === (word === 'Allowed'));
  if (own.length === 0) return [];
  const lines = own.flatMap(({ text, reasons }) => {
    const why = reasons.length === 0 ? DEFAULT : 'the following policies and rules:';
    return [`\t${word} ${text} due to ${why}`, ...reasons, ''];
  });
  return [`${word} connections:`, ...lines];
}

/** Every port, cut where the rules that decide tell connections apart; undefined: too often. */
function* partsOf(judgement: ConnectionJudgement): Steps<readonly ConnectionSet[] | undefined> {
  const cuts = new Map<string, ConnectionSet>();
  for (const direction of DIRECTIONS) {
    for (const { decides } of judgement[direction].layers.flatMap(({ policies }) => policies.flatMap(({ rules }) => rules))) {
      if (decides !== NO_CONNECTIONS) cuts.set(connectionsKey(decides), decides);
      if (cuts.size > MOST_CUTS) return undefined;
    }
  }
  let parts: readonly ConnectionSet[] = [EVERY_PORT];
  for (const cut of cuts.values()) {
    yield;
    parts = parts.flatMap((part) => {
      const [inside, outside] = [intersectConnections(part, cut), subtractConnections(part, cut)];
      return [inside, outside].filter((set) => set !== NO_CONNECTIONS);
    });
  }
  return parts;
}

interface Side {
  readonly allowed: boolean;
  readonly byDefault: boolean;
  readonly lines: readonly string[];
}

/** What one side's policies say of connections that their rules do not tell apart. */
function sideOf(direction: Direction, judgement: DirectionJudgement, part: ConnectionSet, ends: Ends): Side {
  const reasons: string[] = [];
  let allowed: boolean | undefined;
  for (const layer of judgement.layers) {
    if (allowed !== undefined || !haveConnections(layer.open, part)) break;
    const deciding = layer.policies.flatMap(({ rules }) => rules.filter(({ decides }) => haveConnections(decides, part)));
    const final = deciding.find(({ rule }) => rule.action !== 'Pass');
    if (final) allowed = final.rule.action === 'Accept';
    reasons.push(...listed(deciding.map((one) => byRule(direction, one))));
    if (deciding.length > 0 || layer.at.end === 'open') continue;
    allowed = false;
    reasons.push(...listed(isolating(direction, layer, ends)));
  }
  const word = direction === 'egress' ? 'Egress' : 'Ingress';
  if (reasons.length === 0) return { allowed: true, byDefault: true, lines: [`\t\t${word} (Allowed) due to ${DEFAULT}`] };
  if (allowed === undefined) reasons.push(DEFAULT);
  return {
    allowed: allowed !== false,
    byDefault: false,
    lines: [`\t\t${word} (${allowed === false ? 'Denied' : 'Allowed'})`, ...reasons.map((one) => (one === '' ? '' : `\t\t\t${one}`))],
  };
}

/** One reason stands by itself, several are a list. */
function listed(reasons: readonly string[]): readonly string[] {
  const [first] = reasons;
  if (first === undefined || reasons.length === 1) return reasons;
  const list = [...reasons].sort().map((one) => `\t- ${one}`);
  return [`${first.slice(0, first.indexOf(' '))} list:`, ...list, ''];
}

const VERBS = { Accept: 'allows', Deny: 'denies', Pass: 'passes' } as const;

function byRule(direction: Direction, { rule }: RuleJudgement): string {
  return `${policyName(rule.policy)} ${VERBS[rule.action]} connections by ${ruleName(direction, rule)}`;
}

/** Why policies that isolate refuse what no rule of theirs admits. */
function isolating(direction: Direction, { policies }: LayerJudgement, ends: Ends): readonly string[] {
  const [subject, other] = direction === 'egress' ? [ends.from, ends.to] : [ends.to, ends.from];
  const word = direction === 'egress' ? 'Egress' : 'Ingress';
  return policies
    .filter(({ acting }) => acting.isolates)
    .map(({ acting, rules }) => {
      const head = `${policyName(acting.policy)} selects ${subject}`;
      const near = nearest(rules);
      if (near) return `${head}, and ${ruleName(direction, near)} selects ${other}, but the protocols and ports do not match`;
      return `${head}, but ${other} is not allowed by any ${word} rule${acting.rules.length === 0 ? ' (no rules defined)' : ''}`;
    });
}

function nearest(rules: PolicyJudgement['rules']): RuleJudgement['rule'] | undefined {
  return rules.find(({ admitsPeer, concerns }) => admitsPeer && concerns)?.rule;
}

function policyName(policy: RuleJudgement['rule']['policy']): string {
  return `${policy.kind} '${qualifiedName(policy.ref)}'`;
}

/** Rules without a name go by their place. */
function ruleName(direction: Direction, { pointer, name }: RuleJudgement['rule']): string {
  return `${direction === 'egress' ? 'Egress' : 'Ingress'} rule ${name ?? `#${Number(pointer.split('/').at(-1)) + 1}`}`;
}

/** `TCP:[1-8079,8081-65535], UDP, SCTP`. */
function connectionWords(connections: ConnectionSet): string {
  const text = formatConnections(connections);
  if (text === 'All Connections') return 'TCP, UDP, SCTP';
  const parts = text.split(/,(?=[A-Z])/);
  return ['TCP', 'UDP', 'SCTP']
    .flatMap((protocol) => {
      const own = parts.find((part) => part.startsWith(`${protocol} `))?.slice(protocol.length + 1);
      return own === undefined ? [] : own === '1-65535' ? protocol : `${protocol}:[${own}]`;
    })
    .join(', ');
}
