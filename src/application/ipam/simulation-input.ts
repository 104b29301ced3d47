import { z } from 'zod';
import { ALLOCATOR_OPERATIONS, type AllocatorOperation, type AllocatorWorld } from '../../core/ipam/simulation.js';
import { USABLE_RULES } from '../../core/ipam/usable-addresses.js';
import { keysOf } from '../../core/kernel/keys-of.js';
import type { SimulatedStep } from '../../core/ipam/simulation-run.js';

const whole = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const text = z.string().min(1).max(200);
const port = z.coerce.number().int().min(0).max(65_535);

/** What is simulated, and how it begins. */
export const worldSchema: z.ZodType<AllocatorWorld> = z.discriminatedUnion('type', [
  z
    .strictObject({ type: z.literal('subnets'), network: text, childPrefixLength: whole })
    .describe('equal child prefixes of a network, round robin, as kube-controller-manager gives them to nodes'),
  z
    .strictObject({
      type: z.literal('services'),
      cidr: text,
      allocator: z.enum(['objects', 'bitmap']).default('objects').describe('one object an address (today), or one bitmap for the range'),
      taken: z.array(text).max(100_000).default([]),
      collisions: whole
        .max(100_000)
        .default(0)
        .describe('so many addresses turn out to have been taken by another API server a moment before'),
      storeError: text.optional().describe('the store fails with this text'),
    })
    .describe('ClusterIPs, as the API server gives them'),
  z
    .strictObject({ type: z.literal('offsets'), size: whole.max(1_000_000), staticBand: whole })
    .describe('plain numbers from 0 with two bands'),
  z.strictObject({ type: z.literal('ports'), first: port, last: port }).describe('node ports'),
  z
    .strictObject({
      type: z.literal('flannel'),
      network: text,
      subnetLen: whole.max(128).optional().describe('default 24 and 64 where the network has four of them'),
      subnetMin: text.optional().describe('default the second subnet'),
      subnetMax: text.optional().describe('default the last one'),
    })
    .describe('subnets of hosts, as a flannel gives them that keeps its own leases'),
  z
    .strictObject({
      type: z.literal('addresses'),
      addresses: z.array(text).min(1).max(10_000).describe('addresses, prefixes and `first-last`'),
      excluded: z.array(text).max(10_000).default([]),
      rule: z.enum(keysOf(USABLE_RULES)).optional().describe('which addresses of a prefix count'),
      gateway: text.optional().describe('never given out'),
      prefixLength: z.coerce.number().int().min(0).max(128).optional().describe('of the network of the gateway, whose ends are kept'),
      allocateReserved: z.boolean().default(false),
    })
    .describe('plain addresses, lowest first, as Cluster API’s in-cluster provider and whereabouts give them'),
  z.strictObject({ type: z.literal('hostPorts') }).describe('host ports of one node'),
]);

const hostPort = z.strictObject({ protocol: z.string().max(20), ip: z.string().max(64), port: z.coerce.number().int() });
const snapshotSchema = z.strictObject({ range: text, taken: z.array(text).max(100_000) });

/** One step. */
export const operationSchema: z.ZodType<AllocatorOperation> = z.strictObject({
  op: z.enum(ALLOCATOR_OPERATIONS),
  values: z
    .array(z.union([z.string().max(200), z.number(), hostPort]))
    .max(100_000)
    .default([])
    .describe(
      'prefixes, addresses, numbers, `first-last` ranges or host ports, each an operation of its own; none: `allocate` takes the next',
    ),
  snapshot: snapshotSchema.optional().describe('what `restore` puts back'),
  dryRun: z.boolean().default(false),
  repeat: z.coerce.number().int().min(1).max(200_000).default(1),
});

/** What a step came to. */
export const stepSchema: z.ZodType<SimulatedStep> = z.object({
  results: z.array(z.json()).describe('what was handed out, listed or found, in order'),
  error: z.object({ code: z.string(), message: z.string() }).nullable().describe('of the last run; null when it succeeded'),
  failures: z.number().int(),
  attempts: z.number().int().describe('how often the store was asked'),
  state: z.record(z.string(), z.json()).describe('counters after the step, as decimal text'),
});
