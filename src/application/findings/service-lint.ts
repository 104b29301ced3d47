import { z } from 'zod';
import { FINDING_CODE_NAMES } from '../../core/findings/finding-codes.js';
import { serviceLint } from '../../core/findings/service-lint.js';
import { SERVICE_LINT_REASONS, SERVICE_LINT_VERDICTS, type ServiceLintResult } from '../../core/findings/service-lint-result.js';
import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { atParameter } from '../../core/kernel/problem-place.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import { knownNamespace } from '../policy/known-namespace.js';
import { defineLongQuestion } from '../questions/question.js';
import { findingCodeSchema, findingSchema, SEVERITIES } from './finding-schema.js';

const MOST_FINDINGS = 10_000;

const input = z.strictObject({
  namespace: z.string().min(1).max(63).optional().describe('only services and pods of this namespace'),
  service: z.string().min(1).max(512).optional().describe('only this service, `svc/shop/web` or `shop/web`'),
  code: z
    .preprocess(
      (value) => (typeof value === 'string' ? [value] : value),
      z.array(z.enum(FINDING_CODE_NAMES)).max(FINDING_CODE_NAMES.length),
    )
    .optional()
    .describe('only these codes'),
  severity: z.enum(SEVERITIES).default('info').describe('the least grave that is told'),
  limit: z.coerce.number().int().min(1).max(MOST_FINDINGS).default(1000).describe('how many findings are told; `counts` has all'),
});

const result: z.ZodType<ServiceLintResult> = z.object({
  services: z.number().int().describe('how many services were looked at'),
  findings: z.array(findingSchema),
  counts: z
    .array(z.object({ code: findingCodeSchema, severity: z.enum(SEVERITIES), count: z.number().int() }))
    .describe('of all findings, `limit` or not'),
  omitted: z.number().int().describe('how many findings `limit` left out'),
});

/** What is wrong or suspicious about the services and names of a cluster. */
export const serviceLintQuestion = defineLongQuestion({
  name: 'service-lint',
  room: 'services',
  title: 'What is wrong or suspicious about services, their endpoints and the names of pods, and how is it mended',
  input,
  result,
  verdicts: SERVICE_LINT_VERDICTS,
  reasons: SERVICE_LINT_REASONS,
  examples: [
    { title: 'The whole cluster', cluster: 'harbor', input: {} },
    { title: 'One service', cluster: 'harbor', input: { service: 'svc/shop/recommendations' } },
    { title: 'Target ports and selectors, without notes', cluster: 'harbor', input: { namespace: 'shop', severity: 'warning' } },
  ],
  *steps({ model }, given) {
    const namespace = atParameter('namespace', knownNamespace(model, given.namespace));
    if (!namespace.ok) return namespace;
    const service = given.service === undefined ? ok(undefined) : atParameter('service', serviceKey(model, given.service));
    if (!service.ok) return service;
    const { severity, limit, code } = given;
    const answer = yield* serviceLint(model, { namespace: namespace.value, service: service.value, codes: code, severity, limit });
    const question = { namespace: namespace.value ?? null, service: service.value ?? null, code: code ?? null, severity, limit };
    return ok({ question, answer });
  },
});

function serviceKey(model: NetworkModel, text: string): Result<string, Problem> {
  const key = text.replace(/^(svc|services?)\//, '');
  if (model.services.has(key)) return ok(key);
  const hint = didYouMeanHint(key, model.services.keys());
  return err(problem('unknown-service', `there is no service \`${key}\``, hint === undefined ? {} : { hint }));
}
