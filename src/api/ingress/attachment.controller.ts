import { Controller, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { gatewayStatusQuestion } from '../../application/ingress/gateway-status.js';
import { ROUTE_KIND } from '../../application/objects/gateway-routes.js';
import { defineEndpoint, Handles, Input, type InputOf } from '../http/endpoint.js';
import { AskedByPath } from '../questions/asked-by-path.js';
import { PATH_QUERY } from '../questions/question-endpoints.js';

const ATTACHMENT = defineEndpoint({
  method: 'GET',
  path: '/api/v1/clusters/:cluster/routes/:kind/:namespace/:name/attachment',
  tag: 'ingress',
  access: { role: 'viewer', reach: 'cluster' },
  summary: 'Whether a route of the Gateway API is attached to its parents, and why not: the answer to `gateway-status`',
  params: z.strictObject({
    cluster: z.string().describe('name of the cluster'),
    kind: ROUTE_KIND,
    namespace: z.string().describe('namespace of the route'),
    name: z.string().describe('name of the route'),
  }),
  query: PATH_QUERY,
  answers: {
    200: {
      description: 'the same answer as that of `/queries/gateway-status`',
      schema: z.looseObject({ verdict: z.string(), summary: z.string(), result: gatewayStatusQuestion.result }),
    },
  },
  problems: ['invalid-request', 'unknown-parameter', 'unknown-cluster', 'unknown-revision', 'unknown-tag', 'unknown-object'],
  examples: [{ title: 'An attached route', params: { cluster: 'fjord', kind: 'httproute', namespace: 'tides', name: 'forecast' } }],
});

/** The question about one route that has a path of its own. */
@Controller()
export class AttachmentController {
  constructor(private readonly asked: AskedByPath) {}

  @Handles(ATTACHMENT)
  async attachment(@Input() { params, query }: InputOf<typeof ATTACHMENT>, @Res() reply: FastifyReply): Promise<void> {
    const { cluster, kind, namespace, name } = params;
    const input = { kind, object: `${namespace}/${name}` };
    await this.asked.send(gatewayStatusQuestion, { cluster, query, input, named: 'object' }, reply);
  }
}
