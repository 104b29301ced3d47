import { type Answer, type Confidence, type Note, uniqueNotes } from '../kernel/answer.js';
import { type EvidenceStep, Trail } from '../kernel/evidence.js';
import { firstFew } from '../kernel/first-few.js';
import { type Problem, problem } from '../kernel/problem.js';
import type { Provenance } from '../kernel/provenance.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { NetworkModel } from '../model/network-model.js';
import { parseIp, reverseName } from '../net/ip.js';
import { checkDnsName } from './dns-name.js';
import { type DnsRecord, formatRecord, type QueryType, type Rcode } from './dns-record.js';
import { nameWarnings } from './internal/name-warnings.js';
import { type Asker, askerOf } from './internal/asker.js';
import { type CacheAnswer, cacheTimes } from './internal/cache-times.js';
import { corefileNotes } from './internal/corefile-notes.js';
import { explainResolver } from './internal/explain-resolver.js';
import { takeWalk, type TriedName, type Walk } from './internal/take-walk.js';
import type { NameQuestion, NameVerdict, OtherWalk } from './name-question.js';
import type { PodResolver, ResolverLine } from './pod-resolver.js';
import type { NameServer } from './server-answer.js';
import type { Libc } from './search-walk.js';

/** One name of the walk and what the server said to it. */
export interface NameStep {
  readonly name: string;
  readonly search: string | null;
  /** Null: not asked, or the answer is not known. */
  readonly rcode: Rcode | null;
  readonly outcome: string;
  readonly records: readonly string[];
  readonly questions: number;
  readonly reason: string;
  readonly message: string;
}

/** The resolver of the asking pod. */
export interface ResolverView {
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
  readonly lines: readonly ResolverLine[];
  readonly libc: Libc;
}

/** The room's part of the answer. */
export interface NameResult extends CacheAnswer {
  /** The name that answered, or the last one tried. Absolute. */
  readonly name: string;
  readonly type: QueryType | null;
  readonly rcode: Rcode | null;
  readonly truncated: boolean;
  readonly answer: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
  readonly additional: readonly DnsRecord[];
  /** The addresses among the answers, in their order. */
  readonly addresses: readonly string[];
  readonly resolver: ResolverView | null;
  readonly tried: readonly NameStep[];
  /** Questions sent to the name server. */
  readonly questions: number;
  /** The same walk by the other C library; null without a search list. */
  readonly otherLibc: OtherWalk | null;
}

/**
 * What a name resolves to: from a pod along its search list, each name tried with the rule that decided; without `from` as the name server answers it.
 * A text that is no DNS name is a problem that says why.
 */
export function resolveName(server: NameServer, given: NameQuestion): Result<Answer<NameVerdict, NameResult>, Problem> {
  const name = nameToAsk(given);
  if (!name.ok) return name;
  const question = { ...given, name: name.value };
  const asker = askerOf(server.model, question.from);
  const trail = new Trail();
  explainResolver(trail, asker);
  if (question.name !== given.name) trail.add(reversed(given.name, question.name));
  const asked = new Map<string, TriedName>();
  const walk = takeWalk(server, asker, question, question.libc, asked);
  const asks = asker.asksCluster && walk.questions > 0;
  if (asker.nodeLocal && asks) trail.add(NODE_LOCAL_HOP);
  for (const tried of walk.tried) explainTried(trail, tried, inventedIn(server.model, tried.records)?.provenance);
  const cache: CacheAnswer = asks ? cacheTimes(server.model, asker.nodeLocal, walk.last) : { cachedFor: null, visibleWithin: null };
  explainCache(trail, cache);
  const other = asker.resolver === undefined ? null : otherWalk(server, asker, question, asked);
  const corefile = asks ? corefileNotes(server.model, asker.nodeLocal, walk) : [];
  const warnings = uniqueNotes([...asker.warnings, ...nameWarnings(server.model, question, walk, other), ...corefile]);
  const assumptions = assumptionsOf(server.model, walk, asker);
  return ok({
    verdict: walk.verdict,
    summary: `${summarise(given, asker, walk)}${nearText(warnings)}`,
    result: { ...resultOf(question, asker, walk, other), ...cache },
    evidence: trail.list(),
    assumptions,
    warnings,
    confidence: confidenceOf(walk, [...assumptions, ...corefile]),
    enforcement: null,
  });
}

