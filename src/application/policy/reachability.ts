import { z } from 'zod';
import { firstFew } from '../../core/kernel/first-few.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { atParameter } from '../../core/kernel/problem-place.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import { POLICY_REASONS } from '../../core/policy/policy-reasons.js';
import { reachability } from '../../core/policy/reachability.js';
import { REACHABILITY_VERDICTS, type ReachabilityQuestion, type ReachabilityResult } from '../../core/policy/reachability-result.js';
import { defineLongQuestion } from '../questions/question.js';
import { lineByLine, TEXT_FORMATS, type TextTable } from '../questions/text-table.js';
import { jsonIsTable } from './json-is-table.js';
import { askedProtocol, askedProtocolInput, protocolAsked } from './asked-protocol-input.js';
import { filterIn, portInput } from './policy-endpoints.js';

const input = z.strictObject({
  to: z
    .string()
    .min(1)
    .max(1024)
    .optional()
    .describe(
      'whom to reach: `sts/data/postgres`, `svc/shop/api`, `ns/data`, `label:app=db@data`, `ip/…`, `cidr/…`, `internet`; or `any`, with `from`',
    ),
  from: z.string().min(1).max(1024).optional().describe('who is to reach: the same; with both, who of `from` can reach `to`'),
  ...askedProtocolInput,
  protocol: askedProtocolInput.protocol.describe(
    'only connections over this protocol; TCP where a port is given; ICMP and ICMPv6 have no ports',
  ),
  port: portInput.describe('only connections to this port: number or name, of the service where `to` is one'),
  format: z
    .enum(['table', 'json', ...TEXT_FORMATS])
    .default('table')
    .transform(jsonIsTable)

    .describe('`table` (or `json`): JSON; `ndjson`, `csv`, `md`, `dot`, `txt`: its groups as text (also by the `Accept` header)'),
});

type Given = z.output<typeof input>;

const namespaces = z.array(
  z.object({
    namespace: z.string(),
    count: z.number().int(),
    all: z.boolean().describe('they are all workloads of the namespace that were asked about'),
    workloads: z.array(z.string()).describe('`Deployment shop/web`; of many the first twenty'),
  }),
);

const result: z.ZodType<ReachabilityResult> = z.object({
  side: z.enum(['from', 'to']).describe('which side was named: `to`, and the groups reach it; `from`, and it reaches the groups'),
  subject: z.array(z.string()).describe('the named side: workloads, nodes or addresses; of many the first twenty'),
  groups: z
    .array(
      z.object({
        connection: z.string().describe('`All Connections`, `TCP 5432`'),
        partial: z.boolean().describe('some pods of the two sides may use less'),
        count: z.number().int().describe('workloads, nodes and address ranges'),
        namespaces,
        nodes: z.array(z.string()),
        addresses: z.array(z.string()).describe('addresses outside, neighbours joined'),
        rules: z
          .array(z.object({ policy: z.string(), pointer: z.string(), layer: z.string(), action: z.enum(['Allow', 'Deny']) }))
          .describe('the rules that decide, of both sides; empty where no policy does'),
      }),
    )
    .describe('others that may use the same by the same rules; the largest group first'),
  internet: z.boolean().describe('addresses outside the cluster are among those that connect'),
  connected: z.number().int().describe('how many of the others connect'),
  cutOff: z.number().int().describe('how many do not'),
  cutOffNamespaces: namespaces.describe('those that do not, by namespace'),
});

function understood(model: NetworkModel, given: Given): Result<ReachabilityQuestion, Problem> {
  const from = atParameter('from', filterIn(model, given.from));
  if (!from.ok) return from;
  const to = atParameter('to', filterIn(model, given.to));
  if (!to.ok) return to;
  const [side, subject, others] = to.value ? (['to', to.value, from.value] as const) : (['from', from.value, undefined] as const);
  if (!subject) {
    const message = 'name whom to reach, or who is to reach: `to`, `from`, or both';
    const hint =
      'who can reach a database: `to=sts/data/postgres`; where a pod can go: `from=pod/shop/web-0`; everything at once is `connectivity`';
    return err(problem('invalid-request', message, { hint, errors: [{ pointer: '/to', code: 'missing', message, hint }] }));
  }
  const protocol = askedProtocol(given);
  return protocol.ok ? ok({ side, subject, others, protocol: protocol.value, port: given.port }) : protocol;
}

/** A row for each namespace, node and stretch of addresses of a group. */
function tableOf(named: string, { side, groups }: ReachabilityResult): TextTable {
  const rows = groups.flatMap(({ connection, namespaces: inNamespaces, nodes, addresses, rules }) => {
    const workloads = inNamespaces.map(({ namespace, count, all, workloads: names }) =>
      all && count > 1 ? `all ${count} workloads of ${namespace}` : firstFew(names, names.length, count),
    );
    const by = rules.map(({ policy, pointer }) => `${policy} ${pointer}`).join('; ');
    return [...workloads, ...nodes, ...addresses].map((other) => {
      const [from, to] = side === 'to' ? [other, named] : [named, other];
      return [from, to, connection, by];
    });
  });
  return {
    columns: ['from', 'to', 'connection', 'rules'],
    ends: [0, 1],
    batches: () => [rows],
    lines: () => lineByLine([rows], ([from, to, connection]) => `${String(from)} => ${String(to)} : ${String(connection)}`),
  };
}

/** Who can reach something, and what it can reach. */
export const reachabilityQuestion = defineLongQuestion({
  name: 'reachability',
  room: 'policy',
  title: 'Who can reach this, or what can this reach, the internet included, and by which rules',
  input,
  result,
  verdicts: REACHABILITY_VERDICTS,
  reasons: POLICY_REASONS,
  examples: [
    { title: 'Who can reach the database', cluster: 'harbor', input: { to: 'sts/data/postgres', port: 5432 } },
    { title: 'What a workload can reach', cluster: 'harbor', input: { from: 'deploy/shop/api', to: 'any' } },
    { title: 'Who can reach the internet', cluster: 'harbor', input: { to: 'internet', port: 443 } },
    { title: 'Who can ping a workload', cluster: 'harbor', input: { to: 'deploy/shop/web', protocol: 'ICMP', icmpType: 8, icmpCode: 0 } },
    { title: 'Who can reach a service', cluster: 'harbor', input: { to: 'svc/shop/api' } },
  ],
  *steps({ model }, given) {
    const asked = understood(model, given);
    if (!asked.ok) return asked;
    const answer = yield* reachability(model, asked.value);
    if (!answer.ok) return answer;
    const { side, subject, others, protocol, port } = asked.value;
    const [from, to] = side === 'from' ? [subject, others] : [others, subject];
    const question = {
      from: from?.selector ?? 'any',
      to: to?.selector ?? 'any',
      ...protocolAsked(protocol),
      port: to?.port ?? port ?? null,
    };
    return ok({ question, answer: answer.value });
  },
  *table({ model }, given) {
    const asked = understood(model, given);
    if (!asked.ok) return asked;
    const answer = yield* reachability(model, asked.value);
    return answer.ok ? ok(tableOf(asked.value.subject.selector, answer.value.result)) : answer;
  },
});
