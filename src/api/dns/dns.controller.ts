import { Controller, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { podEnvironmentQuestion } from '../../application/dns/pod-environment.js';
import { podResolverQuestion } from '../../application/dns/pod-resolver.js';
import { defineEndpoint, Handles, Input, type InputOf } from '../http/endpoint.js';
import { AskedByPath } from '../questions/asked-by-path.js';
import { PATH_QUERY } from '../questions/question-endpoints.js';

/** The room's part and what a caller reads first; the whole envelope stands at `/queries/…`. */
function answerSchema(result: z.ZodType) {
  return z.looseObject({ verdict: z.string(), summary: z.string(), result });
}

const OF_POD = {
  method: 'GET',
  tag: 'dns',
  access: { role: 'viewer', reach: 'cluster' },
  params: z.strictObject({
    cluster: z.string().describe('name of the cluster'),
    namespace: z.string().describe('namespace of the pod'),
    name: z.string().describe('name of the pod'),
  }),
  query: PATH_QUERY,
  problems: [
    'invalid-request',
    'unknown-parameter',
    'invalid-selector',
    'unknown-cluster',
    'unknown-revision',
    'unknown-tag',
    'unknown-pod',
  ],
} as const;

const RESOLVER = defineEndpoint({
  ...OF_POD,
  path: '/api/v1/clusters/:cluster/pods/:namespace/:name/resolver',
  summary: 'What stands in the resolv.conf of a pod: the answer to `pod-resolver`',
  answers: {
    200: { description: 'the same answer as that of `/queries/pod-resolver`', schema: answerSchema(podResolverQuestion.result) },
  },
});

const ENVIRONMENT = defineEndpoint({
  ...OF_POD,
  path: '/api/v1/clusters/:cluster/pods/:namespace/:name/environment',
  summary: 'Which environment variables tell a pod of services: the answer to `pod-environment`',
  answers: {
    200: { description: 'the same answer as that of `/queries/pod-environment`', schema: answerSchema(podEnvironmentQuestion.result) },
  },
});

/** Questions about one pod's names that have a path of their own. */
@Controller()
export class DnsController {
  constructor(private readonly asked: AskedByPath) {}

  @Handles(RESOLVER)
  async resolver(@Input() { params, query }: InputOf<typeof RESOLVER>, @Res() reply: FastifyReply): Promise<void> {
    const { cluster, namespace, name } = params;
    await this.asked.send(podResolverQuestion, { cluster, query, input: { from: `pod/${namespace}/${name}` }, named: 'from' }, reply);
  }

  @Handles(ENVIRONMENT)
  async environment(@Input() { params, query }: InputOf<typeof ENVIRONMENT>, @Res() reply: FastifyReply): Promise<void> {
    const { cluster, namespace, name } = params;
    await this.asked.send(podEnvironmentQuestion, { cluster, query, input: { from: `pod/${namespace}/${name}` }, named: 'from' }, reply);
  }
}
