import { hash } from 'node:crypto';
import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { type CopyStreamQuery, from as copyFrom } from 'pg-copy-streams';
import type { NewObject } from '../../application/clusters/stored-object.js';
import { COPY_FRAME, encodeInt4, encodeRow } from '../copy/binary-rows.js';
import { CREATE_STAGING, FILL_STAGING } from './commit-statements.js';

/**
 * Where the objects of one write wait for its commit: a temporary table of one connection, seen by nobody else, filled by one COPY that lasts as long as the
 * client sends.
 */
export class StagingArea {
  private position = 0;
  private readonly failed: Promise<never>;

  private constructor(private readonly copy: CopyStreamQuery) {
    this.failed = new Promise((_, reject) => copy.once('error', reject));
    this.failed.catch(() => undefined); // heard by whoever waits next
    copy.write(COPY_FRAME.head);
  }

  static async open(client: pg.ClientBase): Promise<StagingArea> {
    await client.query(CREATE_STAGING);
    return new StagingArea(client.query(copyFrom(FILL_STAGING)));
  }

  /** Resolves when the connection takes more. */
  async add(objects: readonly NewObject[]): Promise<void> {
    const rows = Buffer.concat(objects.map((object) => this.row(object)));
    await Promise.race([this.failed, new Promise<void>((resolve, reject) => this.copy.write(rows, settle(resolve, reject)))]);
  }

  /** Resolves when the database has everything. */
  async close(): Promise<void> {
    this.copy.end(COPY_FRAME.tail);
    await Promise.race([this.failed, finished(this.copy)]);
  }

  private row({ group, kind, namespace, name, body }: NewObject): Buffer {
    const content = Buffer.from(body);
    const identity = [group, kind, namespace, name].map((part) => Buffer.from(part));
    return encodeRow([encodeInt4(this.position++), ...identity, hash('sha256', content, 'buffer'), content]);
  }
}

function settle(resolve: () => void, reject: (error: Error) => void): (error?: Error | null) => void {
  return (error) => (error ? reject(error) : resolve());
}
