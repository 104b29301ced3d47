import type { MutantsOfFile } from '../mutant.js';

const P = 'src/core/policy';
const I = `${P}/internal`;
const CLUSTER = [`${P}/policy-layers.spec.ts`, `${P}/admin-policy-tables.spec.ts`, `${P}/policy-vectors.spec.ts`];
const CALICO = [
  `${P}/calico-policies.spec.ts`,
  `${P}/policy-vectors.spec.ts`,
  `${P}/calico-program-tables.spec.ts`,
  `${P}/calico-host-endpoints.spec.ts`,
];
const CILIUM = [`${P}/cilium-policies.spec.ts`, `${P}/policy-vectors.spec.ts`];

/** Which policy decides: tiers, priorities, orders, rules. */
export const POLICY: readonly MutantsOfFile[] = [
  {
    file: `${I}/decide-in-order.ts`,
    specs: [`${I}/decide-in-order.spec.ts`, ...CLUSTER],
    mutants: [
      {
        breaks: 'the first rule that matches decides',
        from: 'this.decided = sets.meet(this.open, matched);',
        to: 'this.decided = matched;',
      },
      {
        breaks: 'Deny is final',
        from: 'this.denied = sets.join(this.denied, this.decided);',
        to: 'this.passed = sets.join(this.passed, this.decided);',
      },
      {
        breaks: 'Pass leaves it to the next tier',
        from: 'else this.passed = sets.join(this.passed, this.decided);',
        to: 'else this.allowed = sets.join(this.allowed, this.decided);',
      },
      {
        breaks: 'a tier that ends with Deny leaves only what was passed',
        from: 'open: sets.meet(open, decision.passed) }',
        to: 'open: sets.none }',
      },
      {
        breaks: 'what was allowed before stays',
        from: 'const sum = sets.join(allowed, sets.meet(open, decision.allowed));',
        to: 'const sum = sets.meet(open, decision.allowed);',
      },
      {
        breaks: 'a tier allows only what is open',
        from: 'sets.join(allowed, sets.meet(open, decision.allowed))',
        to: 'sets.join(allowed, decision.allowed)',
      },
      {
        breaks: 'what a tier denied is not asked again',
        from: 'sets.minus(sets.minus(open, decision.allowed), decision.denied)',
        to: 'sets.minus(open, decision.allowed)',
      },
    ],
  },
  {
    file: `${I}/layers-at.ts`,
    specs: CLUSTER,
    mutants: [
      {
        breaks: 'Admin before NetworkPolicy',
        from: "const admin = tierLayer(book, 'Admin', direction, subject);",
        to: 'const admin = NO_LAYERS;',
      },
      {
        breaks: 'Baseline behind NetworkPolicy',
        from: "const baseline = tierLayer(book, 'Baseline', direction, subject);",
        to: 'const baseline = NO_LAYERS;',
      },
      {
        breaks: 'Admin before Baseline',
        from: '[...admin, ...own, ...baseline]',
        to: '[...baseline, ...admin, ...own]',
      },
      {
        breaks: 'a NetworkPolicy isolates',
        from: "policies.some(({ isolates }) => isolates) ? 'Deny' : 'open';\n  return [{ layer: 'NetworkPolicy'",
        to: "'open';\n  return [{ layer: 'NetworkPolicy'",
      },
      {
        breaks: 'only in the directions it is about',
        from: "policies.some(({ isolates }) => isolates) ? 'Deny' : 'open';\n  return [{ layer: 'NetworkPolicy'",
        to: "'Deny';\n  return [{ layer: 'NetworkPolicy'",
      },
      {
        breaks: 'a policy of the cluster isolates nothing',
        from: "rules: policies.flatMap(({ rules }) => rules), end: 'open' }];",
        to: "rules: policies.flatMap(({ rules }) => rules), end: 'Deny' }];",
      },
    ],
  },
  {
    file: 'src/core/model/internal/resource-index.ts',
    specs: CLUSTER,
    mutants: [
      {
        breaks: 'the smaller priority acts first',
        from: '({ priority }) => priority ?? Number.MAX_SAFE_INTEGER,',
        to: '({ priority }) => -(priority ?? Number.MAX_SAFE_INTEGER),',
      },
      { breaks: 'priorities count', from: '({ priority }) => priority ?? Number.MAX_SAFE_INTEGER,', to: '' },
      { breaks: 'of one priority by name', from: '({ ref }) => ref.name,\n  ({ kind }) => kind,', to: '({ kind }) => kind,' },
    ],
  },
  {
    file: `${I}/judge-layer.ts`,
    specs: [`${P}/policy-evidence.spec.ts`, `${P}/calico-rules.spec.ts`, ...CLUSTER],
    mutants: [
      {
        breaks: 'ordered rules one by one',
        from: 'if (!(rule.unordered && following?.unordered && following.action === rule.action)) this.decide(rule);',
        to: 'if (following?.action !== rule.action) this.decide(rule);',
      },
      { breaks: 'a rule concerns its subject', from: 'this.concerns && this.admitsPeer ?', to: 'this.admitsPeer ?' },
      {
        breaks: 'the other side of egress is the destination',
        from: "direction === 'egress' ? destination : source",
        to: "direction === 'egress' ? source : destination",
      },
    ],
  },
  {
    file: `${I}/same-priorities.ts`,
    specs: [`${P}/policy-layers.spec.ts`, `${P}/policy-vectors.spec.ts`],
    mutants: [
      { breaks: 'only of one priority', from: 'b !== a && b.policy.priority === a.policy.priority &&', to: 'b !== a &&' },
      { breaks: 'only where they decide differently', from: '&& disagree(alone(a.acting), alone(b.acting), asked)', to: '' },
    ],
  },
  {
    file: `${I}/calico-layers.ts`,
    specs: CALICO,
    mutants: [
      {
        breaks: 'the smaller order acts first',
        from: 'const inOrder = compareBy<Placed>(\n  ({ order }) => order,',
        to: 'const inOrder = compareBy<Placed>(\n  ({ order }) => -order,',
      },
      {
        breaks: 'of one order by name',
        from: 'const inOrder = compareBy<Placed>(\n  ({ order }) => order,\n  ({ name }) => name,\n);',
        to: 'const inOrder = compareBy<Placed>(({ order }) => order);',
      },
      {
        breaks: 'order before name',
        from: 'const inOrder = compareBy<Placed>(\n  ({ order }) => order,\n  ({ name }) => name,\n);',
        to: 'const inOrder = compareBy<Placed>(({ name }) => name);',
      },
      {
        breaks: 'tiers by order',
        from: 'const tiersInOrder = compareBy<ActingTier>(\n  ({ order }) => order,',
        to: 'const tiersInOrder = compareBy<ActingTier>(\n  ({ order }) => -order,',
      },
      {
        breaks: 'tiers of one order by name',
        from: 'const tiersInOrder = compareBy<ActingTier>(\n  ({ order }) => order,\n  ({ name }) => name,\n);',
        to: 'const tiersInOrder = compareBy<ActingTier>(({ order }) => order);',
      },
      { breaks: 'NetworkPolicies at order 1000', from: 'const NETWORK_POLICY_ORDER = 1000;', to: 'const NETWORK_POLICY_ORDER = 0;' },
      {
        breaks: 'NetworkPolicies before what has no order',
        from: 'const NETWORK_POLICY_ORDER = 1000;',
        to: 'const NETWORK_POLICY_ORDER = Number.POSITIVE_INFINITY;',
      },
      {
        breaks: 'NetworkPolicies in the tier default',
        from: "tier: 'default',\n        order: NETWORK_POLICY_ORDER",
        to: "tier: 'kube-admin',\n        order: NETWORK_POLICY_ORDER",
      },
      {
        breaks: 'what has no order acts last',
        from: 'tier: policy.tier, order: policy.order ?? Number.POSITIVE_INFINITY',
        to: 'tier: policy.tier, order: policy.order ?? 0',
      },
      {
        breaks: 'a tier with a policy for the endpoint ends with Deny',
        from: "const end = policies.some(({ isolates }) => isolates) ? 'Deny' : 'open';\n    const rules",
        to: "const end = 'open';\n    const rules",
      },
      { breaks: 'the tier of Admin', from: "tier === 'Admin' ? 'kube-admin' : 'kube-baseline'", to: "'kube-baseline'" },
      {
        breaks: 'only policies of the direction',
        from: "direction === 'ingress' ? policy.appliesToIngress : policy.appliesToEgress",
        to: 'policy.appliesToIngress || policy.appliesToEgress',
      },
    ],
  },
  {
    file: 'src/core/model/internal/compare-calico-policies.ts',
    specs: [`${P}/pod-policies.spec.ts`, ...CALICO],
    mutants: [
      {
        breaks: 'what is told first acts first',
        from: '({ order }) => order ?? Number.POSITIVE_INFINITY,',
        to: '({ order }) => -(order ?? Number.POSITIVE_INFINITY),',
      },
    ],
  },
  {
    file: `${I}/acting-cilium-policy.ts`,
    specs: CILIUM,
    mutants: [
      { breaks: 'rules that deny come first', from: '[...denying, ...accepting]', to: '[...accepting, ...denying]' },
      {
        breaks: 'one policy puts the endpoint into default-deny',
        from: 'always || policies.some(({ isolates }) => isolates)',
        to: 'always',
      },
      {
        breaks: 'the agent may put all into it',
        from: 'always || policies.some(({ isolates }) => isolates)',
        to: 'policies.some(({ isolates }) => isolates)',
      },
      {
        breaks: 'some spec of several',
        from: 'specs.some((spec) => spec[direction].defaultDeny)',
        to: 'specs.every((spec) => spec[direction].defaultDeny)',
      },
    ],
  },
];
