import { maySee, type Principal } from '../../application/access/principal.js';
import type { Operation } from '../../application/operations/operation.js';
import { problem, ProblemError } from '../../core/kernel/problem.js';

/** An operation, where the principal may see its cluster. Throws `unknown-operation`: what one may not see is not there. */
export function visibleTo(principal: Principal, id: string, operation: Operation | undefined): Operation {
  if (operation && (operation.cluster === null ? principal.clusters === null : maySee(principal, operation.cluster))) return operation;
  throw new ProblemError(problem('unknown-operation', `there is no operation \`${id}\``));
}
