import type { Authenticate } from '../../application/access/authenticate.js';
import type { Principal } from '../../application/access/principal.js';
import type { Caller } from './caller.js';

const BEARER = /^Bearer +([\w.~+/=-]+) *$/i;

/** Who an `Authorization` header speaks for; a promise only where the database has to be asked. */
export function callerOfHeader(header: string | undefined, authenticate: Authenticate): Caller | Promise<Principal | 'unknown'> {
  if (header === undefined) return undefined;
  const secret = BEARER.exec(header)?.[1];
  return secret === undefined ? 'unknown' : (authenticate.fromMemory(secret) ?? authenticate.fromStore(secret));
}
