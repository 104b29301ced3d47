import { describe, expect, it } from 'vitest';
import { askPolicy, policyCluster, type PolicySpecs } from '../../../test/support/policy-cluster.js';
import type { NetworkModel } from '../model/network-model.js';
import { modelOf } from '../../../test/support/model.js';
import type { ProfileSettings } from '../model/profile-settings.js';

const CLUSTER = `
  ns shop team=red
  ns data team=blue
  shop/web app=web @10.0.1.1
  shop/api app=api @10.0.1.2
  data/db app=db sql=5432 @10.0.2.1
`;
const POLICIES: PolicySpecs = {
  'data/a-deny': { podSelector: {} },
  'data/b-allow': {
    podSelector: { matchLabels: { app: 'db' } },
    ingress: [
      {
        from: [
          { namespaceSelector: { matchLabels: { team: 'blue' } } },
          { namespaceSelector: {}, podSelector: { matchLabels: { app: 'api' } } },
        ],
        ports: [{ port: 80 }, { port: 'sql' }],
      },
    ],
  },
  'data/c-out': { podSelector: {}, policyTypes: ['Egress'] },
  'data/d-other': { podSelector: { matchLabels: { app: 'cache' } } },
};

/** `reason namespace/name pointer: message` of the steps of one stage, children set in. */
function steps(model: NetworkModel, flow: string, stage: string): readonly string[] {
  const { evidence } = askPolicy(model, flow);
  const depth = (id: number | null): number => (id === null ? 0 : 1 + depth(evidence.find((step) => step.id === id)?.parent ?? null));
  return evidence
    .filter((step) => step.stage === stage)
    .map((step) => `${'  '.repeat(depth(step.parent))}${step.outcome} ${step.reason} ${step.object?.name ?? ''}${step.pointer ?? ''}`);
}

describe('the evidence of a verdict', () => {
  const model = policyCluster(CLUSTER, POLICIES);

  it('tells every policy of the namespace, and of those that isolate every rule, peer and port', () => {
    expect(steps(model, 'shop/api -> data/db:5432', 'ingress-policy')).toEqual([
      'selected POLICY_SELECTS a-deny/spec/podSelector',
      'selected POLICY_SELECTS b-allow/spec/podSelector',
      '  match RULE_ADMITS b-allow/spec/ingress/0',
      '    no-match NAMESPACE_NOT_SELECTED b-allow/spec/ingress/0/from/0',
      '    match PEER_SELECTED b-allow/spec/ingress/0/from/1',
      '    no-match PORT_DIFFERS b-allow/spec/ingress/0/ports/0',
      '    match PORT_MATCHES b-allow/spec/ingress/0/ports/1',
      'excluded DIRECTION_NOT_ISOLATED c-out/spec/policyTypes',
      'excluded SUBJECT_NOT_SELECTED d-other/spec/podSelector',
      'allow ADMITTED ',
    ]);
    expect(steps(model, 'shop/api -> data/db:5432', 'egress-policy')).toEqual(['allow NOT_ISOLATED ']);
  });

  it('tells of a loser the first criterion, with both values', () => {
    const { evidence, summary } = askPolicy(model, 'shop/web -> data/db:5432');
    const message = (pointer: string) => evidence.find((step) => step.pointer === pointer)?.message;
    expect(message('/spec/ingress/0/from/0')).toBe('namespaceSelector selects `team=blue`, namespace shop has `team=red`');
    expect(message('/spec/ingress/0/from/1')).toBe('selects `app=api`, the source has `app=web`');
    expect(message('/spec/ingress/0/ports/0')).toBe('admits TCP 80, asked for TCP 5432');
    expect(summary).toBe(
      'pod/shop/web → pod/data/db (TCP 5432): DENIED at ingress by NetworkPolicy data/a-deny, NetworkPolicy data/b-allow – no rule admits it; ' +
        'nearest: add pods `app=web` of namespace shop to `/spec/ingress/0/from` of NetworkPolicy data/b-allow',
    );
  });

  it('counts what selects other pods, where there are many', () => {
    const others = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`data/x-${index}`, { podSelector: { matchLabels: { app: `x-${index}` } } }]),
    );
    const { evidence } = askPolicy(policyCluster(CLUSTER, others), 'shop/web -> data/db:1');
    const told = evidence.filter(({ reason }) => reason === 'SUBJECT_NOT_SELECTED');
    expect([told.length, told.at(-1)?.message]).toEqual([11, '30 more policies of the namespace select other pods']);
  });

  it('names both sides of what allows', () => {
    const { result } = askPolicy(model, 'shop/api -> data/db:5432');
    expect(result.ingress).toEqual({
      verdict: 'ALLOWED',
      allowed: true,
      isolated: true,
      isolatedBy: ['NetworkPolicy data/a-deny', 'NetworkPolicy data/b-allow'],
      decidedBy: [{ policy: 'NetworkPolicy data/b-allow', pointer: '/spec/ingress/0', layer: 'NetworkPolicy', action: 'Allow' }],
    });
    expect(result.connection).toBe('TCP 80,5432');
  });

  // network-policy-api: the precedence of rules is "determined by the order in which the rule is written"
  it('names of ordered rules the first that matches, also where the next one says the same', () => {
    const rules = [80, 81, 80].map((number) => ({
      action: 'Accept',
      from: [{ namespaces: {} }],
      protocols: [{ tcp: { destinationPort: { number } } }],
    }));
    const policies = { 'cnp a': { tier: 'Admin', priority: 1, subject: { namespaces: {} }, ingress: rules } } as unknown as PolicySpecs;
    const settings: ProfileSettings = { policy: { enforcement: 'on', apis: ['networking.k8s.io', 'policy.networking.k8s.io'] } };
    const { result } = askPolicy(policyCluster(CLUSTER, policies, settings), 'shop/api -> data/db:80');
    expect(result.ingress.decidedBy.map(({ pointer }) => pointer)).toEqual(['/spec/ingress/0']);
  });

  it('puts alike pairs together, and tells unlike ones apart', () => {
    const { result, verdict } = askPolicy(model, 'ns/shop -> data/db:5432');
    expect(verdict).toBe('MIXED');
    expect(result.pairs).toEqual({ total: 2, allowed: 1, denied: 1, mixed: 0 });
    expect(result.cases.map(({ from, verdict: one }) => `${from.names.join()} ${one}`)).toEqual([
      'Pod shop/api ALLOWED',
      'Pod shop/web DENIED',
    ]);
  });
});

