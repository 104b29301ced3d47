import { describe, expect, it } from 'vitest';
import { ProblemError } from '../core/kernel/problem.js';
import { databaseFailure } from './database-failure.js';

/** An error as `pg` throws it (SQLSTATE in `code`), and the same as Prisma 7 wraps it. */
const pg = (code: string) => Object.assign(new Error('said by PostgreSQL'), { code });
const prisma = (originalCode: string) =>
  Object.assign(new Error('Invalid invocation'), {
    code: 'P2039',
    meta: { driverAdapterError: Object.assign(new Error('said by PostgreSQL'), { cause: { originalCode } }) },
  });

function kindOf(error: unknown): string {
  const seen = databaseFailure(error);
  return seen instanceof ProblemError ? seen.problem.kind : 'as it is';
}

/** Codes: PostgreSQL manual, appendix A; Node.js system errors; Prisma error reference. */
describe('what callers see of an error of the database', () => {
  it.each([
    ['a server that starts or stops', pg('57P03'), 'database-unavailable'],
    ['the same through Prisma', prisma('57P03'), 'database-unavailable'],
    ['a connection that broke', pg('08006'), 'database-unavailable'],
    ['too many connections', pg('53300'), 'database-unavailable'],
    ['nobody listens', pg('ECONNREFUSED'), 'database-unavailable'],
    ['no connection came free', pg('P2024'), 'database-unavailable'],
    ['the pool gave up waiting', new Error('timeout exceeded when trying to connect'), 'database-unavailable'],
    ['an error behind another', new Error('outer', { cause: pg('57P01') }), 'database-unavailable'],
    ['what was given up for others', pg('40P01'), 'database-unavailable'],
    ['the same through Prisma', prisma('40001'), 'database-unavailable'],
    ['text with U+0000', pg('22021'), 'invalid-request'],
    ['the same through Prisma', prisma('22021'), 'invalid-request'],
    ['a unique constraint', pg('23505'), 'as it is'],
    ['a slip of ours', new TypeError('x is not a function'), 'as it is'],
  ])('%s', (_, error, kind) => expect(kindOf(error)).toBe(kind));
});
