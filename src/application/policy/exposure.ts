import { z } from 'zod';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { atParameter } from '../../core/kernel/problem-place.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import type { ResolvedEndpoints } from '../../core/model/resolved-endpoints.js';
import { NAMINGS } from '../../core/policy/connectivity-result.js';
import { exposure } from '../../core/policy/exposure.js';
import {
  EXPOSURE_VERDICTS,
  type ExposureQuestion,
  type ExposureResult,
  type NetpolConnection,
  type NetpolExposure,
  type UnprotectedWorkload,
} from '../../core/policy/exposure-result.js';
import { POLICY_REASONS } from '../../core/policy/policy-reasons.js';
import { defineLongQuestion } from '../questions/question.js';
import { TEXT_FORMATS, type TextTable } from '../questions/text-table.js';
import { jsonIsTable } from './json-is-table.js';
import { refusal } from './connectivity-input.js';
import { filterIn } from './policy-endpoints.js';

const DIRECTIONS = ['egress', 'ingress'] as const;

const input = z.strictObject({
  of: z
    .string()
    .min(1)
    .max(1024)
    .optional()
    .describe('only these workloads: `ns/shop`, `deploy/shop/web`, `label:app=web@shop`; left out: all'),
  workload: z.string().min(1).max(512).optional().describe('only this workload or pod: `web` or `shop/web`'),
  direction: z
    .enum(DIRECTIONS)
    .optional()
    .describe('`ingress`: what unknown pods could reach; `egress`: what could reach unknown pods; left out: both'),
  format: z
    .enum([...NAMINGS, 'json', ...TEXT_FORMATS])
    .default('table')
    .transform(jsonIsTable)
    .describe(
      "`table` (or `json`): JSON; `ndjson`, `csv`, `md`, `dot`: its rows as text (also by the `Accept` header); `netpol-analyzer`: with the JSON of that tool in `netpol`, by the policies of Kubernetes' own APIs, of the whole cluster; `txt`: the same in its text form",
    ),
});

type Given = z.output<typeof input>;

const netpolConnection = z.object({ src: z.string(), dst: z.string(), conn: z.string() });
const rule = z.string().describe('`NetworkPolicy shop/web /spec/ingress/0`');

const result: z.ZodType<ExposureResult> = z.object({
  format: z.enum(NAMINGS),
  workloads: z.number().int().describe('how many workloads were looked at'),
  exposures: z
    .array(
      z.object({
        workload: z.string().describe('`Deployment shop/web`'),
        direction: z.enum(DIRECTIONS),
        with: z
          .string()
          .describe('`entire-cluster`: any pod; else such pods: `[namespace with {team=a}]/[pod with {app=web}]`, `shop/[all pods]`'),
        connection: z.string().describe('`All Connections`, `TCP 80`; `No Connections`: these pods are an exception'),
        rules: z.array(rule).describe('the rules that decide; empty where no policy does'),
      }),
    )
    .describe('what each workload leaves to pods that do not exist yet'),
  unprotected: z
    .array(z.object({ workload: z.string(), direction: z.enum(DIRECTIONS) }))
    .describe('workloads that no policy selects in a direction'),
  netpol: z
    .object({
      connlist_results: z.array(netpolConnection),
      exposure_results: z.object({ egress_exposure: z.array(netpolConnection), ingress_exposure: z.array(netpolConnection) }),
    })
    .nullable()
    .describe('the JSON of netpol-analyzer with `--exposure`, in that format; otherwise null'),
});

function understood(model: NetworkModel, { of, workload, direction }: Given, netpol: boolean): Result<ExposureQuestion, Problem> {
  const why = 'does not go with the format `netpol-analyzer`, which is about the whole cluster, nor with `txt`, its text form';
  const refused =
    netpol && of !== undefined ? refusal(['of'], why, 'name one `workload`, or ask for `format=table` or `format=csv`') : undefined;
  if (refused) return err(refused);
  const chosen = atParameter('of', filterIn(model, of));
  if (!chosen.ok) return chosen;
  if (chosen.value && isOutside(chosen.value)) return err(noWorkload(chosen.value.selector));
  return ok({ of: chosen.value, workload, direction, format: netpol ? 'netpol-analyzer' : 'table' });
}

