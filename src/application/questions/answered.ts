import { hash } from 'node:crypto';
import type { AnswerEnvelope } from './question.js';

/** An answer. Its text is made when somebody wants it, and once: as bytes, which cost the socket a fifth less than text. */
export class Answered {
  private bytes: Buffer | undefined;
  private named: string | undefined;

  constructor(readonly envelope: AnswerEnvelope) {}

  /** The JSON text in UTF-8. */
  get body(): Buffer {
    this.bytes ??= Buffer.from(JSON.stringify(this.envelope));
    return this.bytes;
  }

  /** Names the text: equal for equal bytes, and for no others. */
  get digest(): string {
    this.named ??= hash('sha1', this.body, 'base64url');
    return this.named;
  }
}
