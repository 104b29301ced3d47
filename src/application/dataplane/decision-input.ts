import { z } from 'zod';
import { AddressSet } from '../../core/net/address-set.js';
import { addressText, cidrText } from './net-input.js';
import { familySchema, MTU_OPTIONS, mtuSchema, pluginSchema, transportSchema } from './mtu-input.js';

const MOST = 1000;

const mode = z.string().min(1).max(40);
const cidrs = z.array(cidrText).max(MOST);
const addresses = z
  .array(addressText)
  .max(MOST)
  .default([])
  .transform((ips) => AddressSet.of(ips));
const encapsulationMode = z.enum(['Always', 'CrossSubnet', 'Never']);

const agent = z.strictObject({
  nonMasqueradeCIDRs: cidrs.optional().describe('left out: the default ranges; an empty list exempts nothing'),
  masqLinkLocal: z.boolean().default(false),
  masqLinkLocalIPv6: z.boolean().default(false),
});

const pool = z.strictObject({
  cidr: cidrText,
  natOutgoing: z.boolean().default(false),
  allowedUses: z
    .array(z.enum(['Workload', 'Tunnel', 'LoadBalancer']))
    .max(3)
    .default([]),
});

/** Who masquerades, and what it is told. */
const masquerading = z.discriminatedUnion('engine', [
  z.strictObject({ engine: z.literal('none') }),
  z
    .strictObject({
      engine: z.literal('flannel'),
      clusterCIDRs: cidrs.describe('the pods’ network'),
      podCIDRs: cidrs.describe('the part of the node that the packet leaves'),
    })
    .describe('the chain FLANNEL-POSTRTG'),
  z
    .strictObject({
      engine: z.literal('calico'),
      pools: z.array(pool).max(MOST),
      outgoingAddress: addressText.optional().describe('`natOutgoingAddress`: what the source becomes in place of the node’s address'),
      exemptHosts: addresses.describe('addresses of nodes, where `natOutgoingExclusions` is `IPPoolsAndHostIPs`'),
    })
    .describe('natOutgoing of the pools; disabled pools count too'),
  z
    .strictObject({
      engine: z.literal('cilium'),
      nativeRoutingCIDRs: cidrs.default([]),
      nodeAddresses: addresses,
      masqueradesNodes: z
        .boolean()
        .default(false)
        .describe('what pods send to nodes is masqueraded too, as where pods travel in tunnels, or with `enable-remote-node-masquerade`'),
      localPodCIDRs: cidrs.describe('ranges of the pods of the node that the packet leaves'),
      exemptSources: cidrs.default([]).describe('ranges of pods whose pool skips masquerading (`ipam.cilium.io/skip-masquerade`)'),
      agent: agent.optional().describe('the settings of its ip-masq-agent; left out: off'),
    })
    .describe('masquerading by a program at the node’s device (BPF), or by its netfilter'),
  z.strictObject({ engine: z.literal('ip-masq-agent'), settings: agent, allReservedRanges: z.boolean().default(false) }),
  z
    .strictObject({
      engine: z.literal('weave'),
      ranges: cidrs,
      exemptsLocal: z.boolean().default(false).describe('`NO_MASQ_LOCAL`: packets to containers of the node are left alone'),
    })
    .describe('the chain WEAVE'),
  z.strictObject({
    engine: z.literal('aws'),
    vpcCIDRs: cidrs,
    excludedCIDRs: cidrs.default([]),
    externalSNAT: z.boolean().default(false),
  }),
]);

const configured = z.record(z.string().max(40), z.union([z.literal(0), mtuSchema])).default({});

