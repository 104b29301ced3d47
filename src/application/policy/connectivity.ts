import { z } from 'zod';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok } from '../../core/kernel/result.js';
import {
  CONNECTIVITY_FORMATS,
  CONNECTIVITY_LEVELS,
  CONNECTIVITY_VERDICTS,
  type ConnectivityResult,
} from '../../core/policy/connectivity-result.js';
import { connectivity } from '../../core/policy/connectivity.js';
import { POLICY_REASONS } from '../../core/policy/policy-reasons.js';
import { defineQuestion } from '../questions/question.js';
import { filterIn, portInput, protocolInput, protocolOf } from './policy-endpoints.js';

const input = z.strictObject({
  from: z.string().min(1).max(1024).optional().describe('only these sources: `ns/shop`, `deploy/shop/web`, `internet`; left out: all'),
  to: z.string().min(1).max(1024).optional().describe('only these destinations; a service stands for the pods behind it; left out: all'),
  protocol: protocolInput.describe('only connections over this protocol; TCP where a port is given'),
  port: portInput.describe('only connections to this port: number or name, of the service where `to` is one'),
  level: z.enum(CONNECTIVITY_LEVELS).default('workload').describe('what is listed as one: workloads, pods or namespaces'),
  external: z
    .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
    .default(true)
    .describe('whether address ranges outside are listed where `from` or `to` is left out'),
  format: z
    .enum(CONNECTIVITY_FORMATS)
    .default('table')
    .describe('`netpol-analyzer`: rows as that tool lists them, of the whole cluster by its own workload names; goes with no filter'),
});

const result: z.ZodType<ConnectivityResult> = z.object({
  level: z.enum(CONNECTIVITY_LEVELS),
  format: z.enum(CONNECTIVITY_FORMATS),
  sources: z.number().int().describe('how many sources were compared'),
  destinations: z.number().int(),
  connections: z
    .array(
      z.object({
        from: z.string().describe('`Deployment shop/web`, `203.0.113.0/24`'),
        to: z.string(),
        connection: z.string().describe('what is allowed: `All Connections`, `TCP 80,443,UDP 53`'),
        policyConnection: z.string().describe('the same by the policies alone, whether they are enforced or not'),
        partial: z.boolean().describe('true: pods of the two differ, and `connection` is what at least one pair may use'),
      }),
    )
    .describe('every allowed connection; empty in the format `netpol-analyzer`'),
  rows: z
    .array(z.array(z.string()))
    .nullable()
    .describe('`[source, destination, connections]` in the format `netpol-analyzer`, otherwise null'),
});

/** That tool lists the whole cluster: what would narrow it is refused, not ignored. */
function refusedFilter({ format, level, ...given }: z.output<typeof input>): Problem | undefined {
  if (format !== 'netpol-analyzer') return undefined;
  const names = (['from', 'to', 'protocol', 'port'] as const).filter((name) => given[name] !== undefined);
  const wrong = [...names, ...(level === 'workload' ? [] : ['level']), ...(given.external ? [] : ['external'])];
  if (wrong.length === 0) return undefined;
  const errors = wrong.map((name) => {
    const message = `\`${name}\` does not go with the format \`netpol-analyzer\`, which lists the whole cluster by workload`;
    return { pointer: `/${name}`, code: 'not-applicable', message };
  });
  return problem('invalid-request', errors[0]?.message ?? '', { hint: 'leave it out, or ask for `format=table`', errors });
}

/** Every allowed connection. */
export const connectivityQuestion = defineQuestion({
  name: 'connectivity',
  room: 'policy',
  title: 'Which connections do network policies allow, between all workloads or the chosen ones',
  input,
  result,
  verdicts: CONNECTIVITY_VERDICTS,
  reasons: POLICY_REASONS,
  examples: [
    { title: 'Who may reach the database', cluster: 'harbor', input: { to: 'sts/data/postgres', port: 5432 } },
    { title: 'Where a workload may go', cluster: 'harbor', input: { from: 'deploy/shop/api' } },
    { title: 'The whole shop', cluster: 'harbor', input: { from: 'ns/shop', to: 'ns/shop' } },
    { title: 'Between namespaces', cluster: 'harbor', input: { level: 'namespace', external: false } },
    { title: "netpol-analyzer's listing", cluster: 'heritage', input: { format: 'netpol-analyzer' } },
  ],
  ask({ model }, given) {
    const refused = refusedFilter(given);
    if (refused) return err(refused);
    const from = filterIn(model, given.from);
    if (!from.ok) return from;
    const to = filterIn(model, given.to);
    if (!to.ok) return to;
    const { level, format, external, port } = given;
    const protocol = protocolOf(given.protocol);
    const answer = connectivity(model, { from: from.value, to: to.value, level, format, protocol, port, external });
    if (!answer.ok) return answer;
    const question = {
      from: from.value?.selector ?? 'any',
      to: to.value?.selector ?? 'any',
      protocol: protocol ?? null,
      port: to.value?.port ?? port ?? null,
      level,
      external,
      format,
    };
    return ok({ question, answer: answer.value });
  },
});
