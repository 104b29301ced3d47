import { z } from 'zod';
import type { Problem } from '../../core/kernel/problem.js';
import { atParameter } from '../../core/kernel/problem-place.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import type { ResolvedEndpoints } from '../../core/model/resolved-endpoints.js';
import { connectivityDiff } from '../../core/policy/connectivity-diff.js';
import {
  CONNECTION_CHANGES,
  CONNECTIVITY_DIFF_VERDICTS,
  type ConnectivityDiffQuestion,
  type ConnectivityDiffResult,
} from '../../core/policy/connectivity-diff-result.js';
import { CONNECTIVITY_LEVELS, NAMINGS } from '../../core/policy/connectivity-result.js';
import { POLICY_REASONS } from '../../core/policy/policy-reasons.js';
import { defineLongQuestion, type QuestionContext } from '../questions/question.js';
import { type Cell, lineByLine, TEXT_FORMATS, type TextTable } from '../questions/text-table.js';
import { askedProtocol, askedProtocolInput, protocolAsked } from './asked-protocol-input.js';
import { externalInput, labelInput, labelKeys, levelInput, refusedFilter } from './connectivity-input.js';
import { coordinateOf, sinceInput } from './since-input.js';
import { jsonIsTable } from './json-is-table.js';
import { filterIn, portInput } from './policy-endpoints.js';

const input = z.strictObject({
  since: sinceInput.describe(
    'the state before: a revision, `previous`, a tag, a time in RFC 3339, or 0 for the empty cluster; left out: the revision before, or with `apply` or `delete` the state that is asked, as it is',
  ),
  from: z.string().min(1).max(1024).optional().describe('only these sources, as far as there are any; left out: all'),
  to: z.string().min(1).max(1024).optional().describe('only these destinations; left out: all'),
  ...askedProtocolInput,
  protocol: askedProtocolInput.protocol.describe(
    'only connections over this protocol; TCP where a port is given; ICMP and ICMPv6 have no ports: `icmpType`, `icmpCode`',
  ),
  port: portInput.describe('only connections to this port'),
  level: levelInput,
  label: labelInput,
  external: externalInput,
  format: z
    .enum([...NAMINGS, 'json', ...TEXT_FORMATS])
    .default('table')
    .transform(jsonIsTable)
    .describe(
      "`table` (or `json`): JSON; `ndjson`, `csv`, `md`, `dot`: its rows as text (also by the `Accept` header); `netpol-analyzer`: JSON with the names of that tool, by the policies of Kubernetes' own APIs, of the whole cluster, with no filter; `txt`: the same in its text form",
    ),
});

type Given = z.output<typeof input>;

const result: z.ZodType<ConnectivityDiffResult> = z.object({
  level: z.enum(CONNECTIVITY_LEVELS),
  format: z.enum(NAMINGS),
  added: z.number().int().describe('how many pairs may connect now and could not before'),
  removed: z.number().int(),
  changed: z.number().int().describe('how many pairs may use other ports or protocols than before'),
  onlyBefore: z.array(z.string()).describe('workloads (pods, namespaces, labels) that are gone, with or without connections'),
  onlyAfter: z.array(z.string()).describe('those that are new'),
  connections: z
    .array(
      z.object({
        change: z.enum(CONNECTION_CHANGES),
        from: z.string().describe('`Deployment shop/web`, `203.0.113.0/24`'),
        to: z.string(),
        before: z.string().describe('`No Connections`, `All Connections`, `TCP 80,443,UDP 53`'),
        after: z.string(),
        info: z.string().nullable().describe('`Deployment shop/web added`, where one of the two is there in one state only'),
        causes: z.array(z.string()).describe('the objects behind it, `NetworkPolicy shop/api changed`; of the first 200 rows'),
      }),
    )
    .describe('every pair that differs, ranges joined where they differ alike'),
});

/** What the question names in both states; what is there in one of them only names nobody in the other. */
function inBoth(models: readonly [NetworkModel, NetworkModel], text: string | undefined): Result<readonly Named[], Problem> {
  const found = models.map((model) => filterIn(model, text));
  const refused = found.findLast((one) => !one.ok);
  const known = found.find((one) => one.ok);
  if (!known?.ok) return refused && !refused.ok ? refused : ok([]);
  const nobody = known.value && { ...known.value, pods: [], nodes: [], ranges: [], services: [] };
  return ok(found.map((one) => (one.ok ? one.value : nobody)));
}

