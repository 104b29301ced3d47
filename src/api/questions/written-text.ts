const FIRST_BYTES = 65_536;
/** The most bytes that one unit of UTF-16 takes in UTF-8. */
const MOST_BYTES = 3;

/** A text as UTF-8, written piece by piece: to join pieces first, to measure the whole and then to turn it into bytes takes three times as long, for none of it is Latin-1. */
export class WrittenText {
  private bytes = Buffer.allocUnsafe(FIRST_BYTES);
  private end = 0;

  add(text: string): void {
    const needed = this.end + MOST_BYTES * text.length;
    if (needed > this.bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.bytes.length));
      this.bytes.copy(larger, 0, 0, this.end);
      this.bytes = larger;
    }
    this.end += this.bytes.write(text, this.end);
  }

  /** What was written so far; nothing is added to it afterwards. */
  get body(): Buffer {
    return this.bytes.subarray(0, this.end);
  }
}
