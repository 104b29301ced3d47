/** The gaps of a stretch of places. `head` and `tail`: how long the one at either end is, 0 where there is none. */
export interface Gaps {
  readonly runs: number;
  readonly longest: number;
  readonly head: number;
  readonly tail: number;
}

/** Joins the gaps of stretches that follow one another. */
export class GapCount {
  private runs = 0;
  private longestInside = 0;
  private longestAcross = 0n;
  /** How long the gap at the end is so far: whole stretches without a number, and the rest. */
  private empty = 0n;
  private rest = 0;

  /** Nothing follows. */
  end(): { readonly runs: number; readonly longest: bigint } {
    this.close();
    const inside = BigInt(this.longestInside);
    return { runs: this.runs, longest: inside > this.longestAcross ? inside : this.longestAcross };
  }

  passEmpty(length: bigint): void {
    if (length === 0n) return;
    if (this.empty === 0n && this.rest === 0) this.runs++;
    this.empty += length;
  }

  pass({ runs, longest, head, tail }: Gaps, length: number): void {
    if (head === length) return this.passEmpty(BigInt(length));
    const joined = head > 0 && (this.rest > 0 || this.empty > 0n);
    this.runs += joined ? runs - 1 : runs;
    if (longest > this.longestInside) this.longestInside = longest;
    this.rest += head;
    this.close();
    this.rest = tail;
  }

  private close(): void {
    if (this.empty > 0n) {
      const length = this.empty + BigInt(this.rest);
      if (length > this.longestAcross) this.longestAcross = length;
    } else if (this.rest > this.longestInside) this.longestInside = this.rest;
    this.empty = 0n;
    this.rest = 0;
  }
}
