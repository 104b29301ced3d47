import { Controller, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { loadBalancerQuestion } from '../../application/ipam/load-balancer.js';
import type { Question } from '../../application/questions/question.js';
import { serviceEndpointsQuestion } from '../../application/services/service-endpoints.js';
import { defineEndpoint, Handles, Input, type InputOf } from '../http/endpoint.js';
import { AskedByPath } from '../questions/asked-by-path.js';
import { PATH_QUERY } from '../questions/question-endpoints.js';

const params = z.strictObject({
  cluster: z.string().describe('name of the cluster'),
  namespace: z.string().describe('namespace of the service'),
  name: z.string().describe('name of the service'),
});

/** The answer of a question: the room's part and what a caller reads first; the whole envelope stands at `/queries/…`. */
function answerOf({ name, result }: Pick<Question, 'name' | 'result'>) {
  return {
    200: {
      description: `the same answer as that of \`/queries/${name}\``,
      schema: z.looseObject({ verdict: z.string(), summary: z.string(), result }),
    },
  };
}

const COMMON = {
  method: 'GET',
  tag: 'services',
  access: { role: 'viewer', reach: 'cluster' },
  params,
  query: PATH_QUERY,
  problems: [
    'invalid-request',
    'unknown-parameter',
    'invalid-selector',
    'unknown-cluster',
    'unknown-revision',
    'unknown-tag',
    'unknown-service',
  ],
} as const;

const ENDPOINTS = defineEndpoint({
  ...COMMON,
  path: '/api/v1/clusters/:cluster/services/:namespace/:name/endpoints',
  summary: 'Who stands behind a service: the answer to `service-endpoints`',
  answers: answerOf(serviceEndpointsQuestion),
  examples: [{ title: 'A service with endpoints', params: { cluster: 'harbor', namespace: 'shop', name: 'web' } }],
});

const LOAD_BALANCER = defineEndpoint({
  ...COMMON,
  path: '/api/v1/clusters/:cluster/services/:namespace/:name/load-balancer',
  summary: 'From which pool a service gets its addresses: the answer to `load-balancer`',
  answers: answerOf(loadBalancerQuestion),
  examples: [
    {
      title: 'A load balancer whose pools are not known',
      params: { cluster: 'harbor', namespace: 'ingress-nginx', name: 'ingress-nginx-controller' },
    },
  ],
});

/** Questions about one service that have a path of their own. */
@Controller()
export class ServicesController {
  constructor(private readonly asked: AskedByPath) {}

  @Handles(ENDPOINTS)
  async endpoints(@Input() { params: of, query }: InputOf<typeof ENDPOINTS>, @Res() reply: FastifyReply): Promise<void> {
    const input = { service: `svc/${of.namespace}/${of.name}` };
    await this.asked.send(serviceEndpointsQuestion, { cluster: of.cluster, query, input, named: 'service' }, reply);
  }

  @Handles(LOAD_BALANCER)
  async loadBalancer(@Input() { params: of, query }: InputOf<typeof LOAD_BALANCER>, @Res() reply: FastifyReply): Promise<void> {
    const input = { service: `svc/${of.namespace}/${of.name}` };
    await this.asked.send(loadBalancerQuestion, { cluster: of.cluster, query, input, named: 'service' }, reply);
  }
}
