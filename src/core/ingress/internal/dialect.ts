import type { NetworkModel } from '../../model/network-model.js';
import type { Ingress } from '../../resources/ingress.js';
import type { CandidateOutcome } from '../route-result.js';
import type { RouteRequest } from '../route-request.js';
import type { GapCode } from './gaps.js';
import type { PathRule } from './path-rule.js';
import type { RequestHost } from './request-host.js';

/** What a decision does with the request. Later dialects add redirects and answers of their own. */
export type RouteAction =
  | { readonly type: 'path'; readonly rule: PathRule }
  | { readonly type: 'default-backend'; readonly ingress: Ingress }
  | { readonly type: 'not-found' };

/** One outcome the dialect's rules admit. `because`: the code of the gap that admits more than one; null where the rules are clear. */
export interface Possibility {
  readonly action: RouteAction;
  readonly because: GapCode | null;
  /** The path as a controller would have to read it for this outcome; undefined = as it stands. */
  readonly reading: string | undefined;
}

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

/** The routing of one class, compiled once per model. */
export interface ClassRouter {
  readonly className: string | undefined;
  readonly members: readonly Ingress[];
  /** Every valid host that a rule names, for near misses. */
  readonly hosts: readonly string[];
  /** The host rules that cover the request's host, the most specific first. */
  hostSteps(host: RequestHost): readonly HostStep[];
  /** The outcomes the rules admit: exactly one where they are clear. */
  decide(request: RouteRequest, host: RequestHost): readonly Possibility[];
  /** How each path of the covering hosts fared, given what was decided. */
  judge(request: RouteRequest, host: RequestHost, decided: readonly Possibility[]): readonly JudgedRule[];
}

/** The rules by which one controller turns objects into routing: how Ingresses become a table, and how a request is matched in it. */
export interface Dialect {
  compile(model: NetworkModel, className: string | undefined): ClassRouter;
}
