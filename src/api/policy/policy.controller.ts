import { Controller, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { podPoliciesQuestion } from '../../application/policy/pod-policies.js';
import { policyPodsQuestion } from '../../application/policy/policy-pods.js';
import { defineEndpoint, Handles, Input, type InputOf } from '../http/endpoint.js';
import { AskedByPath } from '../questions/asked-by-path.js';
import { PATH_QUERY } from '../questions/question-endpoints.js';

const CLUSTER = z.string().describe('name of the cluster');
const COMMON_PROBLEMS = [
  'invalid-request',
  'unknown-parameter',
  'invalid-selector',
  'unknown-cluster',
  'unknown-revision',
  'unknown-tag',
] as const;

const POLICIES = defineEndpoint({
  method: 'GET',
  path: '/api/v1/clusters/:cluster/pods/:namespace/:name/policies',
  tag: 'policy',
  summary: 'Which network policies select a pod: the answer to `pod-policies`',
  access: { role: 'viewer', reach: 'cluster' },
  params: z.strictObject({
    cluster: CLUSTER,
    namespace: z.string().describe('namespace of the pod'),
    name: z.string().describe('name of the pod'),
  }),
  query: PATH_QUERY,
  answers: {
    200: {
      description: 'the same answer as that of `/queries/pod-policies`',
      schema: z.looseObject({ verdict: z.string(), summary: z.string(), result: podPoliciesQuestion.result }),
    },
  },
  problems: [...COMMON_PROBLEMS, 'unknown-pod'],
  examples: [{ title: 'A database', params: { cluster: 'harbor', namespace: 'data', name: 'postgres-0' } }],
});

const PODS = defineEndpoint({
  method: 'GET',
  path: '/api/v1/clusters/:cluster/network-policies/:namespace/:name/pods',
  tag: 'policy',
  summary: 'Which pods a network policy selects: the answer to `policy-pods`',
  access: { role: 'viewer', reach: 'cluster' },
  params: z.strictObject({
    cluster: CLUSTER,
    namespace: z.string().describe('namespace of the policy'),
    name: z.string().describe('name of the policy'),
  }),
  query: PATH_QUERY,
  answers: {
    200: {
      description: 'the same answer as that of `/queries/policy-pods`',
      schema: z.looseObject({ verdict: z.string(), summary: z.string(), result: policyPodsQuestion.result }),
    },
  },
  problems: [...COMMON_PROBLEMS, 'unknown-object'],
  examples: [{ title: 'Default-deny', params: { cluster: 'harbor', namespace: 'shop', name: 'default-deny' } }],
});

/** Questions about policies that have a path of their own. */
@Controller()
export class PolicyController {
  constructor(private readonly asked: AskedByPath) {}

  @Handles(POLICIES)
  async policies(@Input() { params, query }: InputOf<typeof POLICIES>, @Res() reply: FastifyReply): Promise<void> {
    const { cluster, namespace, name } = params;
    await this.asked.send(podPoliciesQuestion, { cluster, query, input: { pod: `pod/${namespace}/${name}` }, named: 'pod' }, reply);
  }

  @Handles(PODS)
  async pods(@Input() { params, query }: InputOf<typeof PODS>, @Res() reply: FastifyReply): Promise<void> {
    const { cluster, namespace, name } = params;
    await this.asked.send(policyPodsQuestion, { cluster, query, input: { policy: `${namespace}/${name}` }, named: 'policy' }, reply);
  }
}
