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
  const references = spec.objects('parentRefs').flatMap((entry) => {
    const reference = readObjectReference(entry, GATEWAY_GROUP, 'Gateway');
    if (!reference) return [];
    return [{ ...reference, sectionName: entry.filledText('sectionName'), port: readPort(entry) }];
  });
  checkParents(spec, references);
  return references;
}

/** A port that cannot be read is none of any listener, where one that is left out is every port. */
function readPort(entry: ObjectReader): number | undefined {
  return entry.integer('port', 1, 65535) ?? (entry.has('port') ? NO_PORT : undefined);
}

const NO_PORT = 0;

/** References to one parent differ in `sectionName` or `port`, and all of them give the same of the two (the validations of `CommonRouteSpec.ParentRefs`). */
function checkParents(spec: ObjectReader, references: readonly ParentReference[]): void {
  const shapes = new Map<string, string>();
  const seen = new Set<string>();
  for (const [index, { group, kind, namespace = '', name, sectionName, port }] of references.entries()) {
    const parent = JSON.stringify([group, kind, namespace, name]);
    const shape = `${sectionName !== undefined} ${port !== undefined}`;
    const section = JSON.stringify([parent, sectionName, port]);
    const first = shapes.get(parent);
    if (seen.has(section))
      spec.elementError('duplicate', 'parentRefs', index, 'an earlier reference names the same parent, section and port');
    else if (first !== undefined && first !== shape)
      spec.elementError(
        'invalid-value',
        'parentRefs',
        index,
        'an earlier reference names the same parent: both need `sectionName`, `port`, or both',
      );
    shapes.set(parent, first ?? shape);
    seen.add(section);
  }
}
