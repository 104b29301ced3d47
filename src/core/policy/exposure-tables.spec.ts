import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../kernel/json.js';
import type { PolicySpecs } from '../../../test/support/policy-cluster.js';
import { deployments, exposureLines } from '../../../test/support/policy-exposure.js';

/** `app=x, role In [a b], tier Exists` as Kubernetes writes it. */
function selector(text: string): JsonObject {
  const parts = text.split(', ').filter((part) => part !== '');
  const equalities = parts.filter((part) => part.includes('=')).map((part) => part.split('='));
  const matchExpressions = parts
    .filter((part) => !part.includes('='))
    .map((part) => {
      const [key = '', operator = '', ...values] = part.replace(/[[\]]/g, '').split(' ');
      return values.length > 0 ? { key, operator, values } : { key, operator };
    });
  return {
    ...(equalities.length > 0 ? { matchLabels: Object.fromEntries(equalities) as JsonObject } : {}),
    ...(matchExpressions.length > 0 ? { matchExpressions } : {}),
  };
}

/** `ns: release=stable & pods: app=x`; either half may be missing, `ns:` alone selects every namespace. */
function peer(text: string): JsonObject {
  const halves = text.split(' & ').map((half): [string, JsonObject] => {
    const [which = '', ...rest] = half.split(':');
    return [which === 'ns' ? 'namespaceSelector' : 'podSelector', selector(rest.join(':').trim())];
  });
  return Object.fromEntries(halves);
}

type Rule = readonly [peers: string | undefined, ...ports: readonly (number | string)[]];

/** Rules by what they select; `undefined` is everybody. Ports are of TCP, `UDP 53` of another protocol. */
function rules(key: 'from' | 'to', list: readonly Rule[]): JsonObject[] {
  return list.map(([peers, ...ports]) => ({
    ...(peers === undefined ? {} : { [key]: [peer(peers)] }),
    ...(ports.length > 0 ? { ports: ports.map(portOf) } : {}),
  }));
}

function portOf(port: number | string): JsonObject {
  const [protocol = '', number] = String(port).split(' ');
  return number === undefined ? { port, protocol: 'TCP' } : { port: Number(number), protocol };
}

interface Written {
  readonly of?: string;
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
  readonly types?: readonly ('Ingress' | 'Egress')[];
}

/** Of `app=a-app` where nothing else is said; of both directions where no types are. */
function policy({ of = 'app=a-app', ingress, egress, types = ['Ingress', 'Egress'] }: Written): JsonObject {
  return {
    podSelector: selector(of),
    policyTypes: types,
    ...(ingress ? { ingress: rules('from', ingress) } : {}),
    ...(egress ? { egress: rules('to', egress) } : {}),
  };
}

const A = 'hello-world/workload-a app=a-app';
const B = 'hello-world/workload-b app=b-app';
const OUT = '0.0.0.0-255.255.255.255';
const MANAGED = 'ns: foo.com/managed-state In [managed]';
const MANAGED_NAME = '[namespace with {{Key:foo.com/managed-state,Operator:In,Values:[managed],}}]/[all pods]';
const IN_BACKEND = 'ns: kubernetes.io/metadata.name=backend';
const MATCHING_NS: Namespaces = [['matching-ns', { 'foo.com/managed-state': 'managed' }]];

type Way = '=>' | '<=';
type Namespaces = readonly (readonly [string, Record<string, string>])[];

const everybody = (workload: string, way: Way) => [
  `${workload} ${way} ${OUT} : All Connections`,
  `${workload} ${way} entire-cluster : All Connections`,
];
/** No policy of that direction. */
const free = (workload: string, way: Way) => [
  ...everybody(workload, way),
  `${workload} is not protected on ${way === '=>' ? 'Egress' : 'Ingress'}`,
];
const open = (...workloads: readonly string[]) => workloads.flatMap((workload) => [...free(workload, '=>'), ...free(workload, '<=')]);
const pods = (words: string) => `[pod with {${words}}]`;
const ns = (words: string) => `[namespace with {${words}}]`;
const key = (name: string, operator: string, values = '') => `{Key:${name},Operator:${operator},Values:[${values}],}`;

