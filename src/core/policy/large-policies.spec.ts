import { describe, expect, it } from 'vitest';
import { endpoints, policyCluster, type PolicySpecs } from '../../../test/support/policy-cluster.js';
import { finished, type Steps } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import type { JsonObject } from '../kernel/json.js';
import { connectivity } from './connectivity.js';
import { dnsVerdict } from './dns-verdict.js';
import { exposure } from './exposure.js';
import { policyCompare } from './policy-compare.js';
import { policyLint } from './policy-lint.js';
import type { PolicyVerdictResult } from './policy-result.js';
import { policyVerdict } from './policy-verdict.js';
import { reachability } from './reachability.js';

/** Policies with very many rules, peers and ports: nobody else waits for their answers, and these have an end. */

const CILIUM = { cni: { plugin: 'cilium' } } as const;
const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);
const PODS = numbers(4)
  .map((number) => `shop/p${number} app=x${number} @10.0.0.${number + 1}`)
  .join('\n');

const from = (number: number): JsonObject => ({ podSelector: { matchLabels: { app: `x${number}` } } });

function manyRules(count: number): PolicySpecs {
  const ingress = numbers(count).map((number) => ({ from: [from(number + 10)], ports: [{ port: number + 1 }] }));
  return { 'shop/many': { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress, egress: [{}] } };
}

function verdictOf(model: NetworkModel, to: string, source = 'shop/p0') {
  const question = { from: endpoints(model, source), to: endpoints(model, to), port: '80', protocol: 'TCP' as const };
  const answer = finished(policyVerdict(model, question));
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

function pausesOf(steps: Steps<unknown>): number {
  let pauses = 0;
  while (!steps.next().done) pauses++;
  return pauses;
}

describe('an answer about a large policy', () => {
  const LISTING = {
    from: undefined,
    to: undefined,
    level: 'workload',
    format: 'table',
    protocol: undefined,
    port: undefined,
    external: true,
  } as const;
  const everywhere = (model: NetworkModel) => endpoints(model, 'shop/p1');
  const questions: readonly (readonly [string, (model: NetworkModel) => Steps<unknown>])[] = [
    [
      'policy-lint',
      (model) => policyLint(model, { namespace: undefined, policy: undefined, codes: undefined, severity: 'info', limit: 10 }),
    ],
    ['policy-compare', (model) => policyCompare(model, { a: model.networkPolicies, b: [], over: 'cluster', since: undefined })],
    ['connectivity', (model) => connectivity(model, LISTING)],
    [
      'reachability',
      (model) => reachability(model, { side: 'to', subject: everywhere(model), others: undefined, protocol: undefined, port: undefined }),
    ],
    ['exposure', (model) => exposure(model, { of: undefined, workload: undefined, direction: undefined, format: 'table' })],
  ];

  it.each(questions)('%s is worked out in steps that grow with its rules', (_, ask) => {
    const [few, many] = [20, 200].map((count) => pausesOf(ask(policyCluster(PODS, manyRules(count)))));
    expect(few).toBeGreaterThan(0);
    expect(many).toBeGreaterThan(few! + 100);
  });

  const ASKED = { from: 'shop/p0', to: 'shop/p1' };
  it.each([
    [
      'policy-verdict',
      (model: NetworkModel) =>
        policyVerdict(model, { from: endpoints(model, ASKED.from), to: endpoints(model, ASKED.to), port: '80', protocol: 'TCP' }),
    ],
    ['the verdict about DNS', (model: NetworkModel) => dnsVerdict(model, model.podByKey.get(ASKED.from)!, 'cluster')],
  ] as const)('%s pauses among the rules of one policy', (_, ask) => {
    const egress = numbers(400).map((number) => ({ to: [from(number + 10)], ports: [{ port: number + 1 }] }));
    const { ingress } = manyRules(400)['shop/many']!;
    const both = policyCluster(PODS, { 'shop/many': { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: ingress!, egress } });
    const none = policyCluster(PODS, { 'shop/many': { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [], egress: [] } });
    expect(pausesOf(ask(both))).toBeGreaterThanOrEqual(pausesOf(ask(none)) + 400 / 50);
  });

  it('tells of very many policies the first hundred of those that decide, and as many others', () => {
    const rule = (number: number) => ({
      action: 'Allow',
      from: [{ pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: `y${number}` } } } }],
    });
    const deny = { action: 'Deny', from: [{ namespaces: {} }] };
    const others = numbers(150).map(
      (number) => [`anp a${number}`, { priority: number, subject: { namespaces: {} }, ingress: [rule(number)] }] as const,
    );
    const policies: PolicySpecs = {
      ...Object.fromEntries(others),
      'anp z': { priority: 900, subject: { namespaces: {} }, ingress: [deny] },
    };
    const model = policyCluster(PODS, policies, { cni: { plugin: 'ovn-kubernetes' } });
    const { verdict, evidence } = verdictOf(model, 'shop/p1');
    expect(verdict).toBe('DENIED');
    const told = evidence.filter(({ reason }) => reason === 'POLICY_APPLIES');
    expect(told.map(({ object }) => object?.name)).toEqual([...numbers(100).map((number) => `a${number}`), 'z']);
    expect(evidence.find(({ message }) => message.includes('more policies'))?.message).toBe('and 50 more policies that select Pod shop/p1');
  });

  it('refuses what would ask too many rules, and says how many', () => {
    const rules = numbers(2_600).map((number) => ({ from: [from(number + 100)] }));
    const many = numbers(65).map((number) => `shop/q${number} app=q${number} @10.0.1.${number + 1}`);
    const model = policyCluster([PODS, ...many].join('\n'), { 'shop/many': { podSelector: {}, ingress: rules } });
    const everybody = endpoints(model, 'ns/shop');
    const verdict = finished(policyVerdict(model, { from: everybody, to: everybody, port: '80', protocol: 'TCP' }));
    expect(verdict).toMatchObject({ ok: false, error: { kind: 'limit-too-large', extra: { maximum: 10_000_000 } } });
    const question = { side: 'to', subject: everybody, others: everybody, protocol: undefined, port: undefined } as const;
    const reached = finished(reachability(model, question));
    // 69 kinds of pods, each asked about by the rules of 69.
    expect(reached).toMatchObject({
      ok: false,
      error: { kind: 'limit-too-large', message: expect.stringContaining(`${69 * 69 * 2_600} times`) },
    });
    // Of labels that pods must not have no mark tells whom a rule means: each is asked about each.
    const without = (number: number) => ({
      podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: [`x${number}`] }] },
    });
    const unmarked = numbers(2_600).map((number) => ({ from: [without(number)] }));
    const open = policyCluster([PODS, ...many].join('\n'), { 'shop/many': { podSelector: {}, ingress: unmarked } });
    const exposed = finished(exposure(open, { of: undefined, workload: undefined, direction: 'ingress', format: 'table' }));
    expect(exposed).toMatchObject({
      ok: false,
      error: {
        kind: 'limit-too-large',
        message: expect.stringContaining(`the ${69 * 2_600} rules of 69 kinds of pods are asked about 2600 kinds`),
      },
    });
  });

  it('lets others in between two cases of a verdict', () => {
    const model = policyCluster(PODS, manyRules(20));
    const ask = (to: string) =>
      policyVerdict(model, { from: endpoints(model, 'shop/p0'), to: endpoints(model, to), port: '80', protocol: 'TCP' });
    expect(pausesOf(ask('ns/shop'))).toBeGreaterThan(pausesOf(ask('shop/p1')));
  });
});

