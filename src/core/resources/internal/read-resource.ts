import type { ObjectRef } from '../../kernel/object-ref.js';
import type { OwnerReference, Resource, StatusedResource } from '../resource.js';
import type { ObjectReader } from './object-reader.js';

/** More changes of one spec are not believed; GraphQL writes 32 bits. */
export const MOST_GENERATIONS = 2 ** 31 - 1;

const NO_OWNERS: readonly OwnerReference[] = [];

/** Reads what every object has: name, labels, annotations, owners. `defaulted` stays live until the whole object has been read. */
export function readResource(root: ObjectReader, ref: ObjectRef): Resource {
  const metadata = root.object('metadata');
  return {
    ref,
    labels: metadata?.labels('labels') ?? {},
    annotations: metadata?.labels('annotations') ?? {},
    createdAt: metadata?.text('creationTimestamp'),
    owners: metadata?.has('ownerReferences') ? metadata.objects('ownerReferences').flatMap(readOwner) : NO_OWNERS,
    defaulted: root.findings.defaulted,
  };
}

/** Reads what every object has, and the generation of its spec; `refused`, too, stays live. */
export function readStatusedResource(root: ObjectReader, ref: ObjectRef): StatusedResource {
  const generation = root.object('metadata')?.integer('generation', 0, MOST_GENERATIONS);
  return { ...readResource(root, ref), generation, refused: root.findings.refused };
}

function readOwner(reader: ObjectReader): readonly OwnerReference[] {
  const name = reader.filledText('name');
  if (name === undefined) {
    reader.error('missing-field', 'name', 'an owner reference needs the name of the owner');
    return [];
  }
  const controller = reader.boolean('controller') ?? false;
  return [{ apiVersion: reader.text('apiVersion') ?? '', kind: reader.text('kind') ?? '', name, controller }];
}
