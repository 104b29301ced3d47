/** PostgreSQL's binary COPY format (postgresql.org/docs/current/sql-copy.html, "Binary Format"): nothing has to be escaped in either direction. */

const SIGNATURE = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const TRAILER = Buffer.from([0xff, 0xff]);

/** What has to stand before the first row and after the last. */
export const COPY_FRAME = { head: SIGNATURE, tail: TRAILER } as const;

/** One row; a field is its bytes in the column's binary form. */
export function encodeRow(fields: readonly Uint8Array[]): Buffer {
  const length = fields.reduce((sum, field) => sum + 4 + field.length, 2);
  const row = Buffer.allocUnsafe(length);
  let at = row.writeInt16BE(fields.length, 0);
  for (const field of fields) {
    at = row.writeInt32BE(field.length, at);
    row.set(field, at);
    at += field.length;
  }
  return row;
}

/** The binary form of an `integer`. */
export function encodeInt4(value: number): Buffer {
  const field = Buffer.allocUnsafe(4);
  field.writeInt32BE(value, 0);
  return field;
}

/** Cuts a stream of COPY data into rows of text fields; null stands for NULL. */
export class RowDecoder {
  private rest: Buffer = Buffer.alloc(0);
  private headSeen = false;

  /** The rows that are complete with this chunk. */
  push(chunk: Buffer): (string | null)[][] {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    if (!this.headSeen && !this.skipHead()) return [];
    const rows: (string | null)[][] = [];
    let at = 0;
    for (let end = this.rowEnd(at); end !== undefined; end = this.rowEnd(at)) {
      rows.push(this.row(at));
      at = end;
    }
    this.rest = this.rest.subarray(at);
    return rows;
  }

  private skipHead(): boolean {
    if (this.rest.length < SIGNATURE.length) return false;
    this.rest = this.rest.subarray(SIGNATURE.length);
    this.headSeen = true;
    return true;
  }

  /** Where the row at `start` ends; undefined when it is not complete, or is the trailer. */
  private rowEnd(start: number): number | undefined {
    const { rest } = this;
    if (start + 2 > rest.length) return undefined;
    let fields = rest.readInt16BE(start);
    if (fields < 0) return undefined;
    let at = start + 2;
    for (; fields > 0; fields--) {
      if (at + 4 > rest.length) return undefined;
      at += 4 + Math.max(0, rest.readInt32BE(at));
    }
    return at <= rest.length ? at : undefined;
  }

  private row(start: number): (string | null)[] {
    const { rest } = this;
    const count = rest.readInt16BE(start);
    const fields: (string | null)[] = [];
    let at = start + 2;
    while (fields.length < count) {
      const length = rest.readInt32BE(at);
      at += 4;
      fields.push(length < 0 ? null : rest.toString('utf8', at, at + length));
      at += Math.max(0, length);
    }
    return fields;
  }
}
