import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ClusterStore } from '../../src/application/clusters/cluster-store.js';
import { RevisionStore } from '../../src/application/clusters/revision-store.js';
import { IMPORT_REPORT } from '../../src/application/imports/import-report.js';
import { bodyOf, startServer, type TestServer } from './support/server.js';

interface Imported {
  readonly revision: { readonly number: number; readonly message: string; readonly author: string; readonly source: string | null } | null;
  readonly objects: number;
  readonly documents: number;
  readonly files: number;
  readonly totals: Readonly<Record<string, number>>;
  readonly entries: readonly { readonly file: string; readonly document: number; readonly line: number; readonly understanding: string }[];
  readonly notFound: readonly object[];
}

const LIMIT = 20_000;
const service = (name: string, namespace?: string) =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}${namespace === undefined ? '' : `, namespace: ${namespace}`}}\nspec: {ports: [{port: 80}]}\n`;
const documents = (...texts: readonly string[]) => texts.join('---\n');
const jsonOf = (name: string) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port: 80 }] } });

let server: TestServer;
let cluster: string;
let count = 0;

beforeAll(async () => {
  server = await startServer({ PORTOLAN_IMPORT_MAX_BYTES: String(LIMIT), PORTOLAN_BODY_MAX_BYTES: '1024' });
});
afterAll(() => server.stop());
beforeEach(async () => {
  cluster = `c${++count}`;
  const created = await server.app.get(ClusterStore, { strict: false }).create({ name: cluster, displayName: '', profile: {} });
  expect(created.ok).toBe(true);
});

type Verb = 'post' | 'put' | 'delete';
const path = (verb: Verb, query = '') => `/api/v1/clusters/${cluster}/${verb === 'post' ? 'snapshots' : 'manifests'}${query}`;
const send = (verb: Verb, text: string | Buffer, query = '', type = 'application/yaml', headers: Readonly<Record<string, string>> = {}) =>
  server.send(verb, path(verb, query)).set('content-type', type).set(headers).send(text);

/** `namespace/name` of every object at the newest revision. */
async function stored(): Promise<readonly string[]> {
  const found = await server.app.get(ClusterStore, { strict: false }).find(cluster);
  if (!found || found.latestRevision === 0) return [];
  const names: string[] = [];
  for await (const batch of server.app.get(RevisionStore, { strict: false }).objectsAt(found, found.latestRevision))
    names.push(...batch.map(({ namespace, name, source }) => `${namespace}/${name}${source === '' ? '' : `@${source}`}`));
  return names;
}

describe('an import over REST', () => {
  it('answers 201 with the report and the revision, and says where it is', async () => {
    const answer = await send('post', documents(service('a'), service('b')), '?message=first').expect(201);
    const { revision, ...report } = bodyOf<Imported>(answer);
    expect(IMPORT_REPORT.parse(report)).toEqual(report);
    expect(revision).toMatchObject({
      number: 1,
      message: 'first',
      author: 'bootstrap',
      mode: 'snapshot',
      statistics: { objects: 2, added: 2 },
    });
    expect(answer.headers['location']).toBe(`/api/v1/clusters/${cluster}/revisions/1`);
    expect(answer.headers['portolan-revision']).toBe('1');
    expect(await stored()).toEqual(['default/a', 'default/b']);
  });

  it('a snapshot replaces everything, PUT adds and replaces, DELETE removes what is named', async () => {
    await send('post', documents(service('a'), service('b'))).expect(201);
    await send('put', service('c')).expect(201);
    expect(await stored()).toEqual(['default/a', 'default/b', 'default/c']);
    const removed = await send('delete', documents(service('a'), service('x'))).expect(201);
    expect(bodyOf<Imported>(removed).notFound).toEqual([{ apiVersion: 'v1', kind: 'Service', namespace: 'default', name: 'x' }]);
    expect(await stored()).toEqual(['default/b', 'default/c']);
    await send('post', service('d')).expect(201);
    expect(await stored()).toEqual(['default/d']);
  });

  const LIST = { apiVersion: 'v1', kind: 'List', items: [jsonOf('a'), jsonOf('b')] };
  it.each([
    ['YAML', 'application/yaml', documents(service('a'), service('b'))],
    ['a List as JSON', 'application/json', JSON.stringify(LIST)],
    ['NDJSON', 'application/x-ndjson', `${JSON.stringify(jsonOf('a'))}\n${JSON.stringify(jsonOf('b'))}\n`],
    ['gzip', 'application/gzip', gzipSync(documents(service('a'), service('b')))],
    ['text of no type', 'text/plain', documents(service('a'), service('b'))],
    [
      'JSON longer than the JSON bodies of other paths may be',
      'application/json',
      JSON.stringify({ ...LIST, metadata: { x: 'x'.repeat(2_000) } }),
    ],
  ])('takes %s', async (_, type, content) => {
    const answer = await send('post', content, '', type).expect(201);
    expect(bodyOf<Imported>(answer).totals).toMatchObject({ understood: 2, invalid: 0 });
    expect(await stored()).toEqual(['default/a', 'default/b']);
  });

  it('takes several files as a form, and names them in its report', async () => {
    const answer = await server
      .send('post', path('post'))
      .attach('manifests', Buffer.from(service('a')), 'a.yaml')
      .attach('manifests', gzipSync(JSON.stringify(jsonOf('b'))), 'b.json.gz')
      .attach('manifests', Buffer.from('kind: [Service\n'), 'broken.yaml')
      .expect(201);
    const report = bodyOf<Imported>(answer);
    expect([report.files, report.objects]).toEqual([3, 2]);
    expect(report.entries).toMatchObject([{ file: 'broken.yaml', document: 1, understanding: 'invalid' }]);
    expect(await stored()).toEqual(['default/a', 'default/b']);
  });

  it('`atomic` refuses everything for one bad document; without it the others are kept', async () => {
    const text = documents(service('a'), 'kind: [Service\n');
    const refused = await send('post', text, '?atomic').expect(422);
    expect(refused.headers['content-type']).toContain('application/problem+json');
    expect(refused.body).toMatchObject({ code: 'import-rejected', errors: [{ pointer: '/body.yaml/2', code: 'syntax-error' }] });
    expect(await stored()).toEqual([]);
    expect(bodyOf<Imported>(await send('post', text).expect(201)).totals).toMatchObject({ understood: 1, invalid: 1 });
  });

  it('a snapshot without an object, but a List without items, does not empty a cluster', async () => {
    const refused = async (text: string) => bodyOf<{ code: string; detail: string }>(await send('post', text).expect(422));
    await send('post', 'error: You must be logged in to the server\n').expect(201); // nothing is lost of a new cluster
    await send('post', service('a')).expect(201);
    expect(await refused('error: You must be logged in to the server\n')).toMatchObject({
      code: 'import-rejected',
      hint: expect.stringContaining('"kind": "List"'),
      errors: [{ pointer: '/body.yaml/1', code: 'not-a-manifest' }],
    });
    expect(await refused('\u0000\u0001')).toMatchObject({ errors: [{ code: 'not-text' }] });
    expect(await refused('')).toMatchObject({ detail: 'nothing was imported: the body is empty', errors: [] });
    expect(await stored()).toEqual(['default/a']);
    await send('post', '{"apiVersion": "v1", "kind": "List", "items": []}').expect(201);
    expect(await stored()).toEqual([]);
  });

  it('`validateOnly` reports and writes nothing', async () => {
    const answer = await send('post', service('a'), '?validateOnly=true').expect(200);
    expect(bodyOf<Imported>(answer)).toMatchObject({ revision: null, objects: 1 });
    expect(await stored()).toEqual([]);
  });

  it('`source` replaces the part of one team only', async () => {
    await send('post', documents(service('a'), service('b')), '?source=team-a').expect(201);
    await send('post', service('x'), '?source=team-b').expect(201);
    const answer = await send('post', service('a'), '?source=team-a').expect(201);
    expect(bodyOf<Imported>(answer).revision).toMatchObject({ number: 3, source: 'team-a' });
    expect(await stored()).toEqual(['default/a@team-a', 'default/x@team-b']);
  });

  it('`namespace` is where objects go that name none', async () => {
    await send('post', documents(service('a'), service('b', 'own')), '?namespace=shop').expect(201);
    expect(await stored()).toEqual(['own/b', 'shop/a']);
  });

  it('`If-Match` refuses a write to another revision than was expected', async () => {
    await send('post', service('a')).expect(201);
    await send('put', service('b'), '', 'application/yaml', { 'if-match': '"1"' }).expect(201);
    const stale = await send('put', service('c'), '', 'application/yaml', { 'if-match': '"1"' }).expect(412);
    expect(stale.body).toMatchObject({ code: 'precondition-failed', current: 2 });
    expect((await send('put', service('c'), '', 'application/yaml', { 'if-match': 'one' })).body).toMatchObject({
      status: 400,
      code: 'invalid-request',
    });
    expect(await stored()).toEqual(['default/a', 'default/b']);
  });

  it.each([
    ['text', 'application/yaml', (text: string) => text],
    ['what gzip hides', 'application/gzip', (text: string) => gzipSync(text)],
  ])('refuses more than the limit with the size it allows: %s', async (_, type, pack) => {
    const fits = documents(service('a'), `# ${'x'.repeat(LIMIT - 200)}\n`);
    await send('post', pack(fits), '', type).expect(201);
    const answer = await send('post', pack(documents(service('b'), `# ${'x'.repeat(LIMIT)}\n`)), '', type).expect(413);
    expect(answer.body).toMatchObject({ code: 'payload-too-large', maximum: LIMIT });
    expect(bodyOf<{ detail: string }>(answer).detail).toContain(String(LIMIT));
    expect(await stored()).toEqual(['default/a']);
  });

  it('refuses what it does not know, with what was meant', async () => {
    expect((await send('post', service('a'), '?atomc=true')).body).toMatchObject({
      code: 'unknown-parameter',
      hint: 'did you mean `atomic`?',
    });
    await server.app.get(ClusterStore, { strict: false }).create({ name: 'nowhere-else', displayName: '', profile: {} });
    const nowhere = await server
      .send('post', '/api/v1/clusters/nowhere/snapshots')
      .set('content-type', 'application/yaml')
      .send(service('a'));
    expect([nowhere.status, nowhere.body]).toMatchObject([404, { code: 'unknown-cluster' }]);
    const near = await server
      .send('post', '/api/v1/clusters/nowhere-els/snapshots')
      .set({ 'content-type': 'application/yaml', prefer: 'respond-async' });
    expect([near.status, near.body]).toMatchObject([404, { code: 'unknown-cluster', hint: 'did you mean `nowhere-else`?' }]);
  });

  it('an empty body is an empty snapshot, which is said', async () => {
    const answer = await server.send('post', path('post')).expect(201);
    expect(bodyOf<Imported>(answer)).toMatchObject({ documents: 0, objects: 0, revision: { number: 1 } });
  });
});

