import { SetMetadata } from '@nestjs/common';
import type { Role } from '../../application/access/principal.js';

/**
 * Who may use a route or a root field of GraphQL. `open`: everybody. Otherwise a token of at least `role`, and `reach` says where: `cluster`, in the cluster that the parameter
 * or argument `argument` names (default `cluster`); `own`, wherever the token may, for the handler shows no more than that; `all`, only for a token that is limited to no cluster.
 */
export type Access = 'open' | { readonly role: Role; readonly reach: 'cluster' | 'own' | 'all'; readonly argument?: string };

/** Metadata key of {@link Requires}; the guard refuses whatever does not have it. */
export const ACCESS = 'portolan:access';

/** States who may use a route handler or a root resolver. */
export const Requires = (access: Access) => SetMetadata(ACCESS, access);
