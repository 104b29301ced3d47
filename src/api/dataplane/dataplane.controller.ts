import { Controller, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { nodeRoutesQuestion } from '../../application/dataplane/node-routes.js';
import { podRouteTableQuestion } from '../../application/dataplane/pod-route-table.js';
import { tunnelsQuestion } from '../../application/dataplane/tunnels.js';
import { defineEndpoint, Handles, Input, type InputOf } from '../http/endpoint.js';
import { AskedByPath } from '../questions/asked-by-path.js';
import { PATH_QUERY } from '../questions/question-endpoints.js';

/** The room's part and what a caller reads first; the whole envelope stands at `/queries/…`. */
function answerOf(question: { readonly name: string; readonly result: z.ZodType }) {
  const schema = z.looseObject({ verdict: z.string(), summary: z.string(), result: question.result });
  return { 200: { description: `the same answer as that of \`/queries/${question.name}\``, schema } };
}

const CLUSTER = z.string().describe('name of the cluster');

const READ = {
  method: 'GET',
  tag: 'dataplane',
  access: { role: 'viewer', reach: 'cluster' },
  problems: ['invalid-request', 'unknown-parameter', 'unknown-cluster', 'unknown-revision', 'unknown-tag', 'unknown-node'],
} as const;

const TUNNELS = defineEndpoint({
  ...READ,
  path: '/api/v1/clusters/:cluster/tunnels',
  summary: 'The devices that wrap packets, by node: the answer to `tunnels`',
  params: z.strictObject({ cluster: CLUSTER }),
  query: PATH_QUERY.safeExtend(tunnelsQuestion.input.shape),
  answers: answerOf(tunnelsQuestion),
  examples: [{ title: 'Of every node', params: { cluster: 'harbor' } }],
});

const NODE_ROUTES = defineEndpoint({
  ...READ,
  path: '/api/v1/clusters/:cluster/node-routes',
  summary: 'The routes of a node to pods: the answer to `node-routes`',
  params: z.strictObject({ cluster: CLUSTER }),
  query: PATH_QUERY.safeExtend(nodeRoutesQuestion.input.shape),
  answers: answerOf(nodeRoutesQuestion),
  examples: [{ title: 'Of one node', params: { cluster: 'harbor' }, query: { node: 'harbor-1' } }],
});

const { pod: _, ...OF_TABLE } = podRouteTableQuestion.input.shape;

const ROUTE_TABLE = defineEndpoint({
  ...READ,
  path: '/api/v1/clusters/:cluster/pods/:namespace/:name/route-table',
  summary: 'The routes in the network namespace of a pod: the answer to `pod-route-table`',
  params: z.strictObject({
    cluster: CLUSTER,
    namespace: z.string().describe('namespace of the pod'),
    name: z.string().describe('name of the pod'),
  }),
  query: PATH_QUERY.safeExtend(OF_TABLE),
  answers: answerOf(podRouteTableQuestion),
  problems: [
    'invalid-request',
    'unknown-parameter',
    'invalid-selector',
    'unknown-cluster',
    'unknown-revision',
    'unknown-tag',
    'unknown-pod',
  ],
});

/** Questions about the data plane that have a path of their own. */
@Controller()
export class DataplaneController {
  constructor(private readonly asked: AskedByPath) {}

  @Handles(TUNNELS)
  async tunnels(@Input() { params, query }: InputOf<typeof TUNNELS>, @Res() reply: FastifyReply): Promise<void> {
    const { view, revision, at, apply, delete: gone, ...input } = query;
    await this.asked.send(tunnelsQuestion, { cluster: params.cluster, query: { view, revision, at, apply, delete: gone }, input }, reply);
  }

  @Handles(NODE_ROUTES)
  async nodeRoutes(@Input() { params, query }: InputOf<typeof NODE_ROUTES>, @Res() reply: FastifyReply): Promise<void> {
    const { view, revision, at, apply, delete: gone, ...input } = query;
    await this.asked.send(
      nodeRoutesQuestion,
      { cluster: params.cluster, query: { view, revision, at, apply, delete: gone }, input },
      reply,
    );
  }

  @Handles(ROUTE_TABLE)
  async routeTable(@Input() { params, query }: InputOf<typeof ROUTE_TABLE>, @Res() reply: FastifyReply): Promise<void> {
    const { cluster, namespace, name } = params;
    const { view, revision, at, apply, delete: gone, ...more } = query;
    const input = { ...more, pod: `pod/${namespace}/${name}` };
    await this.asked.send(
      podRouteTableQuestion,
      { cluster, query: { view, revision, at, apply, delete: gone }, input, named: 'pod' },
      reply,
    );
  }
}
