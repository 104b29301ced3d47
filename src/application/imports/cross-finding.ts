import type { Understanding } from '../../core/kernel/diagnostic.js';
import type { ObjectRef } from '../../core/kernel/object-ref.js';
import type { UnderstoodResource } from '../../core/resources/understood-resource.js';
import type { DocumentPlace, LocatedDiagnostic, ObjectDocument } from '../../manifests/manifest-document.js';

/** Something that shows only when several documents are held against one another; it is told of one of them. */
export interface CrossFinding {
  readonly place: DocumentPlace;
  readonly understanding: Understanding;
  readonly object: ObjectRef;
  readonly diagnostic: LocatedDiagnostic;
}

/** Holds the documents of an import against one another. What it remembers is small beside them. */
export interface CrossCheck {
  /** Looks at one object on its way. */
  note(document: ObjectDocument, resource: UnderstoodResource | undefined, understanding: Understanding): void;
  /** What was found, in stable order. */
  findings(): readonly CrossFinding[];
}

/** Where a document stands, without its text. */
export function placeOf({ file, document, line, pointer }: ObjectDocument): DocumentPlace {
  return { file, document, line, pointer };
}
