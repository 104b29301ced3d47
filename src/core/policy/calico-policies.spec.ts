import { describe, expect, it } from 'vitest';
import { CALICO, calicoCluster } from '../../../test/support/calico-cluster.js';
import { askPolicy, judgedRows, type PolicySpecs, rowsOf } from '../../../test/support/policy-cluster.js';
import type { JsonObject } from '../kernel/json.js';
import type { ProfileSettings } from '../model/profile-settings.js';

const PODS = `
  ns shop team=red
  ns data team=blue
  shop/web app=web http=8080 @10.0.1.1 as web
  shop/api app=api @10.0.1.2 as api
  data/db app=db sql=5432 @10.0.2.1 as db`;

/** The same, where policies of the cluster are enforced as well (Calico 3.29 to 3.32 the older kinds). */
const TIERED: ProfileSettings = {
  cni: { plugin: 'calico' },
  policy: { apis: ['networking.k8s.io', 'projectcalico.org', 'policy.networking.k8s.io/v1alpha1'] },
};

const allow = (more: JsonObject = {}): JsonObject => ({ action: 'Allow', ...more });
const deny = (more: JsonObject = {}): JsonObject => ({ action: 'Deny', ...more });
const pass = (more: JsonObject = {}): JsonObject => ({ action: 'Pass', ...more });
const tcp = (port: number, more: JsonObject = {}): JsonObject => ({ protocol: 'TCP', destination: { ports: [port] }, ...more });
/** A policy on db for ingress. */
const db = (rules: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
  selector: 'app == "db"',
  types: ['Ingress'],
  ingress: rules,
  ...more,
});

function expectRows(calico: PolicySpecs, table: string, others: PolicySpecs = {}, settings = CALICO): void {
  expect(judgedRows(calicoCluster(PODS, calico, { others, settings }), table)).toEqual(rowsOf(table));
}

/** felix `calc/event_sequencer.go`, `tierInfoToProtoTierInfo`: a tier has the policies that govern ingress, and those that govern egress. */
it('a tier whose policies are about the other direction only has no place in this one', () => {
  const tiers = (types: readonly string[]) => {
    const model = calicoCluster(PODS, { 'tier t': { order: 1 }, 'gnp t.a': db([], { tier: 't', types }) });
    return askPolicy(model, 'shop/web -> data/db:80').evidence.filter(({ reason }) => reason === 'END_OF_TIER').length;
  };
  expect([tiers(['Ingress']), tiers(['Egress'])]).toEqual([1, 0]);
});

/** `app-policy/checker/check_test.go`: what stands in its tables under these names, one row a name. */
describe('a tier: "the first rule that matches … end-of-tier action"', () => {
  const FLOW = 'shop/web -> data/db:80';
  const cases: readonly (readonly [name: string, policies: PolicySpecs, verdict: 'allow' | 'deny'])[] = [
    ['no policy: the profile kns allows', {}, 'allow'],
    ['"Any traffic that does not match is denied": no rules', { 'gnp a': db([]) }, 'deny'],
    ['"Log rules continue"', { 'gnp a': db([{ action: 'Log' }, allow()]) }, 'allow'],
    ['"Log rules continue": and are no match', { 'gnp a': db([{ action: 'Log' }]) }, 'deny'],
    ['the first rule that matches decides', { 'gnp a': db([deny(tcp(80)), allow()]) }, 'deny'],
    [
      '"Policy1 matches and has action PASS, which means policy2 is not evaluated."',
      { 'gnp a': db([pass()]), 'gnp b': db([deny()]) },
      'allow',
    ],
    ['a policy without rules for the direction is none: its tier has no end', { 'gnp a': db([], { types: ['Egress'] }) }, 'allow'],
    ['a tier without policies about the endpoint is skipped', { 'gnp a': { selector: 'app == "api"', ingress: [deny()] } }, 'allow'],
    [
      'defaultAction Pass: the end of the tier leaves it to the profile',
      { 'tier t': { order: 1, defaultAction: 'Pass' }, 'gnp t.a': db([], { tier: 't' }) },
      'allow',
    ],
    [
      'TestCheckStorePolicyMultiTierMatch: pass, then the default Pass, then the rule of tier3',
      {
        'tier tier1': { order: 1 },
        'tier tier2': { order: 2, defaultAction: 'Pass' },
        'tier tier3': { order: 3 },
        'gnp tier1.a': db([pass()], { tier: 'tier1' }),
        'gnp tier2.b': db([deny(tcp(81))], { tier: 'tier2' }),
        'gnp tier3.c': db([allow(tcp(80))], { tier: 'tier3' }),
      },
      'allow',
    ],
    [
      'a rule of an earlier tier decides before those of a later one',
      { 'tier t': { order: 1 }, 'gnp t.a': db([deny()], { tier: 't' }), 'gnp b': db([allow()]) },
      'deny',
    ],
    [
      'the end of an earlier tier too',
      { 'tier t': { order: 1 }, 'gnp t.a': db([allow(tcp(81))], { tier: 't' }), 'gnp b': db([allow()]) },
      'deny',
    ],
    [
      '"Order … if omitted, applied last": after `default`',
      { 'tier t': {}, 'gnp t.a': db([deny()], { tier: 't' }), 'gnp b': db([allow()]) },
      'allow',
    ],
    ['a tier that does not exist holds nothing that acts', { 'gnp t.a': db([deny()], { tier: 't' }) }, 'allow'],
    ['a policy without selector is about every endpoint', { 'gnp a': { ingress: [deny()] } }, 'deny'],
  ];
  it.each(cases)('%s', (_, policies, verdict) => {
    expectRows(policies, `${FLOW} = ${verdict}`);
  });
});

