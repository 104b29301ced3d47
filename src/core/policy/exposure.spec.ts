import { describe, expect, it } from 'vitest';
import { endpoints, policyCluster, type PolicySpecs } from '../../../test/support/policy-cluster.js';
import {
  askExposure as ask,
  deployments as cluster,
  exposureLines as lines,
  NETPOL_ANALYZER as SETTINGS,
} from '../../../test/support/policy-exposure.js';

const A = 'hello-world/workload-a app=a-app';
const B = 'hello-world/workload-b app=b-app';
const MANAGED = { matchExpressions: [{ key: 'foo.com/managed-state', operator: 'In', values: ['managed'] }] };
const SUBJECT = { podSelector: { matchLabels: { app: 'a-app' } } };
const tcp = (port: number | string) => [{ port, protocol: 'TCP' }];
const OUT = '0.0.0.0-255.255.255.255';
const OPEN_B = [`workload-b => ${OUT} : All Connections`, 'workload-b => entire-cluster : All Connections'];
const OPEN_A = [`workload-a => ${OUT} : All Connections`, 'workload-a => entire-cluster : All Connections'];

/** Manifests and results of np-guard/netpol-analyzer `docs/exposure_tests_and_results.md`, and of `test_outputs/connlist/exposure_test_with_anp_*`. */
describe('exposure, as netpol-analyzer finds it', () => {
  it('exposure_allow_all_in_cluster_test: an empty namespaceSelector is the whole cluster', () => {
    const spec = {
      ...SUBJECT,
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ namespaceSelector: {} }], ports: tcp(8050) }],
      egress: [{ to: [{ namespaceSelector: {} }] }],
    };
    expect(lines(cluster([A], { 'hello-world/p': spec }))).toEqual([
      'workload-a => entire-cluster : All Connections',
      'workload-a <= entire-cluster : TCP 8050',
    ]);
  });

  it('exposure_matched_and_unmatched_rules_test: what the whole cluster may do anyway is not told again', () => {
    const ingress = [
      {
        from: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'hello-world' } },
            podSelector: { matchLabels: { app: 'b-app' } },
          },
        ],
      },
      { from: [{ namespaceSelector: MANAGED }], ports: tcp(8050) },
      { from: [{ namespaceSelector: {} }], ports: tcp(8050) },
    ];
    expect(lines(cluster([A, B], { 'hello-world/p': { ...SUBJECT, ingress } }))).toEqual([
      ...OPEN_A,
      ...OPEN_B,
      'workload-a <= entire-cluster : TCP 8050',
      `workload-b <= ${OUT} : All Connections`,
      'workload-b <= entire-cluster : All Connections',
      'workload-a is not protected on Egress',
      'workload-b is not protected on Egress',
      'workload-b is not protected on Ingress',
    ]);
  });

  it('exposure_multiple_unmatched_rules_test: selectors that nobody satisfies', () => {
    const ingress = [
      { from: [{ namespaceSelector: { matchLabels: { release: 'stable' } } }] },
      { from: [{ namespaceSelector: MANAGED }], ports: tcp(8050) },
      { from: [{ namespaceSelector: { matchLabels: { effect: 'NoSchedule' } } }], ports: tcp(8050) },
    ];
    expect(lines(cluster([A], { 'hello-world/p': { ...SUBJECT, ingress } }))).toEqual([
      ...OPEN_A,
      'workload-a <= [namespace with {effect=NoSchedule}]/[all pods] : TCP 8050',
      'workload-a <= [namespace with {release=stable}]/[all pods] : All Connections',
      'workload-a <= [namespace with {{Key:foo.com/managed-state,Operator:In,Values:[managed],}}]/[all pods] : TCP 8050',
      'workload-a is not protected on Egress',
    ]);
  });

  it('exposure_test_conn_to_new_pod_in_an_existing_ns: other pods of a namespace that is there', () => {
    const backend = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'backend' } } };
    const spec = {
      ...SUBJECT,
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ ...backend, podSelector: { matchLabels: { app: 'backend-new' } } }], ports: tcp(8050) }],
      egress: [{ to: [{ namespaceSelector: {}, podSelector: {} }] }],
    };
    expect(
      lines(cluster([A, 'backend/backend-app app=backendservice'], { 'hello-world/p': spec })).filter((line) =>
        line.startsWith('workload-a'),
      ),
    ).toEqual(['workload-a => entire-cluster : All Connections', 'workload-a <= backend/[pod with {app=backend-new}] : TCP 8050']);
  });

  it('exposure_test_to_any_namespace_with_podSelector: every namespace, certain pods', () => {
    const policies: PolicySpecs = {
      'default/backend': {
        podSelector: { matchLabels: { app: 'backendservice' } },
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: 'frontend' } } }], ports: tcp(9090) }],
      },
      'default/frontend': {
        podSelector: { matchLabels: { app: 'frontend' } },
        policyTypes: ['Ingress', 'Egress'],
        egress: [{ to: [{ podSelector: { matchLabels: { app: 'backendservice' } } }], ports: tcp(9090) }],
      },
      'default/deny': { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    };
    const model = cluster(['default/backend app=backendservice', 'default/frontend app=frontend'], policies);
    expect(lines(model)).toEqual(['default/backend <= [all namespaces]/[pod with {app=frontend}] : TCP 9090']);
    expect(ask(model).result.netpol?.connlist_results).toEqual([
      { src: 'default/frontend[Deployment]', dst: 'default/backend[Deployment]', conn: 'TCP 9090' },
    ]);
  });

  it('exposure_test_different_but_equiv_rules: `In` with one value is an equality, told as the first rule has it', () => {
    const monitoring = { podSelector: { matchLabels: { role: 'monitoring' } } };
    const spec = {
      ...SUBJECT,
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [monitoring], ports: tcp(8050) }],
      egress: [{ to: [{ podSelector: { matchExpressions: [{ key: 'role', operator: 'In', values: ['monitoring'] }] } }] }],
    };
    expect(lines(cluster([A], { 'hello-world/p': spec }))).toEqual([
      'workload-a => [pod with {role=monitoring}] : All Connections',
      'workload-a <= [pod with {role=monitoring}] : TCP 8050',
    ]);
  });

  it('exposure_test_egress_to_entire_cluster_with_named_ports: only the pod that receives knows the number', () => {
    const spec = {
      ...SUBJECT,
      policyTypes: ['Egress'],
      egress: [{ to: [{ namespaceSelector: {} }], ports: [{ port: 'local-dns' }, { port: 'http' }] }],
    };
    const model = cluster([`${A} local-dns=8000 local-dns2=8050 http=8090`], { 'hello-world/p': spec });
    expect(lines(model)).toEqual([
      'workload-a => entire-cluster : TCP http,local-dns',
      `workload-a <= ${OUT} : All Connections`,
      'workload-a <= entire-cluster : All Connections',
      'workload-a is not protected on Ingress',
    ]);
  });

  it('exposure_test_same_unmatched_rule_in_ingress_egress: more than the whole cluster may', () => {
    const spec = {
      ...SUBJECT,
      ingress: [
        { from: [{ namespaceSelector: MANAGED }], ports: tcp('http') },
        { from: [{ namespaceSelector: {} }], ports: tcp('local-dns') },
      ],
      egress: [{ to: [{ namespaceSelector: MANAGED }], ports: tcp(8050) }],
    };
    const model = cluster([`${A} local-dns=8000 local-dns2=8050 http=8090`], { 'hello-world/p': spec });
    expect(lines(model)).toEqual([
      'workload-a => [namespace with {{Key:foo.com/managed-state,Operator:In,Values:[managed],}}]/[all pods] : TCP 8050',
      'workload-a <= [namespace with {{Key:foo.com/managed-state,Operator:In,Values:[managed],}}]/[all pods] : TCP 8000,8090',
      'workload-a <= entire-cluster : TCP 8000',
    ]);
  });

  it('exposure_test_with_different_rules_2_with_matching_pod: expressions stand for more than the pods that are there', () => {
    const expression = (operator: string, ...values: readonly string[]) => ({
      podSelector: { matchExpressions: [{ key: 'app', operator, ...(values.length > 0 ? { values } : {}) }] },
    });
    const ingress = [
      { from: [expression('In', 'x')], ports: tcp(9090) },
      { from: [expression('Exists')], ports: tcp(8080) },
    ];
    const model = cluster([A, B, 'hello-world/matching-workload app=x'], { 'hello-world/p': { ...SUBJECT, ingress } });
    expect(lines(model).filter((line) => line.startsWith('workload-a <='))).toEqual([
      'workload-a <= [pod with {{Key:app,Operator:Exists,Values:[],}}] : TCP 8080',
      'workload-a <= [pod with {{Key:app,Operator:In,Values:[x],}}] : TCP 9090',
    ]);
  });

  it('exposure_test_with_different_rules_6: equalities by key, then expressions', () => {
    const ingress = [
      {
        from: [
          {
            namespaceSelector: {
              matchExpressions: [
                { key: 'env', operator: 'Exists' },
                { key: 'app', operator: 'DoesNotExist' },
              ],
              matchLabels: { foo: 'managed' },
            },
            podSelector: {
              matchExpressions: [{ key: 'role', operator: 'NotIn', values: ['monitoring', 'search', 'web'] }],
              matchLabels: { app: 'app-x' },
            },
          },
        ],
        ports: tcp(9090),
      },
      {
        from: [
          {
            podSelector: { matchLabels: { app: 'app-x' }, matchExpressions: [{ key: 'role', operator: 'In', values: ['api'] }] },
            namespaceSelector: { matchLabels: { foo: 'managed', env: 'env-1' } },
          },
        ],
        ports: tcp(8080),
      },
    ];
    expect(lines(cluster([A, B], { 'hello-world/p': { ...SUBJECT, ingress } })).filter((line) => line.startsWith('workload-a <='))).toEqual(
      [
        'workload-a <= [namespace with {env=env-1,foo=managed}]/[pod with {app=app-x,{Key:role,Operator:In,Values:[api],}}] : TCP 8080',
        'workload-a <= [namespace with {foo=managed,{Key:app,Operator:DoesNotExist,Values:[],},{Key:env,Operator:Exists,Values:[],}}]/[pod with {app=app-x,{Key:role,Operator:NotIn,Values:[monitoring search web],}}] : TCP 9090',
      ],
    );
  });

  const slytherin = { namespaces: { matchLabels: { 'conformance-house': 'slytherin' } } };
  const helloWorld = { matchLabels: { 'kubernetes.io/metadata.name': 'hello-world' } };
  const onlyA = { pods: { namespaceSelector: helloWorld, podSelector: { matchLabels: { app: 'a-app' } } } };
  const number = (port: number) => [{ portNumber: { port, protocol: 'TCP' } }];
  const ALL_BUT = (port: number) => `SCTP 1-65535,TCP 1-${port - 1},${port + 1}-65535,UDP 1-65535`;

  it('exposure_test_with_anp_8 and _9: a denial makes such pods an exception from the whole cluster', () => {
    const anp = (ports: object) => ({
      'anp p': {
        priority: 10,
        subject: onlyA,
        egress: [
          { action: 'Deny', to: [slytherin], ...ports },
          { action: 'Allow', to: [{ namespaces: {} }] },
        ],
      },
    });
    const egress = (ports: object) =>
      lines(cluster([A], anp(ports) as PolicySpecs, [['hello-world', {}]])).filter((line) => line.includes('=>'));
    expect(egress({ ports: number(9090) })).toEqual([
      `workload-a => ${OUT} : All Connections`,
      `workload-a => [namespace with {conformance-house=slytherin}]/[all pods] : ${ALL_BUT(9090)}`,
      'workload-a => entire-cluster : All Connections',
    ]);
    expect(egress({})).toEqual([
      `workload-a => ${OUT} : All Connections`,
      'workload-a => [namespace with {conformance-house=slytherin}]/[all pods] : No Connections',
      'workload-a => entire-cluster : All Connections',
    ]);
  });

  it('exposure_test_with_anp_3_w_banp and _7_w_banp: what is passed meets the last tier', () => {
    const pass = {
      'anp p': { priority: 10, subject: { namespaces: helloWorld }, ingress: [{ action: 'Pass', from: [slytherin], ports: number(80) }] },
    };
    const deny = { subject: { namespaces: helloWorld }, ingress: [{ action: 'Deny', from: [{ namespaces: {} }], ports: number(80) }] };
    const ingress = (policies: object) =>
      lines(cluster([A], policies as PolicySpecs, [['hello-world', {}]])).filter((line) => line.includes('<='));
    expect(ingress({ ...pass, 'banp default': deny })).toEqual([
      `workload-a <= ${OUT} : All Connections`,
      `workload-a <= entire-cluster : ${ALL_BUT(80)}`,
    ]);
    const passAll = {
      'anp p': { priority: 10, subject: { namespaces: helloWorld }, ingress: [{ action: 'Pass', from: [{ namespaces: {} }] }] },
    };
    const denyAll = { subject: onlyA, ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] };
    expect(ingress({ ...passAll, 'banp default': denyAll })).toEqual([`workload-a <= ${OUT} : All Connections`]);
  });
});

