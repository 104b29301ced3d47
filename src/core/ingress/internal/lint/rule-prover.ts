import { inMap } from '../../../kernel/in-map.js';
import type { Steps } from '../../../kernel/steps.js';
import { backtracksWithoutBound } from '../../../regex/backtracking.js';
import type { RegexProgram } from '../../../regex/regex-program.js';
import { matchRegex } from '../../../regex/match-regex.js';
import { uncoveredText } from '../../../regex/uncovered-text.js';
import type { Ingress } from '../../../resources/ingress.js';
import type { RouteLintCodeName } from '../../route-lint-codes.js';
import type { RuleWitness, RuleState } from '../../route-lint-result.js';
import type { RouteRequest } from '../../route-request.js';
import { describeClaim } from '../claim-text.js';
import type { ClassRouter, JudgedRule, Takers } from '../dialect.js';
import { isCanary, readsNginxAnnotations } from '../dialect-family.js';
import { annotationsOf } from '../nginx/annotations.js';
import { prefixPath, type PathRule, type RoutingObject } from '../path-rule.js';
import { hostCovers, readRequestHost, type RequestHost } from '../request-host.js';
import { PathLanguages } from './path-language.js';
import { isPlainPath, lineOf, PATH_CHARACTERS, plainRequest, witnessHosts, witnessPaths } from './witness-requests.js';

/** What was shown of one rule. */
export interface RuleProof {
  readonly state: RuleState;
  readonly witness?: RuleWitness;
  /** The rules that together take all it matches. */
  readonly by?: readonly PathRule[];
  readonly why?: string;
  readonly code?: RouteLintCodeName;
}

const SEARCH = { begins: '/', preferred: PATH_CHARACTERS, admits: isPlainPath };

/** How often the search for a request that others leave over is begun anew. */
const MOST_ROUNDS = 24;

/** So many rules are compared with requests before others may run. */
const STRETCH = 500;

/** Of so many requests is kept how rules fare with them: more than one rule is tried with. */
const MOST_JUDGED = 8;

/** Where requests to a rule of an Ingress are sent. */
interface Asked {
  readonly ingress: Ingress;
  readonly of: string | undefined;
  readonly scheme: 'http' | 'https';
  readonly name: string;
  readonly host: RequestHost;
  /** How many rules a request there may be compared with: expressions are, one after the other. */
  readonly rivals: number;
}

/** A rule, and where requests to it are sent. */
interface Tried extends Pick<Asked, 'scheme' | 'name' | 'host' | 'rivals'> {
  readonly rule: PathRule;
}

/** How the rules fare with a plain request. */
interface Judged {
  readonly takers: Takers;
  readonly byHolder: ReadonlyMap<RoutingObject, readonly JudgedRule[]>;
}

/**
 * Shows of rules of one class that a request reaches them, or that none does. A witness counts when the router itself gives it to the rule. A rule is shadowed when the
 * rules that were seen to take its requests cover together all that it matches: which of two matching rules goes first is the same for every request.
 */
export class RuleProver {
  private readonly languages: PathLanguages;
  private readonly witnessFor: (host: string | undefined) => string;
  private compared = 0;
  private lastAsked: Asked | undefined;
  /** Of the last requests, by their URL. */
  private readonly lastJudged = new Map<string, Judged>();

  constructor(private readonly router: ClassRouter) {
    this.languages = new PathLanguages(router);
    const hosts = new Set(router.hosts);
    this.witnessFor = witnessHosts((name) => hosts.has(name));
  }

