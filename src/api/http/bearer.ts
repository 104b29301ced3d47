import type { Authenticate } from '../../application/access/authenticate.js';
import type { Principal } from '../../application/access/principal.js';
import { type SecretHash, secretHash } from '../../application/access/secret.js';
import type { Caller } from './caller.js';

const BEARER = /^Bearer +([\w.~+/=-]+) *$/i;

/** The last header of a connection, and the hash of its secret; undefined: it holds none. Most connections send the same header again and again. */
const lastHeaders = new WeakMap<object, { readonly header: string; readonly hash: SecretHash | undefined }>();

/** Who an `Authorization` header speaks for, on a connection; a promise only where the database has to be asked. */
export function callerOfHeader(
  header: string | undefined,
  authenticate: Authenticate,
  connection: object,
): Caller | Promise<Principal | 'unknown'> {
  if (header === undefined) return undefined;
  const hash = hashOnConnection(header, connection);
  return hash === undefined ? 'unknown' : (authenticate.fromMemory(hash) ?? authenticate.fromStore(hash));
}

function hashOnConnection(header: string, connection: object): SecretHash | undefined {
  const last = lastHeaders.get(connection);
  if (last?.header === header) return last.hash;
  const secret = BEARER.exec(header)?.[1];
  const hash = secret === undefined ? undefined : secretHash(secret);
  lastHeaders.set(connection, { header, hash });
  return hash;
}