describe('exposure', () => {
  const web: PolicySpecs = {
    'shop/web': { podSelector: {}, ingress: [{ from: [{ podSelector: { matchLabels: { app: 'new' } } }], ports: tcp(80) }] },
  };
  const model = policyCluster('shop/web app=web\ndata/db app=db', web, SETTINGS);

  it('says by which rules, and whom no policy protects', () => {
    const { result, verdict, summary, evidence } = ask(model, { format: 'table' });
    expect(
      result.exposures.map(({ workload, direction, with: who, connection, rules }) => [workload, direction, who, connection, ...rules]),
    ).toEqual([
      ['Pod data/db', 'egress', 'entire-cluster', 'All Connections'],
      ['Pod data/db', 'ingress', 'entire-cluster', 'All Connections'],
      ['Pod shop/web', 'egress', 'entire-cluster', 'All Connections'],
      ['Pod shop/web', 'ingress', 'shop/[pod with {app=new}]', 'TCP 80', 'NetworkPolicy shop/web /spec/ingress/0'],
    ]);
    expect(result.netpol).toBeNull();
    expect(verdict).toBe('EXPOSED');
    expect(summary).toBe('of 2 workloads 2 have a direction that no policy protects, 1 is open to any new pod that a rule selects');
    expect(evidence.at(-1)).toMatchObject({ reason: 'RULE_ADMITS', pointer: '/spec/ingress/0', object: { name: 'web' } });
  });

  it('names the ports of which only the pod that receives knows number and protocol', () => {
    const named: PolicySpecs = {
      'anp p': {
        priority: 1,
        subject: { namespaces: {} },
        egress: [
          { action: 'Allow', to: [{ namespaces: {} }], ports: [{ namedPort: 'dns' }, { portNumber: { port: 80, protocol: 'TCP' } }] },
          { action: 'Deny', to: [{ namespaces: {} }] },
        ],
      },
    };
    const { result } = ask(policyCluster('shop/web app=web', named, SETTINGS), { format: 'table', direction: 'egress' });
    expect(result.exposures.map(({ connection, rules }) => [connection, ...rules])).toEqual([
      ['dns,TCP 80', 'AdminNetworkPolicy p /spec/egress/0', 'AdminNetworkPolicy p /spec/egress/1'],
    ]);
  });

  it('is cut to workloads and a direction', () => {
    const narrow = ask(model, { format: 'table', of: endpoints(model, 'ns/shop'), direction: 'ingress' });
    expect(narrow.result.exposures).toHaveLength(1);
    const { result, summary } = ask(model, { format: 'table', workload: 'db' });
    expect([result.workloads, summary]).toEqual([1, 'Pod data/db has a direction that no policy protects']);
    expect(() => ask(model, { workload: 'webb' })).toThrow('there is no workload or pod `webb`');
  });

  it('is closed where every direction is denied', () => {
    const deny: PolicySpecs = { 'shop/deny': { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } };
    const { verdict, summary } = ask(policyCluster('shop/web app=web', deny, SETTINGS), { format: 'table' });
    expect([verdict, summary]).toEqual(['CLOSED', 'the workload is not open to pods that do not exist yet']);
  });
});
