import { z } from 'zod';
import { IPAM_REASONS } from '../../core/ipam/ipam-reasons.js';
import { LOAD_BALANCER_VERDICTS, type LoadBalancerResult, serveLoadBalancer } from '../../core/ipam/serve-load-balancer.js';
import { keysOf } from '../../core/kernel/keys-of.js';
import { atParameter } from '../../core/kernel/problem-place.js';
import { ok } from '../../core/kernel/result.js';
import { defineLongQuestion } from '../questions/question.js';
import { SERVICE_INPUT, serviceNamed } from '../services/service-named.js';

const reason = z.enum(keysOf(IPAM_REASONS));

const condition = z.object({
  type: z.string(),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string(),
  message: z.string(),
});

const result: z.ZodType<LoadBalancerResult> = z.object({
  service: z.string(),
  provider: z
    .enum(['cilium', 'ciliumNodes', 'metallb', 'calico'])
    .nullable()
    .describe('who gives it addresses; null: nobody whose pools are known'),
  loadBalancerClass: z.string().nullable(),
  families: z.array(z.union([z.literal(4), z.literal(6)])).describe('of the service'),
  addresses: z.array(
    z.object({
      ip: z.string(),
      pool: z.string().nullable(),
      held: z.boolean().describe('the status of the service names it already'),
      sharedWith: z.array(z.string()).describe('other services that have it'),
    }),
  ),
  lost: z.array(z.string()).describe('addresses of the status that are taken away'),
  reason: reason.nullable().describe('why it does not get what it asks for'),
  message: z.string().nullable(),
  condition: condition
    .nullable()
    .describe('what the provider writes into the status of the service: `cilium.io/IPAMRequestSatisfied`; null: it writes none'),
  pools: z
    .array(
      z.object({
        pool: z.string(),
        serves: z.boolean(),
        reason,
        message: z.string(),
        conditions: z.array(condition).describe('what the provider writes into the status of the pool: Cilium, of conflicts and numbers'),
      }),
    )
    .describe('every pool of the provider, in the order in which they are tried'),
});

/** From which pool a service has its addresses. */
export const loadBalancerQuestion = defineLongQuestion({
  name: 'load-balancer',
  room: 'ipam',
  title: 'From which pool does a service of type LoadBalancer get its addresses, and why is it pending',
  input: z.strictObject({ service: SERVICE_INPUT }),
  result,
  verdicts: LOAD_BALANCER_VERDICTS,
  reasons: IPAM_REASONS,
  examples: [
    {
      title: 'A load balancer whose pools are not known',
      cluster: 'harbor',
      input: { service: 'svc/ingress-nginx/ingress-nginx-controller' },
    },
    { title: 'A service of another type', cluster: 'harbor', input: { service: 'svc/shop/web' } },
    { title: 'An address of a pool of Cilium', cluster: 'fjord', input: { service: 'svc/tides/buoy' } },
    { title: 'A service that waits for an address that no pool has', cluster: 'fjord', input: { service: 'svc/tides/buoy-archive' } },
  ],
  *steps({ model }, given) {
    const service = atParameter('service', serviceNamed(model, given.service));
    if (!service.ok) return service;
    const { namespace, name } = service.value;
    const answer = yield* serveLoadBalancer(model, service.value);
    return ok({ question: { service: `svc/${namespace}/${name}` }, answer });
  },
});
