import type { Revision } from '../clusters/revision.js';
import type { Expected } from '../input/expected.js';
import type { ManifestFile } from '../../manifests/manifest-document.js';

/** What a client asks of an import. */
export interface ImportCommand {
  /** Name of the cluster. */
  readonly cluster: string;
  /**
   * `snapshot`: the input becomes the whole content of the next revision, or of `source` in it. `upsert`: its objects are added or replaced.
   * `delete`: the objects it names are removed.
   */
  readonly mode: 'snapshot' | 'upsert' | 'delete';
  readonly files: AsyncIterable<ManifestFile> | Iterable<ManifestFile>;
  /** Any document that an API server would refuse, unreadable, with an error in it, or an object for the second time, refuses the whole import. */
  readonly atomic: boolean;
  /** Only the report is wanted; nothing is written. */
  readonly validateOnly: boolean;
  /** The part of the cluster that a team or tool owns. */
  readonly source: string | undefined;
  /** Where objects go that name no namespace and belong in one. */
  readonly namespace: string;
  readonly author: string;
  readonly message: string;
  /** What the client expects to be the newest revision. */
  readonly expected: Expected<Revision> | undefined;
}

/** Where a running import is. */
export interface ImportProgress {
  readonly phase: 'reading' | 'writing';
  /** Decompressed bytes read. */
  readonly bytes: number;
  readonly documents: number;
}

/** How a caller follows and stops an import. */
export interface ImportWatch {
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly signal?: AbortSignal;
}
