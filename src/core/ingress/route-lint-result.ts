import type { Severity } from '../kernel/diagnostic.js';
import type { ObjectRef } from '../kernel/object-ref.js';
import type { RouteLintCodeName } from './route-lint-codes.js';
import type { DialectName, IngressDialectName } from './route-request.js';

/** The meaning of each verdict. */
export const ROUTE_LINT_VERDICTS = {
  CLEAN: 'nothing was found',
  NOTES: 'only things worth knowing were found',
  WARNINGS: 'something was found that probably is not meant',
  ERRORS: 'something was found that cannot work',
} as const;

/** The gravest finding. */
export type RouteLintVerdict = keyof typeof ROUTE_LINT_VERDICTS;

/** Why a step of the evidence stands there. */
export const ROUTE_LINT_REASONS = {
  LINT_FOUND: 'how often a code was found',
  SCOPE_LINTED: 'a class or a Gateway that was looked at, and by whose rules',
} as const;

/** What becomes of one rule. */
export const RULE_STATES = ['live', 'shadowed', 'unreachable', 'undecided'] as const;

/** `live`: a witness reaches it; `shadowed`: proven that others take all it matches; `unreachable`: it is not in use at all; `undecided`: neither is shown. */
export type RuleState = (typeof RULE_STATES)[number];

/** A request, as `route` takes it. */
export interface RequestLine {
  readonly method: string;
  readonly url: string;
  /** `name: value`. */
  readonly headers: readonly string[];
  /** Where it comes from; null: it does not matter. */
  readonly clientAddress: string | null;
}

/** A request or a connection that a rule takes. */
export interface RuleWitness extends RequestLine {
  /** The protocols that the TLS hello offers; empty: they do not matter. */
  readonly alpn: readonly string[];
  /** The Secret, `namespace/name`, with a certificate that the client shows; null: none is asked for. */
  readonly clientCertificate: string | null;
}

/** A rule of an object. */
export interface RulePlace {
  readonly object: ObjectRef;
  readonly pointer: string;
}

/** One path of an Ingress or one match of a route, and whether any request reaches it. */
export interface LintedRule extends RulePlace {
  readonly dialect: DialectName;
  readonly class: string | null;
  /** `namespace/name`. */
  readonly gateway: string | null;
  /** Null: every host. */
  readonly host: string | null;
  readonly path: string;
  readonly pathType: string;
  readonly backend: string;
  readonly owner: string | null;
  readonly createdAt: string | null;
  readonly state: RuleState;
  /** A request that the rule takes, tried; null where none is known. */
  readonly witness: RuleWitness | null;
  /** The rules that take every request it matches. */
  readonly by: readonly RulePlace[];
  /** Why no request reaches it, or why it is not known; null for a live one. */
  readonly why: string | null;
}

/** One of the objects that claim the same requests. */
export interface RouteClaim extends RulePlace {
  readonly owner: string | null;
  readonly createdAt: string | null;
  readonly backend: string;
  /** Whether it gets the requests. */
  readonly wins: boolean;
}

/** The same host, path and conditions in several objects. */
export interface RouteConflict {
  readonly class: string | null;
  readonly gateway: string | null;
  readonly host: string | null;
  readonly path: string;
  readonly pathType: string;
  /** Whether the rules say who wins. */
  readonly decided: boolean;
  readonly claims: readonly RouteClaim[];
}

/** Something wrong or suspicious. */
export interface RouteFinding extends RulePlace {
  readonly code: RouteLintCodeName;
  readonly severity: Severity;
  readonly message: string;
  /** What it rests on: the rules that take the requests, the others that claim them; the first five. */
  readonly related: readonly RulePlace[];
  /** The same as long as code, object and place are. */
  readonly fingerprint: string;
}

/** How often a code was found. */
export interface RouteLintCount {
  readonly code: RouteLintCodeName;
  readonly severity: Severity;
  readonly count: number;
}

/** What `route-lint` finds out beside the verdict. */
export interface RouteLintResult {
  /** How many rules were looked at, and what became of them. */
  readonly states: Readonly<Record<RuleState | 'rules', number>>;
  /** Rules with their witnesses, in the order of the objects, as many as `rules` asks for. */
  readonly rules: readonly LintedRule[];
  /** How many rules `rules` left out. */
  readonly omittedRules: number;
  readonly conflicts: readonly RouteConflict[];
  /** How many conflicts `limit` left out. */
  readonly omittedConflicts: number;
  readonly findings: readonly RouteFinding[];
  /** Every code that was found, before `limit` cuts the list. */
  readonly counts: readonly RouteLintCount[];
  /** How many findings `limit` left out. */
  readonly omitted: number;
}

/** What is looked at and what is told; what is left out is everything. */
export interface RouteLintQuestion {
  readonly class: string | undefined;
  /** `namespace/name`. */
  readonly gateway: string | undefined;
  readonly dialect: IngressDialectName | undefined;
  readonly namespace: string | undefined;
  readonly codes: readonly RouteLintCodeName[] | undefined;
  readonly severity: Severity;
  readonly states: readonly RuleState[] | undefined;
  readonly rules: number;
  readonly limit: number;
}
