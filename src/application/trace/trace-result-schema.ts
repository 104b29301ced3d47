import { z } from 'zod';
import { POLICY_VERDICT_NAMES } from '../../core/policy/policy-result.js';
import { nameResultSchema } from '../dns/name-result-schema.js';
import { findingSchema, objectRefSchema } from '../findings/finding-schema.js';
import { directionSchema } from '../policy/policy-result-schema.js';
import { endpointsResultSchema } from '../services/service-endpoints.js';
import { endpointSchema, excludedSchema, flowSchema, portSchema } from '../services/service-result-schema.js';
import type { TraceResult } from './trace-result.js';

const protocol = z.enum(['TCP', 'UDP', 'SCTP']);
const policyVerdict = z.enum(POLICY_VERDICT_NAMES);
const directions = {
  egress: directionSchema.describe('what the policies of the sender say'),
  ingress: directionSchema.describe('what those of the receiver say'),
};

const resolve = z.object({
  asked: z.string().describe('the name as it was looked up'),
  verdict: z.enum(['RESOLVED', 'NODATA', 'NXDOMAIN', 'SERVFAIL', 'REFUSED', 'EXTERNAL']),
  asksCluster: z.boolean().describe('whether the sender’s first nameserver is the DNS server of the cluster'),
  lookup: nameResultSchema.describe('as `resolve-name` answers it'),
});

const service = z.object({
  object: objectRefSchema,
  type: z.string(),
  headless: z.boolean(),
  address: z.string().nullable().describe('the address the packet is sent to'),
  port: portSchema.nullable().describe('the port that matched'),
  defaulted: z.array(z.string()).describe('JSON pointers of fields that nobody wrote and the API server fills in'),
});

const pools = z.object({
  node: z.string(),
  cluster: z
    .array(z.string())
    .nullable()
    .describe('`ip:port`; null: the service does not use the pool, which is different from an empty one'),
  local: z.array(z.string()).nullable(),
  terminatingFallback: z.boolean().describe('none is ready: those that serve while they terminate are used'),
});

const choice = z.object({
  pools: z.array(pools).describe('of the node that the packet enters by; of many the first ten'),
  endpoints: z.array(endpointSchema).describe('who may get the packet, with its probability'),
  excluded: z.array(excludedSchema).describe('who does not, and which filter took them out'),
  affinity: z.object({ type: z.string(), timeoutSeconds: z.number().int() }).nullable().describe('session affinity; null: none'),
});

const packet = z.object({
  verdict: z.enum(['DNAT', 'REJECT', 'DROP', 'ACCEPT', 'NONE', 'DIRECT', 'ALIAS', 'UNKNOWN']),
  reason: z.string().describe('reason code of the rule that decided'),
  message: z.string(),
  destination: z.object({ ip: z.string().nullable(), port: z.number().int().nullable(), protocol, via: z.string().nullable() }),
  targets: z.array(z.string()).describe('`ip:port` of the endpoints, or of the destination itself'),
  masquerade: z.boolean(),
  sourceSeen: z.string().nullable().describe('the address the pod sees; null: no single one'),
  sourceReason: z.string().nullable().describe('reason code of that: `SOURCE_KEPT`, `HAIRPIN`, `MASQUERADE_…`; null: nothing is forwarded'),
  flows: z.array(flowSchema),
});

const dnsPolicy = z.object({
  server: z.string().describe('who is asked: the DNS service, or an address'),
  protocol,
  port: z.number().int().describe('behind the service'),
  verdict: policyVerdict,
  ...directions,
});

const dataPolicy = z.object({
  endpoints: z.array(z.string()).describe('`ip:port` of those for which the same holds'),
  protocol,
  verdict: policyVerdict,
  ...directions,
  nearest: z.string().nullable().describe('the smallest change that would allow it; null: it is allowed, or none is known'),
});

/** What `trace` answers with. */
export const traceResultSchema: z.ZodType<TraceResult> = z.object({
  resolve: resolve.nullable().describe('how the name was looked up; null: there was none to look up'),
  service: service.nullable().describe('the service that the request is for; null: none'),
  endpoints: endpointsResultSchema.nullable().describe('who stands behind it, and who does not, as `service-endpoints` answers it'),
  choice: choice.nullable(),
  packet: packet.nullable().describe('what kube-proxy does with the packet; null: none leaves the sender'),
  dnsPolicy: z.array(dnsPolicy).describe('what policies make of the queries to the name server, over UDP and over TCP'),
  dataPolicy: z.array(dataPolicy).describe('what policies make of the packet behind the address translation'),
  leaving: z
    .object({
      sources: z
        .array(z.string())
        .describe(
          'source addresses that the world sees, each once, of a hundred senders at most; empty: the packet is dropped before it leaves',
        ),
      message: z.string(),
    })
    .nullable()
    .describe('how the packet leaves the cluster; null: it does not, or it is not known how'),
  findings: z.array(findingSchema).describe('what is wrong or suspicious on the way, the gravest first'),
});
