import { z } from 'zod';
import type { CoordinateText } from '../clusters/coordinate.js';

/** Names another state of the cluster. */
export const sinceInput = z.string().min(1).max(253).optional();

/** RFC 3339 begins with a date; tags do not hold colons. */
const TIME = /^\d{4}-\d{2}-\d{2}[Tt ]/;

/** The state that `since` names. */
export function coordinateOf(since: string): CoordinateText {
  return TIME.test(since) ? { at: since } : { revision: since };
}