  /** Yields where very many rules were compared. */
  *prove(rule: PathRule<Ingress>): Steps<RuleProof> {
    const refused = this.router.refused?.(rule);
    if (refused) return provenOfRefused(refused);
    const { scheme, name, host, rivals } = this.whereTo(rule);
    const tried: Tried = { rule, scheme, name, host, rivals };
    const first = yield* this.proveOver(tried);
    // Traefik binds rules to entry points: what is hidden on one may be reached on the other.
    if (first.state === 'live' || !this.router.dialect.startsWith('traefik')) return first;
    const second = yield* this.proveOver({ ...tried, scheme: tried.scheme === 'http' ? 'https' : 'http' });
    if (second.state === 'live' || first.state === 'unreachable') return second;
    if (second.state === 'unreachable' || first.state !== 'shadowed') return first;
    return second.state === 'shadowed' ? shadowed([...new Set([...(first.by ?? []), ...(second.by ?? [])])]) : second;
  }

  private *proveOver(tried: Tried): Steps<RuleProof> {
    const { rule } = tried;
    const winners: PathRule[] = [];
    for (const path of this.pathsFor(rule)) {
      if (this.isDue) yield;
      this.compared += tried.rivals;
      const found = this.attempt(tried, path);
      if (found.proof) return found.proof;
      winners.push(...found.winners);
    }
    return this.withoutPlainWitness(tried, winners);
  }

  private get isDue(): boolean {
    if (this.compared < STRETCH) return false;
    this.compared = 0;
    return true;
  }

  /** Under which name a rule is asked, and over TLS where the controller, or its Ingress, has a certificate for it; worked out once for rules of one host in a row. */
  private whereTo({ host, ingress }: PathRule<Ingress>): Asked {
    if (this.lastAsked?.ingress === ingress && this.lastAsked.of === host) return this.lastAsked;
    const plain = this.witnessFor(host);
    const isSecure = ingress.tls.some(({ hosts }) => hosts.some((one) => hostCovers(one, plain)));
    const { scheme, port } = this.router.askedAt?.(plain) ?? { scheme: isSecure ? 'https' : 'http', port: undefined };
    const name = port === undefined || port === (scheme === 'https' ? 443 : 80) ? plain : `${plain}:${port}`;
    const sentTo = readRequestHost(name);
    const rivals = this.lastAsked?.name === name ? this.lastAsked.rivals : this.rivalsAt(sentTo);
    const asked: Asked = { ingress, of: host, scheme, name, host: sentTo, rivals };
    this.lastAsked = asked;
    return asked;
  }

  private rivalsAt(host: RequestHost): number {
    return this.router.hostSteps(host).reduce((sum, { rules }) => sum + rules.length, 0);
  }

  /** Paths that a rule probably takes, the plainest first; of an expression one that it matches. */
  private pathsFor(rule: PathRule): Iterable<string> {
    const { path = '/', pathType } = rule;
    const isPattern = this.languages.isPattern(rule);
    if (!isPattern || !/[*+?()[\]{}|^$\\]/.test(path)) return witnessPaths(path, pathType === 'Exact' && !isPattern);
    const language = this.languages.of(rule)?.atMost;
    const left = language && uncoveredText(language, [], SEARCH);
    return left?.found === 'text' ? [left.text] : [];
  }

  /** Equal for rules that match the same requests; undefined for a canary, which shares them. */
  placeOf({ host, path = '/', pathType, ingress }: PathRule): string | undefined {
    const { dialect } = this.router;
    if (isCanary(dialect, ingress)) return undefined;
    const isPrefix = pathType === 'Prefix' || (pathType === 'ImplementationSpecific' && readsNginxAnnotations(dialect));
    return `${host ?? ''} ${isPrefix ? 'Prefix' : (pathType ?? '')} ${isPrefix ? prefixPath(path) : path}`;
  }

  /** Whether the rule is an expression that nginx matches by trying every way. */
  backtracks(rule: PathRule): boolean {
    return this.router.dialect === 'ingress-nginx' && this.languages.isPattern(rule) && backtracksWithoutBound(rule.path ?? '');
  }

  /** Whether the rule is an expression that the safe matcher refuses. */
  isUnsupported(rule: PathRule): boolean {
    return this.languages.isPattern(rule) && this.languages.of(rule) === undefined;
  }

