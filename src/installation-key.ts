import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Configuration } from './application/config/configuration.js';

const BYTES = 32;

/** The key of this installation's hashes of Secret values: the configured one, or one that is made once and kept in the data folder, for this user only. */
export function installationKey({ PORTOLAN_SECRET_KEY, PORTOLAN_DATA_DIR }: Configuration): Buffer {
  if (PORTOLAN_SECRET_KEY !== undefined) return Buffer.from(PORTOLAN_SECRET_KEY, 'hex');
  const file = join(PORTOLAN_DATA_DIR, 'secret-key');
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(BYTES).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  return Buffer.from(readFileSync(file, 'utf8').trim(), 'hex');
}
