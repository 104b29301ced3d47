import { askedIn } from '../../core/ipam/allocation-options.js';

/** What stands between two terms. Neither labels nor members of an owner have control characters. */
const TERM_SEPARATOR = '\n';

/** A label, or the key of one, as it is looked up by. */
export function labelTerm(key: string, value?: string): string {
  return value === undefined ? `label ${key}` : `label ${key}=${value}`;
}

/** A member of the object that an allocation is for, as it is looked up by. */
export function ownerTerm(member: string, value: string): string {
  return `owner ${member}=${value}`;
}

/** All that an allocation is looked up by of what was asked, as one text; null: nothing. */
export function askedTerms(request: string): string | null {
  const { labels = {}, ownerObject } = askedIn(request);
  const terms = [
    ...Object.entries(labels).flatMap(([key, value]) => [labelTerm(key), labelTerm(key, value)]),
    ...Object.entries<string | undefined>({ ...ownerObject }).flatMap(([member, value]) =>
      value === undefined ? [] : [ownerTerm(member, value)],
    ),
  ];
  return terms.length === 0 ? null : terms.join(TERM_SEPARATOR);
}