describe('the order within a tier: "policies with the lower order applied first"', () => {
  it.each([
    ['by order', { 'gnp a': db([deny()], { order: 2 }), 'gnp b': db([allow()], { order: 1 }) }, 'allow'],
    ['"omitted: applied last"', { 'gnp a': db([deny()]), 'gnp b': db([allow()], { order: 5000 }) }, 'allow'],
    [
      '"Policies with identical order will be applied in alphanumerical order based on the Policy Name"',
      { 'gnp b': db([deny()]), 'gnp a': db([allow()]) },
      'allow',
    ],
    ['of whatever namespace: "we start with the most specific (name)"', { 'np data/a': db([allow()]), 'gnp b': db([deny()]) }, 'allow'],
    ['namespaced and global ones together', { 'np data/x': db([deny()], { order: 2 }), 'gnp y': db([allow()], { order: 1 }) }, 'allow'],
    ['negative orders', { 'gnp a': db([allow()], { order: -5.5 }), 'gnp b': db([deny()], { order: -5 }) }, 'allow'],
  ] as const)('%s', (_, policies, verdict) => {
    expectRows(policies, `shop/web -> data/db:80 = ${verdict}`);
  });
});

describe('policies of Kubernetes among those of Calico', () => {
  const np = { 'data/db': { podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] } };
  const rows = (at80: string, at81: string) => `shop/web -> data/db:80 = ${at80}\nshop/web -> data/db:81 = ${at81}`;

  it('NetworkPolicies stand by their names among others of their order', () => {
    expectRows({ 'gnp daz': db([deny()], { order: 1000 }) }, rows('deny', 'deny'), np);
    expectRows({ 'gnp dc': db([deny()], { order: 1000 }) }, rows('allow', 'deny'), np);
  });

  it('"We insert all the NetworkPolicy Policies at order 1000.0 after conversion"', () => {
    expectRows({ 'gnp early': db([deny(tcp(80)), allow(tcp(81))], { order: 999 }) }, rows('deny', 'allow'), np);
    expectRows({ 'gnp late': db([deny(tcp(80)), allow(tcp(81))], { order: 1001 }) }, rows('allow', 'allow'), np);
  });

  it('a NetworkPolicy of either API may have the same name', () => {
    expectRows({ 'np data/db': db([allow(tcp(81))]) }, rows('allow', 'allow'), np);
    const { evidence } = askPolicy(calicoCluster(PODS, { 'np data/db': db([allow(tcp(81))]) }, { others: np }), 'shop/web -> data/db:81');
    const decider = evidence.find(({ reason }) => reason === 'RULE_ACCEPTS');
    expect(decider?.object).toMatchObject({ apiVersion: 'projectcalico.org/v3', kind: 'NetworkPolicy', namespace: 'data', name: 'db' });
  });

  it('an AdminNetworkPolicy is of the tier kube-admin, before all others without an earlier order', () => {
    const subject = { namespaces: {} };
    const from = [{ namespaces: {} }];
    const anp = {
      'anp a': { priority: 1, subject, ingress: [{ action: 'Deny', from, ports: [{ portNumber: { protocol: 'TCP', port: 80 } }] }] },
    };
    expectRows({ 'gnp b': db([allow()]) }, rows('deny', 'allow'), anp, TIERED);
    expectRows({ 'tier first': { order: 1 }, 'gnp first.b': db([allow()], { tier: 'first' }) }, rows('allow', 'allow'), anp, TIERED);
  });

  it('a BaselineAdminNetworkPolicy is of the tier kube-baseline, after `default`: the end of that is before it', () => {
    const banp = { 'banp default': { subject: { namespaces: {} }, ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] } };
    expectRows({ 'gnp b': db([pass(tcp(80))]) }, rows('deny', 'deny'), banp, TIERED);
    expectRows({ 'gnp b': db([pass(tcp(80)), allow(tcp(81))]) }, rows('deny', 'allow'), banp, TIERED);
    expectRows({ 'gnp b': db([], { selector: 'app == "api"' }) }, rows('deny', 'deny'), banp, TIERED);
  });
});

