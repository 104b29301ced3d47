import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileModel } from '../../src/core/model/compile-model.js';
import type { NetworkModel, UnmodelledObject } from '../../src/core/model/network-model.js';
import { NO_SETTINGS, parseProfileSettings, type ProfileSettings } from '../../src/core/model/profile-settings.js';
import type { KubernetesObject } from '../../src/core/resources/kubernetes-object.js';
import { normaliseObject } from '../../src/core/resources/normalise-object.js';
import type { UnderstoodResource } from '../../src/core/resources/understood-resource.js';
import type { ManifestFile } from '../../src/manifests/manifest-document.js';
import { fileOf, readAll } from './manifests.js';

/** The model of some objects, compiled as the product does. Settings are checked first: a wrong one fails the test. */
export function modelOf(objects: readonly KubernetesObject[], settings: ProfileSettings = NO_SETTINGS): NetworkModel {
  const resources: UnderstoodResource[] = [];
  const unmodelled: UnmodelledObject[] = [];
  for (const object of objects) {
    const read = normaliseObject(object);
    if (read.resource) resources.push(read.resource);
    if (read.unmodelled) unmodelled.push(read.unmodelled);
  }
  const checked = parseProfileSettings(settings);
  if (!checked.ok) throw new Error(checked.error.message);
  return compileModel({ resources, unmodelled, settings: checked.value });
}

/** The objects of manifests in YAML, read as an import reads them; a document that is no object fails the test. */
export async function objectsOf(yaml: string): Promise<readonly KubernetesObject[]> {
  const documents = await readAll([fileOf(yaml)]);
  return documents.flatMap((document) => {
    if (document.outcome === 'object') return [document.object];
    throw new Error(`line ${document.line}: ${document.diagnostics[0]?.message ?? document.outcome}`);
  });
}

/** The model of manifests in YAML. */
export async function modelOfYaml(yaml: string, settings?: ProfileSettings): Promise<NetworkModel> {
  return modelOf(await objectsOf(yaml), settings);
}

/** The objects of the manifest files below a directory that `admits` accepts by path; documents that are no objects are left out, as an import does. */
export async function objectsBelow(
  directory: string,
  admits: (path: string) => boolean = () => true,
): Promise<readonly KubernetesObject[]> {
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter(
    (path) => /\.(ya?ml|json)$/.test(path) && admits(path),
  );
  const files = paths.sort().map((path): ManifestFile => fileOf(readFileSync(join(directory, path)), path));
  const documents = await readAll(files);
  return documents.flatMap((document) => (document.outcome === 'object' ? [document.object] : []));
}
