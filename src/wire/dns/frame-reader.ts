const PREFIX = 2;

/** Cuts what comes over TCP into messages, each behind two octets that tell its length (RFC 1035 section 4.2.2). Keeps less than one message and its prefix, 64 KiB. */
export class FrameReader {
  private rest: Buffer = Buffer.alloc(0);

  /** The messages that are whole now, in order. */
  *read(chunk: Buffer): Generator<Buffer> {
    let data = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    while (data.length >= PREFIX && data.length >= PREFIX + data.readUInt16BE(0)) {
      const end = PREFIX + data.readUInt16BE(0);
      yield data.subarray(PREFIX, end);
      data = data.subarray(end);
    }
    this.rest = data;
  }
}

/** A message with its length in front. */
export function framed(message: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(PREFIX + message.length);
  frame.writeUInt16BE(message.length, 0);
  message.copy(frame, PREFIX);
  return frame;
}
