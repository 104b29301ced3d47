import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { type Configuration, readConfiguration } from './application/config/configuration.js';

/** The settings of the environment, and of `.env` where the environment says nothing. A wrong one ends the process with a line that tells what to do. */
export function configurationOrExit(): Configuration {
  const file = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  const configuration = readConfiguration({ ...file, ...process.env });
  if (configuration.ok) return configuration.value;
  for (const line of configuration.error) process.stderr.write(`${line}\n`);
  return process.exit(1);
}
