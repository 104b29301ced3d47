import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUESTIONS } from '../../src/application/questions/registry.js';
import { loadDemoFleet } from '../../src/load-demo-fleet.js';
import { bodyOf, startServer, type TestServer } from './support/server.js';

interface Refused {
  readonly status: number;
  readonly hint?: string;
  readonly errors?: readonly { readonly pointer: string }[];
}

/** A wrong value, and the nearest right thing where there is one. */
type Mistake = readonly [value: unknown, hint?: string];

const LONG = 'x'.repeat(2000);
const WORKLOAD: Mistake = ['deploy/shop/wbe', 'deploy/shop/web'];
const POD: Mistake = ['pod/data/postgres-9', 'data/postgres-'];
const PORT: Mistake = ['70000'];
const NUMBER: Mistake = ['many'];
const CODE: Mistake = ['NOPE'];
const SEQUENCE: Mistake = ['1000000'];
const ASKED_PROTOCOL: Readonly<Record<string, Mistake>> = {
  protocol: ['TPC', 'TCP'],
  ipProtocol: ['300'],
  icmpType: ['300'],
  icmpCode: ['300'],
  port: PORT,
};

/** What every question takes that is asked of a model. */
const SUPPOSED: Readonly<Record<string, Mistake>> = { apply: ['kind: Ingress'], delete: ['Namespac kube-system', 'Namespace'] };

