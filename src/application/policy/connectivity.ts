import { z } from 'zod';
import type { Problem } from '../../core/kernel/problem.js';
import { atParameter } from '../../core/kernel/problem-place.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import {
  CONNECTIVITY_FORMATS,
  CONNECTIVITY_LEVELS,
  CONNECTIVITY_VERDICTS,
  type ConnectivityQuestion,
  type ConnectivityResult,
} from '../../core/policy/connectivity-result.js';
import { connectivity } from '../../core/policy/connectivity.js';
import { connectivityExplained } from '../../core/policy/connectivity-explained.js';
import { connectivityTable } from '../../core/policy/connectivity-table.js';
import { POLICY_REASONS } from '../../core/policy/policy-reasons.js';
import { defineLongQuestion } from '../questions/question.js';
import { lineByLine, TEXT_FORMATS } from '../questions/text-table.js';
import { askedProtocol, askedProtocolInput, protocolAsked } from './asked-protocol-input.js';
import { explainInput, externalInput, labelInput, labelKeys, levelInput, refusedExplanation, refusedFilter } from './connectivity-input.js';
import { jsonIsTable } from './json-is-table.js';
import { filterIn, portInput, protocolOf } from './policy-endpoints.js';

const DIRECTIONS = ['egress', 'ingress'] as const;

const input = z.strictObject({
  from: z.string().min(1).max(1024).optional().describe('only these sources: `ns/shop`, `deploy/shop/web`, `internet`; left out: all'),
  to: z.string().min(1).max(1024).optional().describe('only these destinations; a service stands for the pods behind it; left out: all'),
  ...askedProtocolInput,
  protocol: askedProtocolInput.protocol.describe(
    'only connections over this protocol; TCP where a port is given; ICMP and ICMPv6 have no ports: `icmpType`, `icmpCode`',
  ),
  port: portInput.describe('only connections to this port: number or name, of the service where `to` is one'),
  level: levelInput,
  label: labelInput,
  workload: z
    .string()
    .min(1)
    .max(512)
    .optional()
    .describe(
      'only connections of this workload or pod, as source or destination: `web` or `shop/web`, several with commas between; `ingress-controller` in the format `netpol-analyzer`',
    ),
  peer: z.string().min(1).max(512).optional().describe('goes with `workload`: only its connections with these, named alike'),
  direction: z
    .enum(DIRECTIONS)
    .optional()
    .describe('goes with `workload`: `ingress`, only what it receives; `egress`, only what it sends; left out: both'),
  connection: z
    .string()
    .regex(/^(tcp|udp|sctp)-\d{1,5}$/i, 'a protocol and a port, `TCP-80`')
    .optional()
    .describe('only what includes this connection, `TCP-80`; the format `netpol-analyzer` then leaves the column out'),
  external: externalInput,
  explain: explainInput,
  format: z
    .enum([...CONNECTIVITY_FORMATS, 'json', ...TEXT_FORMATS])
    .default('table')
    .transform(jsonIsTable)
    .describe(
      "`table` (or `json`): JSON; `boxes`: the same with every IP protocol, source ports and ICMP told apart; `ndjson`, `csv`, `md`, `dot`: its rows as text, streamed however many they are (also by the `Accept` header); `netpol-analyzer`: JSON rows as that tool lists them, by the policies of Kubernetes' own APIs, of the whole cluster by its own workload names, with no filter but `workload`, `peer`, `direction` and `connection`; `txt`: the same in its text form",
    ),
});

const names = z.array(z.string()).nullable();
const ranges = z.array(z.array(z.number().int())).nullable().describe('ranges `[first, last]`');

const box = z
  .object({
    protocols: names.describe('`TCP`, `ICMP`, others by number'),
    notProtocols: names.describe('every protocol but these'),
    srcPorts: ranges,
    dstPorts: ranges,
    icmpType: ranges,
    icmpCode: ranges,
  })
  .describe('criteria that all hold; null: not given');

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
        boxes: z.array(box).nullable().describe('in the format `boxes`: the same of every IP protocol, as a union; otherwise null'),
      }),
    )
    .describe('every allowed connection; empty in the format `netpol-analyzer`'),
  rows: z
    .array(z.array(z.string()))
    .nullable()
    .describe('`[source, destination, connections]` in the format `netpol-analyzer`, otherwise null'),
});

