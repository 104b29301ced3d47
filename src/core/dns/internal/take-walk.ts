import { absoluteName } from '../dns-name.js';
import { type DnsRecord, type QueryType, type Rcode, uniqueRecords } from '../dns-record.js';
import type { NameQuestion, NameVerdict } from '../name-question.js';
import { resolveAtNode, resolveRecord } from '../resolve-record.js';
import type { NameServer, ServerAnswer } from '../server-answer.js';
import { failureOf, type Libc, searchWalk, type StepOutcome, stopsWalk, type WalkStep } from '../search-walk.js';
import type { Asker } from './asker.js';
import { type OwnName, ownName } from './own-names.js';
import type { DnsDecision } from './candidate.js';

/** One name of the walk with what came back. `unknown`: it was asked outside the cluster. */
export interface TriedName {
  readonly step: WalkStep;
  readonly outcome: StepOutcome | 'REFUSED' | 'unknown';
  readonly rcode: Rcode | undefined;
  readonly truncated: boolean;
  readonly records: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
  readonly additional: readonly DnsRecord[];
  readonly decisions: readonly DnsDecision[];
  readonly questions: number;
}

/** A whole walk. */
export interface Walk {
  readonly verdict: NameVerdict;
  readonly tried: readonly TriedName[];
  /** The name that answered, or the last one tried. */
  readonly last: TriedName;
  readonly questions: number;
}

/** What getaddrinfo asks for. */
const ADDRESSES: readonly QueryType[] = ['A', 'AAAA'];

/**
 * Asks name after name until the library has an answer or gives up. `known` has what another walk of the same question came to, and gets what is asked anew: the
 * server answers both libraries alike.
 */
export function takeWalk(
  server: NameServer,
  asker: Asker,
  question: NameQuestion,
  libc: Libc,
  known: Map<string, TriedName> = new Map(),
): Walk {
  const own = question.type === undefined && asker.resolver ? ownName(asker.hosts, question.name) : undefined;
  if (own) return knownBefore(question.name, own);
  const types = question.type === undefined ? ADDRESSES : [question.type];
  const steps = asker.resolver ? searchWalk(question.name, asker.resolver, libc) : searchWalk(absoluteName(question.name), NO_SEARCH, libc);
  const tried: TriedName[] = [];
  for (const step of steps) {
    const before = known.get(step.name);
    const one = before ? { ...before, step } : asker.asksCluster ? tryName(server, step, types, asker) : outsider(step, types);
    known.set(step.name, one);
    tried.push(one);
    // A search domain of the world outside is taken to have no such name; the name as it is, to be answered there. What a plugin makes of a name is not guessed.
    const ends = step.search === undefined || notModelled(one);
    if (one.outcome === 'unknown' ? ends : stopsWalk(libc, libraryOutcome(one))) break;
  }
  const last = tried.at(-1) ?? outsider({ name: absoluteName(question.name), search: undefined }, types);
  const questions = tried.reduce((sum, one) => sum + one.questions, 0);
  return { verdict: verdictOf(libc, steps, tried, last), tried, last, questions };
}

/** Nobody is asked. */
function knownBefore(name: string, { records, decision }: OwnName): Walk {
  const step: WalkStep = { name: absoluteName(name), search: undefined };
  const nothing = { rcode: undefined, truncated: false, authority: [], additional: [], questions: 0 };
  const last: TriedName = { ...nothing, step, outcome: 'answer', records, decisions: [decision] };
  return { verdict: 'RESOLVED', tried: [last], last, questions: 0 };
}

const NO_SEARCH = { nameservers: [], searches: [], options: [] };

function libraryOutcome({ outcome }: TriedName): StepOutcome {
  if (outcome === 'REFUSED') return 'SERVFAIL';
  return outcome === 'unknown' ? 'NXDOMAIN' : outcome;
}

function verdictOf(libc: Libc, steps: readonly WalkStep[], tried: readonly TriedName[], last: TriedName): NameVerdict {
  if (last.outcome === 'unknown') return 'EXTERNAL';
  if (last.outcome === 'answer') return leadsOutside(last) ? 'EXTERNAL' : 'RESOLVED';
  const failure = failureOf(libc, steps, tried.map(libraryOutcome));
  return failure === 'SERVFAIL' && tried.some(({ outcome }) => outcome === 'REFUSED') ? 'REFUSED' : failure;
}

/** Addresses were asked for and only names came back. */
function leadsOutside({ records, decisions }: TriedName): boolean {
  return records.every(({ type }) => type === 'CNAME') && decisions.some(({ reason }) => reason === 'EXTERNALNAME_OUTSIDE');
}

function notModelled({ decisions }: TriedName): boolean {
  return decisions.some(({ reason }) => reason === 'PLUGIN_NOT_MODELLED');
}

function tryName(server: NameServer, step: WalkStep, types: readonly QueryType[], { client, nodeLocal }: Asker): TriedName {
  const answers = types.map((type) =>
    nodeLocal ? resolveAtNode(server, nodeLocal, { name: step.name, type }) : resolveRecord(server, { name: step.name, type, client }),
  );
  const records = uniqueRecords(answers.flatMap(({ answer }) => answer));
  const found = records.length > 0;
  return {
    step,
    outcome: found ? 'answer' : failureOutcome(answers),
    rcode: answers.find(({ answer }) => answer.length > 0)?.rcode ?? answers[0]?.rcode,
    truncated: answers.some(({ truncated }) => truncated),
    records,
    authority: found ? [] : uniqueRecords(answers.flatMap(({ authority }) => authority)),
    additional: uniqueRecords(answers.flatMap(({ additional }) => additional)),
    decisions: decisionsOf(answers, found),
    questions: types.length,
  };
}

function failureOutcome(answers: readonly ServerAnswer[]): TriedName['outcome'] {
  if (answers.some(({ rcode }) => rcode === undefined)) return 'unknown';
  const [first] = answers;
  if (!first || first.rcode === undefined || first.rcode === 'NOERROR') return 'NODATA';
  return first.rcode;
}

/** The decisions of the answer that had records, or of all, each once. */
function decisionsOf(answers: readonly ServerAnswer[], found: boolean): readonly DnsDecision[] {
  const relevant = found ? answers.filter(({ answer }) => answer.length > 0) : answers;
  const seen = new Set<string>();
  return relevant
    .flatMap(({ decisions }) => decisions)
    .filter(({ reason, message }) => {
      const key = `${reason} ${message}`;
      return !seen.has(key) && seen.add(key);
    });
}

/** A name asked of a resolver that is not the cluster's. */
function outsider(step: WalkStep, types: readonly QueryType[]): TriedName {
  const decision: DnsDecision = {
    reason: 'NOT_ASKED_HERE',
    message: `\`${step.name}\` is asked of a resolver that is not the cluster’s DNS server`,
  };
  return {
    step,
    outcome: 'unknown',
    rcode: undefined,
    truncated: false,
    records: [],
    authority: [],
    additional: [],
    decisions: [decision],
    questions: types.length,
  };
}
