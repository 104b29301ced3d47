import { z } from 'zod';
import type { Transport } from '../../core/dataplane/carrier.js';
import { CARRIERS } from '../../core/dataplane/carriers.js';
import { keysOf } from '../../core/kernel/keys-of.js';

const bytes = z.coerce.number().int().min(68).max(65_535);

/** Every network plugin that the model knows. */
export const pluginSchema = z.enum(keysOf(CARRIERS));

/** 4 or 6, also as text. */
export const familySchema = z.preprocess(
  (value) => (typeof value === 'string' ? Number(value) : value),
  z.union([z.literal(4), z.literal(6)]),
);

/** MTU of a device, in bytes. */
export const mtuSchema = bytes;

/** A switch, as JSON or as text of a query string; left out: undefined. */
const optionalSwitch = z
  .union([z.boolean(), z.enum(['true', 'false'])])
  .optional()
  .transform((value) => (value === undefined ? undefined : value === true || value === 'true'));

/** What else changes the MTU; flat, so that a question may carry the same. */
export const MTU_OPTIONS = {
  encryption: z.enum(['wireguard', 'ipsec']).optional().describe('the plugin’s own encryption between nodes'),
  authKeyBytes: z.coerce.number().int().min(1).max(128).optional().describe('length of the IPsec authentication key; left out: 16'),
  dsr: z.enum(['geneve', 'ipip']).optional().describe('how Cilium hands a client’s packet to another node'),
  egressGateways: z
    .enum(['vxlan', 'geneve'])
    .optional()
    .describe('Cilium: egress gateways are on, and packets to them are wrapped in this'),
  provider: z.string().max(63).optional().describe('whose machines, where that matters: `aks`'),
  encryptHostTraffic: optionalSwitch.describe('Calico: WireGuard encrypts what nodes themselves send too'),
  multicluster: optionalSwitch.describe('Antrea: the gateway to other clusters is on'),
  multiclusterEncryption: z.enum(['wireguard']).optional().describe('Antrea: what encrypts between clusters'),
  configuredMtu: bytes.optional().describe('the MTU that is set by hand'),
} as const;

/** What a packet between nodes travels in. */
export const transportSchema: z.ZodType<Transport> = z.discriminatedUnion('protocol', [
  z.object({ protocol: z.enum(['udp', 'tcp']), port: z.number().int() }),
  z.object({ protocol: z.literal('ip'), number: z.number().int().describe('IP protocol: 4 IP in IP, 41 IPv6 in IP, 47 GRE, 50 ESP') }),
]);
