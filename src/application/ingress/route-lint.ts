import { z } from 'zod';
import { ROUTE_LINT_CODE_NAMES, ROUTE_LINT_CODES } from '../../core/ingress/route-lint-codes.js';
import {
  ROUTE_LINT_REASONS,
  ROUTE_LINT_VERDICTS,
  type RouteLintQuestion,
  type RouteLintResult,
  RULE_STATES,
} from '../../core/ingress/route-lint-result.js';
import { routeLint } from '../../core/ingress/route-lint.js';
import { DIALECTS, INGRESS_DIALECTS } from '../../core/ingress/route-request.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { atParameter } from '../../core/kernel/problem-place.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import { objectRefSchema, SEVERITIES } from '../findings/finding-schema.js';
import { knownNamespace } from '../policy/known-namespace.js';
import { defineLongQuestion } from '../questions/question.js';
import { qualifiedNameIn } from './qualified-name.js';

const MOST = 10_000;

const listOf = <T extends string>(names: readonly T[]) =>
  z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.enum(names)).max(names.length)).optional();

const input = z.strictObject({
  class: z.string().min(1).max(253).optional().describe('only this ingress class; left out: every class and Gateway'),
  gateway: z.string().min(1).max(507).optional().describe('only this Gateway, `namespace/name`'),
  dialect: z
    .enum(INGRESS_DIALECTS)
    .optional()
    .describe("by whose rules to judge; each class's own where they are modelled, else the specification"),
  namespace: z.string().min(1).max(63).optional().describe('only rules of this namespace; the others still take requests'),
  code: listOf(ROUTE_LINT_CODE_NAMES).describe('only these codes'),
  severity: z.enum(SEVERITIES).default('info').describe('the least grave that is told'),
  state: listOf(RULE_STATES).describe('only rules of which this became'),
  rules: z.coerce
    .number()
    .int()
    .min(0)
    .max(MOST)
    .default(200)
    .describe('how many rules are told, each with its witness; `states` counts all'),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MOST)
    .default(1000)
    .describe('how many findings, and how many conflicts, are told; `counts` has all'),
});

const place = { object: objectRefSchema, pointer: z.string().describe('JSON pointer into the object; empty: the object as a whole') };
const places = z.array(z.object(place));
const severity = z.enum(SEVERITIES);
const count = z.number().int();
const code = z
  .enum(ROUTE_LINT_CODE_NAMES)
  .describe(ROUTE_LINT_CODE_NAMES.map((one) => `\`${one}\`: ${ROUTE_LINT_CODES[one].means} (${ROUTE_LINT_CODES[one].source})`).join('; '));
const scope = {
  class: z.string().nullable(),
  gateway: z.string().nullable().describe('`namespace/name`; null for Ingresses'),
  host: z.string().nullable().describe('null: every host'),
  path: z.string().describe('of a GRPCRoute `service/method`'),
  pathType: z.string(),
};
const claimant = {
  backend: z.string(),
  owner: z.string().nullable().describe('the controlling owner, or the label `app.kubernetes.io/managed-by`'),
  createdAt: z.string().nullable(),
};

/** A request or a connection as `route` takes it. */
const witnessSchema = z.object({
  method: z.string(),
  url: z.string(),
  headers: z.array(z.string()).describe('`name: value`'),
  clientAddress: z.string().nullable().describe('where it comes from; null: it does not matter'),
  alpn: z.array(z.string()).describe('the protocols that the TLS hello offers; empty: they do not matter'),
  clientCertificate: z
    .string()
    .nullable()
    .describe('the Secret, `namespace/name`, with a certificate that the client shows; null: a Gateway asks for none'),
});

