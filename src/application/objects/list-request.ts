import type { CoordinateText } from '../clusters/coordinate.js';

/** What a client asks of a list, whatever it lists and whichever door it comes through. Absent members ask for nothing. */
export interface ListRequest extends CoordinateText {
  /** Default {@link DEFAULT_LIMIT}, at most {@link MAX_LIMIT}. */
  readonly limit?: number | undefined;
  /** From the page before; it pins the revision, so that pages never tear. Everything else but `limit` has to stay as it was. */
  readonly continue?: string | undefined;
  /** As `kubectl get -l` takes it. */
  readonly labelSelector?: string | undefined;
  /** As `kubectl get --field-selector` takes it, of the fields that the list names. */
  readonly fieldSelector?: string | undefined;
  /** A sort key of the list; `-` before it: descending. */
  readonly sort?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly kind?: string | undefined;
  /** API group; empty text is the core group. */
  readonly group?: string | undefined;
}

/** A part of a list. */
export interface Page<T> {
  /** The revision the whole list is read at. */
  readonly revision: number;
  readonly items: readonly T[];
  /** What gets the next page; null: this is the last. */
  readonly continue: string | null;
  /** How many items are left after this page; null where it would cost too much to count them. */
  readonly remaining: number | null;
  /** What gets the items after the one at a position of `items`. */
  cursorAt(index: number): string;
}

/** How many items a page has when nobody says. */
export const DEFAULT_LIMIT = 100;
/** How many items a page has at most. */
export const MAX_LIMIT = 1_000;
