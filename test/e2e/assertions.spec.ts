import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUESTIONS } from '../../src/application/questions/registry.js';
import { loadDemoFleet } from '../../src/load-demo-fleet.js';
import { backend, backendRef, gateway, gatewayObject, httpRoute, listener } from '../support/gateway-cluster.js';
import { bodyOf, startServer, type TestServer } from './support/server.js';

interface Outcome {
  readonly name: string | null;
  readonly outcome: string;
  readonly verdict: string | null;
  readonly summary: string | null;
  readonly mismatches: readonly { readonly pointer: string; readonly expected: unknown; readonly actual: unknown }[];
  readonly problem: { readonly code: string; readonly errors: readonly { readonly pointer: string }[] } | null;
}
interface Rule {
  readonly object: { readonly name: string };
  readonly pointer: string;
  readonly path: string | null;
  readonly cases?: number;
}
interface Run {
  readonly revision: number;
  readonly version: number | null;
  readonly verdict: string;
  readonly summary: string;
  readonly cases: readonly Outcome[];
  readonly coverage: { readonly rules: number; readonly untried: readonly Rule[]; readonly tried: readonly Rule[] } | null;
}
interface Refused {
  readonly code: string;
  readonly errors?: readonly { readonly pointer: string; readonly hint?: string }[];
}

const HARBOR = '/api/v1/clusters/harbor';
const CART = {
  input: { url: 'https://shop.harbor.example/api/cart' },
  expect: { verdict: 'ROUTED', result: { backends: [{ service: 'cart' }] } },
};

