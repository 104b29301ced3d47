import { identityKey } from '../../src/application/imports/object-identity.js';
import type { ImportCommand } from '../../src/application/imports/import-command.js';
import { ImportManifests } from '../../src/application/imports/import-manifests.js';
import type { ImportReport } from '../../src/application/imports/import-report.js';
import { ImportSettings } from '../../src/application/imports/import-settings.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { DEFAULT_MANIFEST_LIMITS } from '../../src/manifests/manifest-limits.js';
import type { ManifestFile } from '../../src/manifests/manifest-document.js';
import { FakeClusterStore, FakeRevisionStore } from './fake-revision-store.js';
import { fileOf, TEST_HASHER } from './manifests.js';
import { modelOf } from './model.js';

/** What an import came to: its report, what it would store (of equal names the last), and the model of that. */
export interface ImportedCluster {
  readonly report: ImportReport;
  readonly objects: readonly KubernetesObject[];
  model(): NetworkModel;
}

/** Imports files as one snapshot of an empty cluster, as the product does, with a store in memory. */
export async function imported(files: Iterable<ManifestFile>, more: Partial<ImportCommand> = {}): Promise<ImportedCluster> {
  const store = new FakeRevisionStore();
  const importer = new ImportManifests(new FakeClusterStore(), store, new ImportSettings(DEFAULT_MANIFEST_LIMITS, TEST_HASHER));
  const result = await importer.run({
    cluster: 'prod',
    mode: 'snapshot',
    files,
    atomic: false,
    validateOnly: false,
    source: undefined,
    namespace: 'default',
    author: 'ann',
    message: '',
    expected: undefined,
    ...more,
  });
  if (!result.ok) throw new Error(result.error.message);
  const staged = store.writes[0]?.objects ?? [];
  const last = new Map(staged.map((object) => [identityKey(object), object.body]));
  const objects = [...last.values()].map((body): KubernetesObject => JSON.parse(body));
  return { report: result.value.report, objects, model: () => modelOf(objects) };
}

/** Imports texts by file name. */
export async function importedTexts(
  texts: Readonly<Record<string, string | Buffer>>,
  more: Partial<ImportCommand> = {},
): Promise<ImportedCluster> {
  return imported(
    Object.entries(texts).map(([name, text]) => fileOf(text, name)),
    more,
  );
}

/** One line an entry: `all.yaml:7/items/0 partly invalid-ip`. */
export function entryLines({ entries }: ImportReport): readonly string[] {
  return entries.map(
    ({ file, line, pointer, understanding, findings }) =>
      `${file}:${line}${pointer} ${understanding} ${findings.map(({ code }) => code).join(' ')}`,
  );
}

/** `Service shop/web`, sorted. */
export function objectLines(objects: readonly KubernetesObject[]): readonly string[] {
  return objects
    .map(({ kind, metadata }) => `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`)
    .sort();
}
