import type { Result } from '../../../kernel/result.js';
import type { Ingress } from '../../../resources/ingress.js';
import type { Middleware } from '../../../resources/traefik.js';
import type { MiddlewareAction } from '../../../resources/traefik-middleware.js';
import type { Pages } from './pages.js';
import type { NginxAction } from '../traefik-nginx/nginx-action.js';

/** What one middleware of a chain does; of another provider, whose objects are not known, without `middleware`. */
export interface PlacedAction {
  readonly middleware: Middleware | undefined;
  readonly name: string;
  readonly action:
    | Exclude<MiddlewareAction, { type: 'chain' | 'errors' | 'invalid' }>
    | { readonly type: 'errors'; readonly pages: Pages }
    | { readonly type: 'nginx'; readonly does: NginxAction };
  /** The annotation of ingress-nginx that it is made of, by its short name. */
  readonly annotated?: { readonly ingress: Ingress; readonly name: string };
}

/** The middlewares of a router in the order in which they act, or why Traefik makes no router of it. */
export type Chain = Result<readonly PlacedAction[], string>;
