import { z } from 'zod';
import type { EncapView, HopView, PathEndView, PathResult, TranslationView, WayView } from '../../core/dataplane/path-result.js';

const encap: z.ZodType<EncapView> = z.object({
  kind: z.string().describe('`VXLAN`, `GENEVE`, `IPIP`, `WIREGUARD`, `ESP`, `GRE`, `STT`, `UDP` or `SLEEVE`'),
  outerSrc: z.string(),
  outerDst: z.string(),
  protocol: z.string().describe('`udp`, `tcp`, or `ip` for a protocol of its own'),
  port: z.number().int().nullable().describe('of UDP and TCP'),
  number: z.number().int().nullable().describe('IP protocol of what has no port: 4 IP in IP, 47 GRE, 50 ESP'),
  networkId: z.string().nullable().describe('VNI; `identity`: that of the sender'),
  encrypted: z.boolean(),
});

const ports = { srcPort: z.number().int().nullable().describe('null: any'), dstPort: z.number().int().nullable().describe('null: any') };

const translation: z.ZodType<TranslationView> = z
  .object({
    kind: z.enum(['DNAT', 'SNAT', 'REVERSE_DNAT', 'REVERSE_SNAT']),
    srcIp: z.string(),
    dstIp: z.string(),
    ...ports,
    rule: z.string().describe('what rewrites'),
  })
  .describe('a rewriting, with the addresses after it');

const hop: z.ZodType<HopView> = z.object({
  hop: z.number().int().describe('counts from 1'),
  node: z.string().nullable().describe('null: between the nodes, or outside'),
  device: z.string().describe('`*` at its end: every pod has its own; `eth0` stands for the node’s device, whose name no object tells'),
  netns: z.string().describe('`pod <namespace>/<name>`, `root` for the node’s own, `underlay` or `outside`'),
  srcIp: z.string().describe('as the packet comes to the hop'),
  dstIp: z.string(),
  ...ports,
  encap: z.array(encap).describe('what is around the packet when it leaves, outermost first'),
  mtu: z.number().int().describe('of the device, or of the route'),
  fits: z.number().int().describe('the largest packet, without what is around it, that passes'),
  translations: z.array(translation),
  rule: z.string().describe('what brings the packet here, or on'),
});

const way: z.ZodType<WayView> = z.object({
  hops: z.array(hop),
  wrapped: z.boolean(),
  pathMtu: z.number().int().nullable().describe('the largest packet that passes every hop'),
});

const end: z.ZodType<PathEndView> = z.object({
  kind: z.enum(['pod', 'hostNetworkPod', 'node', 'outside']),
  name: z.string(),
  node: z.string().nullable(),
  ip: z.string().nullable(),
});

/** The way of a packet. */
export const pathResultSchema: z.ZodType<PathResult> = z.object({
  from: end,
  to: end.describe('the very receiver: an endpoint, where a service is asked for'),
  protocol: z.enum(['TCP', 'UDP', 'SCTP']),
  port: z.number().int().nullable(),
  family: z.union([z.literal(4), z.literal(6)]),
  relation: z.enum(['same-node', 'same-subnet', 'cross-subnet', 'unknown-subnet', 'outside']),
  cni: z.string(),
  mode: z.string().describe('how the plugin carries this packet'),
  podMtu: z.number().int(),
  forward: way,
  reply: way.describe('no hops where the packet does not arrive, or its reply does not get back'),
  sourceSeen: z.string().nullable().describe('the source address that the receiver sees'),
  otherEndpoints: z.array(z.string()).describe('other endpoints that the packet might have been sent to, `ip:port`'),
});
