import { forEachInSteps, type Steps } from '../../kernel/steps.js';
import { pathFault } from '../../resources/ingress-path-fault.js';
import type { Ingress, IngressRule } from '../../resources/ingress.js';
import type { HostStep } from './dialect.js';
import { pathRule, type PathRule } from './path-rule.js';
import { PathIndex, SharedPaths } from './path-index.js';
import { hostFault, parentDomain, type RequestHost } from './request-host.js';

/** A group to which rules are still added. */
interface Draft extends HostStep {
  readonly rules: PathRule[];
  readonly open: PathRule[];
  readonly whole: PathRule[];
  readonly holders: Ingress[];
}

/** So many Ingresses, or hosts, are read in one step. */
const STRETCH = 100;

/** Most groups have none: the same one is near when a request comes, ten thousand of them are not. */
const NONE: readonly PathRule[] = [];

/** Every rule of one host, its valid paths of type Exact and Prefix indexed for matching: itself the index, which is one object less to wait for. */
export class HostGroup extends PathIndex implements HostStep {
  readonly host: string | undefined;
  readonly kind: HostStep['kind'];
  readonly rules: readonly PathRule[];
  /** Valid paths of type ImplementationSpecific. */
  readonly open: readonly PathRule[];
  /** Rules without an `http` part. */
  readonly whole: readonly PathRule[];
  /** The Ingresses that hold a rule for this host, in the model's order. */
  readonly holders: readonly Ingress[];

  constructor({ host, kind, rules, open, whole, holders }: Draft, shared: SharedPaths) {
    super(
      rules.filter(({ fault, pathType }) => fault === undefined && (pathType === 'Exact' || pathType === 'Prefix')),
      shared,
    );
    this.host = host;
    this.kind = kind;
    this.rules = rules;
    this.open = orNone(open);
    this.whole = orNone(whole);
    this.holders = holders;
  }
}

/** The rules of a list of Ingresses by host (rules A3 to A5): precise names, wildcards by the domain behind `*.`, and rules for every host. */
export class HostTable {
  private constructor(
    private readonly precise: ReadonlyMap<string, HostGroup>,
    private readonly wildcard: ReadonlyMap<string, HostGroup>,
    private readonly any: HostGroup | undefined,
    /** Ingresses that have a default backend, in the model's order. */
    readonly defaults: readonly Ingress[],
  ) {}

  static *build(ingresses: readonly Ingress[]): Steps<HostTable> {
    const defaults = ingresses.filter((ingress) => ingress.defaultBackend !== undefined);
    const drafts = yield* draftsOf(ingresses);
    const shared = new SharedPaths();
    const precise = yield* indexed(drafts.precise, shared);
    const wildcard = yield* indexed(drafts.wildcard, shared);
    const any = yield* indexed(drafts.any, shared);
    return new HostTable(precise, wildcard, any.get(''), defaults);
  }

  /** The hosts that rules name. */
  get hosts(): readonly string[] {
    return [...this.precise.keys(), ...[...this.wildcard.keys()].map((domain) => `*.${domain}`)];
  }

  /** The groups that cover a host, the most specific first. */
  groupsFor(host: RequestHost): readonly HostGroup[] {
    const groups: HostGroup[] = [];
    const precise = this.preciseFor(host);
    if (precise) groups.push(precise);
    const wildcard = this.wildcardFor(host);
    if (wildcard) groups.push(wildcard);
    if (this.any) groups.push(this.any);
    return groups;
  }

  /** The first of them. */
  mostSpecific(host: RequestHost): HostGroup | undefined {
    return this.preciseFor(host) ?? this.wildcardFor(host) ?? this.any;
  }

  /** No host rule can name an address. */
  private preciseFor({ name, isAddress }: RequestHost): HostGroup | undefined {
    return isAddress ? undefined : this.precise.get(name);
  }

  private wildcardFor({ name, isAddress }: RequestHost): HostGroup | undefined {
    const domain = isAddress || this.wildcard.size === 0 ? undefined : parentDomain(name);
    return domain === undefined ? undefined : this.wildcard.get(domain);
  }
}

const orNone = (rules: readonly PathRule[]) => (rules.length === 0 ? NONE : rules);

type Drafts = Readonly<Record<HostStep['kind'], Map<string, Draft>>>;

function* draftsOf(ingresses: readonly Ingress[]): Steps<Drafts> {
  const drafts: Drafts = { precise: new Map(), wildcard: new Map(), any: new Map() };
  yield* forEachInSteps(ingresses, STRETCH, (ingress) => {
    for (const rule of ingress.rules) {
      if (rule.host !== undefined && hostFault(rule.host) !== undefined) continue; // matches nothing; near misses name it
      addRule(draftFor(drafts, rule.host), ingress, rule);
    }
  });
  return drafts;
}

/** A group a host; a wildcard's by the domain behind `*.`, that of every host by no name. */
function draftFor(drafts: Drafts, host: string | undefined): Draft {
  const kind = host === undefined ? 'any' : host.startsWith('*.') ? 'wildcard' : 'precise';
  const key = kind === 'wildcard' ? host?.slice(2) : host;
  const known = drafts[kind].get(key ?? '');
  if (known) return known;
  const draft: Draft = { host, kind, rules: [], open: [], whole: [], holders: [] };
  drafts[kind].set(key ?? '', draft);
  return draft;
}

function addRule(group: Draft, ingress: Ingress, rule: IngressRule): void {
  if (group.holders.at(-1) !== ingress) group.holders.push(ingress);
  for (const path of rule.paths) {
    const entry = pathRule(ingress, rule.host, path, pathFault(path));
    group.rules.push(entry);
    if (entry.fault === undefined && path.pathType === 'ImplementationSpecific') group.open.push(entry);
  }
  if (rule.hasHttp) return;
  const whole: PathRule = {
    ingress,
    pointer: rule.pointer,
    host: rule.host,
    path: undefined,
    pathType: undefined,
    backend: ingress.defaultBackend,
    fault: undefined,
  };
  group.rules.push(whole);
  group.whole.push(whole);
}

function* indexed(drafts: ReadonlyMap<string, Draft>, shared: SharedPaths): Steps<ReadonlyMap<string, HostGroup>> {
  const groups = new Map<string, HostGroup>();
  yield* forEachInSteps(drafts, STRETCH, ([key, draft]) => groups.set(key, new HostGroup(draft, shared)));
  return groups;
}
