import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COLLECTIONS } from '../../src/application/objects/collections.js';
import { loadDemoFleet } from '../../src/load-demo-fleet.js';
import { bodyOf, startServer, type TestServer } from './support/server.js';

interface Refused {
  readonly code: string;
  readonly detail: string;
  readonly hint?: string;
  readonly errors?: readonly { readonly pointer: string }[];
}

interface List<T = { readonly kind: string; readonly namespace: string; readonly name: string }> {
  readonly revision: number;
  readonly items: readonly T[];
  readonly continue: string | null;
  readonly remaining: number | null;
}

let server: TestServer;
const HARBOR = '/api/v1/clusters/harbor';

beforeAll(async () => {
  server = await startServer();
  await loadDemoFleet(server.app, 'demo');
});
afterAll(() => server.stop());

const get = async (path: string, token?: string | null) => server.send('get', path, token);
const refusal = (answer: { readonly body: unknown }) => bodyOf<Refused>(answer);
const names = ({ items }: List) => items.map(({ namespace, name }) => `${namespace}/${name}`);
const list = async (path: string) => bodyOf<List>(await server.send('get', path).expect(200));

/** Every page of a list. */
async function allPages(path: string, limit: number): Promise<List['items']> {
  const items: List['items'][number][] = [];
  for (let token: string | null = ''; token !== null;) {
    const page = await list(`${path}${path.includes('?') ? '&' : '?'}limit=${limit}${token === '' ? '' : `&continue=${token}`}`);
    items.push(...page.items);
    token = page.continue;
  }
  return items;
}

async function importInto(cluster: string, yaml: string, how: 'snapshots' | 'manifests' = 'snapshots') {
  const sent = server.send(how === 'snapshots' ? 'post' : 'put', `/api/v1/clusters/${cluster}/${how}`);
  return sent.set('content-type', 'application/yaml').send(yaml).expect(201);
}