type Given = z.output<typeof input>;

/** The engine's question: endpoints found, the focus read. */
function understood(model: NetworkModel, given: Given, netpol: boolean): Result<ConnectivityQuestion, Problem> {
  const refused = refusedFilter(given, netpol);
  if (refused) return err(refused);
  const from = atParameter('from', filterIn(model, given.from));
  if (!from.ok) return from;
  const to = atParameter('to', filterIn(model, given.to));
  if (!to.ok) return to;
  const [named, number] = given.connection?.split('-') ?? [];
  const focus = protocolOf(named);
  const connection = netpol && focus !== undefined && number !== undefined ? { protocol: focus, port: Number(number) } : undefined;
  const asked = askedProtocol(given);
  if (!asked.ok) return asked;
  return ok({
    from: from.value,
    to: to.value,
    protocol: netpol ? undefined : (asked.value ?? focus),
    port: netpol ? undefined : (given.port ?? number),
    level: given.level,
    label: labelKeys(given),
    workload: given.workload,
    peer: given.peer,
    direction: given.direction,
    connection,
    external: given.external,
    format: netpol ? 'netpol-analyzer' : given.format === 'boxes' ? 'boxes' : 'table',
  });
}

/** Every allowed connection. */
export const connectivityQuestion = defineLongQuestion({
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
    { title: 'What one workload has to do with', cluster: 'harbor', input: { workload: 'shop/api', connection: 'TCP-8080' } },
    { title: 'Who may ping whom', cluster: 'harbor', input: { protocol: 'ICMP', icmpType: 8, external: false } },
    { title: 'By the labels of pods', cluster: 'harbor', input: { level: 'label', label: 'app', external: false } },
    { title: 'Between namespaces', cluster: 'harbor', input: { level: 'namespace', external: false } },
    { title: "netpol-analyzer's listing", cluster: 'heritage', input: { format: 'netpol-analyzer' } },
  ],
  *steps({ model }, given) {
    const refused = refusedExplanation(given, undefined);
    if (refused) return err(refused);
    const asked = understood(model, given, given.format === 'netpol-analyzer');
    if (!asked.ok) return asked;
    const answer = yield* connectivity(model, asked.value);
    if (!answer.ok) return answer;
    const { from, to, protocol, port, level, label, workload, peer, direction, external, format } = asked.value;
    const question = {
      from: from?.selector ?? 'any',
      to: to?.selector ?? 'any',
      ...protocolAsked(protocol),
      port: to?.port ?? port ?? null,
      level,
      label: label?.join(',') ?? null,
      workload: workload ?? null,
      peer: peer ?? null,
      direction: direction ?? null,
      connection: given.connection?.toUpperCase() ?? null,
      external,
      format,
    };
    return ok({ question, answer: answer.value });
  },
  *table({ model }, given, text) {
    const refused = refusedExplanation(given, text);
    if (refused) return err(refused);
    const netpol = given.format === 'netpol-analyzer' || text === 'txt';
    const asked = understood(model, given, netpol);
    if (!asked.ok) return asked;
    if (given.explain) {
      const lines = yield* connectivityExplained(model, asked.value);
      return lines.ok ? ok({ columns: [], ends: [0, 1], batches: () => [], lines: lines.value }) : lines;
    }
    const table = yield* connectivityTable(model, asked.value);
    if (!table.ok) return table;
    const { columns } = table.value;
    return ok({
      columns,
      ends: [0, 1],
      batches: () => table.value.batches(),
      lines: () =>
        lineByLine(
          table.value.batches(),
          ([from, to, connection]) => `${String(from)} => ${String(to)}${connection === undefined ? '' : ` : ${String(connection)}`}`,
        ),
    });
  },
});
