import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ClusterStore } from './application/clusters/cluster-store.js';
import { ImportManifests } from './application/imports/import-manifests.js';
import type { ManifestFile } from './manifests/manifest-document.js';

const AUTHOR = 'demo';

/** Whatever gives the use cases: a Nest application. */
interface UseCases {
  get<T>(type: abstract new (...args: never[]) => T, options: { readonly strict: false }): T;
}

/** Imports the clusters of a folder (`<cluster>/*.yaml`) into an empty database. Returns their names; none where there are clusters already. */
export async function loadDemoFleet(app: UseCases, folder: string): Promise<readonly string[]> {
  const clusters = app.get(ClusterStore, { strict: false });
  if ((await clusters.list()).length > 0) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
  const imports = app.get(ImportManifests, { strict: false });
  for (const name of names) {
    const created = await clusters.create({ name, displayName: `${name} (demo)`, profile: {} });
    if (!created.ok) continue; // another replica is faster
    const imported = await imports.run({
      cluster: name,
      mode: 'snapshot',
      files: filesIn(join(folder, name)),
      atomic: false,
      validateOnly: false,
      source: undefined,
      namespace: 'default',
      author: AUTHOR,
      message: 'the demo fleet',
      ifMatch: undefined,
    });
    if (!imported.ok) throw new Error(`the demo cluster \`${name}\` could not be imported: ${imported.error.message}`);
  }
  return names;
}

async function* filesIn(folder: string): AsyncGenerator<ManifestFile> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  for (const name of names) yield { name, content: createReadStream(join(folder, name)) };
}
