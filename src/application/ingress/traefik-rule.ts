import { z } from 'zod';
import { MAX_RULE_LENGTH } from '../../core/traefik-rule/parse-rule.js';
import { RULE_SYNTAXES } from '../../core/traefik-rule/rule-syntax.js';
import { askTraefikRules, type TraefikRuleQuestion } from '../../core/ingress/traefik-rule.js';
import { TRAEFIK_RULE_REASONS, TRAEFIK_RULE_VERDICTS, type TraefikRuleResult } from '../../core/ingress/traefik-rule-result.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { defineQuestionOfNothing } from '../questions/question.js';
import { parseHeaders } from './request-headers.js';
import { parseRequestUrl } from './request-url.js';

const texts = (schema: z.ZodArray<z.ZodString>) => z.preprocess((value) => (typeof value === 'string' ? [value] : value), schema);
const PROVIDERS = ['kubernetesgateway', 'kubernetescrd', 'kubernetes', 'kubernetesingressnginx'];

const input = z.strictObject({
  rule: texts(z.array(z.string().max(MAX_RULE_LENGTH)).min(1).max(100)).describe(
    'the rule of a router, ``Host(`a.example.com`) && PathPrefix(`/api`)``; several compete',
  ),
  syntax: z.enum(RULE_SYNTAXES).default('v3').describe('the language of the rules'),
  priority: texts(z.array(z.string().regex(/^-?\d{1,19}$/, 'must be a whole number')).max(100))
    .default([])
    .describe('the priority of each rule, in their order; 0 or left out: the length of its text'),
  provider: texts(z.array(z.string().max(253)).max(100))
    .default([])
    .describe('the provider of each rule, in their order, `kubernetescrd`; decides at equal priority'),
  precedence: texts(z.array(z.string().max(253)).max(100))
    .default(PROVIDERS)
    .describe('`providersPrecedence` of Traefik, the provider that goes first first'),
  url: z
    .string()
    .min(1)
    .max(8192)
    .optional()
    .describe('the request, `https://a.example.com/api?page=2`; without one the rules are only read'),
  method: z
    .string()
    .max(100)
    .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be an HTTP method')
    .default('GET')
    .describe('the HTTP method'),
  headers: texts(z.array(z.string()).max(200))
    .default([])
    .describe('headers as `name: value`, one an entry or one a line, or one JSON object; `Host` replaces the host of the URL'),
  absoluteForm: z
    .union([z.boolean(), z.stringbool()])
    .default(false)
    .describe('the request line carries the whole URL, as to a proxy: then its host counts and no `Host` header'),
  clientAddress: z.string().max(253).optional().describe('the address the client connects from'),
});

type Input = z.output<typeof input>;

const result: z.ZodType<TraefikRuleResult> = z.object({
  routingPath: z.string().nullable().describe('the path that matchers compare; null without a request'),
  serves: z.number().int().nullable().describe('index of the rule that serves'),
  rules: z.array(
    z.object({
      rule: z.string(),
      fault: z
        .object({
          position: z.number().int().describe('counts from 1, in characters'),
          message: z.string(),
          hint: z.string().nullable().describe('the nearest right thing'),
        })
        .nullable()
        .describe('why Traefik refuses the rule'),
      priority: z.number().int(),
      domains: z.array(z.string()).nullable().describe('names that certificates are asked for; null where the rule cannot be read'),
      matches: z.boolean().nullable().describe('null without a request, for a refused rule, and where it cannot be told'),
    }),
  ),
});

/** Which of some rules of Traefik serves a request, and why, part by part. */
export const traefikRuleQuestion = defineQuestionOfNothing({
  name: 'traefik-rule',
  room: 'ingress',
  title: 'Does a rule of Traefik match a request, part by part, and which of several serves it',
  input,
  result,
  verdicts: TRAEFIK_RULE_VERDICTS,
  reasons: TRAEFIK_RULE_REASONS,
  examples: [
    {
      title: 'A rule and a request',
      cluster: 'harbor',
      input: { rule: 'Host(`shop.example.com`) && !PathPrefix(`/admin`)', url: 'https://shop.example.com/cart' },
    },
    {
      title: 'Two rules that compete',
      cluster: 'harbor',
      input: { rule: ['PathPrefix(`/api`)', 'Host(`shop.example.com`)'], priority: ['50', '0'], url: 'https://shop.example.com/api' },
    },
    { title: 'A rule with a mistake', cluster: 'harbor', input: { rule: 'Host(shop.example.com)' } },
  ],
  ask(_, given) {
    const question = questionOf(given);
    if (!question.ok) return question;
    const { rule, syntax, url, method, headers, clientAddress } = given;
    const asked = { rule, syntax, ...(url === undefined ? {} : { url, method, headers, clientAddress: clientAddress ?? null }) };
    return ok({ question: asked, answer: askTraefikRules(question.value) });
  },
});

function questionOf(given: Input): Result<TraefikRuleQuestion, Problem> {
  const { rule, priority, provider, syntax, precedence } = given;
  for (const [name, list] of [
    ['priority', priority],
    ['provider', provider],
  ] as const) {
    if (list.length > rule.length) return err(wrong(name, 'too-many', `there are ${list.length} for ${rule.length} rules`));
  }
  const request = requestOf(given);
  if (!request.ok) return request;
  const rules = rule.map((text, index) => ({ rule: text, priority: Number(priority[index] ?? 0), provider: provider[index] || undefined }));
  return ok({ rules, syntax, precedence, request: request.value });
}

/** A URL without a host, as a request line may carry it: then the header counts (Go's `http.ReadRequest`). */
const NO_HOST = /^(https?:\/\/)@?(?=[/?#]|$)/i;

function requestOf(given: Input): Result<TraefikRuleQuestion['request'], Problem> {
  if (given.url === undefined) return ok(undefined);
  const headers = parseHeaders(given.headers);
  if (!headers.ok) return err(wrong('headers', 'invalid-header', headers.error));
  const named = headers.value.find(([name]) => name.toLowerCase() === 'host')?.[1];
  const url = parseRequestUrl(given.absoluteForm ? given.url.replace(NO_HOST, `$1${named ?? ''}`) : given.url);
  if (!url.ok) return err(wrong('url', 'invalid-url', url.error.message, url.error.hint));
  const { host, path, query } = url.value;
  const replaced = given.absoluteForm ? undefined : named;
  return ok({ method: given.method, host: replaced ?? host, path, query, headers: headers.value, client: given.clientAddress });
}

function wrong(parameter: string, code: string, message: string, hint?: string): Problem {
  const more = hint === undefined ? {} : { hint };
  return problem('invalid-request', message, { ...more, errors: [{ pointer: `/${parameter}`, code, message, ...more }] });
}
