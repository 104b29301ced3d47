import type { Diagnostic } from '../core/kernel/diagnostic.js';
import type { ObjectRef } from '../core/kernel/object-ref.js';
import type { KubernetesObject } from '../core/resources/kubernetes-object.js';

/** One file of an import. A request without file names has one file, named after the request's content type. */
export interface ManifestFile {
  readonly name: string;
  /** As it arrives: plain or gzip, UTF-8 (or UTF-16 with a byte order mark). */
  readonly content: AsyncIterable<Uint8Array>;
}

/** Where a document stands in its import. */
export interface DocumentPlace {
  readonly file: string;
  /** Position among the file's documents, counted from 1; empty documents between two separators count. */
  readonly document: number;
  /** Line of the file, counted from 1, on which the document's (or the list item's) content starts. */
  readonly line: number;
  /** JSON pointer within the document: empty, or `/items/3` for an item of a list. */
  readonly pointer: string;
}

/** A diagnostic whose place in the file is known. `pointer` is relative to the object, not to the document. */
export interface LocatedDiagnostic extends Diagnostic {
  /** Line of the file, counted from 1. */
  readonly line?: number;
}

/** A document that holds an object: cleaned of secrets and noise, its namespace decided. */
export interface ObjectDocument extends DocumentPlace {
  readonly outcome: 'object';
  readonly object: KubernetesObject;
  readonly diagnostics: readonly LocatedDiagnostic[];
  /** Line of the file on which the value at a pointer into the object stands; the nearest one that exists. */
  readonly lineOf: (pointer: string) => number;
}

/** A document that is not kept. The first diagnostic is the reason. */
export interface RefusedDocument extends DocumentPlace {
  /** `invalid`: meant as an object and unusable; `skipped`: no manifest, or one that never runs. */
  readonly outcome: 'invalid' | 'skipped';
  /** As far as the document names an object. */
  readonly object: ObjectRef | undefined;
  readonly diagnostics: readonly LocatedDiagnostic[];
}

/** What became of one document of an import. */
export type ManifestDocument = ObjectDocument | RefusedDocument;