function isOutside({ pods, nodes, services }: ResolvedEndpoints): boolean {
  return pods.length + nodes.length + services.length === 0;
}

function noWorkload(selector: string): Problem {
  const message = `\`${selector}\` names addresses and no workload: exposure is what the workloads of the cluster leave open`;
  const hint = `who reaches it, and whom it reaches, says \`reachability?to=${selector}\``;
  return problem('empty-selection', message, { hint, errors: [{ pointer: '/of', code: 'no-workload', message, hint }] });
}

function tableOf({ exposures, netpol, unprotected }: ExposureResult): TextTable {
  const rows = exposures.map(({ workload, direction, with: who, connection, rules }) => {
    const [from, to] = direction === 'egress' ? [workload, who] : [who, workload];
    return [direction, from, to, connection, rules.join('; ')];
  });
  return {
    columns: ['direction', 'from', 'to', 'connection', 'rules'],
    ends: [1, 2],
    batches: () => [rows],
    lines: () => (netpol ? [netpolLines(netpol, unprotected)] : []),
  };
}

/** netpol-analyzer's text: the listing, both directions in columns, and whom no policy protects. */
function netpolLines({ connlist_results: listed, exposure_results: exposed }: NetpolExposure, unprotected: readonly UnprotectedWorkload[]) {
  const { egress_exposure: egress, ingress_exposure: ingress } = exposed;
  const own = [...egress.map(({ src }) => src), ...ingress.map(({ dst }) => dst)];
  const width = Math.max(0, ...own.map(({ length }) => length));
  const line = (workload: string, arrow: string, other: string, { conn }: NetpolConnection) =>
    `${workload.padEnd(width)} \t${arrow} \t${other} : ${conn}`;
  const open = unprotected.map(
    ({ workload, direction }) => `${workload} is not protected on ${direction === 'egress' ? 'Egress' : 'Ingress'}`,
  );
  return [
    ...listed.map(({ src, dst, conn }) => `${src} => ${dst} : ${conn}`),
    ...(listed.length > 0 ? [''] : []),
    'Exposure Analysis Result:',
    ...(egress.length > 0 ? ['Egress Exposure:', ...egress.map((row) => line(row.src, '=>', row.dst, row))] : []),
    ...(egress.length > 0 && ingress.length > 0 ? [''] : []),
    ...(ingress.length > 0 ? ['Ingress Exposure:', ...ingress.map((row) => line(row.dst, '<=', row.src, row))] : []),
    ...(open.length > 0 ? ['', 'Workloads not protected by network policies:', ...open.sort()] : []),
  ];
}

/** What policies leave to pods that do not exist yet. */
export const exposureQuestion = defineLongQuestion({
  name: 'exposure',
  room: 'policy',
  title: 'What could pods that do not exist yet reach, what could reach them, and which workloads does no policy protect',
  input,
  result,
  verdicts: EXPOSURE_VERDICTS,
  reasons: POLICY_REASONS,
  examples: [
    { title: 'What unknown pods could reach in a namespace', cluster: 'harbor', input: { of: 'ns/shop', direction: 'ingress' } },
    { title: 'One workload', cluster: 'harbor', input: { workload: 'data/postgres' } },
    { title: 'The whole cluster', cluster: 'atoll', input: {} },
    { title: "netpol-analyzer's JSON", cluster: 'heritage', input: { format: 'netpol-analyzer' } },
  ],
  *steps({ model }, given) {
    const asked = understood(model, given, given.format === 'netpol-analyzer');
    if (!asked.ok) return asked;
    const answer = yield* exposure(model, asked.value);
    if (!answer.ok) return answer;
    const { of, workload, direction, format } = asked.value;
    const question = { of: of?.selector ?? 'any', workload: workload ?? null, direction: direction ?? null, format };
    return ok({ question, answer: answer.value });
  },
  *table({ model }, given, text) {
    const asked = understood(model, given, given.format === 'netpol-analyzer' || text === 'txt');
    if (!asked.ok) return asked;
    const answer = yield* exposure(model, asked.value);
    return answer.ok ? ok(tableOf(answer.value.result)) : answer;
  },
});
