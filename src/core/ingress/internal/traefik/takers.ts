import type { PathRule } from '../path-rule.js';

/** A router of either muxer. */
export interface Prioritised {
  readonly priority: number;
  /** Of two of one priority, that whose provider has the larger number goes first. */
  readonly precedence: number;
  readonly parts: { readonly rule: PathRule };
}

/** The order in which a muxer tries its routers (`Less` of `pkg/muxer/http/mux.go`); 0: it is not stable. */
export function compareRouters(a: Omit<Prioritised, 'parts'>, b: Omit<Prioritised, 'parts'>): number {
  return b.priority - a.priority || b.precedence - a.precedence;
}

/** How a router fared with a request or connection. `unknown`: it cannot be told whether it takes it. */
export interface Attempt<Router extends Prioritised> {
  readonly router: Router;
  readonly state: 'match' | 'unknown' | 'no-match' | 'excluded';
  readonly reason: string;
  readonly key: string | null;
  readonly own: string | null;
  readonly other: string | null;
  readonly message: string;
}

/** The routers that take what arrives: the first that matches with its equals in priority, and whatever may match before it. They come in the order of the muxer. */
export function takersOf<Router extends Prioritised>(attempts: readonly Attempt<Router>[]): readonly Attempt<Router>[] {
  const taking: Attempt<Router>[] = [];
  let first: Router | undefined;
  for (const one of attempts) {
    if (first && compareRouters(first, one.router) < 0) break;
    if (one.state !== 'match' && one.state !== 'unknown') continue;
    taking.push(one);
    if (one.state === 'match') first ??= one.router;
  }
  return taking;
}

/** Why more than one outcome is possible; null where one router takes it for certain. */
export function gapOf(taking: readonly Attempt<Prioritised>[]): 'ENTRY_POINT_UNKNOWN' | 'RULE_UNDECIDED' | 'PRIORITY_TIE' | null {
  const open = taking.find(({ state }) => state === 'unknown');
  if (open) return open.reason === 'ENTRY_POINT_UNKNOWN' ? 'ENTRY_POINT_UNKNOWN' : 'RULE_UNDECIDED';
  return taking.length > 1 ? 'PRIORITY_TIE' : null;
}
