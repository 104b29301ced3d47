import { z } from 'zod';
import {
  type ComparedSide,
  ROUTE_ASPECTS,
  ROUTE_DIFF_DOUBTS,
  ROUTE_DIFF_REASONS,
  ROUTE_DIFF_VERDICTS,
  type RouteDiffDoubt,
  type RouteDiffResult,
  type RouteSide,
  type SideAnswer,
} from '../../core/ingress/route-diff-result.js';
import { routeDiff } from '../../core/ingress/route-diff.js';
import { DIALECTS, type DialectName, GATEWAY_DIALECTS, INGRESS_DIALECTS } from '../../core/ingress/route-request.js';
import { ROUTE_VERDICT_NAMES } from '../../core/ingress/route-result.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import { coordinateOf, sinceInput } from '../policy/since-input.js';
import { defineLongQuestion } from '../questions/question.js';
import { hasIngressRules } from './ingress-rules.js';
import { qualifiedNameIn } from './qualified-name.js';

const MOST_REQUESTS = 200_000;

const clusterName = z.string().min(1).max(63).optional();
const className = z.string().min(1).max(253).optional();
const gatewayName = z.string().min(1).max(507).optional();
const dialectName = z.enum(DIALECTS).optional();
const whole = (most: number) => z.coerce.number().int().min(1).max(most);

const input = z.strictObject({
  class: className.describe('the first side: this ingress class; left out: as `route` derives it for each request'),
  gateway: gatewayName.describe('the first side: this Gateway, `namespace/name`'),
  dialect: dialectName.describe('by whose rules the first side routes; its own where they are modelled, else the specification'),
  withClass: className.describe('the second side: this ingress class; that of the first side where neither a class nor a Gateway is named'),
  withGateway: gatewayName.describe('the second side: this Gateway, `namespace/name`'),
  withDialect: dialectName.describe('by whose rules the second side routes'),
  withCluster: clusterName.describe('the second side is in this cluster: of its newest revision, where `withRevision` names no other'),
  withRevision: sinceInput.describe('the second side is of this state: a revision, `previous`, a tag, or a time in RFC 3339'),
  host: z.string().min(1).max(253).toLowerCase().optional().describe('only requests for this host'),
  scheme: z.enum(['http', 'https']).optional().describe('only requests over http, or over https'),
  aspect: z
    .preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.enum(ROUTE_ASPECTS)).max(ROUTE_ASPECTS.length))
    .optional()
    .describe(
      'only differences in these; when left out, all but `transportSecurity`, which a controller has over TLS or has not, and `unserved`: whether what no rule of either side takes is answered 404 or has no connection',
    ),
  unusual: z
    .union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })])
    .default(false)
    .describe(
      'also requests that controllers read in several ways: paths with `//`, dots to resolve or encoded characters, and headers and parameters that are sent twice',
    ),
  requests: whole(MOST_REQUESTS).default(20_000).describe('how many requests are tried at most'),
  limit: whole(1000).default(100).describe('how many groups of differences are told; `counts` has all'),
  witnesses: whole(20).default(3).describe('how many requests of each group are told'),
});

type Given = z.output<typeof input>;

const count = z.number().int();
const texts = z.array(z.string());
const aspect = z.enum(ROUTE_ASPECTS);

const sideAnswer: z.ZodType<SideAnswer> = z.object({
  verdict: z.enum(ROUTE_VERDICT_NAMES),
  status: count.nullable().describe('what the controller itself answers'),
  backends: texts.describe('`shop/web:80`, with its part where several share the requests'),
  path: z.string().nullable().describe('what the backends receive, with the query'),
  host: z.string().nullable().describe('the Host header that they receive'),
  requestHeaders: texts,
  responseHeaders: texts.describe('changes of the answer, `set name: value`'),
  transportSecurity: z.string().nullable().describe('`Strict-Transport-Security` of the answer, which does not stand among the others'),
  redirect: z.string().nullable().describe('`301 https://shop.example/`'),
  mirrors: texts,
  errorPages: z
    .string()
    .nullable()
    .describe('errors of the backend whose pages somebody else writes, and who, `404,503 shop/errors:80`; null: none'),
  limits: z.string().nullable().describe('timeouts and retries of a Gateway, compared where both sides tell some'),
  certificate: z.string().nullable().describe('the Secret, `shop/tls`; null: none that an object names'),
  conditions: texts.describe('what the client is taken to pass, such as `AUTHENTICATION_PASSED`'),
  object: z.string().nullable().describe('the object whose rule decided, `Ingress shop/web`'),
  pointer: z.string().nullable(),
});