interface Case {
  readonly name: string;
  readonly has?: readonly string[];
  readonly namespaces?: Namespaces;
  /** Of `hello-world`, or by their qualified names. */
  readonly policies: Written | Readonly<Record<string, Written>>;
  readonly lines: readonly string[];
}

const isWritten = (policies: Case['policies']): policies is Written =>
  Object.keys(policies).every((name) => ['of', 'ingress', 'egress', 'types'].includes(name));

function check(cases: readonly Case[]): void {
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, { has = [A], namespaces = [], policies, lines }) => {
    const named = isWritten(policies) ? (Object.keys(policies).length === 0 ? {} : { 'hello-world/p': policies }) : policies;
    const specs: PolicySpecs = Object.fromEntries(Object.entries(named).map(([name, written]) => [name, policy(written)]));
    expect([...exposureLines(deployments(has, specs, namespaces))].sort()).toEqual([...lines].sort());
  });
}

/** np-guard/netpol-analyzer `docs/exposure_tests_and_results.md`: the manifests and the exposure that it tells of each. The rest of that table is in exposure.spec.ts. */
describe('exposure: the table of netpol-analyzer, whole directions and namespaces', () => {
  check([
    {
      name: 'allow_all_test',
      policies: { ingress: [[undefined]], egress: [[undefined]] },
      lines: [...everybody('workload-a', '=>'), ...everybody('workload-a', '<=')],
    },
    { name: 'allow_egress_deny_ingress_test', policies: { egress: [[undefined]] }, lines: everybody('workload-a', '=>') },
    { name: 'allow_ingress_deny_egress_test', policies: { ingress: [[undefined]] }, lines: everybody('workload-a', '<=') },
    { name: 'with_no_netpols', policies: {}, lines: open('workload-a') },
    {
      name: 'only_matched_rules_test',
      has: [A, B],
      policies: {
        ingress: [['ns: kubernetes.io/metadata.name=hello-world & pods: app=b-app']],
        egress: [['ns: kubernetes.io/metadata.name=hello-world & pods: app=b-app']],
      },
      lines: open('workload-b'),
    },
    {
      name: 'conn_entire_cluster_with_empty_selectors',
      policies: { ingress: [['ns: & pods:', 8050]], egress: [['ns: & pods:']] },
      lines: ['workload-a => entire-cluster : All Connections', 'workload-a <= entire-cluster : TCP 8050'],
    },
    {
      name: 'conn_to_all_pods_in_a_new_ns',
      policies: { ingress: [[`${IN_BACKEND} & pods:`, 8050]], egress: [['ns: & pods:']] },
      lines: ['workload-a => entire-cluster : All Connections', 'workload-a <= backend/[all pods] : TCP 8050'],
    },
    ...[`${IN_BACKEND} & pods:`, IN_BACKEND].map((from) => ({
      name: `conn_to_all_pods_in_an_existing_ns: ${from}`,
      has: [A, 'backend/backend-app app=backendservice'],
      policies: { ingress: [[from, 8050]], egress: [['ns: & pods:']] } satisfies Written,
      lines: [
        'workload-a => entire-cluster : All Connections',
        'workload-a <= backend/[all pods] : TCP 8050',
        ...open('backend/backend-app'),
      ],
    })),
    {
      name: 'conn_with_new_pod_selector_and_ns_selector',
      policies: { types: ['Ingress'], ingress: [['ns: effect=NoSchedule & pods: role=monitoring', 8050]] },
      lines: [...free('workload-a', '=>'), `workload-a <= ${ns('effect=NoSchedule')}/${pods('role=monitoring')} : TCP 8050`],
    },
    {
      name: 'conn_with_only_pod_selector',
      policies: { types: ['Ingress'], ingress: [['pods: role=monitoring', 8050]] },
      lines: [...free('workload-a', '=>'), `workload-a <= ${pods('role=monitoring')} : TCP 8050`],
    },
    {
      name: 'conn_with_pod_selector_in_any_ns',
      policies: { types: ['Ingress'], ingress: [['ns: & pods: role=monitoring', 8050]] },
      lines: [...free('workload-a', '=>'), `workload-a <= [all namespaces]/${pods('role=monitoring')} : TCP 8050`],
    },
    ...[
      { suffix: '', has: [], namespaces: [], others: [] },
      {
        suffix: '_with_matching_pod',
        has: ['matching-ns/matching-workload app=matching http=8090'],
        namespaces: MATCHING_NS,
        others: open('matching-ns/matching-workload'),
      },
    ].map(({ suffix, has, namespaces, others }) => ({
      name: `egress_with_named_port${suffix}`,
      has: [`${A} local-dns=8000 local-dns2=8050 http=8090`, ...has],
      namespaces,
      policies: { ingress: [['ns:', 'local-dns']], egress: [[MANAGED, 'http']] } satisfies Written,
      lines: [`workload-a => ${MANAGED_NAME} : TCP http`, 'workload-a <= entire-cluster : TCP 8000', ...others],
    })),
    {
      name: 'ingress_from_entire_cluster_with_named_ports',
      has: [`${A} local-dns=8000 local-dns2=8050 http=8090`],
      policies: { types: ['Ingress'], ingress: [['ns:', 'local-dns', 'http']] },
      lines: [...free('workload-a', '=>'), 'workload-a <= entire-cluster : TCP 8000,8090'],
    },
    {
      name: 'minimal_netpol_analysis',
      has: ['default/backend app=backendservice', 'default/frontend app=frontend'],
      policies: {
        'default/backend-netpol': { of: 'app=backendservice', ingress: [['ns:', 9090]] },
        'default/frontend-netpol': {
          of: 'app=frontend',
          egress: [
            ['pods: app=backendservice', 9090],
            [undefined, 'UDP 53'],
          ],
          ingress: [[undefined, 8080]],
        },
        'default/default-deny-in-namespace': { of: '' },
      },
      lines: [
        `default/frontend => ${OUT} : UDP 53`,
        'default/frontend => entire-cluster : UDP 53',
        'default/backend <= entire-cluster : TCP 9090',
        `default/frontend <= ${OUT} : TCP 8080`,
        'default/frontend <= entire-cluster : TCP 8080',
      ],
    },
    {
      name: 'pod_exposed_only_to_representative_peers',
      has: [A, B],
      policies: { of: 'app=b-app', ingress: [[MANAGED, 8050]], egress: [[MANAGED, 8050]] },
      lines: [`workload-b => ${MANAGED_NAME} : TCP 8050`, `workload-b <= ${MANAGED_NAME} : TCP 8050`, ...open('workload-a')],
    },
    {
      name: 'with_real_pod_and_namespace',
      has: [A, 'ns2/workload-b app=b-app'],
      namespaces: [['ns2', { name: 'ns2', env: 'production' }]],
      policies: { ingress: [['ns: name=ns2 & pods: app=b-app']] },
      lines: open('ns2/workload-b'),
    },
    {
      name: 'to_namespace_except_specific_pod',
      has: [A, 'backend/backend-app app=backend-app'],
      policies: {
        'backend/egress-deny': { of: 'app=backend-app', types: ['Egress'] },
        'hello-world/p': { ingress: [[IN_BACKEND, 8050]] },
      },
      lines: [...free('backend/backend-app', '<='), 'workload-a <= backend/[all pods] : TCP 8050'],
    },
    {
      name: 'to_namespace_with_multiple_labels',
      policies: { ingress: [['ns: release=stable, effect=NoSchedule', 8050]] },
      lines: [`workload-a <= ${ns('effect=NoSchedule,release=stable')}/[all pods] : TCP 8050`],
    },
    ...[
      { suffix: '', has: [], namespaces: [], others: [] },
      {
        suffix: '_with_matching_pod',
        has: ['matching-ns/matching-workload app=matching'],
        namespaces: MATCHING_NS,
        others: open('matching-ns/matching-workload'),
      },
    ].map(({ suffix, has, namespaces, others }) => ({
      name: `to_new_namespace_conn_and_entire_cluster${suffix}`,
      has: [A, B, ...has],
      namespaces,
      policies: {
        ingress: [['ns: kubernetes.io/metadata.name=hello-world & pods: app=b-app'], [MANAGED, 8090], ['ns:', 8050]],
      } satisfies Written,
      lines: [`workload-a <= ${MANAGED_NAME} : TCP 8050,8090`, 'workload-a <= entire-cluster : TCP 8050', ...open('workload-b'), ...others],
    })),
  ]);
});

