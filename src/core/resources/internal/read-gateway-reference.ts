import { GATEWAY_GROUP, type ObjectReference, type ParentReference } from '../gateway-reference.js';
import type { ObjectReader } from './object-reader.js';

/** Reads a reference; `group` and `kind` are what the field stands for when they are left out. Undefined without a name. */
export function readObjectReference(reader: ObjectReader, group: string, kind: string): ObjectReference | undefined {
  const name = reader.filledText('name');
  if (name === undefined) {
    reader.error('missing-field', 'name', 'a reference needs the name of an object');
    return undefined;
  }
  return {
    pointer: reader.pointer,
    group: reader.text('group') ?? group,
    kind: reader.filledText('kind') ?? kind,
    namespace: reader.filledText('namespace'),
    name,
  };
}

/** Reads a list of references; those without a name are reported and left out. */
export function readObjectReferences(reader: ObjectReader, field: string, group: string, kind: string): readonly ObjectReference[] {
  return reader.objects(field).flatMap((entry) => readObjectReference(entry, group, kind) ?? []);
}

/** Reads `spec.parentRefs`. */
export function readParentReferences(spec: ObjectReader): readonly ParentReference[] {
  return spec.objects('parentRefs').flatMap((entry) => {
    const reference = readObjectReference(entry, GATEWAY_GROUP, 'Gateway');
    if (!reference) return [];
    return [{ ...reference, sectionName: entry.filledText('sectionName'), port: entry.integer('port', 1, 65535) }];
  });
}
