import { z } from 'zod';
import { POD_MTU_REASONS, POD_MTU_VERDICTS, podMtuAnswer, type PodMtuResult } from '../../core/dataplane/pod-mtu-answer.js';
import { ok } from '../../core/kernel/result.js';
import { defineQuestion } from '../questions/question.js';
import { familySchema, MTU_OPTIONS, mtuSchema, pluginSchema, transportSchema } from './mtu-input.js';

const input = z.strictObject({
  cni: pluginSchema.optional().describe('as if the cluster had this plugin; left out: its own'),
  mode: z.string().min(1).max(40).optional().describe('as if the plugin ran in this mode; left out: its own, or the plugin’s usual one'),
  underlayFamily: familySchema.optional().describe('family of the nodes’ network, 4 or 6; left out: that which the plugin uses'),
  hostMtu: mtuSchema.optional().describe('MTU of the nodes’ device, in bytes; left out: that of the profile'),
  ...MTU_OPTIONS,
});

const result: z.ZodType<PodMtuResult> = z.object({
  cni: pluginSchema,
  mode: z.string(),
  underlayFamily: z.union([z.literal(4), z.literal(6)]),
  hostMtu: z.number().int(),
  podMtu: z.number().int(),
  deviceMtu: z.number().int().nullable().describe('MTU of the pod’s device, where its routes carry the smaller one'),
  overhead: z.number().int().describe('bytes around a pod’s packet'),
  transport: transportSchema.nullable().describe('the outermost; null: packets go out as they are'),
  networkId: z.string().nullable().describe('VNI; `identity`: that of the sender'),
  source: z.string().describe('whose code or documentation says so'),
});

/** The MTU of pods. */
export const podMtuQuestion = defineQuestion({
  name: 'pod-mtu',
  room: 'dataplane',
  title: 'How large may packets of pods be, and how large would they be with another plugin, mode, device or encryption',
  input,
  result,
  verdicts: POD_MTU_VERDICTS,
  reasons: POD_MTU_REASONS,
  examples: [
    { title: 'As the cluster is', cluster: 'harbor', input: {} },
    { title: 'On devices with jumbo frames', cluster: 'harbor', input: { hostMtu: 9001 } },
    { title: 'If Cilium encrypted by WireGuard', cluster: 'fjord', input: { encryption: 'wireguard' } },
    { title: 'A tunnel over IPv6', cluster: 'atoll', input: { cni: 'calico', mode: 'vxlan', underlayFamily: 6 } },
  ],
  ask({ model }, { cni, mode, underlayFamily, hostMtu, ...options }) {
    const answer = podMtuAnswer(model, { cni, mode, underlayFamily, hostMtu, options });
    if (!answer.ok) return answer;
    const { result: found } = answer.value;
    const question = { cni: found.cni, mode: found.mode, underlayFamily: found.underlayFamily, hostMtu: found.hostMtu, ...options };
    return ok({ question, answer: answer.value });
  },
});
