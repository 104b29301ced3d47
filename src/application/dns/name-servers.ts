import { LRUCache } from 'lru-cache';
import { resolveRecord } from '../../core/dns/resolve-record.js';
import type { DnsQuestion, ServerAnswer } from '../../core/dns/server-answer.js';
import type { ClusterStore } from '../clusters/cluster-store.js';
import type { ModelSource } from '../clusters/model-source.js';

/** A cluster's DNS server at one revision. */
export interface ServingNames {
  answer(question: DnsQuestion): ServerAnswer;
}

/** How long a cluster that is not there, or cannot be read, is not looked for again: questions for it do not become load on the database. */
const ABSENT_FOR_MS = 1_000;
const MAX_REMEMBERED = 1_000;

/** The DNS servers of clusters as they are now, for doors that are asked question by question. */
export class NameServers {
  private readonly absent = new LRUCache<string, Promise<ServingNames | undefined>>({ max: MAX_REMEMBERED, ttl: ABSENT_FOR_MS });
  private readonly looking = new Map<string, Promise<ServingNames | undefined>>();

  constructor(
    private readonly clusters: ClusterStore,
    private readonly models: ModelSource,
  ) {}

  /**
   * The server at the cluster's newest revision; undefined when there is no such cluster, or nothing in it yet. Rejects when it cannot be read. Who asks while it is
   * looked for gets what is found.
   */
  async newest(cluster: string): Promise<ServingNames | undefined> {
    return this.looking.get(cluster) ?? this.absent.get(cluster) ?? this.look(cluster);
  }

  private async look(name: string): Promise<ServingNames | undefined> {
    const found = this.find(name);
    this.looking.set(name, found);
    const remember = (): unknown => this.absent.set(name, found);
    try {
      const server = await found;
      if (!server) remember();
      return server;
    } catch (error) {
      remember();
      throw error;
    } finally {
      this.looking.delete(name);
    }
  }

  private async find(name: string): Promise<ServingNames | undefined> {
    const cluster = await this.clusters.find(name);
    if (!cluster || cluster.latestRevision === 0) return undefined;
    const serial = cluster.latestRevision;
    const model = await this.models.modelAt(cluster, serial);
    return { answer: (question) => resolveRecord({ model, serial }, question) };
  }
}