describe('an import that is sent again with its key', () => {
  const again = (text: string, key: string, query = '') => send('post', text, query, 'application/yaml', { 'idempotency-key': key });

  it('is carried out once and answered twice', async () => {
    const first = await again(service('a'), 'k1').expect(201);
    const second = await again(service('a'), 'k1').expect(201);
    expect(second.body).toEqual(first.body);
    expect([first.headers['idempotency-replayed'], second.headers['idempotency-replayed']]).toEqual([undefined, 'true']);
    expect(second.headers['location']).toBe(first.headers['location']);
    expect((await server.app.get(ClusterStore, { strict: false }).find(cluster))?.latestRevision).toBe(1);
  });

  it('is refused with other content, other parameters or at another cluster', async () => {
    await again(service('a'), 'k2').expect(201);
    for (const other of [again(service('b'), 'k2'), again(service('a'), 'k2', '?source=x')])
      expect((await other).body).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
    expect(await stored()).toEqual(['default/a']);
  });

  it('may be sent again after it was too large', async () => {
    await again('x'.repeat(LIMIT + 1), 'k3').expect(413);
    await again(service('a'), 'k3').expect(201);
  });

  it('is another one for another token', async () => {
    await again(service('a'), 'k4').expect(201);
    const other = await server.issue('editor');
    const answer = await server
      .send('post', path('post'), other)
      .set({ 'idempotency-key': 'k4', 'content-type': 'application/yaml' })
      .send(service('b'));
    expect([answer.status, await stored()]).toEqual([201, ['default/b']]);
  });
});
