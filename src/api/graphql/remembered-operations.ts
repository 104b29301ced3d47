import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { refusal } from '../../application/access/principal.js';
import type { Coordinate } from '../../application/clusters/coordinate.js';
import type { Clusters } from '../../application/clusters/clusters.js';
import { SecondTimeMemory } from '../../application/questions/second-time-memory.js';
import { OperationNotes } from './operation-notes.js';

interface Remembered {
  readonly coordinate: Coordinate;
  readonly text: Buffer;
}

const PATH = '/graphql';
/** How many characters of documents have a number. */
const NUMBERED_CHARACTERS = 2 ** 22;

/**
 * The texts of operations that ask one cluster at its newest revision nothing but questions, from the second time on: dashboards send the same documents again and
 * again. A text holds as long as the cluster has that revision and profile; whoever asks has to be let in anew.
 */
export class RememberedOperations {
  private readonly texts: SecondTimeMemory<Remembered>;
  /** A number for each document, never used again: a key holds that, where clients send the same few thousand characters with every request. */
  private readonly documents = new LRUCache<string, number>({
    maxSize: NUMBERED_CHARACTERS,
    sizeCalculation: (_, document) => Math.max(1, document.length),
  });
  private numbered = 0;

  constructor(
    private readonly clusters: Clusters,
    maxBytes: number,
  ) {
    this.texts = new SecondTimeMemory(maxBytes, ({ text }) => text.length);
  }

  /** Answers operations that are remembered before anything of them runs, and remembers the others. */
  addTo(server: FastifyInstance): void {
    server.decorateRequest('notes', undefined);
    server.addHook('onRoute', (route) => {
      if (route.url !== PATH || route.method !== 'POST') return;
      route.preHandler = async (request, reply) => this.answer(request, reply);
      route.onSend = (request, reply, payload, done) => {
        this.remember(request, reply, payload);
        done(null, payload);
      };
    });
  }

  private async answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
    const key = this.keyOf(request.body);
    if (key === undefined) return undefined;
    const known = this.texts.get(key);
    if (known && (await this.stillHolds(known.coordinate, request))) return reply.type('application/json; charset=utf-8').send(known.text);
    request.notes = new OperationNotes(key);
    return undefined;
  }

  private async stillHolds({ cluster, revision }: Coordinate, { caller }: FastifyRequest): Promise<boolean> {
    if (typeof caller !== 'object' || refusal(caller, 'viewer', cluster.name)) return false;
    const now = await this.clusters.at(cluster.name);
    return (
      now.ok &&
      now.value.cluster.id === cluster.id &&
      now.value.revision === revision &&
      now.value.cluster.profileVersion === cluster.profileVersion
    );
  }

  private remember({ notes }: FastifyRequest, { statusCode }: FastifyReply, payload: unknown): void {
    const [coordinate, another] = notes?.coordinates ?? [];
    if (notes?.isPure && notes.succeeded && coordinate && !another && statusCode === 200 && Buffer.isBuffer(payload)) {
      this.texts.offer(notes.key, () => ({ coordinate, text: Buffer.copyBytesFrom(payload) }));
    }
  }

  /** Two operations of one key are the same; undefined where there is none to be read. */
  private keyOf(body: unknown): string | undefined {
    const sent = Object(body);
    const query: unknown = Reflect.get(sent, 'query');
    if (typeof query !== 'string') return undefined;
    return `${this.numberOf(query)} ${JSON.stringify([Reflect.get(sent, 'operationName'), Reflect.get(sent, 'variables')])}`;
  }

  private numberOf(document: string): number {
    const known = this.documents.get(document);
    if (known !== undefined) return known;
    this.documents.set(document, ++this.numbered);
    return this.numbered;
  }
}