/** The service that was probably meant. */
function nearText(warnings: readonly Note[]): string {
  const near = warnings.find(({ code }) => code === 'NEAREST_SERVICE');
  return near ? `; ${near.message}` : '';
}

/** The name that is asked for: of an address with PTR its reverse name (RFC 1035 section 3.5, RFC 3596 section 2.5); a program takes an address as it is. */
function nameToAsk({ name, type, from }: NameQuestion): Result<string, Problem> {
  const ip = parseIp(name);
  if (!ip) return checkDnsName(name);
  if (type === 'PTR') return ok(`${reverseName(ip)}.`);
  if (type === undefined && from !== undefined) return ok(name);
  const message = `\`${name}\` is an address, and ${type ?? 'A and AAAA'} records are those of names`;
  const hint = `ask with type=PTR for the names of the address, or for \`${reverseName(ip)}.\``;
  return err(problem('invalid-request', message, { hint, errors: [{ pointer: '/name', code: 'address-not-a-name', message, hint }] }));
}

function reversed(address: string, name: string): EvidenceStep {
  return { stage: 'search-walk', outcome: 'info', reason: 'REVERSE_NAME', message: `the names of ${address} are asked for as \`${name}\`` };
}

/** What stands between the asker and the server (kubernetes `cluster/addons/dns/nodelocaldns`). */
const NODE_LOCAL_HOP = {
  stage: 'resolver',
  outcome: 'info',
  reason: 'NODE_LOCAL_DNS',
  message:
    'NodeLocal DNSCache on the asker’s node takes the question: it has a Corefile and a cache of its own, and passes names of the cluster on to the cluster’s DNS server',
} as const;

function explainCache(trail: Trail, { cachedFor, visibleWithin }: CacheAnswer): void {
  const tell = (reason: string, message: string): void => void trail.add({ stage: 'cache', outcome: 'info', reason, message });
  if (cachedFor !== null) tell('CACHED_FOR', `caches may go on giving this answer for ${cachedFor} s`);
  if (visibleWithin === null) return;
  tell('VISIBLE_WITHIN', `a name that is made now resolves within ${visibleWithin} s for whoever asked for it just before`);
}

function otherWalk(server: NameServer, asker: Asker, question: NameQuestion, asked: Map<string, TriedName>): OtherWalk | null {
  const libc: Libc = question.libc === 'glibc' ? 'musl' : 'glibc';
  const { verdict, last, questions } = takeWalk(server, asker, question, libc, asked);
  return { libc, verdict, name: last.step.name, questions };
}

/** What has an address of the answer tells how far it is to be believed; steps that tell of no address are as the input has them. */
function explainTried(trail: Trail, { step, outcome, decisions, records }: TriedName, invented: Provenance | undefined): void {
  const sourced = invented ? { provenance: invented } : {};
  const how = step.search === undefined ? 'as it is' : `with \`${step.search}\` of the search list`;
  const parent = trail.add({
    stage: 'search-walk',
    outcome: outcome === 'answer' ? 'match' : 'no-match',
    reason: 'NAME_TRIED',
    message: `\`${step.name}\` (${how}): ${outcome === 'answer' ? `${records.length} record${records.length === 1 ? '' : 's'}` : outcome}`,
    ...sourced,
  });
  for (const { reason, message, object } of decisions)
    trail.add({ stage: 'name-server', outcome: 'info', reason, message, object, parent, ...(object ? sourced : {}) });
}

function assumptionsOf(model: NetworkModel, walk: Walk, asker: Asker): readonly Note[] {
  if (walk.questions === 0) return [];
  const passed = walk.tried.filter(({ outcome }) => outcome === 'unknown').slice(0, walk.verdict === 'EXTERNAL' ? -1 : undefined);
  const forwarded = passed.map(({ step }) => ({
    code: 'OUTSIDE_HAS_NO_SUCH_NAME',
    message: `\`${step.name}\` is asked outside the cluster: taken to have no answer there`,
  }));
  const corefile = model.profile.dns.corefile === undefined && model.profile.dns.server === 'coredns';
  const settings = {
    code: 'COREFILE_ASSUMED',
    message: 'no Corefile is known: the DNS server is taken to run with the settings of kubeadm, or with those of the profile',
  };
  return uniqueNotes([...asker.assumptions, ...forwarded, ...(corefile ? [settings] : []), ...derivedAddresses(model, walk)]);
}

