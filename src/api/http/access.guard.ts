import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { refusal } from '../../application/access/principal.js';
import { ProblemError } from '../../core/kernel/problem.js';
import { ACCESS, type Access } from './access.js';
import { callerOf, demandPrincipal } from './caller.js';

/** What has no statement of its own is for administrators: closed by default. */
const UNSTATED: Access = { role: 'admin', reach: 'all' };

/** The one guard of both doors. Throws `missing-token`, `invalid-token` or `insufficient-role`. */
@Injectable()
export class AccessGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const access: Access = Reflect.getMetadata(ACCESS, context.getHandler()) ?? UNSTATED;
    if (access === 'open') return true;
    const refused = refusal(demandPrincipal(callerOf(context)), access.role, clusterOf(access, context));
    if (refused) throw new ProblemError(refused);
    return true;
  }
}

/** The cluster that is asked for; null: all of them; undefined: whichever the token may use. */
function clusterOf(access: Exclude<Access, 'open'>, context: ExecutionContext): string | null | undefined {
  if (access.reach === 'own') return undefined;
  if (access.reach === 'all') return null;
  const given =
    context.getType<string>() === 'graphql'
      ? context.getArgByIndex<unknown>(1)
      : context.switchToHttp().getRequest<FastifyRequest>().params;
  return String(Reflect.get(Object(given), access.argument ?? 'cluster'));
}
