import { z } from 'zod';
import { tunnels, TUNNELS_REASONS, TUNNELS_VERDICTS, type TunnelsResult } from '../../core/dataplane/tunnels.js';
import { ok } from '../../core/kernel/result.js';
import { defineQuestion } from '../questions/question.js';
import { LIMIT } from './list-input.js';

const input = z.strictObject({
  node: z.string().min(1).max(253).optional().describe('only those of this node'),
  limit: LIMIT,
});

const result: z.ZodType<TunnelsResult> = z.object({
  tunnels: z.array(
    z.object({
      node: z.string(),
      device: z.string().nullable().describe('null: the kernel wraps without a device of its own'),
      kind: z.string().describe('`VXLAN`, `GENEVE`, `IPIP`, `WIREGUARD`, `ESP` …'),
      address: z.string().describe('the node’s end'),
      tunnelAddress: z
        .string()
        .nullable()
        .describe('the address of the device itself, as the plugin has written it on the node, or as its rule says'),
      protocol: z.string().describe('`udp`, `tcp`, or `ip` for a protocol of its own'),
      port: z.number().int().nullable(),
      number: z.number().int().nullable().describe('IP protocol of what has no port'),
      networkId: z.string().nullable().describe('VNI; `identity`: that of the sender'),
      mtu: z.number().int().describe('of the device, in bytes'),
      overhead: z.number().int(),
      encrypted: z.boolean(),
      family: z.union([z.literal(4), z.literal(6)]).describe('of the pods that it is for'),
      when: z.enum(['Always', 'CrossSubnet']).describe('`CrossSubnet`: for nodes of other subnets only'),
    }),
  ),
  omitted: z.number().int().describe('how many `limit` left out'),
});

/** The tunnels of a cluster. */
export const tunnelsQuestion = defineQuestion({
  name: 'tunnels',
  room: 'dataplane',
  title: 'Which tunnels do the nodes have: device, ends, port, network id, MTU',
  input,
  result,
  verdicts: TUNNELS_VERDICTS,
  reasons: TUNNELS_REASONS,
  examples: [
    { title: 'Of every node', cluster: 'harbor', input: {} },
    { title: 'Of one node', cluster: 'heritage', input: { node: 'heritage-1' } },
    { title: 'Of a cluster that routes natively', cluster: 'fjord', input: {} },
  ],
  ask({ model }, { node, limit }) {
    const answer = tunnels(model, { node, limit });
    return answer.ok ? ok({ question: { node: node ?? null, limit }, answer: answer.value }) : answer;
  },
});
