import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Api } from './api.js';
import type { SetResult } from './set-result.js';
import type { WireTarget } from './wire-target.js';

/** What a pack needs to run. */
export interface PackContext {
  readonly directory: string;
  readonly api: Api;
  /** Case ids counted apart. */
  readonly known: ReadonlySet<string>;
  /** Whether a set is wanted (`--only`). */
  wants(set: string): boolean;
  /** Where the product answers real DNS, and for which cluster; undefined: it does not. */
  readonly dns: WireTarget | undefined;
}

/** A runner of one kind of pack. It throws when a count of the pack's index does not hold. */
export type PackRunner = (context: PackContext) => AsyncIterable<SetResult>;

/** Reads a JSON file of a pack, unpacking gzip. */
export function readJson<T>(...path: readonly string[]): T {
  const file = join(...path);
  const bytes = readFileSync(file);
  return JSON.parse((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')) as T;
}

/** The directory itself when it is a pack, else the packs inside it, by name. */
export function packDirectories(directory: string): readonly string[] {
  if (existsSync(join(directory, 'index.json'))) return [directory];
  return readdirSync(directory)
    .sort()
    .map((name) => join(directory, name))
    .filter((path) => existsSync(join(path, 'index.json')));
}

/** Fails loudly when a pack is not what its index says: a silently shorter table would look like success. */
export function checkCount(what: string, expected: number, actual: number): void {
  if (expected !== actual) throw new Error(`${what}: the index counts ${expected} cases, the file has ${actual}`);
}
