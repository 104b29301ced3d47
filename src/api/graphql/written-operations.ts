import type { FastifyInstance } from 'fastify';
import { bytesOf } from '../../application/questions/joined-bytes.js';

const PATH = '/graphql';
/** `data`, a cluster, its answer, and the members of that: each of those is written by itself. */
const DEPTH = 4;

/** Has the answers of operations written as {@link operationText} does it. */
export function addWrittenOperations(server: FastifyInstance): void {
  server.addHook('onRoute', (route) => {
    if (route.url !== PATH || route.method !== 'POST') return;
    const { handler } = route;
    route.handler = async function (request, reply) {
      const body: unknown = await handler.call(this, request, reply);
      if (!isRecord(body) || Object.is(body, reply) || reply.hasHeader('content-type')) return body;
      reply.type('application/json; charset=utf-8');
      return operationText(body);
    };
  });
}

/** Plain data as JSON in UTF-8: the bytes of `JSON.stringify`, in less time where few texts have a character beyond Latin-1. */
export function operationText(answer: Readonly<Record<string, unknown>>): Buffer {
  const parts: string[] = [];
  addMembers(answer, DEPTH, parts);
  return bytesOf(parts);
}

function addMembers(value: Readonly<Record<string, unknown>>, depth: number, parts: string[]): void {
  let before = '{';
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    parts.push(`${before}${JSON.stringify(name)}:`);
    before = ',';
    if (depth > 1 && isRecord(member)) addMembers(member, depth - 1, parts);
    else parts.push(JSON.stringify(member));
  }
  parts.push(before === '{' ? '{}' : '}');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
