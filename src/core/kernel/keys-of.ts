/** The members of a closed list that is kept as a table of meanings. */
export function keysOf<K extends string>(meanings: Readonly<Record<K, unknown>>): readonly K[] {
  return Object.keys(meanings).filter((key): key is K => Object.hasOwn(meanings, key));
}
