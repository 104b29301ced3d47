import { z } from 'zod';
import { preparePools } from '../../core/ipam/all-pools.js';
import { IPAM_REASONS } from '../../core/ipam/ipam-reasons.js';
import { FORECAST_VERDICTS, poolForecast, poolUse } from '../../core/ipam/pool-forecast.js';
import { ok } from '../../core/kernel/result.js';
import { defineQuestion } from '../questions/question.js';
import { ALLOCATION_SEQUENCE, POOL_FILTER } from './ipam-input.js';
import { forecastResultSchema } from './ipam-result-schema.js';

const input = z.strictObject({ ...POOL_FILTER, allocationSequence: ALLOCATION_SEQUENCE });

/** When the pools of a cluster will be full. */
export const ipForecastQuestion = defineQuestion({
  name: 'ip-forecast',
  room: 'ipam',
  title: 'When will the address pools of a cluster be used to 90 %, if their use grows on as it has grown',
  input,
  result: forecastResultSchema,
  verdicts: FORECAST_VERDICTS,
  reasons: IPAM_REASONS,
  readsAllocations: true,
  prepare: preparePools,
  examples: [
    { title: 'Every pool', cluster: 'harbor', input: {} },
    { title: 'The pod ranges', cluster: 'atoll', input: { plane: 'pod' } },
  ],
  measure: ({ model, allocations }) => poolUse(model, allocations),
  ask({ model, allocations, past, measuredAsIs }, { pool, plane, family }) {
    const uses = (past ?? []).map(({ revision, at, measured }) => ({ revision, at, used: measured }));
    const answer = poolForecast(model, allocations, { past: uses, asIs: measuredAsIs }, { pool, plane, family });
    if (!answer.ok) return answer;
    const question = { pool: pool ?? null, plane: plane ?? null, family: family ?? null, allocationSequence: allocations.sequence };
    return ok({ question, answer: answer.value });
  },
});