describe('what an answer rests on', () => {
  const verdict = (settings: ProfileSettings, flow = 'shop/web -> data/db:5432', policies = POLICIES) =>
    askPolicy(policyCluster(CLUSTER, policies, settings), flow);
  const codes = (notes: readonly { readonly code: string }[]) => notes.map(({ code }) => code);

  it('a plugin that does not enforce: allowed, and what the policies would say', () => {
    const answer = verdict({ cni: { plugin: 'flannel' }, policy: { enforcement: 'none' } });
    expect([answer.verdict, answer.result.policyVerdict, answer.enforcement?.enforced]).toEqual(['ALLOWED', 'DENIED', false]);
    expect(answer.evidence.at(-1)?.reason).toBe('NOT_ENFORCED');
    expect(codes(answer.warnings)).toContain('NOT_ENFORCED');
  });

  it('an assumed switch that decided, and not one that was set', () => {
    expect(codes(verdict({}).assumptions)).toEqual(['PROFILE_ENFORCEMENT']);
    expect(verdict({}).confidence).toBe('ASSUMED');
    const told = verdict({ policy: { enforcement: 'on' } });
    expect([told.assumptions, told.confidence]).toEqual([[], 'CERTAIN']);
    expect(codes(verdict({}, 'shop/web -> shop/web:1').assumptions)).toEqual(['PROFILE_LOOPBACK']);
    expect(verdict({}, 'shop/web -> shop/api:1').confidence).toBe('CERTAIN');
  });

  it('a pod without address that an ipBlock might match: not enough is known', () => {
    const policies: PolicySpecs = { 'data/p': { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.9.0.0/16' } }] }] } };
    const model = modelOf([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'new', namespace: 'shop' },
        spec: { containers: [{ name: 'main' }] },
        status: { phase: 'Pending' },
      },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'db', namespace: 'data' },
        spec: { containers: [{ name: 'main' }] },
        status: { phase: 'Running', podIP: '10.0.0.9' },
      },
      { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'p', namespace: 'data' }, spec: policies['data/p'] },
    ] as never);
    const answer = askPolicy(model, 'shop/new -> data/db:1');
    expect([answer.verdict, answer.confidence, codes(answer.warnings)]).toEqual(['DENIED', 'INSUFFICIENT_INFO', ['ADDRESS_UNKNOWN']]);
  });

  it('objects of other policy APIs are named', () => {
    const model = modelOf([
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'x' }, spec: { containers: [{ name: 'main' }] } },
      { apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', metadata: { name: 'deny', namespace: 'x' }, spec: {} },
    ] as never);
    const answer = askPolicy(model, 'x/a -> 203.0.113.1:1');
    expect(codes(answer.warnings)).toEqual(['NOT_MODELLED']);
    expect(answer.confidence).toBe('ASSUMED');
  });
});
