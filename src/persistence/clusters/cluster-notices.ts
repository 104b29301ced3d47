import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import { DatabaseSettings } from '../database.js';

const CHANNEL = 'portolan_cluster';
/** A connection that says nothing for this long is asked whether it is there, and given up when it does not answer in the same time. */
const HEARTBEAT_MS = 5_000;
const RETRY_MS = 1_000;

const NOTICE = z.object({
  name: z.string(),
  id: z.string(),
  revision: z.int().nullable(),
  profileVersion: z.int().nullable(),
  written: z.boolean().nullable(),
});

/** What the database tells of a changed cluster (trigger `cluster_changed`). The numbers are null where it was deleted. */
export type ClusterNotice = z.infer<typeof NOTICE>;

/** Who hears. */
export interface ClusterListener {
  /** Notices are heard from now on; what was remembered before may be old. */
  heard?(): void;
  /** Nothing is heard from now on. */
  deaf?(): void;
  notice(notice: ClusterNotice): void;
}

/** The connection that listens for changes of clusters, made again whenever it breaks. */
@Injectable()
export class ClusterNotices implements OnModuleInit, OnModuleDestroy {
  private readonly listeners = new Set<ClusterListener>();
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private hearing = false;

  constructor(private readonly settings: DatabaseSettings) {}

  /** Adds a listener and returns how to remove it. */
  listen(listener: ClusterListener): () => void {
    this.listeners.add(listener);
    if (this.hearing) listener.heard?.();
    return () => void this.listeners.delete(listener);
  }

  onModuleInit(): void {
    this.running = this.keepListening();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async keepListening(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.listenOnce().catch(() => undefined); // whatever broke, the answer is to connect again
      this.setHearing(false);
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Listens until the connection breaks or the process stops. */
  private async listenOnce(): Promise<void> {
    const { signal } = this.stopping;
    const client = new pg.Client({
      connectionString: this.settings.url,
      keepAlive: true,
      connectionTimeoutMillis: HEARTBEAT_MS,
      query_timeout: HEARTBEAT_MS,
      application_name: 'portolan notices',
    });
    const broken = new AbortController();
    client.on('error', () => broken.abort());
    client.on('end', () => broken.abort());
    client.on('notification', ({ payload }) => this.tell(payload ?? ''));
    const ended = AbortSignal.any([signal, broken.signal]);
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      this.setHearing(true);
      while (!ended.aborted) {
        await delay(HEARTBEAT_MS, undefined, { signal: ended }).catch(() => undefined);
        if (!ended.aborted) await client.query('SELECT 1');
      }
    } finally {
      this.setHearing(false);
      await client.end().catch(() => undefined);
    }
  }

  private setHearing(hearing: boolean): void {
    if (this.hearing === hearing) return;
    this.hearing = hearing;
    for (const listener of this.listeners) {
      if (hearing) listener.heard?.();
      else listener.deaf?.();
    }
  }

  private tell(payload: string): void {
    const notice = NOTICE.parse(JSON.parse(payload));
    for (const listener of this.listeners) listener.notice(notice);
  }
}