type Named = ResolvedEndpoints | undefined;

function understood({ model, before }: QuestionContext, given: Given, netpol: boolean): Result<ConnectivityDiffQuestion, Problem> {
  const refused = refusedFilter(given, netpol);
  if (refused) return err(refused);
  const models = [before?.model ?? model, model] as const;
  const from = atParameter('from', inBoth(models, given.from));
  if (!from.ok) return from;
  const to = atParameter('to', inBoth(models, given.to));
  if (!to.ok) return to;
  const protocol = askedProtocol(given);
  if (!protocol.ok) return protocol;
  return ok({
    before: { model: models[0], from: from.value[0], to: to.value[0] },
    after: { model, from: from.value[1], to: to.value[1] },
    level: given.level,
    label: labelKeys(given),
    format: netpol ? 'netpol-analyzer' : 'table',
    protocol: protocol.value,
    port: given.port,
    external: given.external,
  });
}

const COLUMNS = ['change', 'from', 'to', 'before', 'after', 'info', 'causes'] as const;

/** That tool lists what changed, then what was added, then what was removed. */
const IN_TEXT = ['changed', 'added', 'removed'] as const;

function tableOf({ connections }: ConnectivityDiffResult): TextTable {
  const batches = IN_TEXT.map((wanted) =>
    connections
      .filter(({ change }) => change === wanted)
      .map(({ change, from, to, before, after, info, causes }) => [change, from, to, before, after, info, causes.join('; ')]),
  );
  const line = ([change, from, to, before, after, info]: readonly Cell[]) => {
    const text = `diff-type: ${String(change)}, source: ${String(from)}, destination: ${String(to)}, ref1: ${String(before)}, ref2: ${String(after)}`;
    return info === null ? text : `${text}, workloads-diff-info: ${String(info)}`;
  };
  return {
    columns: COLUMNS,
    ends: [1, 2],
    batches: () => batches,
    lines: () => [['Connectivity diff:'], ...lineByLine(batches, line)],
  };
}

/** What two states of a cluster do not allow alike. */
export const connectivityDiffQuestion = defineLongQuestion({
  name: 'connectivity-diff',
  room: 'policy',
  title: 'Which connections were added, removed or changed since another revision, and by which objects',
  input,
  result,
  verdicts: CONNECTIVITY_DIFF_VERDICTS,
  reasons: POLICY_REASONS,
  examples: [
    { title: 'What the first import made possible', cluster: 'harbor', input: { since: '0', level: 'namespace' } },
    { title: 'A state and itself', cluster: 'harbor', input: { since: '1' } },
    { title: 'One workload', cluster: 'harbor', input: { since: '0', to: 'sts/data/postgres', port: 5432 } },
    { title: "netpol-analyzer's names", cluster: 'heritage', input: { since: '0', format: 'netpol-analyzer' } },
  ],
  comparesWith: ({ since }, isSupposed) => (since === undefined ? { asIs: isSupposed } : coordinateOf(since)),
  *steps(context, given) {
    const asked = understood(context, given, given.format === 'netpol-analyzer');
    if (!asked.ok) return asked;
    const answer = yield* connectivityDiff(asked.value);
    if (!answer.ok) return answer;
    const { after, level, label, external, format, protocol, port } = asked.value;
    const question = {
      since: context.before?.revision ?? null,
      from: after.from?.selector ?? 'any',
      to: after.to?.selector ?? 'any',
      ...protocolAsked(protocol),
      port: after.to?.port ?? port ?? null,
      level,
      label: label?.join(',') ?? null,
      external,
      format,
    };
    return ok({ question, answer: answer.value });
  },
  *table(context, given, text) {
    const asked = understood(context, given, given.format === 'netpol-analyzer' || text === 'txt');
    if (!asked.ok) return asked;
    const answer = yield* connectivityDiff(asked.value);
    return answer.ok ? ok(tableOf(answer.value.result)) : answer;
  },
});
