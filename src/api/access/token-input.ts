import type { NewToken, TokenChange } from '../../application/access/access-token.js';
import type { z } from 'zod';
import type { NEW_TOKEN, TOKEN_CHANGE } from './token-schema.js';

/** A new token as the use case takes it. */
export function newTokenOf({ expiresAt, ...rest }: z.output<typeof NEW_TOKEN>): NewToken {
  return { ...rest, expiresAt: dateOf(expiresAt) };
}

/** A change as the use case takes it. */
export function tokenChangeOf({ expiresAt, ...rest }: z.output<typeof TOKEN_CHANGE>): TokenChange {
  return { ...rest, ...(expiresAt === undefined ? {} : { expiresAt: dateOf(expiresAt) }) };
}

function dateOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
