import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
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

/** The directory itself when it is a pack, else the packs inside it, by name; where there is none it fails, as a run of nothing would look like success. */
export function packDirectories(directory: string): readonly string[] {
  if (isPack(directory)) return [directory];
  const packs = readdirSync(directory)
    .sort()
    .map((name) => join(directory, name))
    .filter(isPack);
  if (packs.length > 0) return packs;
  const around = packAround(resolve(directory));
  const hint = around === undefined ? '' : `; it is inside the pack \`${around}\`, of which \`--only SET\` runs a part`;
  throw new Error(`no pack in \`${directory}\`: expected an \`index.json\` in it or in a directory inside it${hint}`);
}

function isPack(directory: string): boolean {
  return existsSync(join(directory, 'index.json'));
}

function packAround(directory: string): string | undefined {
  const above = dirname(directory);
  if (above === directory) return undefined;
  return isPack(above) ? above : packAround(above);
}

/** What of the sets that were asked for did not run, and which there are; a run that leaves one out must not look like success. */
export function notRun(asked: ReadonlySet<string>, offered: ReadonlySet<string>, results: readonly SetResult[]): readonly string[] {
  const run = new Set(results.map(({ set }) => set));
  const known = [...offered].map((set) => `\`${set}\``).join(', ');
  const why = (set: string) => (offered.has(set) ? `set \`${set}\` did not run` : `no set \`${set}\`; there are ${known}`);
  return asked.size === 0 && run.size === 0 ? ['no set ran'] : [...asked].filter((set) => !run.has(set)).map(why);
}

/** Fails loudly when a pack is not what its index says: a silently shorter table would look like success. */
export function checkCount(what: string, expected: number, actual: number): void {
  if (expected !== actual) throw new Error(`${what}: the index counts ${expected} cases, the file has ${actual}`);
}