const witness = z.object({
  method: z.string(),
  url: z.string(),
  headers: texts.describe('`name: value`'),
  clientAddress: z.string().nullable().describe('where a list of addresses is asked'),
  sni: z.string().nullable().describe('the name in the TLS hello where it is not that of the URL; empty: the client says none'),
  alpn: texts.describe('the protocols that the TLS hello offers; empty: they do not matter'),
  clientCertificate: z
    .string()
    .nullable()
    .describe('empty: the client shows no certificate; null: it shows one that is taken wherever one is asked for'),
  authStatus: count.nullable().describe('what comes of it where a rule asks who the client is; null: it is let in'),
  a: sideAnswer,
  b: sideAnswer,
});

const comparedSide: z.ZodType<ComparedSide> = z.object({
  cluster: z.string().nullable().describe('null: the cluster that is asked'),
  revision: count.nullable().describe('null: the revision of the answer'),
  class: z.string().nullable(),
  gateway: z.string().nullable(),
  dialects: z.array(z.enum(DIALECTS)),
  rules: count.describe('paths and matches, under each of their hosts'),
});

const rule = z.object({ object: z.string().nullable(), pointer: z.string().nullable() });
const doubtNames = Object.keys(ROUTE_DIFF_DOUBTS).filter((text): text is RouteDiffDoubt => text in ROUTE_DIFF_DOUBTS);

