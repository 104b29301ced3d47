/** What `make` makes of each thing, at the first call for it; kept as long as the thing is. */
export function oncePer<K extends object, T>(make: (one: K) => T): (one: K) => T {
  const made = new WeakMap<K, { readonly value: T }>();
  return (one) => {
    let found = made.get(one);
    if (!found) {
      found = { value: make(one) };
      made.set(one, found);
    }
    return found.value;
  };
}
