import { z } from 'zod';
import { DNS_REASONS } from '../../core/dns/dns-reasons.js';
import { type EnvironmentResult, podEnvironment } from '../../core/dns/pod-environment.js';
import { problem } from '../../core/kernel/problem.js';
import { atParameter } from '../../core/kernel/problem-place.js';
import { err, ok } from '../../core/kernel/result.js';
import { defineQuestion } from '../questions/question.js';
import { askerIn } from './asker-in.js';

const input = z.strictObject({
  from: z.string().max(512).describe('whose containers, `pod/shop/web-0` or `deploy/shop/web`'),
});

const result: z.ZodType<EnvironmentResult> = z.object({
  pod: z.string(),
  enableServiceLinks: z.boolean().describe('`spec.enableServiceLinks` of the pod'),
  variables: z
    .array(
      z.object({ name: z.string(), value: z.string(), service: z.string().describe('`namespace/name` of the service that it tells of') }),
    )
    .describe('what kubelet adds to every container; variables of the container’s own `env` replace them'),
});

/** The service environment variables of a pod's containers. */
export const podEnvironmentQuestion = defineQuestion({
  name: 'pod-environment',
  room: 'dns',
  title: 'Which environment variables tell the containers of a pod of services',
  input,
  result,
  verdicts: {
    SERVICE_LINKS: 'the services of its namespace and the API server',
    API_SERVER_ONLY: 'the API server alone: `enableServiceLinks` is false',
  },
  reasons: DNS_REASONS,
  examples: [{ title: 'What a deployment is told of', cluster: 'harbor', input: { from: 'deploy/shop/web' } }],
  ask({ model }, given) {
    const from = atParameter('from', askerIn(model, given.from));
    if (!from.ok) return from;
    if (!('pod' in from.value.asker)) {
      const message = `\`${given.from}\` names no pod: only containers have service variables`;
      return err(problem('invalid-request', message, { errors: [{ pointer: '/from', code: 'no-pod', message }] }));
    }
    return ok({ question: { from: from.value.selector }, answer: podEnvironment(model, from.value.asker.pod) });
  },
});