const result: z.ZodType<RouteDiffResult> = z.object({
  a: comparedSide,
  b: comparedSide,
  requests: z.object({ tried: count, same: count, different: count, open: count }).describe('the last three add up to `tried`'),
  counts: z.array(z.object({ aspect, requests: count })).describe('how many requests differ in an aspect; one may differ in several'),
  differences: z
    .array(z.object({ aspects: z.array(aspect), requests: count, a: rule, b: rule, witnesses: z.array(witness) }))
    .describe('requests that differ alike and are decided by the same two rules, the gravest first'),
  omitted: count.describe('how many groups `limit` left out'),
  doubts: z
    .array(z.object({ code: z.enum(doubtNames), count, message: z.string() }))
    .describe(`why no difference would be no proof: ${doubtNames.map((code) => `\`${code}\`: ${ROUTE_DIFF_DOUBTS[code]}`).join('; ')}`),
  openRequests: z.array(witness).describe('requests of which one side leaves open what becomes of them, the first 20'),
});

/** Whether two sides (classes, dialects, Gateways, clusters, revisions) route alike, and if not, which requests show it. */
export const routeDiffQuestion = defineLongQuestion({
  name: 'route-diff',
  room: 'ingress',
  title: 'Do two controllers, classes, Gateways, clusters or revisions route alike, and if not, which requests do they answer differently',
  input,
  result,
  verdicts: ROUTE_DIFF_VERDICTS,
  reasons: ROUTE_DIFF_REASONS,
  examples: [
    { title: 'The same Ingresses under Traefik', cluster: 'harbor', input: { class: 'nginx', withDialect: 'traefik' } },
    {
      title: 'The controller of NGINX Inc., who answers and from where alone',
      cluster: 'harbor',
      input: { class: 'nginx', withDialect: 'nginx-f5', aspect: ['status', 'backend'] },
    },
    { title: 'Whether another cluster serves what this one does', cluster: 'harbor', input: { withCluster: 'fjord', requests: 2000 } },
    { title: 'A Gateway by another implementation', cluster: 'fjord', input: { gateway: 'tides/quay', withDialect: 'traefik-gateway' } },
  ],
  comparesWith: ({ withCluster, withRevision }) => {
    if (withCluster === undefined && withRevision === undefined) return undefined;
    const elsewhere = withCluster === undefined ? undefined : { cluster: withCluster, parameter: 'withCluster' };
    return { ...coordinateOf(withRevision ?? 'latest'), parameter: 'withRevision', elsewhere };
  },
  supposesCompared: true,
  *steps({ model, before }, given) {
    const { host, scheme, unusual, aspect: aspects, requests, limit, witnesses } = given;
    const other = before?.model ?? model;
    const a = sideIn(model, given, FIRST);
    if (!a.ok) return a;
    const b = sideIn(other, secondOf(given, a.value), SECOND);
    if (!b.ok) return b;
    if (before === undefined && JSON.stringify(a.value) === JSON.stringify(b.value)) return err(nothingToCompare());
    const answer = yield* routeDiff(
      { a: model, b: other },
      {
        a: a.value,
        b: b.value,
        cluster: given.withCluster,
        revision: before?.revision,
        host,
        scheme,
        unusual,
        aspects,
        requests,
        limit,
        witnesses,
      },
    );
    if (!answer.ok) return answer;
    const question = {
      ...told(a.value, FIRST),
      ...told(b.value, SECOND),
      withCluster: given.withCluster ?? null,
      withRevision: before?.revision ?? null,
      host: host ?? null,
      scheme: scheme ?? null,
      unusual,
      aspect: aspects ?? null,
      requests,
      limit,
      witnesses,
    };
    return ok({ question, answer: answer.value });
  },
});

/** The parameters that name a side. */
interface SideNames {
  readonly class: 'class' | 'withClass';
  readonly gateway: 'gateway' | 'withGateway';
  readonly dialect: 'dialect' | 'withDialect';
}

const FIRST: SideNames = { class: 'class', gateway: 'gateway', dialect: 'dialect' };
const SECOND: SideNames = { class: 'withClass', gateway: 'withGateway', dialect: 'withDialect' };

/** The second side is that of the first, but for what it names itself. */
function secondOf(given: Given, a: RouteSide): Given {
  if (given.withClass !== undefined || given.withGateway !== undefined) return given;
  const asGateway = isGatewayDialect(given.withDialect) || (a.by === 'gateway' && given.withDialect === undefined);
  const dialect = given.withDialect ?? a.dialect;
  if (a.by === 'gateway') return asGateway ? { ...given, withGateway: a.gateway, withDialect: dialect } : given;
  return asGateway ? given : { ...given, withClass: a.class, withDialect: dialect };
}

function isGatewayDialect(dialect: DialectName | undefined): boolean {
  return GATEWAY_DIALECTS.some((one) => one === dialect);
}

/** Reads a side; a Gateway where one is named, where its dialect is meant, or where the cluster has nothing else. */
function sideIn(model: NetworkModel, given: Given, names: SideNames): Result<RouteSide, Problem> {
  const { gatewayApi } = model;
  const { [names.class]: ingressClass, [names.gateway]: gateway, [names.dialect]: dialect } = given;
  const wellFormed = gateway === undefined ? undefined : qualifiedNameIn(names.gateway, 'Gateway', gateway, gatewayApi.gateways.keys());
  if (wellFormed && !wellFormed.ok) return wellFormed;
  const ofIngress = INGRESS_DIALECTS.find((one) => one === dialect);
  const ofGateway = GATEWAY_DIALECTS.find((one) => one === dialect);
  const nothingElse = !hasIngressRules(model) && gatewayApi.gateways.size > 0 && ofIngress === undefined && ingressClass === undefined;
  if (gateway === undefined && ofGateway === undefined && !nothingElse)
    return ok({ by: 'ingress', class: ingressClass, dialect: ofIngress });
  if (ingressClass !== undefined) return err(wrong(names.class, `a Gateway has a class of its own: leave \`${names.class}\` out`));
  if (ofIngress !== undefined) {
    const ways = GATEWAY_DIALECTS.map((one) => `\`${one}\``).join(', ');
    return err(wrong(names.dialect, `a Gateway routes by ${ways}, not by \`${ofIngress}\``));
  }
  const [only, ...more] = gatewayApi.gateways.keys();
  const named = gateway ?? (more.length === 0 ? only : undefined);
  if (named === undefined)
    return err(wrong(names.gateway, `name a Gateway as \`${names.gateway}\`: the cluster has ${gatewayApi.gateways.size}`));
  return ok({ by: 'gateway', gateway: named, dialect: ofGateway });
}

function told(side: RouteSide, names: SideNames): Readonly<Record<string, unknown>> {
  const ingress = side.by === 'ingress' ? side : undefined;
  const gateway = side.by === 'gateway' ? side.gateway : null;
  return { [names.class]: ingress?.class ?? null, [names.gateway]: gateway, [names.dialect]: side.dialect ?? null };
}

function wrong(parameter: string, message: string): Problem {
  return problem('invalid-request', message, { errors: [{ pointer: `/${parameter}`, code: 'not-applicable', message }] });
}

function nothingToCompare(): Problem {
  const message =
    'both sides are the same: name the second one by `withClass`, `withGateway`, `withDialect`, `withCluster`, `withRevision`, or by what is changed (`apply`, `delete`)';
  return problem('invalid-request', message, { errors: [{ pointer: '/withDialect', code: 'missing', message }] });
}
