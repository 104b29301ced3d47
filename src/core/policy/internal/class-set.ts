/** A set of endpoint classes by their positions, one bit each. Never changed once somebody else has it. */
export type ClassSet = Uint32Array;

/** An empty set with room for `count` positions. */
export function emptyClassSet(count: number): ClassSet {
  return new Uint32Array((count + 31) >>> 5);
}

/** How many sets are made at once. */
const SHEET = 64;

/** Makes many sets that are kept together; that is much cheaper than one by one. */
export class ClassSetPool {
  private readonly words: number;
  private sheet: ClassSet | undefined;
  private used = 0;

  constructor(count: number) {
    this.words = emptyClassSet(count).length;
  }

  /** An empty set. */
  empty(): ClassSet {
    if (!this.sheet || this.used === SHEET) {
      this.sheet = new Uint32Array(SHEET * this.words);
      this.used = 0;
    }
    const start = this.used++ * this.words;
    return this.sheet.subarray(start, start + this.words);
  }
}

/** Every position below `count`. */
export function fullClassSet(count: number): ClassSet {
  const set = emptyClassSet(count).fill(0xffff_ffff);
  if (count % 32 !== 0) set[set.length - 1] = (1 << (count % 32)) - 1;
  return set;
}

/** Whether there is any position in the set. */
export function hasAny(set: ClassSet): boolean {
  for (let word = 0; word < set.length; word++) if (set[word] !== 0) return true;
  return false;
}

/** How many positions are in the set. */
export function countClasses(set: ClassSet): number {
  let count = 0;
  for (let word = 0; word < set.length; word++) for (let bits = set[word] ?? 0; bits !== 0; bits &= bits - 1) count++;
  return count;
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

/** Takes a position out of a set that nobody else has yet. */
export function removeClass(set: ClassSet, position: number): void {
  const word = position >>> 5;
  set[word] = (set[word] ?? 0) & ~(1 << (position & 31));
}

/** Takes all of `others` out of a set that nobody else has yet. */
export function removeClasses(set: ClassSet, others: ClassSet): void {
  for (let word = 0; word < set.length; word++) set[word] = (set[word] ?? 0) & ~(others[word] ?? 0);
}

/** Keeps in a set that nobody else has yet what `others` have too. */
export function keepShared(set: ClassSet, others: ClassSet): void {
  for (let word = 0; word < set.length; word++) set[word] = (set[word] ?? 0) & (others[word] ?? 0);
}

/** Whether any position is in both. */
export function haveShared(a: ClassSet, b: ClassSet): boolean {
  for (let word = 0; word < a.length; word++) if (((a[word] ?? 0) & (b[word] ?? 0)) !== 0) return true;
  return false;
}

/** Puts what three sets share into another that nobody else has yet. */
export function addShared(set: ClassSet, a: ClassSet, b: ClassSet, c: ClassSet): void {
  for (let word = 0; word < set.length; word++) set[word] = (set[word] ?? 0) | ((a[word] ?? 0) & (b[word] ?? 0) & (c[word] ?? 0));
}

/** Positions in both. */
export function sharedClasses(a: ClassSet, b: ClassSet): ClassSet {
  const shared = new Uint32Array(a.length);
  for (let word = 0; word < shared.length; word++) shared[word] = (a[word] ?? 0) & (b[word] ?? 0);
  return shared;
}

/** Positions of `a` that are not in `b`. */
export function otherClasses(a: ClassSet, b: ClassSet): ClassSet {
  const others = new Uint32Array(a.length);
  for (let word = 0; word < others.length; word++) others[word] = (a[word] ?? 0) & ~(b[word] ?? 0);
  return others;
}

/** Positions in any of the sets; a single one is given back as it is. */
export function unionOf(sets: readonly ClassSet[]): ClassSet {
  const [first] = sets;
  if (!first || sets.length === 1) return first ?? emptyClassSet(0);
  const sum = first.slice();
  for (const set of sets) addClasses(sum, set);
  return sum;
}

/** Calls for each position, ascending. */
export function eachClass(set: ClassSet, visit: (position: number) => void): void {
  for (let word = 0; word < set.length; word++) {
    for (let bits = set[word] ?? 0; bits !== 0; bits &= bits - 1) visit(word * 32 + 31 - Math.clz32(bits & -bits));
  }
}
