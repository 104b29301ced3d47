import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ASSERTION_CONTENT } from './application/assertions/assertion-schema.js';
import { Assertions } from './application/assertions/assertions.js';
import type { Cluster } from './application/clusters/cluster.js';
import { ClusterStore } from './application/clusters/cluster-store.js';
import { ImportManifests } from './application/imports/import-manifests.js';
import { expectedNumber } from './application/input/expected.js';
import type { ManifestFile } from './manifests/manifest-document.js';

const AUTHOR = 'demo';

/** Whatever gives the use cases: a Nest application. */
interface UseCases {
  get<T>(type: abstract new (...args: never[]) => T, options: { readonly strict: false }): T;
}

/**
 * Imports the clusters of a folder (`<cluster>/*.yaml`, and `<cluster>/assertions/*.json`) into an empty database, or ends what a start that was killed had begun. Returns the names of those that
 * it imported; none where there are clusters of other people already. Of several servers that start at the same time, one imports each cluster.
 */
export async function loadDemoFleet(app: UseCases, folder: string): Promise<readonly string[]> {
  const clusters = app.get(ClusterStore, { strict: false });
  const imports = app.get(ImportManifests, { strict: false });
  const assertions = app.get(Assertions, { strict: false });
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
  if (!awaitsDemo(await clusters.list(), names)) return [];
  for (const name of names) await clusters.create({ name, displayName: displayNameOf(name), profile: {} }); // one that exists stays as it is
  const loaded: string[] = [];
  for (const { name } of (await clusters.list()).filter(({ latestRevision }) => latestRevision === 0)) {
    await saveAssertions(assertions, name, join(folder, name, 'assertions'));
    if (await importDemo(imports, name, join(folder, name))) loaded.push(name);
  }
  return loaded;
}

const displayNameOf = (name: string): string => `${name} (demo)`;

/** Whether there is nothing yet, or nothing but a demo fleet that was not wholly imported. */
function awaitsDemo(existing: readonly Cluster[], names: readonly string[]): boolean {
  if (!existing.every(({ name, displayName }) => names.includes(name) && displayName === displayNameOf(name))) return false;
  return existing.length === 0 || existing.some(({ latestRevision }) => latestRevision === 0);
}

async function saveAssertions(assertions: Assertions, cluster: string, folder: string): Promise<void> {
  const entries = await readdir(folder).catch(() => []); // not every cluster has some
  for (const file of entries.filter((entry) => entry.endsWith('.json')).sort()) {
    const content = ASSERTION_CONTENT.parse(JSON.parse(await readFile(join(folder, file), 'utf8')));
    const saved = await assertions.save(cluster, { name: basename(file, '.json'), content, author: AUTHOR });
    if (!saved.ok) throw new Error(`the demo assertion \`${file}\` could not be saved: ${saved.error.message}`);
  }
}

/** False when another server was faster. */
async function importDemo(imports: ImportManifests, name: string, folder: string): Promise<boolean> {
  const imported = await imports.run({
    cluster: name,
    mode: 'snapshot',
    files: filesIn(folder),
    atomic: false,
    validateOnly: false,
    source: undefined,
    namespace: 'default',
    author: AUTHOR,
    message: 'the demo fleet',
    expected: expectedNumber(0),
  });
  if (imported.ok) return true;
  if (imported.error.kind === 'precondition-failed') return false;
  throw new Error(`the demo cluster \`${name}\` could not be imported: ${imported.error.message}`);
}

async function* filesIn(folder: string): AsyncGenerator<ManifestFile> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  for (const name of names) yield { name, content: createReadStream(join(folder, name)) };
}
