import type { Severity } from '../kernel/diagnostic.js';
import type { ObjectRef } from '../kernel/object-ref.js';
import type { IpamCodeName } from './ipam-lint-codes.js';

/** Something wrong or suspicious about addresses. */
export interface IpamFinding {
  readonly code: IpamCodeName;
  readonly severity: Severity;
  /** Null: it follows from the profile, or from several objects together. */
  readonly object: ObjectRef | null;
  readonly pointer: string;
  readonly message: string;
  /** What would mend it. */
  readonly fix: string;
  /** Addresses and prefixes that it is about. */
  readonly addresses: readonly string[];
}

/** A finding as a check makes it. */
export interface IpamDraft {
  readonly code: IpamCodeName;
  readonly object?: ObjectRef | null | undefined;
  readonly pointer?: string | undefined;
  readonly message: string;
  readonly fix: string;
  readonly addresses: readonly string[];
}