describe('assertions', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
    await loadDemoFleet(server.app, 'demo');
  });
  afterAll(() => server.stop());

  it('keeps no Secret that a case supposes, and no manifests that cannot be read', async () => {
    const saved = async (apply: string) => {
      const body = { question: 'route', cases: [CART, { ...CART, input: { ...CART.input, apply } }] };
      const response = await server.send('put', `${HARBOR}/assertions/supposes`).send(body);
      return [response.status, ...(bodyOf<Refused>(response).errors ?? []).map(({ pointer }) => pointer)];
    };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'shop' }, stringData: { password: 'x' } };
    expect(await saved(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [secret] }))).toEqual([400, '/cases/1/input/apply']);
    expect(await saved('kind: Ingress')).toEqual([400, '/cases/1/input/apply']);
    expect(await saved(JSON.stringify({ ...secret, kind: 'ConfigMap', stringData: undefined }))).toEqual([201]);
    await server.send('delete', `${HARBOR}/assertions/supposes`).expect(204);
  });

  const save = (name: string, body: object, cluster = HARBOR) => server.send('put', `${cluster}/assertions/${name}`).send(body);
  const run = async (name: string, query = '', cluster = HARBOR) =>
    bodyOf<Run>(await server.send('get', `${cluster}/assertions/${name}/runs${query}`).expect(200));
  const ask = async (query: string, variables: object = {}) =>
    bodyOf<{ data: Record<string, Record<string, unknown>>; errors?: readonly { extensions: Refused }[] }>(
      await server.send('post', '/graphql').send({ query, variables }).expect(200),
    );

  // demo/README.md: `shop/legacy` is older and takes `/api` from `shop/storefront`.
  it('tell what the demo’s shop does not do as it should, and the rules that no case goes by', async () => {
    const { verdict, summary, cases, coverage } = await run('shop-routes');
    expect([verdict, summary]).toEqual(['FAILED', '3 of 4 cases passed; 3 of 6 rules covered (50 %); 80 % required']);
    expect(cases.map(({ outcome }) => outcome)).toEqual(['PASSED', 'PASSED', 'PASSED', 'FAILED']);
    expect(cases[3]?.mismatches).toEqual([{ pointer: '/result/backends/0/service', expected: 'api', actual: 'search' }]);
    expect(cases[3]?.summary).toContain('shop/search');
    expect(coverage?.untried.map(({ path }) => path).toSorted()).toEqual(['/', '/api', '/api']);
  });

  it('are created, replaced, and left alone where nothing changes', async () => {
    const created = await save('cart', { question: 'route', cases: [CART] }).expect(201);
    expect(created.headers['location']).toBe(`${HARBOR}/assertions/cart`);
    expect(created.body).toMatchObject({ name: 'cart', version: 1, caseCount: 1, createdBy: 'bootstrap', cases: [CART] });
    const again = await save('cart', { question: 'route', cases: [CART] }).expect(200);
    expect([again.body, again.headers['etag']]).toEqual([created.body, created.headers['etag']]);
    const changed = await save('cart', { question: 'route', description: 'of the cart', cases: [CART] })
      .set('if-match', created.headers['etag']!)
      .expect(200);
    expect(changed.body).toMatchObject({ version: 2, description: 'of the cart' });
    const read = await server.send('get', `${HARBOR}/assertions/cart`).expect(200);
    expect([read.body, read.headers['etag']]).toEqual([changed.body, changed.headers['etag']]);
    const late = await save('cart', { question: 'route', cases: [CART] })
      .set('if-match', '"1"')
      .expect(412);
    expect(late.body).toMatchObject({ code: 'precondition-failed', current: 2 });
    const nowhere = await save('nowhere', { question: 'route', cases: [CART] })
      .set('if-match', '"1"')
      .expect(412);
    expect(nowhere.body).toMatchObject({ code: 'precondition-failed', current: null });
    // RFC 9110 §13.1.1: "If the field value is "*", the condition is false if the origin server does not have a current representation".
    await save('nowhere', { question: 'route', cases: [CART] })
      .set('if-match', '*')
      .expect(412);
    await server.send('get', `${HARBOR}/assertions/nowhere`).expect(404);
    await server.send('delete', `${HARBOR}/assertions/cart`).set('if-match', '"1"').expect(412);
    await server.send('delete', `${HARBOR}/assertions/cart`).set('if-match', '"2"').expect(204);
    const gone = await server.send('delete', `${HARBOR}/assertions/cart`).expect(404);
    expect(gone.body).toMatchObject({ code: 'unknown-assertion', hint: 'it has shop-routes' });
  });

  it('are made once by several who save the same at a time', async () => {
    const statuses = await Promise.all([1, 2, 3, 4].map(async () => (await save('once', { question: 'route', cases: [CART] })).status));
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 200, 200, 201]);
    await server.send('delete', `${HARBOR}/assertions/once`).expect(204);
  });

  it('are refused with every place that is wrong, and nothing is saved', async () => {
    const wrong = { input: { uri: 'x' }, expect: { verdict: 'ROUTD', result: { backend: [] } } };
    const refused = await save('wrong', { question: 'route', cases: [CART, wrong] }).expect(400);
    expect(bodyOf<Refused>(refused).errors?.map(({ pointer, hint }) => [pointer, hint])).toEqual([
      ['/cases/1/input/url', expect.stringContaining('it is the request')],
      ['/cases/1/input/uri', 'did you mean `url`?'],
      ['/cases/1/expect/verdict', 'did you mean `ROUTED`?'],
      ['/cases/1/expect/result/backend', 'did you mean `backends`?'],
    ]);
    await server.send('get', `${HARBOR}/assertions/wrong`).expect(404);
    await save('wrong', { question: 'route', cases: [] }).expect(400);
    await save('Wrong', { question: 'route', cases: [CART] }).expect(400);
    await save('wrong', { question: 'route', cases: [CART], requiredCoverage: 1.5 }).expect(400);
    await save('wrong', { question: 'ruote', cases: [CART] }).expect(404);
    await save('wrong', { question: 'route', cases: [CART] }, '/api/v1/clusters/habor').expect(404);
  });

  it('hold at an older revision and no longer at a newer one, whose answer is told', async () => {
    const cluster = '/api/v1/clusters/moving';
    await server.send('post', '/api/v1/clusters').send({ name: 'moving' }).expect(201);
    const apply = async (service: string) => {
      const backend = (name: string) => ({ service: { name, port: { number: 80 } } });
      const spec = {
        ingressClassName: 'c',
        rules: [{ host: 'foo.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend: backend(service) }] } }],
      };
      const objects = [
        { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'c' }, spec: { controller: 'example.com/c' } },
        { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'web', namespace: 'shop' }, spec },
      ];
      const text = objects.map((object) => JSON.stringify(object)).join('\n');
      await server.send('post', `${cluster}/snapshots`).set('content-type', 'application/x-ndjson').send(text).expect(201);
    };
    const asked = {
      input: { url: 'http://foo.com/', class: 'c' },
      expect: { verdict: 'SERVICE_MISSING', result: { possibilities: [{ why: 'x' }] } },
    };
    const before = await server.send('put', `${cluster}/assertions/web`).send({ question: 'route', cases: [asked] });
    expect(before.status).toBe(201);
    const none = await server.send('get', `${cluster}/assertions/web/runs`).expect(404);
    expect(none.body).toMatchObject({ code: 'unknown-revision' });
    await apply('old');
    await apply('new');
    const { cases } = await run('web', '?revision=1', cluster);
    const why = cases[0]?.mismatches[0]?.actual;
    await save('web', { question: 'route', cases: [{ ...asked, expect: { result: { possibilities: [{ why }] } } }] }, cluster).expect(200);
    expect(await run('web', '?revision=1', cluster)).toMatchObject({ revision: 1, version: 2, verdict: 'PASSED' });
    const newest = await run('web', '', cluster);
    expect(newest).toMatchObject({ revision: 2, verdict: 'FAILED', coverage: { rules: 1, covered: 0 } });
    expect(newest.cases[0]?.mismatches[0]).toMatchObject({ pointer: '/result/possibilities/0/why', expected: why });
    expect(await run('web', '?revision=previous', cluster)).toMatchObject({ verdict: 'PASSED' });
    const { data } = await ask(
      '{ old: cluster(name: "moving", at: { revision: "1" }) { assertionRun(name: "web") { verdict } } cluster(name: "moving") { assertionRun(name: "web") { verdict } } }',
    );
    expect(data).toEqual({ old: { assertionRun: { verdict: 'PASSED' } }, cluster: { assertionRun: { verdict: 'FAILED' } } });
    await server.send('delete', cluster).expect(204);
  });

  // gateway-api `apis/v1/httproute_types.go`, `HTTPRouteRule.Matches` and `HTTPRouteSpec.Hostnames`; `tcproute_types.go`: the oldest route takes the connections of a port
  it('tell which matches of a Gateway no request reaches, by its coordinates', async () => {
    const cluster = '/api/v1/clusters/gated';
    await server.send('post', '/api/v1/clusters').send({ name: 'gated' }).expect(201);
    const matches = ['/x', '/y'].map((value) => ({ path: { value } }));
    const objects = [
      ...gateway([listener('http', { hostname: 'foo.com' }), listener('db', { port: 5432, protocol: 'TCP' })]),
      ...backend('one'),
      httpRoute('web', [{ matches, backendRefs: [backendRef('one')] }]),
      httpRoute('elsewhere', [{ backendRefs: [backendRef('one')] }], { hostnames: ['bar.com'] }),
      gatewayObject('TCPRoute', 'db', { parentRefs: [{ name: 'gw', sectionName: 'db' }], rules: [{ backendRefs: [backendRef('one')] }] }),
    ];
    const text = objects.map((object) => JSON.stringify(object)).join('\n');
    await server.send('post', `${cluster}/snapshots`).set('content-type', 'application/x-ndjson').send(text).expect(201);
    const asked = (url: string, verdict: string) => ({ input: { url, gateway: 'shop/gw' }, expect: { verdict } });
    const cases = [asked('http://foo.com/y', 'ROUTED'), asked('tcp://192.0.2.1:5432', 'ROUTED'), asked('http://bar.com/', 'NOT_FOUND')];
    await save('gate', { question: 'route', cases }, cluster).expect(201);
    const { verdict, coverage } = await run('gate', '', cluster);
    const told = (rules: readonly Rule[] = []) => rules.map(({ object, pointer }) => `${object.name} ${pointer}`).toSorted();
    expect([verdict, told(coverage?.tried)]).toEqual(['PASSED', ['db /spec/rules/0', 'web /spec/rules/0/matches/1']]);
    expect(told(coverage?.untried)).toEqual(['elsewhere /spec/rules/0', 'web /spec/rules/0/matches/0']);
    await server.send('delete', cluster).expect(204);
  });

  it('may require a share of the rules', async () => {
    const requiring = async (requiredCoverage: number) => {
      const draft = { question: 'route', requiredCoverage, cases: [CART] };
      return bodyOf<Run>(await server.send('post', `${HARBOR}/assertion-runs`).send(draft).expect(200));
    };
    expect(await requiring(1 / 6)).toMatchObject({ verdict: 'PASSED', coverage: { rules: 6, covered: 1, share: 1 / 6 } });
    expect(await requiring(0.17)).toMatchObject({
      verdict: 'FAILED',
      summary: '1 of 1 case passed; 1 of 6 rules covered (16.6 %); 17 % required',
    });
    // No policy is about addresses outside: a share of no rules is none.
    const outside = { input: { from: 'internet', to: 'ip/192.0.2.1' }, expect: { result: { policyVerdict: 'ALLOWED' } } };
    const draft = { question: 'policy-verdict', requiredCoverage: 0.1, cases: [outside] };
    const none = await server.send('post', `${HARBOR}/assertion-runs`).send(draft);
    expect(none.body).toMatchObject({ verdict: 'FAILED', passed: 1, coverage: { rules: 0, share: null } });
  });

  // demo/harbor/30-policies.yaml: web may send to api, and api take from web; everybody in the namespace may ask DNS, and default-deny has no rules.
  it('tell which rules of policies verdicts go by', async () => {
    const asked = { input: { from: 'deploy/shop/web', to: 'svc/shop/api:http' }, expect: { verdict: 'ALLOWED' } };
    const draft = { question: 'policy-verdict', cases: [asked] };
    const { verdict, coverage } = bodyOf<Run>(await server.send('post', `${HARBOR}/assertion-runs`).send(draft).expect(200));
    const tried = coverage?.tried.map(({ object, pointer, cases }) => `${object.name} ${pointer} ${cases}`);
    expect([verdict, tried]).toEqual(['PASSED', ['web-egress-api /spec/egress/0 1', 'api-from-web /spec/ingress/0 1']]);
    expect(coverage?.untried.map(({ object }) => object.name)).toContain('allow-dns');
  });

  it('fail where the question has no answer at the coordinate, and tell the problem', async () => {
    const other = { name: 'other', input: { ...CART.input, class: 'ngnix' }, expect: CART.expect };
    const draft = { question: 'route', cases: [CART, other] };
    const { verdict, cases } = bodyOf<Run>(await server.send('post', `${HARBOR}/assertion-runs`).send(draft).expect(200));
    expect([verdict, cases[0]?.outcome, cases[1]?.outcome, cases[1]?.verdict]).toEqual(['FAILED', 'PASSED', 'FAILED', null]);
    expect(cases[1]?.problem).toMatchObject({ code: 'unknown-object', errors: [{ pointer: '/cases/1/input/class' }] });
  });

  it('are run as drafts by those who may only read, and checked like those that are saved', async () => {
    const viewer = await server.issue('viewer', ['harbor']);
    const send = (body: object) => server.send('post', `${HARBOR}/assertion-runs?revision=1`, viewer).send(body);
    const drafted = await send({ question: 'route', cases: [CART] }).expect(200);
    expect(drafted.body).toMatchObject({ assertion: null, version: null, revision: 1, verdict: 'PASSED' });
    expect(drafted.headers['portolan-revision']).toBe('1');
    await send({ question: 'route', cases: [{ ...CART, expect: {} }] }).expect(400);
    await server
      .send('put', `${HARBOR}/assertions/cart`, viewer)
      .send({ question: 'route', cases: [CART] })
      .expect(403);
    await server.send('get', `${HARBOR}/assertions/cart`, viewer).expect(404);
  });

  it('are listed and run in pages, by name', async () => {
    const names = ['a', 'b', 'c'];
    for (const name of names) await save(name, { question: 'route', cases: [CART] }, '/api/v1/clusters/harbor').expect(201);
    const first = await server.send('get', `${HARBOR}/assertions?limit=2`).expect(200);
    expect(first.body).toMatchObject({ items: [{ name: 'a' }, { name: 'b' }], remaining: 2 });
    expect(bodyOf<{ items: object[] }>(first).items[0]).not.toHaveProperty('cases');
    const next = bodyOf<{ continue: string }>(first).continue;
    const rest = await server.send('get', `${HARBOR}/assertions?continue=${next}`).expect(200);
    expect(rest.body).toMatchObject({ items: [{ name: 'c' }, { name: 'shop-routes' }], continue: null, remaining: 0 });
    const runs = await server.send('get', `${HARBOR}/assertion-runs?limit=3`).expect(200);
    expect(runs.body).toMatchObject({
      revision: 1,
      items: names.map((assertion) => ({ assertion, verdict: 'PASSED', failures: [] })),
      remaining: 1,
    });
    const token = bodyOf<{ continue: string }>(runs).continue;
    const last = await server.send('get', `${HARBOR}/assertion-runs?limit=3&continue=${token}`).expect(200);
    expect(last.body).toMatchObject({
      items: [{ assertion: 'shop-routes', verdict: 'FAILED', failures: [{ index: 3 }], coverage: { rules: 6, covered: 3, share: 0.5 } }],
      continue: null,
    });
    await server.send('get', `${HARBOR}/assertion-runs?limit=1001`).expect(400);
    for (const name of names) await server.send('delete', `${HARBOR}/assertions/${name}`).expect(204);
  });

  it('end a page of runs where a thousand cases are run', async () => {
    const cases = Array.from({ length: 600 }, () => CART);
    for (const name of ['a', 'b']) await save(name, { question: 'route', cases }).expect(201);
    const page = bodyOf<{ items: { assertion: string; passed: number }[]; remaining: number }>(
      await server.send('get', `${HARBOR}/assertion-runs`).expect(200),
    );
    expect([page.items.map(({ assertion, passed }) => [assertion, passed]), page.remaining]).toEqual([[['a', 600]], 2]);
    for (const name of ['a', 'b']) await server.send('delete', `${HARBOR}/assertions/${name}`).expect(204);
  });

  it('have the same answers in GraphQL', async () => {
    const input = { question: 'route', cases: [{ ...CART, expect: { ...CART.expect, result: { ...CART.expect.result, status: null } } }] };
    const saving =
      'mutation ($input: AssertionInput!, $if: Int) { saveAssertion(cluster: "harbor", name: "cart", input: $input, ifMatch: $if) { __typename ... on AssertionSaved { created assertion { version cases { input expect { verdict result } } } } ... on Problem { code errors { pointer } } } }';
    const saved = await ask(saving, { input });
    expect(saved.data['saveAssertion']).toEqual({
      __typename: 'AssertionSaved',
      created: true,
      assertion: { version: 1, cases: [{ input: CART.input, expect: input.cases[0]?.expect }] },
    });
    const late = await ask(saving, { input, if: 7 });
    expect(late.data['saveAssertion']).toMatchObject({ __typename: 'PreconditionFailedProblem', code: 'precondition-failed' });
    const wrong = await ask(saving, { input: { question: 'route', cases: [{ input: {}, expect: { verdict: 'ROUTED' } }] } });
    expect(wrong.data['saveAssertion']).toEqual({
      __typename: 'InvalidRequestProblem',
      code: 'invalid-request',
      errors: [{ pointer: '/input/cases/0/input/url' }],
    });
    const asked = await ask(
      `query ($input: AssertionInput!) { cluster(name: "harbor") {
        assertions(first: 1) { nodes { name caseCount } pageInfo { hasNextPage } remaining }
        assertion(name: "cart") { question description }
        assertionRun(name: "cart") { verdict passed coverage { covered share tried { path cases } } }
        assertionRuns(first: 1) { nodes { assertion verdict } remaining }
        assertionDraftRun(input: $input) { assertion verdict cases { outcome mismatches { pointer } problem } }
      } }`,
      { input },
    );
    expect(asked.errors).toBeUndefined();
    expect(asked.data['cluster']).toEqual({
      assertions: { nodes: [{ name: 'cart', caseCount: 1 }], pageInfo: { hasNextPage: true }, remaining: 1 },
      assertion: { question: 'route', description: null },
      assertionRun: { verdict: 'PASSED', passed: 1, coverage: { covered: 1, share: 1 / 6, tried: [{ path: '/api/cart', cases: 1 }] } },
      assertionRuns: { nodes: [{ assertion: 'cart', verdict: 'PASSED' }], remaining: 1 },
      assertionDraftRun: { assertion: null, verdict: 'PASSED', cases: [{ outcome: 'PASSED', mismatches: [], problem: null }] },
    });
    const unknown = await ask('{ cluster(name: "harbor") { assertionRun(name: "crat") { verdict } } }');
    expect(unknown.errors?.[0]?.extensions).toMatchObject({ code: 'unknown-assertion', hint: 'did you mean `cart`?' });
    const deleted = await ask(
      'mutation { deleteAssertion(cluster: "harbor", name: "cart") { __typename ... on AssertionDeleted { name } } }',
    );
    expect(deleted.data['deleteAssertion']).toEqual({ __typename: 'AssertionDeleted', name: 'cart' });
  });

  // Runs are dear: a document may ask for a few.
  it('cost as much as they may ask', async () => {
    const runs = Array.from({ length: 12 }, (_, index) => `r${index}: assertionRun(name: "shop-routes") { verdict }`).join(' ');
    const query = `{ cluster(name: "harbor") { ${runs} } }`;
    const refused = await server.send('post', '/graphql').send({ query }).expect(400);
    expect(bodyOf<{ errors: readonly { extensions: Refused }[] }>(refused).errors[0]?.extensions.code).toBe('query-too-complex');
  });

  // What an answer is, it may be expected to be: the schema of each result has every member of it.
  it.each(QUESTIONS.map((question) => [question.name, question] as const))(
    'may expect the whole answer to %s',
    async (name, { examples }) => {
      const [example] = examples;
      const cluster = `/api/v1/clusters/${example?.cluster}`;
      const { verdict, result } = bodyOf<{ verdict: string; result: object }>(
        await server.send('post', `${cluster}/queries/${name}`).send(example?.input).expect(200),
      );
      const draft = { question: name, cases: [{ input: example?.input, expect: { verdict, result } }] };
      const drafted = await server.send('post', `${cluster}/assertion-runs`).send(draft);
      expect([drafted.status, drafted.body]).toMatchObject([200, { verdict: 'PASSED' }]);
    },
  );
});