  /** One request: the rule takes it, or may (then nothing more can be said), or others do. */
  private attempt(
    { rule, scheme, name, host }: Tried,
    path: string,
  ): { readonly proof?: RuleProof; readonly winners: readonly PathRule[] } {
    const request = plainRequest(scheme, name, path);
    const only = this.router.takerOf?.(request, host);
    if (only === 'nobody') return { winners: [] };
    if (only && sameRule(only, rule)) return { proof: { state: 'live', witness: lineOf(request) }, winners: [] };
    const { rules, certain, beaten } = this.takers(request, host, rule);
    const [first] = rules;
    if (!certain || first === undefined || !rules.every((one) => sameRule(one, first))) return { winners: [] };
    if (sameRule(first, rule)) return { proof: { state: 'live', witness: lineOf(request) }, winners: [] };
    return { winners: beaten && this.isBetter(first, rule, path) ? [first] : [] };
  }

  /** Who takes a request; `beaten`: that the rule matches it too is not denied. */
  private takers(request: RouteRequest, host: RequestHost, rule: PathRule): Takers & { readonly beaten: boolean } {
    if (this.router.takers) return { ...this.router.takers(request, host), beaten: true };
    const { takers, byHolder } = this.judged(request, host);
    return { ...takers, beaten: byHolder.get(rule.ingress)?.some((one) => one.outcome === 'lost' && sameRule(one.rule, rule)) ?? false };
  }

  /** How the rules fare with a request; worked out once for rules in a row that are asked the same, of which a host may have thousands. */
  private judged(request: RouteRequest, host: RequestHost): Judged {
    const url = `${request.scheme}://${request.host}${request.path}`;
    const known = this.lastJudged.get(url);
    if (known) return known;
    const { judged } = this.router.judge(request, host);
    this.compared += judged.length;
    const rules = judged.filter(({ outcome }) => outcome === 'selected' || outcome === 'possible').map((one) => one.rule);
    const byHolder = new Map<RoutingObject, JudgedRule[]>();
    for (const one of judged) inMap(byHolder, one.rule.ingress, (): JudgedRule[] => []).push(one);
    const takers = { rules, certain: judged.some(({ outcome }) => outcome === 'selected') };
    const made = { takers, byHolder };
    const [oldest] = this.lastJudged.keys();
    if (oldest !== undefined && this.lastJudged.size >= MOST_JUDGED) this.lastJudged.delete(oldest);
    this.lastJudged.set(url, made);
    return made;
  }

  /** Whether the winner takes the path because it ranks first, and not by `app-root`, which takes `/` from every rule (rule B14). */
  private isBetter(winner: PathRule, rule: PathRule, path: string): boolean {
    const language = this.languages.of(winner);
    if (!language || !matchRegex(language.atLeast, path)) return false;
    const byAppRoot = path === '/' && this.router.dialect === 'ingress-nginx' && annotationsOf(winner.ingress).appRoot !== '';
    return !byAppRoot || (rule.pathType === 'Exact' && !this.languages.isPattern(rule));
  }

  private withoutPlainWitness(tried: Tried, winners: readonly PathRule[]): RuleProof {
    const { rule, host } = tried;
    const request = plainRequest(tried.scheme, tried.name, rule.path === undefined || rule.path === '' ? '/' : rule.path);
    const own = this.judged(request, host)
      .byHolder.get(rule.ingress)
      ?.find((one) => sameRule(one.rule, rule));
    if (!own) return { state: 'unreachable', why: `${this.router.dialect} makes nothing of the rule`, code: 'ING-RULE-IGNORED' };
    if (own.reason === 'CANARY_PATH') return this.proveCanary(request, host, rule);
    if (own.outcome === 'excluded' && own.reason !== 'PATH_TAKEN') return provenOfRefused(own);
    if (own.outcome === 'possible' || own.outcome === 'selected') return { state: 'undecided', why: own.message, code: 'ING-UNDECIDED' };
    if (own.reason === 'PATH_TAKEN') return shadowed(winners.slice(0, 1), own.message);
    return this.searchFurther(tried, winners, own);
  }