describe('reachability through very many policies', () => {
  const policyOf = (number: number): JsonObject => ({
    priority: number,
    subject: { namespaces: {} },
    ingress: [{ action: 'Allow', from: [{ pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: `x${number}` } } } }] }],
  });
  const ask = (count: number) => {
    const pods = numbers(count).map((number) => `shop/p${number} app=x${number}`);
    const policies = numbers(count).map((number) => [`anp a${number}`, policyOf(number)] as const);
    const model = policyCluster(pods.join('\n'), Object.fromEntries(policies), { cni: { plugin: 'ovn-kubernetes' } });
    return reachability(model, {
      side: 'to',
      subject: endpoints(model, 'shop/p0'),
      others: undefined,
      protocol: undefined,
      port: undefined,
    });
  };

  it('tells the rules behind the largest groups, and how many groups there are', () => {
    const answer = finished(ask(210));
    if (!answer.ok) throw new Error(answer.error.message);
    const { result, evidence } = answer.value;
    // Each pod is admitted by a policy of its own, the addresses outside and those of nodes by none.
    expect(result.groups.length).toBeGreaterThan(200);
    expect(evidence.filter(({ reason }) => reason === 'CONNECTION')).toHaveLength(200);
    expect(evidence.at(-1)?.message).toContain(`the 200 largest of ${result.groups.length} groups are told`);
  });
});

