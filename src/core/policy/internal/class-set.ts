/** A set of endpoint classes by their positions, one bit each. Never changed once somebody else has it. */
export type ClassSet = Uint32Array;

/** An empty set with room for `count` positions. */
export function emptyClassSet(count: number): ClassSet {
  return new Uint32Array((count + 31) >>> 5);
}

/** Every position below `count`. */
export function fullClassSet(count: number): ClassSet {
  const set = emptyClassSet(count).fill(0xffff_ffff);
  if (count % 32 !== 0) set[set.length - 1] = (1 << (count % 32)) - 1;
  return set;
}

/** Whether there is any position in the set. */
export function hasAny(set: ClassSet): boolean {
  return set.some((word) => word !== 0);
}

/** Whether the position is in the set. */
export function hasClass(set: ClassSet, position: number): boolean {
  return (((set[position >>> 5] ?? 0) >>> (position & 31)) & 1) === 1;
}

/** Puts a position into a set that nobody else has yet. */
export function addClass(set: ClassSet, position: number): void {
  const word = position >>> 5;
  set[word] = (set[word] ?? 0) | (1 << (position & 31));
}

/** Puts all of `more` into a set that nobody else has yet. */
export function addClasses(set: ClassSet, more: ClassSet): void {
  for (let word = 0; word < set.length; word++) set[word] = (set[word] ?? 0) | (more[word] ?? 0);
}

/** Positions in both; undefined where there are none. */
export function sharedClasses(a: ClassSet, b: ClassSet): ClassSet | undefined {
  const shared = new Uint32Array(a.length);
  let any = 0;
  for (let word = 0; word < a.length; word++) any |= shared[word] = (a[word] ?? 0) & (b[word] ?? 0);
  return any === 0 ? undefined : shared;
}

/** Positions of `a` that are not in `b`; undefined where there are none. */
export function otherClasses(a: ClassSet, b: ClassSet): ClassSet | undefined {
  const others = new Uint32Array(a.length);
  let any = 0;
  for (let word = 0; word < a.length; word++) any |= others[word] = (a[word] ?? 0) & ~(b[word] ?? 0);
  return any === 0 ? undefined : others;
}

/** Calls for each position, ascending. */
export function eachClass(set: ClassSet, visit: (position: number) => void): void {
  for (let word = 0; word < set.length; word++) {
    for (let bits = set[word] ?? 0; bits !== 0; bits &= bits - 1) visit(word * 32 + 31 - Math.clz32(bits & -bits));
  }
}
