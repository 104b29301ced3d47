interface Due<T> {
  readonly at: number;
  readonly value: T;
}

/** Things that fall due at a time, the earliest first (a binary heap). A value is in it once, and can be taken out before its time: what nobody waits for any more is not kept. */
export class DueQueue<T> {
  private readonly heap: Due<T>[] = [];
  private readonly places = new Map<T, number>();

  get size(): number {
    return this.heap.length;
  }

  /** `at`: milliseconds since 1970. One that is in the queue falls due then instead. */
  push(at: number, value: T): void {
    this.delete(value);
    this.heap.push({ at, value });
    this.rise(this.heap.length - 1, { at, value });
  }

  /** Whether {@link pop} would give something. */
  isDue(now: number): boolean {
    return this.at(0) <= now;
  }

  /** Takes out the earliest one that is due at `now`; undefined when none is. */
  pop(now: number): T | undefined {
    const [first] = this.heap;
    if (!first || first.at > now) return undefined;
    this.delete(first.value);
    return first.value;
  }

  /** Nothing happens where it is not in the queue. */
  delete(value: T): void {
    const place = this.places.get(value);
    if (place === undefined) return;
    this.places.delete(value);
    const last = this.heap.pop();
    if (last && place < this.heap.length) this.sink(this.rise(place, last), last);
  }

  /** Puts an entry at a place, or above it; returns where. */
  private rise(from: number, entry: Due<T>): number {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >>> 1;
      const parent = this.heap[above];
      if (!parent || parent.at <= entry.at) break;
      this.put(place, parent);
      place = above;
    }
    this.put(place, entry);
    return place;
  }

  /** Puts an entry at a place, or below it. */
  private sink(from: number, entry: Due<T>): void {
    for (let place = from; ;) {
      const left = place * 2 + 1;
      const least = this.at(left + 1) < this.at(left) ? left + 1 : left;
      const child = this.heap[least];
      if (!child || child.at >= entry.at) return this.put(place, entry);
      this.put(place, child);
      place = least;
    }
  }

  private put(place: number, entry: Due<T>): void {
    this.heap[place] = entry;
    this.places.set(entry.value, place);
  }

  private at(place: number): number {
    return this.heap[place]?.at ?? Infinity;
  }
}