describe('stored objects', () => {
  it('are listed by kind, namespace and name', async () => {
    const services = await list(`${HARBOR}/objects?kind=Service&namespace=shop`);
    expect(services.items.every(({ kind, namespace }) => kind === 'Service' && namespace === 'shop')).toBe(true);
    expect(names(services)).toEqual([...names(services)].sort());
    expect(names(services)).toContain('shop/web');
    expect(names(await list(`${HARBOR}/objects?kind=Service&name=web`))).toEqual(['shop/web']);
    expect(names(await list(`${HARBOR}/objects?kind=services&fieldSelector=metadata.name=web`))).toEqual(['shop/web']);
  });

  it('have the object as it was imported', async () => {
    const answer = await server.send('get', `${HARBOR}/objects/Service/shop/web`).expect(200);
    expect(answer.headers['portolan-revision']).toBe('1');
    expect(answer.body).toMatchObject({
      revision: 1,
      group: '',
      kind: 'Service',
      namespace: 'shop',
      name: 'web',
      source: '',
      object: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop' } },
    });
    const known = await server.send('get', `${HARBOR}/objects/Service/shop/web`).set('if-none-match', String(answer.headers['etag']));
    expect([known.status, known.text]).toEqual([304, '']);
    expect((await get(`${HARBOR}/objects/namespaces/-/shop`)).body).toMatchObject({ kind: 'Namespace', namespace: '', name: 'shop' });
  });

  it('come in pages of one revision while others are written', async () => {
    await server.send('post', '/api/v1/clusters').send({ name: 'pages' }).expect(201);
    const map = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: a}\n`;
    await importInto('pages', ['a', 'b', 'c', 'd', 'e'].map(map).join('---\n'));
    const first = await list('/api/v1/clusters/pages/objects?limit=2');
    await importInto('pages', ['aa', 'bb', 'd'].map(map).join('---\n'));
    const second = await list(`/api/v1/clusters/pages/objects?limit=2&continue=${first.continue}`);
    const third = await list(`/api/v1/clusters/pages/objects?limit=2&continue=${second.continue}`);
    expect([first, second, third].flatMap(names)).toEqual(['a/a', 'a/b', 'a/c', 'a/d', 'a/e']);
    expect([first.revision, second.revision, third.revision, third.continue]).toEqual([1, 1, 1, null]);
    expect(names(await list('/api/v1/clusters/pages/objects'))).toEqual(['a/aa', 'a/bb', 'a/d']);
  });

  it.each([
    '',
    '?sort=name',
    '?sort=-name',
    '?sort=namespace',
    '?kind=Deployment',
    '?labelSelector=app',
    '?fieldSelector=metadata.namespace!=shop',
  ])('are each on one page: objects%s', async (query) => {
    const whole = await list(`${HARBOR}/objects${query === '' ? '?' : `${query}&`}limit=1000`);
    expect(whole.items.length).toBeGreaterThan(3);
    expect(await allPages(`${HARBOR}/objects${query}`, 7)).toEqual(whole.items);
  });

  it('are selected by labels', async () => {
    const selected = bodyOf<List<{ object: { metadata: { labels: Record<string, string> } } }>>(
      await get(`${HARBOR}/objects?labelSelector=${encodeURIComponent('app in (web,api)')}`),
    );
    expect(selected.items.length).toBeGreaterThan(1);
    for (const { object } of selected.items) expect(['web', 'api']).toContain(object.metadata.labels['app']);
  });

  it('show only the parts that are asked for', async () => {
    const { items } = await list(`${HARBOR}/objects?kind=Service&name=web&fields=name,object.metadata.name`);
    expect(items).toEqual([{ name: 'web', object: { metadata: { name: 'web' } } }]);
    const one = await get(`${HARBOR}/objects/Service/shop/web?fields=object.kind,object.nothing`);
    expect(one.body).toEqual({ revision: 1, object: { kind: 'Service' } });
  });

  it.each([
    ['/objects?kind=servise', 400, 'invalid-request', 'did you mean `Service`?'],
    ['/objects?namespace=shpo', 404, 'unknown-namespace', 'did you mean `shop`?'],
    ['/objects?sort=age', 400, 'invalid-request', undefined],
    ['/objects?labelSelector=a%20b', 400, 'invalid-request', undefined],
    ['/objects?fieldSelector=spec.type=x', 400, 'invalid-request', 'the fields are `metadata.name`, `metadata.namespace`'],
    ['/objects?limit=1001', 400, 'limit-too-large', 'ask for 1000 or fewer, and for the rest with `continue`'],
    ['/objects?continue=x', 400, 'invalid-request', undefined],
    ['/objects?revision=9', 404, 'unknown-revision', 'it has revision 1 only'],
    ['/objects?at=yesterday', 400, 'invalid-request', undefined],
    ['/objects?fields=naem', 400, 'invalid-request', 'did you mean `name`?'],
    ['/objects?labels=a', 400, 'unknown-parameter', undefined],
    ['/objects/Service/shop/wbe', 404, 'unknown-object', 'did you mean `shop/web`?'],
    ['/objects/Service/shop/web/history?group=apps', 404, 'unknown-object', undefined],
  ])('%s is refused', async (path, status, code, hint) => {
    const answer = await get(HARBOR + path);
    expect([answer.status, refusal(answer).code]).toEqual([status, code]);
    if (hint !== undefined) expect(refusal(answer).hint).toBe(hint);
  });

  it('keep their history, and are read as they were', async () => {
    await server.send('post', '/api/v1/clusters').send({ name: 'old' }).expect(201);
    const map = (value: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: a}\ndata: {v: "${value}"}\n`;
    await importInto('old', map('1'));
    await importInto('old', map('2'));
    await importInto('old', 'apiVersion: v1\nkind: Node\nmetadata: {name: n}\n');
    const path = '/api/v1/clusters/old/objects/ConfigMap/a/x';
    const { items } = bodyOf<{ items: { from: number; to: number | null; object: { data: { v: string } } }[] }>(
      await get(`${path}/history`),
    );
    expect(items.map(({ from, to, object }) => [from, to, object.data.v])).toEqual([
      [1, 2, '1'],
      [2, 3, '2'],
    ]);
    expect((await get(`${path}?revision=1`)).body).toMatchObject({ revision: 1, object: { data: { v: '1' } } });
    expect(refusal(await get(path)).code).toBe('unknown-object');
  });

  it('go out as they are stored, to the last digit', async () => {
    await server.send('post', '/api/v1/clusters').send({ name: 'digits' }).expect(201);
    await importInto(
      'digits',
      'apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: x}\nspec: {small: 1.0e-7, text: "\\u00e9 \\\\ \\" 🦀"}\n',
    );
    const listed = (await get('/api/v1/clusters/digits/objects')).text;
    const body = (await get('/api/v1/clusters/digits/export?format=ndjson')).text.trim();
    expect(listed).toContain(body);
  });
});

