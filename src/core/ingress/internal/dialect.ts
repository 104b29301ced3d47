import type { Note } from '../../kernel/answer.js';
import type { Steps } from '../../kernel/steps.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { Ingress } from '../../resources/ingress.js';
import type { RouteLintCodeName } from '../route-lint-codes.js';
import type { RuleWitness, RuleState } from '../route-lint-result.js';
import type { IngressDialectName, RouteRequest } from '../route-request.js';
import type {
  CandidateOutcome,
  ForwardedRequest,
  ResponseHeaderChange,
  RouteBackend,
  RouteErrorPages,
  RouteMirror,
  RouteRedirect,
} from '../route-result.js';
import type { BackendOutcome } from './backend-outcome.js';
import type { CertificateOutcome } from './certificate-choice.js';
import type { AnyGapCode } from './gaps.js';
import type { PathRule, RoutingObject } from './path-rule.js';
import type { RequestHost } from './request-host.js';

/** How one path rule fared, with the first key that decided and both values. */
export interface JudgedRule {
  readonly rule: PathRule;
  readonly outcome: CandidateOutcome;
  readonly reason: string;
  readonly key: string | null;
  readonly own: string | null;
  readonly other: string | null;
  readonly message: string;
}

/** The rules of one host, as the dialect found them for a request. The first of a list is the most specific. */
export interface HostStep {
  readonly host: string | undefined;
  readonly kind: 'precise' | 'wildcard' | 'any';
  readonly rules: readonly PathRule[];
}

/** One way the request can go, followed to its endpoints. */
export interface Outcome {
  /** Undefined where no class was judged. */
  readonly router: ClassRouter | undefined;
  /** Where the rule or default backend stands; undefined where no object decides. */
  readonly place: { readonly ingress: RoutingObject; readonly pointer: string } | undefined;
  /** `Prefix /api`, `default backend`; undefined where no object decides. */
  readonly served: string | undefined;
  /** Outcomes of the same key are the same to a client. */
  readonly key: string;
  /** The code of the gap that admits more than one outcome; null where the rules are clear. */
  readonly because: AnyGapCode | null;
  readonly reached: BackendOutcome;
  /** The Services that share the requests; one, unless there is a canary. */
  readonly backends: readonly RouteBackend[];
  /** What the controller itself answers; null where a backend does, or the rules do not say. */
  readonly status: number | null;
  /** The status that the client gets with a page of an error, which a Service writes. */
  readonly pageStatus?: number;
  /** What the backend receives; undefined where it gets the request as it came. */
  readonly forwarded: ForwardedRequest | undefined;
  readonly redirect: RouteRedirect | null;
  /** Services that get a copy of the request. */
  readonly mirrors?: readonly RouteMirror[];
  /** Errors whose pages somebody else writes. */
  readonly errorPages?: RouteErrorPages | null;
  /** What is done to the headers of the answer. */
  readonly responseHeaders?: readonly ResponseHeaderChange[];
}

/** What a dialect finds out about one request. */
export interface Judgement {
  /** Exactly one where the rules are clear. */
  readonly outcomes: readonly Outcome[];
  /** How each path of the covering hosts fared; a dialect may work it out when it is read. */
  readonly judged: readonly JudgedRule[];
  readonly assumptions: readonly Note[];
  readonly warnings: readonly Note[];
}

/** The rules that may take a request, without the reasons. */
export interface Takers {
  readonly rules: readonly PathRule[];
  /** Whether one of them takes it for certain, so that nothing else can. */
  readonly certain: boolean;
}

/** A rule of a kind of the controller's own. */
export interface OwnRule {
  readonly rule: PathRule;
  /** The same for rules that match the same requests. */
  readonly claim: string;
  readonly prove: () => Steps<OwnProof>;
}

/** What was shown of it. */
export interface OwnProof {
  readonly state: RuleState;
  readonly witness: RuleWitness | undefined;
  /** The rules that take all it matches. */
  readonly by: readonly PathRule[];
  readonly why: string | undefined;
  /** Why the controller makes nothing of it, and where that stands if not at the rule as a whole. */
  readonly faults: readonly { readonly code: RouteLintCodeName; readonly message: string; readonly pointer?: string }[];
}

/** A host that an object names and another one has, with all its paths. */
export interface LostHost {
  readonly host: string;
  readonly holder: RoutingObject;
  readonly loser: RoutingObject;
  /** False: nothing says which of the two has it. */
  readonly decided: boolean;
}

/** Why the controller cannot serve what it was given, as a whole, and what makes it so. */
export interface Rejection {
  readonly message: string;
  readonly ingress: RoutingObject | undefined;
  readonly pointer: string;
}

/** The routing of one class by one dialect, compiled once per model. */
export interface ClassRouter {
  readonly dialect: IngressDialectName;
  readonly className: string | undefined;
  readonly members: readonly Ingress[];
  /** Every valid host that a rule names, for near misses. */
  readonly hosts: readonly string[];
  /** Where a host is named outside Ingresses, which `members` are; for near misses. */
  placeOfHost?(host: string): { readonly ingress: RoutingObject; readonly pointer: string } | undefined;
  /** The host rules that cover the request's host, the most specific first. */
  hostSteps(host: RequestHost): readonly HostStep[];
  judge(request: RouteRequest, host: RequestHost): Judgement;
  /** Its wildcards cover names of any depth. */
  readonly wildcardsAreDeep?: true;
  /** Where a name is to be asked, where more than `spec.tls` of the Ingress that has a path says so; without a port at that of the scheme. */
  askedAt?(name: string): { readonly scheme: 'http' | 'https'; readonly port: number | undefined };
  /** What `judge` says of the rules that may take the request, where the dialect has a shorter way to it. */
  takers?(request: RouteRequest, host: RequestHost): Takers;
  /** The one rule that takes a request for certain, or that none does, where the dialect finds it without a look at all others; undefined says nothing. */
  takerOf?(request: RouteRequest, host: RequestHost): PathRule | 'nobody' | undefined;
  /** How a rule fares that the controller makes nothing of, whatever is asked, where that is known without a request. */
  refused?(rule: PathRule): JudgedRule | undefined;
  /** Whether the controller makes nothing of an Ingress as a whole. */
  readonly passesOver?: (ingress: Ingress) => boolean;
  /** The rules that stand in kinds of the controller's own, and what can be shown of each; for `route-lint`. */
  ownRules?(): Iterable<OwnRule>;
  /** Where a host belongs to one Ingress alone: what others lose by it. */
  readonly lostHosts?: readonly LostHost[];
  /** Set where one mistake stops the controller from taking any change. */
  readonly rejected?: Rejection | undefined;
  /** The certificate for a name in the TLS hello, where the dialect has rules of its own for it. */
  readonly certificateFor?: (sni: string | undefined, request: RouteRequest) => CertificateOutcome;
}

/** The rules by which one controller turns objects into routing: how Ingresses become a table, and how a request is matched in it. */
export interface Dialect {
  compile(model: NetworkModel, className: string | undefined): Steps<ClassRouter>;
}