/** For each question a wrong value of each of its own parameters; what is right stands in the demo. */
const MISTAKES: Readonly<Record<string, Readonly<Record<string, Mistake>>>> = {
  connectivity: {
    from: WORKLOAD,
    to: ['sts/data/postgre', 'sts/data/postgres'],
    ...ASKED_PROTOCOL,
    level: ['workloads', 'workload'],
    label: ['app'],
    workload: ['shop/wbe', 'shop/web'],
    peer: ['shop/web'],
    direction: ['ingress'],
    connection: ['80'],
    external: ['yes'],
    explain: ['yes'],
    format: ['tabel', 'table'],
  },
  'connectivity-diff': {
    since: ['previus', 'previous'],
    from: WORKLOAD,
    to: ['ns/shp', 'shop'],
    ...ASKED_PROTOCOL,
    level: ['pods', 'pod'],
    label: ['app'],
    external: ['yes'],
    format: ['tabel', 'table'],
  },
  'dataplane-lint': { code: CODE, severity: ['warn', 'warning'] },
  exposure: { of: ['ns/shp', 'shop'], workload: ['shop/wbe', 'shop/web'], direction: ['ingres', 'ingress'], format: ['tabel', 'table'] },
  'gateway-status': { kind: ['Gatway', 'Gateway'], object: ['quay', 'tides/quay'] },
  'ingress-class': { ingress: ['shop/storefrnt', 'shop/storefront'] },
  'ip-capacity': { pool: ['servic', 'service'], plane: ['services', 'service'], family: ['5'], allocationSequence: SEQUENCE },
  'ip-forecast': { pool: ['servic', 'service'], plane: ['services', 'service'], family: ['5'], allocationSequence: SEQUENCE },
  'ip-owner': { ip: ['10.96.0.300'], allocationSequence: SEQUENCE },
  'ip-pools': {
    pool: ['servic', 'service'],
    plane: ['services', 'service'],
    family: ['5'],
    within: ['10.244.1.0/8', '10.0.0.0/8'],
    contains: ['10.244.0.300', 'such as'],
    overlaps: ['10.244', 'such as'],
    blocks: ['yes'],
    allocationSequence: SEQUENCE,
  },
  'ip-prefix': {
    prefix: ['10.244.1.5/24', '10.244.1.0/24'],
    plane: ['services', 'service'],
    depth: ['11'],
    state: ['usd', 'used'],
    owner: [LONG],
    after: ['10.244.0.300'],
    limit: NUMBER,
    allocationSequence: SEQUENCE,
  },
  'ip-simulate': {
    add: ['nod', 'node'],
    name: [LONG],
    node: ['harbour-1', 'harbor-1'],
    namespace: [LONG],
    like: WORKLOAD,
    count: NUMBER,
    afterSeconds: NUMBER,
    dualStack: ['maybe'],
    allocationSequence: SEQUENCE,
  },
  'ipam-lint': { code: CODE, severity: ['warn', 'warning'], limit: NUMBER, allocationSequence: SEQUENCE },
  'load-balancer': { service: ['svc/shop/wbe', 'shop/web'] },
  'next-free': {
    pool: ['servic', 'service'],
    plane: ['services', 'service'],
    family: ['5'],
    count: NUMBER,
    prefixLength: ['129'],
    strategy: ['lowset', 'lowest'],
    pod: WORKLOAD,
    node: ['harbour-1', 'harbor-1'],
    seed: [LONG],
    allocationSequence: SEQUENCE,
  },
  'node-routes': { node: ['harbour-1', 'harbor-1'], family: ['5'], limit: NUMBER },
  path: {
    from: WORKLOAD,
    to: ['sts/data/postgre', 'sts/data/postgres'],
    port: PORT,
    protocol: ['TPC', 'TCP'],
    family: ['5'],
    endpoint: ['10.244.0.300:80'],
  },
  'pod-environment': { from: POD },
  'pod-mtu': {
    cni: ['calicoo', 'calico'],
    mode: ['vxlam', 'vxlan'],
    underlayFamily: ['5'],
    hostMtu: NUMBER,
    encryption: ['ipsek', 'ipsec'],
    authKeyBytes: NUMBER,
    dsr: ['genev', 'geneve'],
    provider: [LONG],
    encryptHostTraffic: ['perhaps'],
    multicluster: ['perhaps'],
    multiclusterEncryption: ['wiregard', 'wireguard'],
    egressGateways: ['vxlam', 'vxlan'],
    configuredMtu: NUMBER,
  },
  'pod-policies': { pod: POD },
  'pod-route-table': { pod: POD, family: ['5'], limit: NUMBER },
  'pod-resolver': { from: ['node/harbour-1', 'harbor-1'] },
  'policy-compare': {
    a: ['ops/deny-all-egres', 'ops/deny-all-egress'],
    b: ['ops/deny-all-egres', 'ops/deny-all-egress'],
    since: ['2026-13-01T00:00:00Z'],
    over: ['posible', 'possible'],
  },
  'policy-lint': {
    namespace: ['shp', 'shop'],
    policy: ['ops/deny-all-egres', 'ops/deny-all-egress'],
    code: CODE,
    severity: ['warn', 'warning'],
    limit: NUMBER,
  },
  'policy-pods': { policy: ['ops/deny-all-egres', 'ops/deny-all-egress'] },
  'policy-verdict': { from: WORKLOAD, to: ['sts/data/postgre', 'sts/data/postgres'], ...ASKED_PROTOCOL },
  'proxy-compare': {
    to: ['svc/ingress-nginx/ingress-nginx-controler:http', 'ingress-nginx/ingress-nginx-controller'],
    from: WORKLOAD,
    port: PORT,
    protocol: ['TPC', 'TCP'],
    node: ['harbour-1', 'harbor-1'],
    sourceIP: ['10.244.0.300'],
  },
  reachability: {
    to: ['sts/data/postgre', 'sts/data/postgres'],
    from: WORKLOAD,
    ...ASKED_PROTOCOL,
    format: ['tabel', 'table'],
  },
  'resolve-name': {
    name: ['a'.repeat(300)],
    type: ['AAAAA', 'AAAA'],
    from: WORKLOAD,
    libc: ['glib', 'glibc'],
    upstream: ['api.example.com 192.0.2.7'],
    upstreamTruncated: ['yes'],
  },
  'resolve-selector': { selector: ['deployment/shop', 'deploy/<namespace>/shop'] },
  'resolve-service': {
    to: ['svc/shop/wbe', 'shop/web'],
    from: WORKLOAD,
    port: PORT,
    protocol: ['TPC', 'TCP'],
    node: ['harbour-1', 'harbor-1'],
    proxyMode: ['nftable', 'nftables'],
    sourceIP: ['10.244.0.300'],
  },
  route: {
    url: ['shop.harbor.example/'],
    method: ['GE T'],
    headers: ['no colon'],
    class: ['ngin', 'nginx'],
    gateway: ['quay'],
    port: PORT,
    dialect: ['ingress-v2', 'ingress-v1'],
    sni: [LONG],
    alpn: [LONG],
    clientCertificate: ['shop/cert'],
    backendFailures: NUMBER,
    backendFailure: ['200'],
    backendDelay: NUMBER,
    clientAddress: ['10.0.0.300'],
    authStatus: ['100'],
    authHeaders: ['no colon'],
    seed: [LONG],
  },
  'route-diff': {
    class: ['nginks', 'nginx'],
    gateway: ['quay'],
    dialect: ['ingress-v2', 'ingress-v1'],
    withClass: ['nginks', 'nginx'],
    withGateway: ['quay'],
    withDialect: ['ingress-v2', 'ingress-v1'],
    withCluster: ['harbr', 'harbor'],
    withRevision: ['previus', 'previous'],
    host: [LONG],
    scheme: ['htps', 'https'],
    unusual: ['yes'],
    aspect: ['backends', 'backend'],
    requests: NUMBER,
    limit: NUMBER,
    witnesses: NUMBER,
  },
  'route-lint': {
    class: ['nginks', 'nginx'],
    gateway: ['quay'],
    dialect: ['ingress-v2', 'ingress-v1'],
    namespace: ['shp', 'shop'],
    code: CODE,
    severity: ['warn', 'warning'],
    state: ['dead'],
    rules: NUMBER,
    limit: NUMBER,
  },
  'service-endpoints': { service: ['svc/shop/wbe', 'shop/web'] },
  'service-lint': {
    namespace: ['shp', 'shop'],
    service: ['svc/shop/wbe', 'shop/web'],
    code: CODE,
    severity: ['warn', 'warning'],
    limit: NUMBER,
  },
  trace: {
    from: WORKLOAD,
    to: ['svc/shop/wbe', 'shop/web'],
    port: PORT,
    protocol: ['TPC', 'TCP'],
    libc: ['glib', 'glibc'],
    node: ['harbour-1', 'harbor-1'],
    proxyMode: ['nftable', 'nftables'],
  },
  'traefik-rule': {
    // a rule that Traefik refuses is an answer, and so is a client's address that is none
    rule: ['x'.repeat(10_001)],
    syntax: ['v4'],
    priority: ['high'],
    provider: [LONG],
    precedence: [LONG],
    url: ['shop.example.com'],
    method: ['GE T'],
    headers: ['no colon'],
    absoluteForm: ['perhaps'],
    clientAddress: [LONG],
  },
  tunnels: { node: ['harbour-1', 'harbor-1'], limit: NUMBER },
};

