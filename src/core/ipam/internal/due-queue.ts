/** Things that fall due at a time, the earliest first (a binary heap). One that was put in twice comes out twice. */
export class DueQueue<T> {
  private readonly heap: { readonly at: number; readonly value: T }[] = [];

  /** `at`: milliseconds since 1970. */
  push(at: number, value: T): void {
    let place = this.heap.push({ at, value }) - 1;
    while (place > 0) {
      const parent = (place - 1) >>> 1;
      if (this.at(parent) <= at) break;
      this.swap(place, parent);
      place = parent;
    }
  }

  /** Whether {@link pop} would give something. */
  isDue(now: number): boolean {
    return this.at(0) <= now;
  }

  /** Takes out the earliest one that is due at `now`; undefined when none is. */
  pop(now: number): T | undefined {
    const [first] = this.heap;
    if (!first || first.at > now) return undefined;
    const last = this.heap.pop();
    if (last && this.heap.length > 0) {
      this.heap[0] = last;
      this.sink();
    }
    return first.value;
  }

  private sink(): void {
    for (let place = 0; ;) {
      const left = place * 2 + 1;
      const least = [left, left + 1].reduce((best, child) => (this.at(child) < this.at(best) ? child : best), place);
      if (least === place) return;
      this.swap(place, least);
      place = least;
    }
  }

  private at(place: number): number {
    return this.heap[place]?.at ?? Infinity;
  }

  private swap(a: number, b: number): void {
    const [one, other] = [this.heap[a], this.heap[b]];
    if (one && other) [this.heap[a], this.heap[b]] = [other, one];
  }
}