describe('exposure of very many rules', () => {
  it.each(['table', 'netpol-analyzer'] as const)('asks each rule only about pods that it may mean: %s', (format) => {
    const rules = numbers(4_000).map((number) => ({ podSelector: { matchLabels: { app: `x${number + 10}` } } }));
    const ingress = rules.map((peer, at) => ({ from: [peer], ports: [{ port: at + 1 }] }));
    const egress = rules.map((peer, at) => ({ to: [peer], ports: [{ port: at + 1 }] }));
    const spec = { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress, egress };
    // 8,000 rules, each of which means one of 4,000 kinds of unknown pods: all pairs would be 128,000,000.
    const exposed = finished(
      exposure(policyCluster(PODS, { 'shop/many': spec }), { of: undefined, workload: undefined, direction: undefined, format }),
    );
    if (!exposed.ok) throw new Error(exposed.error.message);
    const { exposures } = exposed.value.result;
    expect(exposures).toHaveLength(4 * 8_000);
    const told = exposures.filter((row) => row.with === 'shop/[pod with {app=x1010}]' && row.workload.includes('p0'));
    expect(told.map(({ direction, connection }) => `${direction} ${connection}`)).toEqual(['egress TCP 1001', 'ingress TCP 1001']);
  });
});

describe('exposure of pods under the same rules', () => {
  const exposed = (model: NetworkModel) => exposure(model, { of: undefined, workload: undefined, direction: 'ingress', format: 'table' });
  const ruled = (ports: readonly JsonObject[]): PolicySpecs => ({
    'shop/a': { podSelector: {}, ingress: numbers(200).map((number) => ({ from: [from(number + 1_000)], ports })) },
  });

  it('is worked out once for all of them', () => {
    const pauses = (count: number) => {
      const pods = numbers(count).map((number) => `shop/p${number} app=x${number}`);
      return pausesOf(exposed(policyCluster(pods.join('\n'), ruled([{ port: 80 }]))));
    };
    // For each pod more its rules are counted, and its rows are handed on: a pause for each kind of unknown pods would be 200 more.
    expect(pauses(40) - pauses(20)).toBeLessThan(20 * 100);
  });

  // "port: … This can either be a numerical or named port on a pod" (kubernetes/api `networking/v1/types.go`).
  it('is told of each by its own ports where a rule names them', () => {
    const pods = 'shop/p0 app=x0 http=80\nshop/p1 app=x1 http=8080\nshop/p2 app=x2';
    const answer = finished(exposed(policyCluster(pods, ruled([{ port: 'http' }]))));
    if (!answer.ok) throw new Error(answer.error.message);
    const rows = answer.value.result.exposures.map(({ workload, connection }) => `${workload.replace(/.*p/, 'p')} ${connection}`);
    expect([...new Set(rows)].sort()).toEqual([expect.stringMatching(/^p0\S* TCP 80$/), expect.stringMatching(/^p1\S* TCP 8080$/)]);
  });
});

describe('policy-lint of very many rules', () => {
  const policiesOf = (count: number, rules: number): PolicySpecs =>
    Object.fromEntries(
      numbers(count).map((policy) => {
        const ingress = numbers(rules).map((rule) => ({
          from: [from(policy * rules + rule)],
          ports: [{ port: policy * rules + rule + 1 }],
        }));
        return [`shop/m${policy}`, { podSelector: {}, policyTypes: ['Ingress'], ingress }];
      }),
    );

  it.each([
    ['400 policies of 4 rules', 400, 4],
    ['one policy of 4,000 rules', 1, 4_000],
  ])('comes to an end: %s', (_, count, rules) => {
    const model = policyCluster(PODS, policiesOf(count, rules));
    const lint = policyLint(model, {
      namespace: undefined,
      policy: undefined,
      codes: ['POL-REDUNDANT-POLICY'],
      severity: 'info',
      limit: 1,
    });
    const { warnings, result } = finished(lint);
    expect(warnings.map(({ code }) => code)).not.toContain('LINT_INCOMPLETE');
    // Only the first policy of each list names pods that exist.
    expect(result.counts.map((one) => one.count)).toEqual(count === 1 ? [] : [count - 1]);
  });

  it('pauses as often as there are rules, and not for each of them at each endpoint', () => {
    const pauses = (count: number) =>
      pausesOf(
        policyLint(policyCluster(PODS, policiesOf(count, 4)), {
          namespace: undefined,
          policy: undefined,
          codes: [],
          severity: 'info',
          limit: 1,
        }),
      );
    expect(pauses(200)).toBeLessThan(2.2 * pauses(100));
  });
});