describe('HTTP on a rule that allows', () => {
  const model = calicoCluster(PODS, { 'gnp a': db([allow({ ...tcp(80), http: { methods: ['GET'], paths: [{ prefix: '/api' }] } })]) });

  it('is a condition of the verdict', () => {
    const { verdict, result } = askPolicy(model, 'shop/web -> data/db:80');
    expect(verdict).toBe('ALLOWED');
    expect(result.conditions.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
      'HTTP: only HTTP GET of /api*; other requests are left to the rules after it',
    ]);
  });

  it('asks nothing where another rule decides', () => {
    expect(askPolicy(model, 'shop/web -> data/db:81').result.conditions).toEqual([]);
  });
});

describe('what cannot be read fails closed', () => {
  const broken = { protocol: 'TCP', destination: { ports: ['70000'] } };
  it.each([
    ['a rule that allows', [allow(broken)], 'deny'],
    ['a rule that denies', [deny(broken), allow()], 'deny'],
    ['a rule that passes', [pass(broken), allow()], 'deny'],
    ['a rule of an unknown action', [{ action: 'Permit' }, allow()], 'deny'],
    ['not the rules before it', [allow(), deny(broken)], 'allow'],
  ] as const)('%s', (_, rules, verdict) => {
    expectRows({ 'gnp a': db(rules) }, `shop/web -> data/db:80 = ${verdict}`);
  });
});

describe('staged policies: "what would have been", never enforced', () => {
  const ask = (calico: PolicySpecs, others: PolicySpecs = {}) => {
    const { verdict, result } = askPolicy(calicoCluster(PODS, calico, { others }), 'shop/web -> data/db:80');
    return {
      verdict,
      staged: result.staged && `${result.staged.verdict} ${result.staged.policies.map((one) => `${one.action} ${one.policy}`).join()}`,
    };
  };
  /** `TestCheckTiersPolicyScope`. */
  it.each([
    [
      'tier of only staged policies is skipped when enforcing',
      { 'sgnp s': db([deny()]) },
      'ALLOWED',
      'DENIED Set StagedGlobalNetworkPolicy s',
    ],
    [
      'end-of-tier action of a staged-only tier applies only when pending',
      { 'sgnp s': db([]) },
      'ALLOWED',
      'DENIED Set StagedGlobalNetworkPolicy s',
    ],
    [
      'end-of-tier action survives a staged policy in a mixed tier',
      { 'sgnp s': db([]), 'gnp e': db([]) },
      'DENIED',
      'DENIED Set StagedGlobalNetworkPolicy s',
    ],
    [
      'staged policy ahead of an enforced one only decides the pending verdict',
      { 'snp data/s': db([deny()], { order: 1 }), 'gnp e': db([allow()], { order: 2 }) },
      'ALLOWED',
      'DENIED Set StagedNetworkPolicy data/s',
    ],
    ['"Delete"', { 'sgnp e': { stagedAction: 'Delete' }, 'gnp e': db([deny()]) }, 'DENIED', 'ALLOWED Delete StagedGlobalNetworkPolicy e'],
    ['"Ignore"', { 'sgnp e': db([allow()], { stagedAction: 'Ignore' }), 'gnp e': db([deny()]) }, 'DENIED', null],
    ['about others alone', { 'sgnp s': { selector: 'app == "nobody"', ingress: [deny()] }, 'gnp e': db([deny()]) }, 'DENIED', null],
  ] as const)('%s', (_, calico, verdict, staged) => {
    expect(ask(calico as unknown as PolicySpecs)).toEqual({ verdict, staged });
  });

  it('a StagedKubernetesNetworkPolicy replaces the NetworkPolicy of that name', () => {
    const others = { 'data/db': { podSelector: {}, ingress: [{}] } };
    const answer = ask({ 'sknp data/db': { podSelector: {}, policyTypes: ['Ingress'] }, 'gnp other': { selector: 'app == "x"' } }, others);
    expect(answer).toEqual({ verdict: 'ALLOWED', staged: 'DENIED Set StagedKubernetesNetworkPolicy data/db' });
  });
});

