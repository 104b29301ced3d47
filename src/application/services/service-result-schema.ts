import { z } from 'zod';
import type { PortView, ServiceResult, ServiceView } from '../../core/services/service-question.js';
import { SERVICE_REASON_NAMES } from '../../core/services/service-reasons.js';

const protocol = z.enum(['TCP', 'UDP', 'SCTP']);
/** What becomes of a packet. */
export const verdictSchema = z.enum(['DNAT', 'REJECT', 'DROP', 'ACCEPT', 'NONE', 'DIRECT', 'ALIAS', 'UNKNOWN']);
const reason = z.enum(SERVICE_REASON_NAMES);

/** A port of a service. */
export const portSchema: z.ZodType<PortView> = z.object({
  name: z.string(),
  port: z.number().int(),
  protocol,
  targetPort: z.string().describe('number or name, as written'),
  nodePort: z.number().int().nullable(),
});

/** A service in an answer. */
export const serviceSchema: z.ZodType<ServiceView> = z.object({
  namespace: z.string(),
  name: z.string(),
  type: z.string().describe('ClusterIP, NodePort, LoadBalancer or ExternalName'),
  headless: z.boolean(),
  clusterIPs: z.array(z.string()),
  port: portSchema.nullable().describe('the port that matched'),
  externalName: z.string().nullable(),
  internalTrafficPolicy: z.string().nullable(),
  externalTrafficPolicy: z.string().nullable(),
  affinity: z.object({ type: z.string(), timeoutSeconds: z.number().int() }).nullable().describe('session affinity; null: none'),
});

/** An endpoint that a packet may be sent to. */
export const endpointSchema = z.object({
  endpoint: z.string().describe('`ip:port`'),
  ip: z.string(),
  port: z.number().int(),
  pod: z.string().nullable().describe('`namespace/name`; null for endpoints that are no pods'),
  node: z.string().nullable(),
  zone: z.string().nullable(),
  probability: z.number().describe('part of the packets that reach an endpoint, 0 to 1; together 1'),
  masquerade: z.boolean(),
});

/** An endpoint or selected pod that gets nothing. */
export const excludedSchema = z.object({
  endpoint: z.string().nullable().describe('`ip:port`; null for pods that are not published'),
  pod: z.string().nullable(),
  node: z.string().nullable(),
  reason,
  message: z.string(),
});

/** The packet of a sender at some nodes. */
export const flowSchema = z.object({
  nodes: z.array(z.string()).describe('nodes whose kube-proxy treats the packet alike'),
  source: z.string(),
  destination: z.string(),
  verdict: verdictSchema,
  reason,
  message: z.string(),
  endpoints: z.array(z.string()).describe('`ip:port`, all equally likely'),
  masquerade: z.boolean(),
  masqueraded: z.array(z.string()).describe('those of them that see the node’s address'),
  sourceSeen: z.string().nullable().describe('the address the pod sees; null when the source is no single address'),
});

/** What `resolve-service` answers with. */
export const serviceResultSchema: z.ZodType<ServiceResult> = z.object({
  destination: z.object({
    ip: z.string().nullable(),
    port: z.number().int().nullable(),
    protocol,
    via: z.string().nullable().describe('which address of the service it is: CLUSTER_IP, EXTERNAL_IP, LOAD_BALANCER, NODE_PORT …'),
  }),
  service: serviceSchema.nullable(),
  endpoints: z.array(endpointSchema),
  excluded: z.array(excludedSchema).describe('endpoints and selected pods that get nothing, each with the reason'),
  masquerade: z.boolean().describe('every endpoint sees the node’s address instead of the sender’s'),
  sourceSeen: z.string().nullable(),
  flows: z.array(flowSchema).describe('the packet of each sender, at the nodes that it may enter by'),
});