describe('exposure: the table of netpol-analyzer, pods that are there and pods that are not', () => {
  const policies = {
    'ns1/one': { of: 'app=app-1', ingress: [['ns: x=xval & pods: app=foo', 8080]] },
    'ns1/two': { of: 'app=app-1', ingress: [['pods: app=foo', 9090]] },
  } satisfies Record<string, Written>;
  const namespaces: Namespaces = [['ns1', { x: 'xval' }]];
  check([
    {
      name: 'real_namespace_with_matching_pod',
      has: ['ns1/pod-in-ns1 app=app-1', 'ns1/matching-pod-in-ns1 app=foo'],
      namespaces,
      policies,
      lines: open('ns1/matching-pod-in-ns1'),
    },
    {
      name: 'real_namespace_without_real_pod',
      has: ['ns1/pod-in-ns1 app=app-1'],
      namespaces,
      policies,
      lines: [`ns1/pod-in-ns1 <= ${ns('x=xval')}/${pods('app=foo')} : TCP 8080`, `ns1/pod-in-ns1 <= ns1/${pods('app=foo')} : TCP 9090`],
    },
  ]);
});

describe('exposure: the table of netpol-analyzer, expressions', () => {
  const manyNames = `${pods([key('app', 'NotIn', 'b-app c-app d-app'), key('env', 'DoesNotExist'), key('role', 'In', 'frontend web api'), key('tier', 'Exists')].join(','))} : All Connections`;
  const many: Written = {
    types: ['Ingress'],
    ingress: [['pods: env DoesNotExist, role In [frontend web api], app NotIn [b-app c-app d-app], tier Exists']],
  };
  const twoRules = (name: string, first: string, second: string, ...others: readonly string[]): Case => {
    const words = (text: string) => {
      const [name = '', operator = '', ...values] = text.replace(/[[\]]/g, '').split(' ');
      return pods(key(name, operator, values.join(' ')));
    };
    return {
      name: `different_rules_${name}`,
      has: [A, B, ...others],
      policies: {
        types: ['Ingress'],
        ingress: [
          [`pods: ${first}`, 9090],
          [`pods: ${second}`, 8080],
        ],
      },
      lines: [
        ...free('workload-a', '=>'),
        `workload-a <= ${words(first)} : TCP 9090`,
        `workload-a <= ${words(second)} : TCP 8080`,
        ...open('workload-b', ...others.map((line) => (line.split(' ')[0] ?? '').replace('hello-world/', ''))),
      ],
    };
  };
  const operators: readonly Omit<Case, 'lines'>[] = [
    { name: 'does_not_exist_op', has: [A, B], policies: { ingress: [['ns: env DoesNotExist']], egress: [['pods: app DoesNotExist']] } },
    { name: 'exists_op', has: [A, B], policies: { ingress: [['ns: env Exists']], egress: [['pods: app Exists']] } },
    {
      name: 'not_in_op',
      has: [A, B],
      policies: { ingress: [['ns: env NotIn [env-a env-b]']], egress: [['pods: app NotIn [a-app b-app]']] },
    },
  ];
  check([
    {
      name: 'rule_with_multiple_match_expressions',
      has: [A, B],
      policies: many,
      lines: [...free('workload-a', '=>'), ...open('workload-b'), `workload-a <= ${manyNames}`],
    },
    {
      name: 'rule_with_multiple_match_expressions_with_matching_pod',
      has: [A, B, 'hello-world/matching-workload role=frontend app=matching-app tier=frontend'],
      policies: many,
      lines: [...free('workload-a', '=>'), ...open('workload-b', 'matching-workload'), `workload-a <= ${manyNames}`],
    },
    twoRules('1', 'app NotIn [x]', 'app Exists'),
    twoRules('2', 'app In [x]', 'app Exists'),
    twoRules('3', 'app NotIn [x]', 'app DoesNotExist'),
    twoRules('3_with_matching_pod', 'app NotIn [x]', 'app DoesNotExist', 'hello-world/matching-workload role=web'),
    twoRules('4', 'role NotIn [x y]', 'role NotIn [w x y z]'),
    twoRules(
      '4_with_matching_pods',
      'role NotIn [x y]',
      'role NotIn [w x y z]',
      'hello-world/matching-two-rules role=web',
      'hello-world/matching-one-rule role=z',
    ),
    twoRules('5', 'role NotIn [x y]', 'role In [w x y z]'),
    twoRules(
      '5_with_matching_pods',
      'role NotIn [x y]',
      'role In [w x y z]',
      'hello-world/matching-two-rules role=w',
      'hello-world/matching-one-rule role=x',
    ),
    ...operators.flatMap(({ name, has = [], policies }): readonly Case[] => {
      const values = name === 'not_in_op' ? (['env-a env-b', 'a-app b-app'] as const) : (['', ''] as const);
      const operator = { does_not_exist_op: 'DoesNotExist', exists_op: 'Exists' }[name] ?? 'NotIn';
      const own = [
        `workload-a => ${pods(key('app', operator, values[1]))} : All Connections`,
        `workload-a <= ${ns(key('env', operator, values[0]))}/[all pods] : All Connections`,
      ];
      const matchingLabels: Record<string, string> = operator === 'DoesNotExist' ? { 'foo.com/managed-state': 'managed' } : { env: 'qa' };
      const second = operator === 'DoesNotExist' ? 'role=web' : 'app=web';
      return [
        { name: `match_expression_${name}`, has, policies, lines: [...own, ...open('workload-b')] },
        {
          name: `match_expression_${name}_with_matching_pods`,
          has: [...has, 'matching-ns/matching-workload1 app=matching', `hello-world/matching-workload2 ${second}`],
          namespaces: [['matching-ns', matchingLabels]],
          policies,
          lines: [...own, ...open('workload-b', 'matching-ns/matching-workload1', 'matching-workload2')],
        },
      ];
    }),
    ...[
      { suffix: '', has: [], namespaces: [], others: [] },
      {
        suffix: '_with_matching_pods',
        has: ['matching-ns/matching-workload1 app=app-1'],
        namespaces: [['matching-ns', { env: 'env-1' }]] satisfies Namespaces,
        others: open('matching-ns/matching-workload1'),
      },
    ].map(({ suffix, has, namespaces, others }): Case => ({
      name: `match_expression_in_op${suffix}`,
      has: [A, ...has],
      namespaces,
      policies: { ingress: [['ns: env In [env-1 env-2] & pods: app In [app-1 app-2]']] },
      lines: [`workload-a <= ${ns(key('env', 'In', 'env-1 env-2'))}/${pods(key('app', 'In', 'app-1 app-2'))} : All Connections`, ...others],
    })),
  ]);
});

