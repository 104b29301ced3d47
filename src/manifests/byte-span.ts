/** A stretch of bytes that may reach over several chunks of a stream. Nothing is copied while it lies within one chunk. */
export class ByteSpan {
  private parts: Buffer[] = [];
  private kept = 0;
  private chunk: Buffer = Buffer.alloc(0);
  private from = 0;

  /** Continues with the next chunk; positions count from its start. */
  enter(chunk: Buffer): void {
    this.chunk = chunk;
    this.from = 0;
  }

  /** Drops what was collected: the span starts at `at`. */
  start(at: number): void {
    this.parts = [];
    this.kept = 0;
    this.from = at;
  }

  /** The bytes up to `end`, exclusive. The next span starts there. */
  take(end: number): Buffer {
    const tail = this.chunk.subarray(this.from, end);
    const bytes = this.parts.length === 0 ? tail : Buffer.concat([...this.parts, tail]);
    this.start(end);
    return bytes;
  }

  /** Keeps the chunk up to `end` for when the next one comes. Returns how many bytes the span holds. */
  keep(end: number): number {
    this.parts.push(this.chunk.subarray(this.from, end));
    this.kept += end - this.from;
    this.enter(Buffer.alloc(0));
    return this.kept;
  }
}
