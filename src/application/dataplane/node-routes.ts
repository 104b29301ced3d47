import { z } from 'zod';
import { NODE_ROUTES_REASONS, NODE_ROUTES_VERDICTS, nodeRoutes, type NodeRoutesResult } from '../../core/dataplane/node-routes.js';
import { ok } from '../../core/kernel/result.js';
import { defineLongQuestion } from '../questions/question.js';
import { LIMIT } from './list-input.js';
import { familySchema } from './mtu-input.js';

const input = z.strictObject({
  node: z.string().min(1).max(253).describe('whose routes'),
  family: familySchema.optional().describe('4 or 6; left out: both'),
  limit: LIMIT,
});

const result: z.ZodType<NodeRoutesResult> = z.object({
  node: z.string(),
  routes: z.array(
    z.object({
      destination: z.string().describe('a node’s range, a block of Calico, or the whole network of pods'),
      kind: z.enum(['own-pods', 'other-node']),
      node: z.string().nullable().describe('who has the destination; null: the node itself'),
      via: z.string().nullable().describe('the next hop; null: the route has none, or no object tells it'),
      device: z.string().describe('of the route'),
      wrapped: z.boolean(),
      tunnelTo: z.string().nullable().describe('the address of the node to which what is wrapped is sent; null: nothing is wrapped'),
      mode: z.string(),
      why: z.string().describe('why it is so, or what keeps packets from getting there'),
      reachable: z.boolean(),
    }),
  ),
  unreachable: z.number().int(),
  omitted: z.number().int().describe('how many `limit` left out'),
});

/** The routes of a node to pods. */
export const nodeRoutesQuestion = defineLongQuestion({
  name: 'node-routes',
  room: 'dataplane',
  title: 'Which routes to pods does a node have, and which of them go through a tunnel',
  input,
  result,
  verdicts: NODE_ROUTES_VERDICTS,
  reasons: NODE_ROUTES_REASONS,
  examples: [
    { title: 'CrossSubnet: one neighbour, one behind a tunnel', cluster: 'harbor', input: { node: 'harbor-1' } },
    { title: 'Native routing, IPv6 alone', cluster: 'fjord', input: { node: 'fjord-1', family: 6 } },
  ],
  *steps({ model }, { node, family, limit }) {
    const answer = yield* nodeRoutes(model, { node, family, limit });
    return answer.ok ? ok({ question: { node, family: family ?? null, limit }, answer: answer.value }) : answer;
  },
});
