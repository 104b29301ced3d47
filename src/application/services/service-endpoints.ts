import { z } from 'zod';
import { atParameter } from '../../core/kernel/problem-place.js';
import { ok } from '../../core/kernel/result.js';
import { type EndpointsResult, explainEndpoints } from '../../core/services/explain-endpoints.js';
import { SERVICE_REASONS } from '../../core/services/service-reasons.js';
import { defineQuestion } from '../questions/question.js';
import { SERVICE_INPUT, serviceNamed } from './service-named.js';
import { portSchema, serviceSchema } from './service-result-schema.js';

const input = z.strictObject({ service: SERVICE_INPUT });

const endpoint = z.object({
  ip: z.string(),
  addresses: z.array(z.string()).describe('`ip:port` of each port'),
  slice: z.string().describe('name of the EndpointSlice'),
  pod: z.string().nullable(),
  node: z.string().nullable(),
  zone: z.string().nullable(),
  ready: z.boolean(),
  serving: z.boolean(),
  terminating: z.boolean(),
  zoneHints: z.array(z.string()),
  nodeHints: z.array(z.string()),
});

const candidate = z.object({
  pod: z.string(),
  node: z.string().nullable(),
  ips: z.array(z.string()),
  phase: z.string(),
  included: z.boolean().describe('published in a slice, ready or not'),
  ready: z.boolean(),
  reason: z.string().describe('reason code'),
  message: z.string(),
  missingPorts: z.array(z.object({ port: z.string(), reason: z.string() })).describe('ports of the service that this pod does not offer'),
});

/** What `service-endpoints` answers with. */
export const endpointsResultSchema: z.ZodType<EndpointsResult> = z.object({
  service: serviceSchema,
  ports: z.array(portSchema),
  selector: z.record(z.string(), z.string()).nullable().describe('null: the service has none'),
  source: z.string().describe('observed-slices, mirrored-endpoints, derived, not-imported or none'),
  endpoints: z.array(endpoint),
  candidates: z.array(candidate).describe('every pod that the selector matches, then those one label off'),
  readyCount: z.number().int(),
});

/** Who stands behind a service. */
export const serviceEndpointsQuestion = defineQuestion({
  name: 'service-endpoints',
  room: 'services',
  title: 'Which pods stand behind a service, and why does another not',
  input,
  result: endpointsResultSchema,
  verdicts: {
    READY: 'at least one endpoint is ready',
    NOT_READY: 'there are endpoints, none of them ready',
    NO_PORT: 'there are endpoints, and none has any of the service’s ports: nothing answers',
    EMPTY: 'there is no endpoint',
    ALIAS: 'ExternalName: there are no endpoints by nature',
    UNKNOWN: 'the API servers write the endpoints of default/kubernetes themselves, and the input has none of them',
  },
  reasons: SERVICE_REASONS,
  examples: [
    { title: 'A service with endpoints', cluster: 'harbor', input: { service: 'svc/shop/web' } },
    { title: 'A selector that is one letter off', cluster: 'harbor', input: { service: 'svc/shop/recommendations' } },
    { title: 'A target port that no container declares', cluster: 'harbor', input: { service: 'svc/shop/search-admin' } },
  ],
  ask({ model }, given) {
    const service = atParameter('service', serviceNamed(model, given.service));
    if (!service.ok) return service;
    const { namespace, name } = service.value;
    return ok({ question: { service: `svc/${namespace}/${name}` }, answer: explainEndpoints(model, service.value) });
  },
});