describe('exposure: the table of netpol-analyzer, several policies', () => {
  const tiers = `${ns(`${key('env', 'In', 'env-1 env-2')},${key('tier', 'Exists')}`)}/[all pods]`;
  const namespaces: Namespaces = [['matching-ns', { env: 'env-1', tier: 'web' }]];
  const policies = {
    'hello-world/np-1': { ingress: [['ns: env In [env-1 env-2], tier Exists', 8050]] },
    'hello-world/np-2': { ingress: [['ns: tier Exists, env In [env-2 env-1]']] },
  } satisfies Record<string, Written>;
  check([
    { name: 'multiple_policies_1', policies, lines: [`workload-a <= ${tiers} : All Connections`] },
    {
      name: 'multiple_policies_1_with_matching_pod',
      has: [A, 'matching-ns/matching-workload app=matching'],
      namespaces,
      policies,
      lines: [`workload-a <= ${tiers} : All Connections`, ...open('matching-ns/matching-workload')],
    },
    {
      name: 'multiple_policies_2',
      has: [A, B],
      policies: {
        'hello-world/np-1': { types: ['Ingress'], ingress: [['ns: env In [env-1 env-2], tier Exists', 8050]] },
        'hello-world/np-2': { of: 'app=b-app', ingress: [['ns: tier Exists, env In [env-2 env-1]']] },
      },
      lines: [...free('workload-a', '=>'), `workload-a <= ${tiers} : TCP 8050`, `workload-b <= ${tiers} : All Connections`],
    },
  ]);
});