describe('the evidence of a verdict', () => {
  const messages = (model: NetworkModel, to = 'shop/p1') => verdictOf(model, to).evidence.map(({ message }) => message);

  it('tells a hundred rules that do not match, and how many more there are', () => {
    const told = messages(policyCluster(PODS, manyRules(350)));
    expect(told).toContain('and 250 more rules');
    expect(told.filter((message) => message === 'none of its peers is the source')).toHaveLength(100);
  });

  it('tells the rule that matches, however far behind', () => {
    const { 'shop/many': many } = manyRules(350);
    const ingress = [...(many!['ingress'] as readonly JsonObject[]), { from: [from(0)], ports: [{ port: 80 }] }];
    const { verdict, evidence } = verdictOf(policyCluster(PODS, { 'shop/many': { ...many!, ingress } }), 'shop/p1');
    expect(verdict).toBe('ALLOWED');
    expect(evidence.filter(({ reason }) => reason === 'RULE_ADMITS').map(({ pointer }) => pointer)).toContain('/spec/ingress/350');
  });

  it('tells twenty peers and ports that do not match, those that do, and how many more there are', () => {
    const rule = {
      from: [...numbers(60).map((number) => from(number + 10)), from(0)],
      ports: [...numbers(70).map((port) => ({ port: port + 100 })), { port: 80 }],
    };
    const { verdict, evidence } = verdictOf(policyCluster(PODS, { 'shop/p': { podSelector: {}, ingress: [rule] } }), 'shop/p1');
    expect(verdict).toBe('ALLOWED');
    const counted = (reason: string) => evidence.filter((step) => step.reason === reason).length;
    expect([counted('PEER_NOT_SELECTED'), counted('PEER_SELECTED'), counted('PORT_DIFFERS'), counted('PORT_MATCHES')]).toEqual([
      20, 1, 20, 1,
    ]);
    expect(evidence.filter(({ reason }) => reason === 'NOT_TOLD').map(({ message }) => message)).toEqual([
      'and 40 more peers',
      'and 50 more ports',
    ]);
  });

  it('tells the services that a selector finds in part', () => {
    const services = numbers(300).map((number) => `svc shop/s${number} app=y${number} http=80:80`);
    const egress = [{ toServices: [{ k8sServiceSelector: { selector: { matchLabels: {} } } }] }];
    const model = policyCluster([PODS, ...services].join('\n'), { 'ciliumnp shop/out': { endpointSelector: {}, egress } }, CILIUM);
    expect(messages(model)).toContain('and 280 more peers');
  });

  it('tells fifty cases, and how many more there are', () => {
    const pods = numbers(60).map((number) => `shop/p${number} app=x${number} @10.0.1.${number + 1}`);
    const rules = numbers(60).map((number) => ({ from: [from(number)], ports: [{ port: 80 }, { port: number + 100 }] }));
    const model = policyCluster(pods.join('\n'), { 'shop/p': { podSelector: { matchLabels: { app: 'x0' } }, ingress: rules } });
    const { evidence, result } = verdictOf(model, 'shop/p0', 'ns/shop');
    const { cases }: PolicyVerdictResult = result;
    expect(cases).toHaveLength(59);
    expect(evidence.filter(({ reason }) => reason === 'CASE')).toHaveLength(50);
    expect(evidence.at(-1)?.message).toContain('and 9 more cases');
  });
});

describe('the lists of a verdict', () => {
  const rule = (port: number): JsonObject => ({ from: [from(0)], ports: [{ port }] });
  const ask = (model: NetworkModel) => {
    const answer = finished(
      policyVerdict(model, { from: endpoints(model, 'shop/p0'), to: endpoints(model, 'shop/p1'), port: undefined, protocol: undefined }),
    );
    if (!answer.ok) throw new Error(answer.error.message);
    return answer.value;
  };

  it('tells the first hundred rules that decide, how many there are, and the verdict of all', () => {
    const model = policyCluster(PODS, { 'shop/p': { podSelector: {}, ingress: numbers(150).map((at) => rule(2 * at + 1)) } });
    const { result, warnings, summary, evidence } = ask(model);
    expect(result.ingress.decidedBy).toHaveLength(100);
    expect(result.policyVerdict).toBe('MIXED');
    expect(result.connection).toContain(',299');
    expect(warnings.find(({ code }) => code === 'LIST_NOT_TOLD')?.message).toContain(
      'the first 100 of 150 rules that decide about ingress',
    );
    expect(summary.length).toBeLessThan(2_000);
    expect(evidence.length).toBeLessThan(1_000);
  });

  it('tells no note where nothing is left out', () => {
    const model = policyCluster(PODS, { 'shop/p': { podSelector: {}, ingress: numbers(100).map((at) => rule(2 * at + 1)) } });
    const { result, warnings } = ask(model);
    expect(result.ingress.decidedBy).toHaveLength(100);
    expect(warnings.map(({ code }) => code)).not.toContain('LIST_NOT_TOLD');
  });

  it('grows in steps with its rules, so that others come in between', () => {
    const pauses = (count: number) => {
      const model = policyCluster(PODS, { 'shop/p': { podSelector: {}, ingress: numbers(count).map((at) => rule(2 * at + 1)) } });
      return pausesOf(
        policyVerdict(model, { from: endpoints(model, 'shop/p0'), to: endpoints(model, 'shop/p1'), port: undefined, protocol: undefined }),
      );
    };
    expect(pauses(300)).toBeGreaterThan(pauses(30) + 270);
  });
});