describe('whether they count', () => {
  const policy = { 'gnp a': db([deny()]) };
  const ask = (settings: JsonObject) => askPolicy(calicoCluster(PODS, policy, { settings }), 'shop/web -> data/db:80');

  it('where Calico enforces them', () => {
    expect(ask(CALICO)).toMatchObject({ verdict: 'DENIED', confidence: 'CERTAIN' });
  });

  it('where nobody told who enforces: with the assumption', () => {
    const { verdict, assumptions } = ask({});
    expect(verdict).toBe('DENIED');
    expect(assumptions.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('policies of `projectcalico.org` are taken as enforced'),
    );
  });

  it('not where another plugin enforces: the answer says so', () => {
    const { verdict, warnings } = ask({ cni: { plugin: 'cilium' } });
    expect(verdict).toBe('ALLOWED');
    expect(warnings.map(({ message }) => message)).toContain('1 policy of `projectcalico.org` is stored, and cilium does not enforce them');
  });

  it('a missing tier is told', () => {
    const model = calicoCluster(PODS, { 'gnp gone.a': db([deny()], { tier: 'gone' }) });
    expect(askPolicy(model, 'shop/web -> data/db:80').warnings).toContainEqual({
      code: 'TIER_MISSING',
      message: 'GlobalNetworkPolicy gone.a: the tier `gone` does not exist, so that they have no effect',
    });
  });
});

describe('evidence', () => {
  const model = calicoCluster(PODS, {
    'tier security': { order: 1 },
    'gnp security.a': db([pass(tcp(80))], { tier: 'security' }),
    'np data/b': db([{ action: 'Log' }, deny(tcp(80))], { order: 3 }),
  });
  const told = (flow: string) =>
    askPolicy(model, flow)
      .evidence.filter(({ stage, outcome }) => stage === 'ingress-policy' && outcome !== 'match')
      .map(({ reason, object, pointer, message }) => (object ? `${reason} ${object.name} ${pointer ?? ''}` : `${reason}: ${message}`));

  it('names the rule of each tier and its action; Log decides nothing', () => {
    expect(told('shop/web -> data/db:80')).toEqual([
      'POLICY_SELECTS security.a /spec/selector',
      'RULE_PASSES security.a /spec/ingress/0',
      'POLICY_SELECTS b /spec/selector',
      'RULE_DENIES b /spec/ingress/1',
      expect.stringContaining('DENIED_BY_RULE'),
    ]);
  });

  it('names the end of the tier, and what is behind it is not asked', () => {
    const answer = told('shop/web -> data/db:81');
    expect(answer).toContain('END_OF_TIER: no rule of the tier `security` matches TCP 81: Deny at its end decides');
    expect(answer.filter((line) => line.startsWith('RULE_'))).toEqual(['RULE_REFUSES_PORT security.a /spec/ingress/0']);
    expect(askPolicy(model, 'shop/web -> data/db:81').summary).toContain(
      'DENIED at ingress by GlobalNetworkPolicy security.a – no rule admits it',
    );
  });

  it('offers a rule before the one that denies, or one more in the tier that ends', () => {
    const fixes = (flow: string) => askPolicy(model, flow).result.nearMisses.map(({ reason, fix }) => `${reason}: ${fix}`);
    const from = '`app == "web"` of namespaces `projectcalico.org/name == "shop"`';
    expect(fixes('shop/web -> data/db:80')).toEqual([
      `RULE_BEFORE: put a rule before \`/spec/ingress/1\` of NetworkPolicy.projectcalico.org data/b: Allow from ${from}, TCP 80`,
    ]);
    expect(fixes('shop/web -> data/db:81')).toEqual([
      `NEW_RULE: add a rule to \`/spec/ingress\` of GlobalNetworkPolicy security.a: Allow from ${from}, TCP 81`,
    ]);
  });
});
