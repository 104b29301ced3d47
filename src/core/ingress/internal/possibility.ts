import type { Ingress } from '../../resources/ingress.js';
import type { GapCode } from './gaps.js';
import type { PathRule } from './path-rule.js';

/** What the specification does with a request. */
export type RouteAction =
  | { readonly type: 'path'; readonly rule: PathRule }
  | { readonly type: 'default-backend'; readonly ingress: Ingress }
  | { readonly type: 'not-found' };

/** One outcome the specification admits. `because`: the code of the gap that admits more than one; null where the rules are clear. */
export interface Possibility {
  readonly action: RouteAction;
  readonly because: GapCode | null;
  /** The path as a controller would have to read it for this outcome; undefined = as it stands. */
  readonly reading: string | undefined;
}