/** A rule of the data plane, asked by itself. */
export const decisionInput = z.discriminatedUnion('decision', [
  z
    .strictObject({
      decision: z.literal('podMtu'),
      cni: pluginSchema,
      mode,
      underlayFamily: familySchema.default(4),
      hostMtu: mtuSchema.describe('MTU of the nodes’ device, in bytes'),
      ...MTU_OPTIONS,
    })
    .describe('the largest packet of a pod'),
  z
    .strictObject({
      decision: z.literal('podMtuOfEnabled'),
      cni: pluginSchema,
      enabled: z.array(mode).max(20).describe('modes, with the family of the underlay behind them: `vxlan4`, `wireguard6`'),
      hostMtu: mtuSchema,
      configured: configured.describe('MTUs that are set by hand, by the same names; 0: reckoned'),
    })
    .describe('one MTU for every pod of a node: the smallest of all that is enabled'),
  z
    .strictObject({
      decision: z.literal('fitsUnderlay'),
      podMtu: mtuSchema,
      overhead: z.number().int().min(0).max(1000),
      underlayMtu: mtuSchema,
    })
    .describe('whether the largest packet of a pod, wrapped, fits into the underlay'),
  z
    .strictObject({
      decision: z.literal('encapsulation'),
      mode: encapsulationMode,
      localSubnet: cidrText.optional().describe('the subnet of the node that sends; left out: not known'),
      remoteAddress: addressText,
      sameNode: z.boolean().default(false),
    })
    .describe('whether a packet between two nodes is wrapped'),
  z
    .strictObject({
      decision: z.literal('encapsulationTo'),
      pools: z
        .array(
          z.strictObject({ cidr: cidrText, ipipMode: encapsulationMode.default('Never'), vxlanMode: encapsulationMode.default('Never') }),
        )
        .max(MOST),
      destination: addressText,
    })
    .describe('how Calico’s pools want packets to an address to be wrapped'),
  z
    .strictObject({
      decision: z.literal('masquerade'),
      by: masquerading,
      source: addressText,
      destination: addressText,
      kubeProxyMark: z.boolean().default(false),
      destinationIsLocal: z.boolean().default(false),
      destinationIsLocalPod: z.boolean().default(false),
    })
    .describe('whether the source of a packet becomes the node’s address'),
  z
    .strictObject({ decision: z.literal('nonMasqueradeCIDRs'), settings: agent, allReservedRanges: z.boolean().default(false) })
    .describe('the ranges that ip-masq-agent leaves alone'),
]);

/** A decision as it is asked. */
export type DecisionAsked = z.output<typeof decisionInput>;

const note = z.object({ code: z.string(), message: z.string() });

/** What came out. */
export const decisionOutput = z.discriminatedUnion('decision', [
  z.object({
    decision: z.literal('podMtu'),
    podMtu: z.number().int(),
    overhead: z.number().int().describe('bytes around a pod’s packet'),
    transport: transportSchema.nullable().describe('the outermost; null: packets go out as they are'),
    networkId: z
      .union([z.number().int(), z.literal('identity')])
      .nullable()
      .describe('VNI; `identity`: that of the sender'),
    deviceMtu: z.number().int().nullable().describe('MTU of the pod’s device, where its routes carry the smaller one'),
    source: z.string(),
    warnings: z.array(note),
  }),
  z.object({ decision: z.literal('podMtuOfEnabled'), podMtu: z.number().int(), warnings: z.array(note) }),
  z.object({ decision: z.literal('fitsUnderlay'), fits: z.boolean() }),
  z.object({ decision: z.literal('encapsulation'), encapsulate: z.boolean(), sameSubnet: z.boolean() }),
  z.object({
    decision: z.literal('encapsulationTo'),
    pool: z
      .object({ encapsulation: z.enum(['ipip', 'vxlan', 'none']), mode: encapsulationMode })
      .nullable()
      .describe('null: the destination lies in no pool'),
  }),
  z.object({
    decision: z.literal('masquerade'),
    masquerade: z.boolean(),
    rule: z.number().int().nullable().describe('number of the rule of Flannel’s chain'),
    address: z.string().nullable().describe('what the source becomes; null: the node’s address, or nothing is rewritten'),
    why: z.string(),
  }),
  z.object({ decision: z.literal('nonMasqueradeCIDRs'), cidrs: z.array(z.string()) }),
]);

/** A decision as it came out. */
export type DecisionMade = z.output<typeof decisionOutput>;