const ROWS = QUESTIONS.flatMap(({ name, input }) => {
  const supposed = 'apply' in input.shape ? SUPPOSED : {};
  return Object.entries({ ...MISTAKES[name], ...supposed }).map(([parameter, [value, hint]]) => ({
    question: name,
    parameter,
    value,
    hint,
  }));
});

const parametersOf = (name: string) => ROWS.flatMap(({ question, parameter }) => (question === name ? [parameter] : [])).sort();

describe('a mistake in a question', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
    await loadDemoFleet(server.app, 'demo');
  });
  afterAll(() => server.stop());

  it('is known for every parameter of every question', () => {
    const asked = Object.fromEntries(Object.keys(MISTAKES).map((name) => [name, parametersOf(name)]));
    expect(asked).toEqual(Object.fromEntries(QUESTIONS.map(({ name, input }) => [name, Object.keys(input.shape).sort()])));
  });

  it.each(ROWS)('$question: $parameter=$value is told with its place', async ({ question, parameter, value, hint }) => {
    const [example] = QUESTIONS.find(({ name }) => name === question)!.examples;
    const { cluster, input } = example!;
    const path = `/api/v1/clusters/${cluster}/queries/${question}`;
    const wrong = { ...input, [parameter]: value };
    const linked = bodyOf<Refused>(await server.send('get', path).query(wrong));
    expect(linked, 'by a link').toMatchObject({ status: expect.toSatisfy((status: number) => [400, 404, 422].includes(status)) });
    expect(
      linked.errors?.map(({ pointer }) => pointer.split('/')[1]),
      linked.hint,
    ).toContain(parameter);
    if (hint !== undefined) expect(linked.hint).toContain(hint);
    const posted = bodyOf<Refused>(await server.send('post', path).send(wrong));
    expect(posted.errors, 'by a body').toEqual(linked.errors);
    const batch = bodyOf<{ items: readonly Refused[] }>(await server.send('post', path).send({ items: [input, wrong] }));
    const below = linked.errors?.map((detail) => ({ ...detail, pointer: `/items/1${detail.pointer}` }));
    expect(batch.items[1]?.errors, 'in a batch').toEqual(below);
  });

  it.each([
    ['services/shop/wbe/endpoints', '/name', 'shop/web'],
    ['services/shp/web/endpoints', '/name', 'shop/web'],
    ['pods/data/postgres-9/policies', '/name', 'data/postgres-'],
    ['pods/shp/web/resolver', '/namespace', 'shop'],
    ['network-policies/ops/deny-all-egres/pods', '/name', 'ops/deny-all-egress'],
    ['ips/10.96.0.300', '/ip', undefined],
  ])('%s is told with the part of the path', async (path, pointer, hint) => {
    const refused = bodyOf<Refused>(await server.send('get', `/api/v1/clusters/harbor/${path}`));
    expect(refused.errors?.map((one) => one.pointer)).toEqual([pointer]);
    if (hint !== undefined) expect(refused.hint).toContain(hint);
  });

  it('exposure is about workloads, and no address is one', async () => {
    const refused = bodyOf<Refused>(await server.send('get', '/api/v1/clusters/harbor/queries/exposure?of=internet').expect(404));
    expect(refused).toMatchObject({ hint: expect.stringContaining('reachability?to=internet'), errors: [{ pointer: '/of' }] });
  });

  it.each([
    ['revision=9', '/revision'],
    ['revision=lates', '/revision'],
    ['at=yesterday', '/at'],
    ['at=1999-01-01T00:00:00Z', '/at'],
    ['view=ful', '/view'],
    ['vew=full', '/vew'],
  ])('%s is told with its place', async (query, pointer) => {
    const refused = bodyOf<Refused>(await server.send('get', `/api/v1/clusters/harbor/queries/ip-pools?${query}`));
    expect(refused.errors?.map((one) => one.pointer)).toEqual([pointer]);
  });
});
