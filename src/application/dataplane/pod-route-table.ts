import { z } from 'zod';
import {
  POD_ROUTE_TABLE_REASONS,
  POD_ROUTE_TABLE_VERDICTS,
  podRouteTable,
  type PodRouteTableResult,
} from '../../core/dataplane/pod-route-table.js';
import { atParameter } from '../../core/kernel/problem-place.js';
import { ok } from '../../core/kernel/result.js';
import { defineLongQuestion } from '../questions/question.js';
import { LIMIT } from './list-input.js';
import { familySchema } from './mtu-input.js';
import { pathEndIn } from './path-ends.js';

const input = z.strictObject({
  pod: z.string().max(512).describe('whose routes: `pod/shop/web-0`, `deploy/shop/web`; of several the first'),
  family: familySchema.optional().describe('4 or 6; left out: both'),
  limit: LIMIT,
});

const result: z.ZodType<PodRouteTableResult> = z.object({
  pod: z.string(),
  node: z.string().nullable(),
  hostNetwork: z.boolean(),
  device: z.string().nullable().describe('the device that has the addresses; null: not known'),
  deviceMtu: z.number().int().nullable().describe('in bytes'),
  addresses: z.array(z.string()).describe('of the pod’s own device, with the length of their prefix'),
  routes: z.array(
    z.object({
      destination: z.string(),
      via: z.string().nullable().describe('the next hop; null: the destination is on the link, or no object tells it'),
      device: z.string(),
      mtu: z.number().int().nullable().describe('the largest packet by this route, in bytes; null: that of the device'),
      why: z.string(),
    }),
  ),
  omitted: z.number().int().describe('how many `limit` left out'),
});

/** The routes of a pod. */
export const podRouteTableQuestion = defineLongQuestion({
  name: 'pod-route-table',
  room: 'dataplane',
  title: 'Which routes stand in the network namespace of a pod',
  input,
  result,
  verdicts: POD_ROUTE_TABLE_VERDICTS,
  reasons: POD_ROUTE_TABLE_REASONS,
  examples: [
    { title: 'Routed by Calico: one next hop for everything', cluster: 'harbor', input: { pod: 'deploy/shop/web' } },
    { title: 'Behind the bridge of Flannel', cluster: 'atoll', input: { pod: 'deploy/reef/coral' } },
    { title: 'A hostNetwork pod', cluster: 'atoll', input: { pod: 'ds/reef/lighthouse' } },
    { title: 'Over IPv6 alone', cluster: 'fjord', input: { pod: 'deploy/tides/forecast', family: 6 } },
  ],
  *steps({ model }, { pod, family, limit }) {
    const named = atParameter('pod', pathEndIn(model, pod));
    if (!named.ok) return named;
    const answer = yield* podRouteTable(model, { pod: named.value.endpoints, family, limit });
    return answer.ok
      ? ok({ question: { pod: named.value.endpoints.selector, family: family ?? null, limit }, answer: answer.value })
      : answer;
  },
});
