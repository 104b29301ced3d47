import { z } from 'zod';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { atParameter } from '../../core/kernel/problem-place.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import {
  COMPARE_SCOPES,
  COMPARE_VERDICTS,
  type CompareResult,
  type CompareVerdict,
  type Comparison,
} from '../../core/policy/compare-result.js';
import { policyCompare } from '../../core/policy/policy-compare.js';
import { POLICY_REASONS } from '../../core/policy/policy-reasons.js';
import { defineLongQuestion } from '../questions/question.js';
import { knownNamespace } from './known-namespace.js';
import { namedPolicy, type NamedPolicy, POLICY_NAMING, policyName } from './named-policy.js';
import { coordinateOf, sinceInput } from './since-input.js';

type Policies = readonly NamedPolicy[];

const MOST_NAMES = 100;

const names = z.preprocess(
  (value) => (typeof value === 'string' ? [value] : value),
  z.array(z.string().min(1).max(512)).min(1).max(MOST_NAMES),
);

const input = z.strictObject({
  a: names.describe(
    `the first set: policies by name (${POLICY_NAMING}), \`ns/shop\` for all of a namespace, \`cluster\` for all of the cluster, \`all\``,
  ),
  b: names.optional().describe('the second set, named alike; left out where `since` is given: the same names in that state'),
  since: sinceInput.describe('the second set is taken from this state: a revision, `previous`, a tag, or a time in RFC 3339'),
  over: z
    .enum(COMPARE_SCOPES)
    .default('cluster')
    .describe('whom the verdict is about: the endpoints of the cluster, or every pod, namespace and address that there could be'),
});

const relation = z.enum(Object.keys(COMPARE_VERDICTS).filter((text): text is CompareVerdict => text in COMPARE_VERDICTS));

const comparison: z.ZodType<Comparison> = z.object({
  relation,
  pairs: z.number().int().describe('how many pairs of unlike endpoints were compared'),
  differences: z.array(
    z.object({
      from: z.string(),
      to: z.string(),
      a: z.string().describe('all that the first set allows between the two: `TCP 80,443`'),
      b: z.string(),
      witnesses: z
        .array(
          z.object({
            allowedBy: z.enum(['a', 'b']),
            from: z.string(),
            to: z.string(),
            protocol: z.string(),
            port: z.number().int().nullable(),
          }),
        )
        .describe('a connection that one allows and the other does not'),
    }),
  ),
  omitted: z.number().int().describe('how many differences are not listed'),
  permits: z.boolean().describe('what the rules of B accept at the pods that B selects A allows there'),
  forbids: z.boolean().describe('A allows nothing of it'),
  interferes: z
    .boolean()
    .nullable()
    .describe('beside A, pods that B selects may have connections that B alone does not allow; null with `since`'),
});

const result: z.ZodType<CompareResult> = z.object({
  over: z.enum(COMPARE_SCOPES),
  a: z.array(z.string()),
  b: z.array(z.string()),
  cluster: comparison.describe('over the endpoints that the cluster has'),
  possible: comparison
    .nullable()
    .describe('over every pod, namespace, node and address that there could be; null where that cannot be said'),
  whyNot: z.string().nullable(),
});

/** The policies of the names, each once, in the order in which the model has them. */
function policiesIn(model: NetworkModel, parameter: string, texts: readonly string[]): Result<Policies, Problem> {
  const wanted = new Set<NamedPolicy>();
  for (const [index, text] of texts.entries()) {
    const found = atParameter(`${parameter}/${index}`, setIn(model, text));
    if (!found.ok) return found;
    for (const policy of found.value) wanted.add(policy);
  }
  return ok(allIn(model).filter((policy) => wanted.has(policy)));
}

function allIn({ networkPolicies, clusterPolicies, ciliumPolicies, calico }: NetworkModel): Policies {
  return [...networkPolicies, ...clusterPolicies, ...ciliumPolicies, ...calico.policies];
}

function setIn(model: NetworkModel, text: string): Result<Policies, Problem> {
  if (text === 'all') return ok(allIn(model));
  if (text === 'cluster') return ok(allIn(model).filter(({ ref }) => ref.namespace === undefined));
  if (text.startsWith('ns/')) {
    const namespace = knownNamespace(model, text.slice(3));
    return namespace.ok ? ok(allIn(model).filter(({ ref }) => ref.namespace === namespace.value)) : namespace;
  }
  const policy = namedPolicy(model, text);
  return policy.ok ? ok([policy.value]) : policy;
}

function nothingToCompare(): Problem {
  const message = 'there is nothing to compare with: `b` names the second set, `since` another state of the cluster';
  return problem('invalid-request', message, { errors: [{ pointer: '/b', code: 'missing', message }] });
}

/** How two sets of policies stand to one another. */
export const policyCompareQuestion = defineLongQuestion({
  name: 'policy-compare',
  room: 'policy',
  title: 'Do two policies, or two sets of them, allow the same, and if not, which connections does only one of them allow',
  input,
  result,
  verdicts: COMPARE_VERDICTS,
  reasons: POLICY_REASONS,
  examples: [
    {
      title: 'Two policies of one namespace',
      cluster: 'harbor',
      input: { a: ['ops/deny-all-egress'], b: ['ops/deny-all-egress'], over: 'possible' },
    },
    { title: 'Two namespaces', cluster: 'harbor', input: { a: ['ns/shop'], b: ['ns/data'] } },
  ],
  comparesWith: ({ since }) => (since === undefined ? undefined : coordinateOf(since)),
  *steps({ model, before }, given) {
    if (given.b === undefined && before === undefined) return err(nothingToCompare());
    const a = policiesIn(model, 'a', given.a);
    if (!a.ok) return a;
    const b = policiesIn(before?.model ?? model, given.b === undefined ? 'a' : 'b', given.b ?? given.a);
    if (!b.ok) return b;
    const answer = yield* policyCompare(model, { a: a.value, b: b.value, over: given.over, since: before?.revision });
    if (!answer.ok) return answer;
    const question = { a: a.value.map(policyName), b: b.value.map(policyName), since: before?.revision ?? null, over: given.over };
    return ok({ question, answer: answer.value });
  },
});