  /** Looks for what the winners leave over, as long as that shows new winners. */
  private searchFurther(tried: Tried, first: readonly PathRule[], own: JudgedRule): RuleProof {
    const undecided: RuleProof = { state: 'undecided', why: `no request was found that reaches it: ${own.message}`, code: 'ING-UNDECIDED' };
    const language = this.languages.of(tried.rule)?.atMost;
    const covering = new Map<string, { readonly rule: PathRule; readonly program: RegexProgram }>();
    if (!language) return undecided;
    let winners = first;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const before = covering.size;
      for (const rule of winners) {
        const program = coversHost(rule, tried.rule) ? this.languages.of(rule)?.atLeast : undefined;
        if (program) covering.set(placeText(rule), { rule, program });
      }
      if (round > 0 && covering.size === before) return undecided;
      const programs = [...covering.values()].map(({ program }) => program);
      const left = uncoveredText(language, programs, SEARCH);
      if (left.found === 'none') return shadowed([...covering.values()].map(({ rule }) => rule));
      if (left.found === 'unknown') return undecided;
      const found = this.attempt(tried, left.text);
      if (found.proof) return found.proof;
      winners = found.winners;
    }
    return undecided;
  }

  /** A canary is live where a request gets to its Service (rule B22). */
  private proveCanary(request: RouteRequest, host: RequestHost, rule: PathRule): RuleProof {
    const { canary } = annotationsOf(rule.ingress);
    const service = rule.backend?.type === 'service' ? rule.backend.name : undefined;
    const header = canary?.header === '' ? undefined : canary?.header;
    const value = canary && canary.headerValue !== '' ? canary.headerValue : 'always';
    const headers: RouteRequest['headers'][] = [
      ...(header === undefined ? [] : [[[header, value]] as const]),
      ...(canary === undefined || canary.cookie === '' ? [] : [[['Cookie', `${canary.cookie}=always`]] as const]),
      [],
    ];
    for (const one of headers) {
      const sent = { ...request, headers: one };
      const { outcomes } = this.router.judge(sent, host);
      const [only, ...others] = outcomes;
      if (
        others.length === 0 &&
        only?.backends.some((backend) => backend.service === service && backend.namespace === rule.ingress.namespace)
      )
        return { state: 'live', witness: lineOf(sent) };
    }
    return { state: 'undecided', why: 'no request was found of which the canary gets a part', code: 'ING-UNDECIDED' };
  }
}

/** Of a rule that the controller makes nothing of, unless it is not known who has its host. */
function provenOfRefused({ reason, message }: JudgedRule): RuleProof {
  if (reason === 'HOST_OWNER_UNKNOWN') return { state: 'undecided', why: message, code: 'ING-UNDECIDED' };
  return { state: 'unreachable', why: message, code: 'ING-RULE-IGNORED' };
}

function shadowed(by: readonly PathRule[], message?: string): RuleProof {
  const names = by.map((rule) => `${rule.pathType ?? ''} \`${rule.path ?? '/'}\` of ${describeClaim(rule.ingress)}`);
  return { state: 'shadowed', by, why: message ?? `all it matches is taken by ${names.join(' and ')}`, code: 'ING-SHADOWED' };
}

const placeText = ({ ingress, pointer }: PathRule) => `${ingress.namespace}/${ingress.ref.name} ${pointer}`;

/** A dialect may make rules of its own of a path. */
function sameRule(a: PathRule, b: PathRule): boolean {
  return a.ingress === b.ingress && a.pointer === b.pointer;
}

/** Whether a rule is asked wherever the other one is. */
function coversHost(a: PathRule, b: PathRule): boolean {
  return a.host === undefined || a.host === b.host;
}