/** Addresses of the answer that the input does not show: a controller or the API server would give them. */
function derivedAddresses(model: NetworkModel, { last }: Walk): readonly Note[] {
  return last.records.flatMap((record) => {
    const invented = inventedIn(model, [record]);
    if (!invented) return [];
    return [
      { code: 'ADDRESS_DERIVED', message: `addresses of ${invented.whose} that are not in the input are those the cluster would give` },
    ];
  });
}

/** Whose address of some records the input does not show, and where it is from; undefined: it shows them all. */
function inventedIn(
  model: NetworkModel,
  records: readonly DnsRecord[],
): { readonly whose: string; readonly provenance: Provenance } | undefined {
  for (const { data } of records) {
    const owners = model.ipOwners.get(data) ?? [];
    const [owner] = owners;
    if (!owner || owners.some(({ ip }) => ip.provenance === 'observed')) continue;
    return { whose: owner.type === 'pod' ? 'pods' : owner.type === 'node' ? 'nodes' : 'services', provenance: owner.ip.provenance };
  }
  return undefined;
}

function confidenceOf(walk: Walk, assumptions: readonly Note[]): Confidence {
  if (walk.verdict === 'EXTERNAL') return 'INSUFFICIENT_INFO';
  return assumptions.length > 0 ? 'ASSUMED' : 'CERTAIN';
}

function summarise(question: NameQuestion, asker: Asker, walk: Walk): string {
  const names = `${walk.tried.length} name${walk.tried.length === 1 ? '' : 's'}, ${walk.questions} question${walk.questions === 1 ? '' : 's'}`;
  const where = asker.resolver ? `${question.name} from ${asker.label} (${question.libc})` : `${question.name} asked of the name server`;
  const { step, records } = walk.last;
  const data = records.map((record) => (record.type === 'A' || record.type === 'AAAA' ? record.data : `${record.type} ${record.data}`));
  const shown = firstFew(data, 4);
  if (walk.verdict === 'RESOLVED') return `${where} → ${step.name} = ${shown} (${names})`;
  const why = walk.last.decisions.at(-1)?.message ?? 'nobody answers';
  return `${where} → ${walk.verdict}${shown === '' ? '' : ` (${shown})`}: ${why} (${names})`;
}

function resultOf(question: NameQuestion, asker: Asker, walk: Walk, otherLibc: OtherWalk | null): Omit<NameResult, keyof CacheAnswer> {
  const { last } = walk;
  return {
    name: last.step.name,
    type: question.type ?? null,
    rcode: rcodeOf(walk),
    truncated: last.truncated,
    answer: last.records,
    authority: last.authority,
    additional: last.additional,
    addresses: last.records.filter(({ type }) => type === 'A' || type === 'AAAA').map(({ data }) => data),
    resolver: asker.resolver ? resolverView(asker.resolver, question.libc) : null,
    tried: walk.tried.map(stepView),
    questions: walk.questions,
    otherLibc,
  };
}

function resolverView({ nameservers, searches, options, lines }: PodResolver, libc: Libc): ResolverView {
  return { nameservers, searches, options, lines, libc };
}

function stepView({ step, rcode, outcome, records, questions, decisions }: TriedName): NameStep {
  const decision = decisions.at(-1);
  return {
    name: step.name,
    search: step.search ?? null,
    rcode: rcode ?? null,
    outcome,
    records: records.map(formatRecord),
    questions,
    reason: decision?.reason ?? 'NOT_IN_ZONE',
    message: decision?.message ?? '',
  };
}

/** The code the asker gets; null where the answer comes from outside and is not known. */
function rcodeOf({ verdict, last }: Walk): Rcode | null {
  if (verdict === 'RESOLVED' || verdict === 'EXTERNAL') return last.rcode ?? null;
  return verdict === 'NODATA' ? 'NOERROR' : verdict;
}
