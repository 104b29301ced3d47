import { Controller, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { serviceEndpointsQuestion } from '../../application/services/service-endpoints.js';
import { defineEndpoint, Handles, Input, type InputOf } from '../http/endpoint.js';
import { AskedByPath } from '../questions/asked-by-path.js';
import { QUESTION_QUERY } from '../questions/question-endpoints.js';

/** The room's part and what a caller reads first; the whole envelope stands at `/queries/…`. */
const answerSchema = z.looseObject({ verdict: z.string(), summary: z.string(), result: serviceEndpointsQuestion.result });

const ENDPOINTS = defineEndpoint({
  method: 'GET',
  path: '/api/v1/clusters/:cluster/services/:namespace/:name/endpoints',
  tag: 'services',
  summary: 'Who stands behind a service: the answer to `service-endpoints`',
  access: { role: 'viewer', reach: 'cluster' },
  params: z.strictObject({
    cluster: z.string().describe('name of the cluster'),
    namespace: z.string().describe('namespace of the service'),
    name: z.string().describe('name of the service'),
  }),
  query: QUESTION_QUERY,
  answers: { 200: { description: 'the same answer as that of `/queries/service-endpoints`', schema: answerSchema } },
  problems: [
    'invalid-request',
    'unknown-parameter',
    'invalid-selector',
    'unknown-cluster',
    'unknown-revision',
    'unknown-tag',
    'unknown-service',
  ],
  examples: [{ title: 'A service with endpoints', params: { cluster: 'harbor', namespace: 'shop', name: 'web' } }],
});

/** Questions about one service that have a path of their own. */
@Controller()
export class ServicesController {
  constructor(private readonly asked: AskedByPath) {}

  @Handles(ENDPOINTS)
  async endpoints(@Input() { params, query }: InputOf<typeof ENDPOINTS>, @Res() reply: FastifyReply): Promise<void> {
    const { cluster, namespace, name } = params;
    await this.asked.send(
      serviceEndpointsQuestion,
      { cluster, query, input: { service: `svc/${namespace}/${name}` }, named: 'service' },
      reply,
    );
  }
}
