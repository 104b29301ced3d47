import type { Severity } from '../kernel/diagnostic.js';
import type { ObjectRef } from '../kernel/object-ref.js';
import type { DataplaneCodeName } from './lint-codes.js';

/** Something wrong or suspicious about the data plane. */
export interface DataplaneFinding {
  readonly code: DataplaneCodeName;
  readonly severity: Severity;
  /** Null: no object tells it; it follows from the profile, or from several objects together. */
  readonly object: ObjectRef | null;
  readonly pointer: string;
  readonly message: string;
  /** What would mend it. */
  readonly fix: string;
  /** Nodes that it is about, the first few of many. */
  readonly nodes: readonly string[];
}

/** A finding as a check makes it. */
export interface DataplaneDraft {
  readonly code: DataplaneCodeName;
  readonly object?: ObjectRef | undefined;
  readonly pointer?: string | undefined;
  readonly message: string;
  readonly fix: string;
  readonly nodes?: readonly string[] | undefined;
}