describe('the model’s nouns', () => {
  it.each(COLLECTIONS.map(({ noun, view, example }) => ({ noun, view, example })))(
    '$noun have the shape that is documented, in lists and by name',
    async ({ noun, view, example }) => {
      const { cluster, kind, namespace, name } = example;
      const of = `/api/v1/clusters/${cluster}/${noun}`;
      const { items, remaining } = await list(`${of}?limit=1000`);
      expect([items.length > 0, remaining]).toEqual([true, 0]);
      for (const item of items) expect(view.safeParse(item)).toEqual({ success: true, data: item });
      const path = [kind, namespace, name].filter((part) => part !== undefined).join('/');
      const answer = await server.send('get', `${of}/${path}`).expect(200);
      const { item } = bodyOf<{ item: unknown }>(answer);
      expect(items).toContainEqual(item);
      expect(await allPages(of, 3)).toEqual(items);
    },
  );

  it('routes have a path for what becomes of them at their parents (question 18 of the design), in any case of their kind', async () => {
    const routes = '/api/v1/clusters/fjord/routes';
    const asked = await get('/api/v1/clusters/fjord/queries/gateway-status?kind=HTTPRoute&object=tides/forecast');
    expect(asked.status).toBe(200);
    for (const kind of ['HTTPRoute', 'httproute']) expect((await get(`${routes}/${kind}/tides/forecast/attachment`)).text).toBe(asked.text);
    const unknown = await get(`${routes}/httproute/tides/forcast/attachment`);
    expect([unknown.status, refusal(unknown)]).toMatchObject([
      404,
      { code: 'unknown-object', hint: expect.stringContaining('tides/forecast'), errors: [{ pointer: '/name' }] },
    ]);
    const kind = await get(`${routes}/ingress/tides/forecast/attachment`);
    expect([kind.status, refusal(kind)]).toMatchObject([400, { code: 'invalid-request', errors: [{ pointer: '/kind' }] }]);
  });

  it('pods know their workload, node and addresses, and where each value comes from', async () => {
    const { items } = await list(`${HARBOR}/pods?namespace=data&labelSelector=app=postgres`);
    // demo/harbor/20-data.yaml: a StatefulSet of two replicas without imported pods; the controller numbers them from 0.
    expect(items).toMatchObject(
      ['postgres-0', 'postgres-1'].map((name) => ({
        namespace: 'data',
        name,
        provenance: 'derived',
        workload: { kind: 'StatefulSet', namespace: 'data', name: 'postgres' },
        node: { value: expect.stringMatching(/^harbor-\d$/), provenance: 'derived' },
        ips: [{ provenance: 'derived' }],
      })),
    );
  });

  it('are sorted and selected by the fields they name', async () => {
    const byNode = await list(`${HARBOR}/pods?fieldSelector=${encodeURIComponent('spec.nodeName=harbor-2')}`);
    expect(byNode.items.length).toBeGreaterThan(0);
    for (const pod of byNode.items) expect(pod).toMatchObject({ node: { value: 'harbor-2' } });
    const sorted = bodyOf<List<{ name: string; node: { value: string } | null }>>(
      await get(`${HARBOR}/pods?sort=-spec.nodeName&limit=1000`),
    );
    const nodes = sorted.items.map(({ node }) => node?.value ?? '');
    expect(nodes).toEqual([...nodes].sort().toReversed());
  });

  it('show only the parts that are asked for', async () => {
    const { items } = await list(`${HARBOR}/services?namespace=shop&fieldSelector=metadata.name=web&fields=name,ports.port`);
    expect(items).toEqual([{ name: 'web', ports: expect.arrayContaining([{ port: 80 }]) }]);
  });

  it.each([
    ['/pods/data/postgres-9', 404, 'unknown-pod', /did you mean `data\/postgres-\d`\?/],
    ['/nodes/harbor-11', 404, 'unknown-node', /did you mean `harbor-1`\?/],
    ['/services/shop/wbe', 404, 'unknown-service', /did you mean `shop\/web`\?/],
    ['/namespaces/shpo', 404, 'unknown-namespace', /did you mean `shop`\?/],
    ['/workloads/Deployment/shop/wbe', 404, 'unknown-workload', /did you mean `Deployment\/shop\/web`\?/],
    ['/network-policies/shop/default-dney', 404, 'unknown-object', /did you mean `shop\/default-deny`\?/],
    ['/pods?namespace=shpo', 404, 'unknown-namespace', /did you mean `shop`\?/],
    ['/nodes?namespace=shop', 400, 'unknown-parameter', undefined],
    ['/pods?fieldSelector=spec.node=x', 400, 'invalid-request', /`spec.nodeName`/],
    ['/pods?fields=ip', 400, 'invalid-request', /did you mean `ips`\?/],
    ['/pods?sort=nam', 400, 'invalid-request', /did you mean `name`\?/],
    ['/pods?limit=9999', 400, 'limit-too-large', /1000/],
  ])('%s is refused', async (path, status, code, hint) => {
    const answer = await get(HARBOR + path);
    expect([answer.status, refusal(answer).code]).toEqual([status, code]);
    if (hint) expect(refusal(answer).hint).toMatch(hint);
  });

  it('of an old revision are read at it', async () => {
    await server.send('post', '/api/v1/clusters').send({ name: 'moving' }).expect(201);
    const node = (name: string) => `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}}\n`;
    await importInto('moving', ['a', 'b', 'c'].map(node).join('---\n'));
    const first = await list('/api/v1/clusters/moving/nodes?limit=1');
    await importInto('moving', node('z'));
    const rest = await list(`/api/v1/clusters/moving/nodes?continue=${first.continue}`);
    expect([...first.items, ...rest.items].map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(rest.revision).toBe(1);
    expect((await list('/api/v1/clusters/moving/nodes')).items.map(({ name }) => name)).toEqual(['z']);
    expect((await list('/api/v1/clusters/moving/nodes?revision=previous')).items.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it('answer 304 to who has them', async () => {
    const { headers } = await get(`${HARBOR}/pods`);
    await server.send('get', `${HARBOR}/pods`).set('if-none-match', String(headers['etag'])).expect(304);
  });

  it('are for who may see the cluster', async () => {
    const token = await server.issue('viewer', ['atoll']);
    for (const path of ['/pods', '/objects', '/export', '/diff', '/revisions', '/tags']) {
      expect((await get(HARBOR + path, token)).status).toBe(403);
      expect((await get(`/api/v1/clusters/atoll${path}`, token)).status).toBe(200);
      expect((await get(HARBOR + path, null)).status).toBe(401);
      expect(refusal(await get(`/api/v1/clusters/harbour${path}`)).hint).toBe('did you mean `harbor`?');
    }
  });
});

describe('an export', () => {
  const FORMATS = [
    ['yaml', 'application/yaml'],
    ['json', 'application/json'],
    ['ndjson', 'application/x-ndjson'],
  ] as const;

  for (const cluster of ['harbor', 'fjord', 'atoll', 'heritage']) {
    it.each(FORMATS)(`of ${cluster} as %s changes nothing when it is imported, there or elsewhere`, async (format, type) => {
      const path = `/api/v1/clusters/${cluster}/export?format=${format}`;
      const exported = await server.send('get', path).set('accept-encoding', 'identity').buffer(true).parse(asText).expect(200);
      const text = String(exported.body);
      expect(exported.headers['content-type']).toBe(`${type}; charset=utf-8`);
      const copy = `${cluster}-${format}`;
      await server.send('post', '/api/v1/clusters').send({ name: copy }).expect(201);
      const send = async (to: string) =>
        bodyOf<{ totals: { invalid: number }; revision: { statistics: { objects: number } } }>(
          await server.send('post', `/api/v1/clusters/${to}/snapshots`).set('content-type', type).send(text).expect(201),
        );
      const { revision, totals } = await send(copy);
      const { statistics } = bodyOf<{ statistics: { objects: number } }>(await get(`/api/v1/clusters/${cluster}/revisions/1`));
      expect([totals.invalid, revision.statistics.objects]).toEqual([0, statistics.objects]);
      const again = await server.send('get', path.replace(cluster, copy)).set('accept-encoding', 'identity').buffer(true).parse(asText);
      expect(again.body).toBe(text);
      expect((await send(cluster)).revision.statistics).toMatchObject({
        objects: statistics.objects,
        added: 0,
        changed: 0,
        removed: 0,
        unchanged: statistics.objects,
      });
    });
  }

  it('as JSON is a List, as NDJSON one object a line, as YAML one document each', async () => {
    const path = `${HARBOR}/export?kind=services&namespace=shop&format=`;
    const text = async (format: string) =>
      String(
        (
          await server
            .send('get', path + format)
            .buffer(true)
            .parse(asText)
        ).body,
      );
    const objects = bodyOf<List>(await get(`${HARBOR}/objects?kind=Service&namespace=shop`)).items.length;
    const json = JSON.parse(await text('json')) as { kind: string; items: unknown[] };
    expect([json.kind, json.items.length]).toEqual(['List', objects]);
    const lines = (await text('ndjson')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(json.items);
    expect((await text('yaml')).split(/^---$/m)).toHaveLength(objects);
  });

  it('of nothing is an empty list', async () => {
    const text = async (format: string) =>
      String((await server.send('get', `${HARBOR}/export?kind=Nothing&format=${format}`).buffer(true).parse(asText)).body);
    expect(JSON.parse(await text('json'))).toEqual({ apiVersion: 'v1', kind: 'List', items: [] });
    expect([await text('yaml'), await text('ndjson')]).toEqual(['', '']);
  });

  it('is compressed for who takes gzip, and 304 for who has it', async () => {
    const path = `${HARBOR}/export?format=ndjson`;
    const plain = await server.send('get', path).set('accept-encoding', 'identity').buffer(true).parse(asText);
    const packed = await server.send('get', path).set('accept-encoding', 'br, gzip;q=0.5').buffer(true).parse(asBytes);
    expect([plain.headers['content-encoding'], packed.headers['content-encoding']]).toEqual([undefined, 'gzip']);
    // The client of these tests unpacks what it can.
    const bytes = packed.body as Buffer;
    expect((bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString()).toBe(plain.body);
    expect(packed.headers['etag']).not.toBe(plain.headers['etag']);
    const known = await server.send('get', path).set('accept-encoding', 'identity').set('if-none-match', String(plain.headers['etag']));
    expect([known.status, known.text]).toEqual([304, '']);
  });

  it.each([
    ['kind=servise', 400, 'invalid-request'],
    ['namespace=shpo', 404, 'unknown-namespace'],
    ['format=yml', 400, 'invalid-request'],
    ['format=yaml&labelSelector=a%20b', 400, 'invalid-request'],
    ['revision=99', 404, 'unknown-revision'],
  ])('%s is refused', async (query, status, code) => {
    const answer = await get(`${HARBOR}/export?${query}`);
    expect([answer.status, refusal(answer).code]).toEqual([status, code]);
  });
});

type Parse = (answer: NodeJS.ReadableStream, done: (error: Error | null, body: unknown) => void) => void;

function collect(read: (bytes: Buffer) => unknown): (answer: unknown, done: (error: Error | null, body: unknown) => void) => void {
  return (answer, done) => {
    const chunks: Buffer[] = [];
    const stream = answer as NodeJS.ReadableStream;
    stream.on('data', (chunk: Buffer | string) => chunks.push(Buffer.from(chunk)));
    stream.on('end', () => done(null, read(Buffer.concat(chunks))));
  };
}
const asText = collect((bytes) => bytes.toString()) as Parse as never;
const asBytes = collect((bytes) => bytes) as Parse as never;
