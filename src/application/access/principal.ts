import { type Problem, problem } from '../../core/kernel/problem.js';

/** Roles in ascending order: each may do what those before it may. */
export const ROLES = ['viewer', 'editor', 'admin'] as const;

/** What a token may do: `viewer` reads, `editor` also writes clusters and allocations, `admin` also deletes clusters and issues tokens. */
export type Role = (typeof ROLES)[number];

/** Who asks. */
export interface Principal {
  /** Id of the token. */
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** The clusters it is limited to; null: every cluster. */
  readonly clusters: readonly string[] | null;
}

/** Whether the principal may see the cluster at all. */
export function maySee(principal: Principal, cluster: string): boolean {
  return principal.clusters === null || principal.clusters.includes(cluster);
}

/** Why the principal may not do what needs `role` (in `cluster`; null: in every cluster; undefined: wherever it may); undefined when it may. */
export function refusal(principal: Principal, role: Role, cluster: string | null | undefined): Problem | undefined {
  if (ROLES.indexOf(principal.role) < ROLES.indexOf(role)) {
    return problem('insufficient-role', `the token \`${principal.name}\` has the role \`${principal.role}\``, {
      hint: `this needs the role \`${role}\``,
      extra: { requiredRole: role, role: principal.role },
    });
  }
  if (principal.clusters === null || cluster === undefined) return undefined;
  if (cluster !== null && maySee(principal, cluster)) return undefined;
  const limits = principal.clusters.map((name) => `\`${name}\``).join(', ');
  return problem('insufficient-role', `the token \`${principal.name}\` is limited to ${limits === '' ? 'no cluster' : limits}`, {
    hint: cluster === null ? 'this needs a token that is limited to no cluster' : `this needs a token for the cluster \`${cluster}\``,
    extra: { requiredRole: role, role: principal.role },
  });
}