const result: z.ZodType<RouteLintResult> = z.object({
  states: z
    .object({ rules: count, live: count, shadowed: count, unreachable: count, undecided: count })
    .describe('how many rules were looked at, and what became of them'),
  rules: z.array(
    z.object({
      ...place,
      ...scope,
      ...claimant,
      dialect: z.enum(DIALECTS),
      state: z
        .enum(RULE_STATES)
        .describe(
          '`live`: the witness reaches it; `shadowed`: proven that `by` takes all it matches; `unreachable`: it is not in use at all; `undecided`: neither is shown',
        ),
      witness: witnessSchema.nullable().describe('a request that the rule takes, tried by the rules of the dialect'),
      by: places.describe('the rules that take every request it matches'),
      why: z.string().nullable(),
    }),
  ),
  omittedRules: count.describe('how many rules `rules` left out'),
  conflicts: z.array(
    z.object({
      ...scope,
      decided: z.boolean().describe('whether the rules say who gets the requests'),
      claims: z.array(z.object({ ...place, ...claimant, wins: z.boolean() })),
    }),
  ),
  omittedConflicts: count.describe('how many conflicts `limit` left out'),
  findings: z.array(
    z.object({ ...place, code, severity, message: z.string(), related: places.describe('the first five'), fingerprint: z.string() }),
  ),
  counts: z.array(z.object({ code, severity, count })).describe('of all findings, `limit` or not'),
  omitted: count.describe('how many findings `limit` left out'),
});

/** Which rules of Ingresses and routes are never reached, and which request reaches each of the others. */
export const routeLintQuestion = defineLongQuestion({
  name: 'route-lint',
  room: 'ingress',
  title:
    'Which rules of Ingresses and routes can never be reached and by what are they hidden, who claims the same, and what leads nowhere',
  input,
  result,
  verdicts: ROUTE_LINT_VERDICTS,
  reasons: ROUTE_LINT_REASONS,
  examples: [
    { title: 'Every class and Gateway of the cluster', cluster: 'harbor', input: {} },
    {
      title: 'Rules of one class that no request reaches',
      cluster: 'harbor',
      input: { class: 'nginx', state: ['shadowed', 'unreachable'] },
    },
    { title: 'A Gateway', cluster: 'fjord', input: { gateway: 'tides/quay' } },
    { title: 'What the specification leaves open', cluster: 'harbor', input: { dialect: 'ingress-v1', severity: 'warning', rules: 0 } },
  ],
  *steps({ model }, given) {
    const asked = understood(model, given);
    if (!asked.ok) return asked;
    const answer = yield* routeLint(model, asked.value);
    const placed = atParameter(given.class === undefined ? 'gateway' : 'class', answer);
    if (!placed.ok) return placed;
    const { class: ingressClass, gateway, dialect, namespace, codes, states, severity: least, rules, limit } = asked.value;
    const question = {
      class: ingressClass ?? null,
      gateway: gateway ?? null,
      dialect: dialect ?? null,
      namespace: namespace ?? null,
      code: codes ?? null,
      severity: least,
      state: states ?? null,
      rules,
      limit,
    };
    return ok({ question, answer: placed.value });
  },
});

function understood(model: NetworkModel, given: z.output<typeof input>): Result<RouteLintQuestion, Problem> {
  const { class: ingressClass, gateway, dialect, code: codes, state: states, severity: least, rules, limit } = given;
  const both = { class: ingressClass, dialect };
  for (const parameter of ['class', 'dialect'] as const) {
    if (gateway === undefined || both[parameter] === undefined) continue;
    const message = `a Gateway routes by \`gateway-api\` and has a class of its own: leave \`${parameter}\` out`;
    return err(problem('invalid-request', message, { errors: [{ pointer: `/${parameter}`, code: 'not-applicable', message }] }));
  }
  if (gateway !== undefined) {
    const named = qualifiedNameIn('gateway', 'Gateway', gateway, model.gatewayApi.gateways.keys());
    if (!named.ok) return named;
  }
  const namespace = atParameter('namespace', knownNamespace(model, given.namespace));
  if (!namespace.ok) return namespace;
  return ok({ class: ingressClass, gateway, dialect, namespace: namespace.value, codes, severity: least, states, rules, limit });
}
