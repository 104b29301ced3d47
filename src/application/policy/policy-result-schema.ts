import { z } from 'zod';
import { POLICY_VERDICT_NAMES, type PolicyVerdictResult } from '../../core/policy/policy-result.js';

const verdict = z.enum(POLICY_VERDICT_NAMES);

/** What the policies of one side say. */
export const directionSchema = z.object({
  verdict,
  allowed: z.boolean().describe('all that was asked for is allowed in this direction'),
  isolated: z.boolean().describe('some policy decides over connections of this side in this direction'),
  isolatedBy: z.array(z.string()).describe('the policies that do'),
  decidedBy: z
    .array(
      z.object({
        policy: z.string(),
        pointer: z.string(),
        layer: z
          .string()
          .describe(
            '`Admin`, `NetworkPolicy`, `Baseline`, `cilium`, or `calico:` and the name of a tier; of host endpoints `calico-failsafe`, `calico-untracked:`, `calico-pre-dnat:`, `calico-forward:` and a tier, `calico-profiles`, `calico-endpoint-to-host`',
          ),
        action: z.enum(['Allow', 'Deny']),
      }),
    )
    .describe('the rules that admit what is allowed, and those that deny; empty where nothing is isolated, or no rule admits it'),
});

const party = z.object({
  names: z.array(z.string()).describe('workloads, pods, nodes or address ranges; of many the first ten'),
  count: z.number().int().describe('how many pods, nodes or ranges'),
});

const policyCase = z.object({
  from: party,
  to: party,
  service: z.string().nullable().describe('`shop/api:80` where the connection goes through a service'),
  asked: z.string().describe('what was asked for, on the destination: `TCP 8080`'),
  verdict,
  egress: verdict,
  ingress: verdict,
  connection: z.string().describe('all that is allowed between the two'),
  pairs: z.number().int(),
});

const condition = z.object({
  direction: z.enum(['egress', 'ingress']),
  policy: z.string().describe('`CiliumNetworkPolicy shop/api`'),
  pointer: z.string(),
  kind: z.enum(['HTTP', 'KAFKA', 'DNS', 'L7', 'TLS', 'LISTENER', 'AUTHENTICATION']),
  connection: z.string().describe('of which connections: `TCP 80`'),
  text: z.string().describe('only HTTP requests that match `GET /public`'),
});

const nearMiss = z.object({
  reason: z.string(),
  direction: z.enum(['egress', 'ingress']),
  object: z.string(),
  pointer: z.string().nullable(),
  message: z.string(),
  fix: z.string().describe('the smallest change that would admit it; applied to the model and judged again'),
  suffices: z.boolean().describe('true: this change alone allows the connection; false: the other direction still refuses'),
});

const staged = z
  .object({
    verdict,
    egress: verdict,
    ingress: verdict,
    connection: z.string().describe('all that every pair might use then'),
    policies: z
      .array(
        z.object({ policy: z.string().describe('`StagedNetworkPolicy shop/api`'), action: z.enum(['Set', 'Delete', 'Learn', 'Ignore']) }),
      )
      .describe('the staged policies about these endpoints, and what each would do'),
  })
  .describe('what it would be if staged policies of Calico were enforced, which they are not; null: none is about these endpoints');

/** The shape of `policy-verdict`'s result. */
export const policyResultSchema: z.ZodType<PolicyVerdictResult> = z.object({
  policyVerdict: verdict.describe('what the policies say, whether the network plugin enforces them or not'),
  egress: directionSchema.describe("the sources' policies"),
  ingress: directionSchema.describe("the destinations' policies"),
  connection: z.string().describe('all that every pair may use: `All Connections`, `No Connections`, `TCP 80,443,UDP 53`'),
  pairs: z.object({
    total: z.number().int(),
    allowed: z.number().int(),
    denied: z.number().int(),
    mixed: z.number().int(),
  }),
  cases: z.array(policyCase).describe('sources and destinations for which the same rules decide'),
  conditions: z
    .array(condition)
    .describe('what a proxy asks of what is allowed; of several of one kind for the same connections of one direction, one is enough'),
  staged: staged.nullable(),
  nearMisses: z.array(nearMiss).describe('at most twelve of a case, those that suffice first'),
});
