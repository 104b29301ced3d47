import { readFileSync } from 'node:fs';
import fastify from 'fastify';
import mercurius from 'mercurius';

/**
 * The peer the product is measured against: a bare Fastify route that returns given bytes, and a Mercurius schema of the product's own SDL whose one
 * resolver returns a given object. A process of its own, started as `node reference-server.js <file>`; it prints its address.
 */
export interface Given {
  /** The bytes of every REST answer. */
  readonly body: string;
  /** SDL, the field below `Cluster`, and what it answers. */
  readonly schema: string;
  readonly field: string;
  readonly answer: unknown;
}

const given = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Given;
const app = fastify();
app.get('/rest', (_request, reply) => reply.type('application/json; charset=utf-8').send(given.body));
await app.register(mercurius, {
  schema: given.schema,
  resolvers: { Query: { cluster: () => ({}) }, Cluster: { [given.field]: () => given.answer } },
  jit: 1,
});
const address = await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`${address}\n`);
process.once('SIGTERM', () => void app.close());
