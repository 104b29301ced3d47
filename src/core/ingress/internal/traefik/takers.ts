import type { PathRule } from '../path-rule.js';

/** A router of either muxer. */
export interface Prioritised {
  readonly priority: number;
  readonly parts: { readonly rule: PathRule };
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

/** The routers that take what arrives: the first that matches with its equals in priority, and whatever may match before it. They come by descending priority. */
export function takersOf<Router extends Prioritised>(attempts: readonly Attempt<Router>[]): readonly Attempt<Router>[] {
  const taking: Attempt<Router>[] = [];
  let priority: number | undefined;
  for (const one of attempts) {
    if (priority !== undefined && one.router.priority < priority) break;
    if (one.state !== 'match' && one.state !== 'unknown') continue;
    taking.push(one);
    if (one.state === 'match') priority ??= one.router.priority;
  }
  return taking;
}

/** Why more than one outcome is possible; null where one router takes it for certain. */
export function gapOf(taking: readonly Attempt<Prioritised>[]): 'ENTRY_POINT_UNKNOWN' | 'RULE_UNDECIDED' | 'PRIORITY_TIE' | null {
  const open = taking.find(({ state }) => state === 'unknown');
  if (open) return open.reason === 'ENTRY_POINT_UNKNOWN' ? 'ENTRY_POINT_UNKNOWN' : 'RULE_UNDECIDED';
  return taking.length > 1 ? 'PRIORITY_TIE' : null;
}
