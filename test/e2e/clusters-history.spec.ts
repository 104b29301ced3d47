import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bodyOf, startServer, type TestServer } from './support/server.js';

interface Revision {
  readonly number: number;
  readonly parent: number | null;
  readonly author: string;
  readonly message: string;
  readonly mode: string;
  readonly statistics: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
  readonly createdAt: string;
}

interface Refused {
  readonly code: string;
  readonly hint?: string;
  readonly errors?: readonly { readonly pointer: string }[];
}

let server: TestServer;
let made = 0;
let cluster: string;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  cluster = `history-${++made}`;
  await server.send('post', '/api/v1/clusters').send({ name: cluster }).expect(201);
});

const at = (rest: string) => `/api/v1/clusters/${cluster}${rest}`;
const get = async (rest: string) => server.send('get', at(rest));
const refusal = (answer: { readonly body: unknown }) => bodyOf<Refused>(answer);

/** `web=1`: a ConfigMap of the namespace shop with one datum. A snapshot makes them the whole content. */
async function snapshot(...maps: readonly string[]): Promise<number> {
  const documents = maps.map((map) => {
    const [name, value] = map.split('=');
    return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: shop}\ndata: {value: "${value}", keep: same}\n`;
  });
  const sent = server.send('post', at('/snapshots?message=an+import')).set('content-type', 'application/yaml');
  const answer = await sent.send(documents.join('---\n')).expect(201);
  return bodyOf<{ revision: Revision }>(answer).revision.number;
}

describe('revisions', () => {
  it('are shown by number, word and tag', async () => {
    await snapshot('web=1');
    await snapshot('web=2');
    await server.send('put', at('/tags/reviewed')).send({ revision: 1 }).expect(200);
    const numbers = [];
    for (const name of ['1', '2', 'latest', 'previous', 'reviewed']) {
      const answer = await get(`/revisions/${name}`);
      const { number } = bodyOf<Revision>(answer);
      expect(answer.headers['portolan-revision']).toBe(String(number));
      numbers.push(number);
    }
    expect(numbers).toEqual([1, 2, 2, 1, 1]);
    expect((await get('/revisions/1')).body).toMatchObject({
      cluster,
      number: 1,
      parent: null,
      author: 'bootstrap',
      message: 'an import',
      source: null,
      mode: 'snapshot',
      statistics: { objects: 1, added: 1, changed: 0, removed: 0, unchanged: 0 },
      tags: ['reviewed'],
    });
  });

  it.each([
    ['/revisions/9', 'unknown-revision', 'it has revision 1 only'],
    ['/revisions/reviwed', 'unknown-tag', 'did you mean `reviewed`?'],
    ['/revisions/lastest', 'unknown-tag', 'did you mean `latest`?'],
  ])('%s is none', async (path, code, hint) => {
    await snapshot('web=1');
    await server.send('put', at('/tags/reviewed')).send({ revision: 1 });
    const answer = await get(path);
    expect([answer.status, refusal(answer).code, refusal(answer).hint]).toEqual([404, code, hint]);
  });

  it('of a cluster without any say how to get one', async () => {
    expect((await get('/revisions')).body).toEqual({ items: [], continue: null });
    expect(refusal(await get('/revisions/latest')).hint).toBe(`import manifests with \`POST /api/v1/clusters/${cluster}/snapshots\``);
  });

  it('are listed newest first, in pages that do not tear while others are made', async () => {
    for (const value of ['1', '2', '3', '4', '5']) await snapshot(`web=${value}`);
    const first = bodyOf<{ items: Revision[]; continue: string }>(await get('/revisions?limit=2'));
    await snapshot('web=6');
    const second = bodyOf<{ items: Revision[]; continue: string }>(await get(`/revisions?limit=2&continue=${first.continue}`));
    const third = bodyOf<{ items: Revision[]; continue: null }>(await get(`/revisions?limit=2&continue=${second.continue}`));
    expect([first, second, third].map(({ items }) => items.map(({ number }) => number))).toEqual([[5, 4], [3, 2], [1]]);
    expect(third.continue).toBeNull();
  });

  it('have the report of their import', async () => {
    await snapshot('web=1');
    const answer = await get('/revisions/latest/report');
    expect(answer.body).toMatchObject({ revision: 1, report: { documents: 1, totals: { invalid: 0 }, impliedNamespaces: ['shop'] } });
  });
});

describe('restoring', () => {
  it('makes an old content the newest, and changes no revision', async () => {
    await snapshot('web=1', 'gone=1');
    await snapshot('web=2', 'new=1');
    const before = (await get('/export?format=ndjson&revision=1')).text;
    const answer = await server.send('post', at('/revisions/1/actions/restore?message=back')).expect(201);
    expect(answer.headers['location']).toBe(at('/revisions/3'));
    expect(answer.body).toMatchObject({
      number: 3,
      parent: 2,
      mode: 'restore',
      message: 'back',
      author: 'bootstrap',
      statistics: { objects: 2, added: 1, changed: 1, removed: 1, unchanged: 0 },
    });
    expect((await get('/export?format=ndjson')).text).toBe(before);
    expect((await get('/revisions/3/report')).body).toEqual({ revision: 3, report: null });
  });

  it('says what it did where nobody else does', async () => {
    await snapshot('web=1');
    const answer = await server.send('post', at('/revisions/latest/actions/restore'));
    expect(bodyOf<Revision>(answer).message).toBe('restored from revision 1');
  });

  it('is refused where somebody else wrote meanwhile', async () => {
    await snapshot('web=1');
    await snapshot('web=2');
    const send = async (ifMatch: string) => server.send('post', at('/revisions/1/actions/restore')).set('if-match', ifMatch);
    const late = await send('"1"');
    expect([late.status, refusal(late).code]).toEqual([412, 'precondition-failed']);
    const etag = String((await get('/revisions/latest')).headers['etag']);
    await server.send('put', at('/tags/good')).send({ revision: 'latest' });
    expect((await send(etag)).status).toBe(201); // a name that was given to it meanwhile is no other content
  });

  // RFC 9110 §13.1.1: the condition is true where any of a list matches; weak tags never do.
  it.each([
    ['"9", "2", "1"', 201],
    ['"2", "7.of-another"', 201],
    ['"1", "3"', 412],
    ['"2.of-another", "9"', 412],
    ['W/"2", "1"', 412],
    ['W/"2"', 412],
  ])('where a list of several is expected, of which any may be it: %s → %i', async (list, status) => {
    await snapshot('web=1');
    await snapshot('web=2');
    const put = async (query: string) =>
      server
        .send('put', at(`/manifests${query}`))
        .set('content-type', 'application/yaml')
        .set('if-match', list)
        .send('');
    const [tried, imported] = [await put('?validateOnly=true'), await put('')];
    expect([tried.status, imported.status]).toEqual([status === 201 ? 200 : status, status]);
  });

  it('by any of a list', async () => {
    await snapshot('web=1');
    await snapshot('web=2');
    const etag = String((await get('/revisions/latest')).headers['etag']);
    const send = async (ifMatch: string) => server.send('post', at('/revisions/1/actions/restore')).set('if-match', ifMatch);
    expect((await send('"1", "3"')).body).toMatchObject({ status: 412, code: 'precondition-failed', current: 2 });
    expect((await send(`"9", ${etag}, "1"`)).status).toBe(201);
  });

  // RFC 9110 §8.8.1: another state has another strong validator.
  it('is refused where the cluster was made anew, as every import is', async () => {
    await snapshot('web=1');
    const etag = String((await get('/revisions/latest')).headers['etag']);
    await server.send('delete', at('')).expect(204);
    await server.send('post', '/api/v1/clusters').send({ name: cluster }).expect(201);
    await snapshot('web=1');
    const restored = await server.send('post', at('/revisions/1/actions/restore')).set('if-match', etag);
    const imported = await server.send('put', at('/manifests')).set('content-type', 'application/yaml').set('if-match', etag).send('');
    for (const answer of [restored, imported])
      expect([answer.status, refusal(answer).code, answer.body]).toMatchObject([412, 'precondition-failed', { current: 1 }]);
    expect(bodyOf<Revision>(await get('/revisions/latest')).number).toBe(1);
  });

  it('happens once, however often it is sent with one key', async () => {
    await snapshot('web=1');
    const send = async () => server.send('post', at('/revisions/1/actions/restore')).set('idempotency-key', `restore-${cluster}`);
    const [first, again] = [await send(), await send()];
    expect([first.status, again.status, again.text]).toEqual([201, 201, first.text]);
    expect(bodyOf<Revision>(await get('/revisions/latest')).number).toBe(2);
  });

  it('is for editors', async () => {
    await snapshot('web=1');
    await server.send('post', at('/revisions/1/actions/restore'), await server.issue('viewer')).expect(403);
  });
});

describe('tags', () => {
  it('are set, moved, listed and deleted', async () => {
    await snapshot('web=1');
    await snapshot('web=2');
    await server.send('put', at('/tags/prod')).send({ revision: 'previous' }).expect(200, { name: 'prod', revision: 1 });
    await server.send('put', at('/tags/before')).send({ revision: 'prod' }).expect(200, { name: 'before', revision: 1 });
    await server.send('put', at('/tags/prod')).send({ revision: 2 }).expect(200, { name: 'prod', revision: 2 });
    expect((await get('/tags')).body).toEqual({
      items: [
        { name: 'before', revision: 1 },
        { name: 'prod', revision: 2 },
      ],
    });
    await server.send('delete', at('/tags/prod')).expect(204);
    const gone = await server.send('delete', at('/tags/befor')).expect(404);
    expect(refusal(gone)).toMatchObject({ code: 'unknown-tag', hint: 'did you mean `before`?' });
  });

  it.each(['latest', 'previous', '41', 'Prod', '-x', 'x'.repeat(64), 'a b'])('have no such name: %s', async (name) => {
    await snapshot('web=1');
    const answer = await server.send('put', at(`/tags/${encodeURIComponent(name)}`)).send({ revision: 1 });
    expect([answer.status, refusal(answer).errors?.map(({ pointer }) => pointer)]).toEqual([400, ['/name']]);
  });

  it('name revisions that are there', async () => {
    await snapshot('web=1');
    expect(refusal(await server.send('put', at('/tags/x')).send({ revision: 5 })).code).toBe('unknown-revision');
    expect(refusal(await server.send('put', at('/tags/x')).send({})).errors).toMatchObject([{ pointer: '/revision' }]);
  });
});

describe('differences', () => {
  interface Diff {
    readonly from: number;
    readonly to: number;
    readonly items: readonly {
      readonly change: string;
      readonly name: string;
      readonly changes: readonly { readonly pointer: string; readonly change: string; readonly before: unknown; readonly after: unknown }[];
    }[];
    readonly continue: string | null;
  }
  const lines = ({ items }: Diff) => items.map(({ change, name }) => `${change} ${name}`);

  it('name each object and the places where it differs', async () => {
    await snapshot('web=1', 'gone=1', 'same=1');
    await snapshot('web=2', 'new=1', 'same=1');
    const answer = await get('/diff?from=1&to=2');
    const diff = bodyOf<Diff>(answer);
    expect([diff.from, diff.to, answer.headers['portolan-revision']]).toEqual([1, 2, '2']);
    expect(lines(diff)).toEqual(['removed gone', 'added new', 'changed web']);
    const [gone, , web] = diff.items;
    expect(web?.changes).toEqual([{ pointer: '/data/value', change: 'changed', before: '1', after: '2' }]);
    expect(gone?.changes).toMatchObject([{ pointer: '', change: 'removed', before: { kind: 'ConfigMap' }, after: null }]);
    expect(lines(bodyOf<Diff>(await get('/diff?from=2&to=1')))).toEqual(['added gone', 'removed new', 'changed web']);
  });

  it('are those of the last write where nobody says', async () => {
    await snapshot('web=1', 'api=1');
    expect(bodyOf<Diff>(await get('/diff'))).toMatchObject({ from: 0, to: 1 });
    expect(lines(bodyOf<Diff>(await get('/diff')))).toEqual(['added api', 'added web']);
    await snapshot('web=1', 'api=2');
    expect(lines(bodyOf<Diff>(await get('/diff')))).toEqual(['changed api']);
    expect(lines(bodyOf<Diff>(await get('/diff?from=latest&to=latest')))).toEqual([]);
  });

  it('come in pages that do not tear, and are selected', async () => {
    await snapshot('a=1', 'b=1', 'c=1', 'd=1', 'e=1');
    await snapshot('a=2', 'b=2', 'c=2', 'd=2', 'e=2');
    const first = bodyOf<Diff>(await get('/diff?limit=2'));
    await snapshot('a=3');
    const second = bodyOf<Diff>(await get(`/diff?limit=2&continue=${first.continue}`));
    const third = bodyOf<Diff>(await get(`/diff?limit=2&continue=${second.continue}`));
    expect([first, second, third].flatMap(lines)).toEqual(['a', 'b', 'c', 'd', 'e'].map((name) => `changed ${name}`));
    expect([second.from, second.to, third.continue]).toEqual([1, 2, null]);
    expect(lines(bodyOf<Diff>(await get('/diff?kind=Service')))).toEqual([]);
    expect(lines(bodyOf<Diff>(await get('/diff?kind=configmaps&to=2')))).toHaveLength(5);
    expect(refusal(await get('/diff?kind=configmpas')).hint).toBe('did you mean `ConfigMap`?');
    expect(refusal(await get(`/diff?limit=2&from=1&continue=${first.continue}`)).code).toBe('invalid-request');
    expect(refusal(await get('/diff?limit=2000')).code).toBe('limit-too-large');
  });

  it('are of revisions that are there', async () => {
    await snapshot('a=1');
    expect(refusal(await get('/diff?from=7')).code).toBe('unknown-revision');
    expect(refusal(await get('/diff?view=behaviors')).hint).toBe('did you mean `behaviour`?');
  });

  it('can be those of who may connect to whom', async () => {
    const write = async (policy: string) =>
      server
        .send('post', at('/snapshots'))
        .set('content-type', 'application/yaml')
        .send(
          ['a', 'b']
            .map(
              (name) =>
                `{apiVersion: v1, kind: Pod, metadata: {name: ${name}, namespace: n, labels: {app: ${name}}}, spec: {containers: [{name: c}]}}\n---\n`,
            )
            .join('') + policy,
        )
        .expect(201);
    await write('');
    await write(
      '{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: shut, namespace: n}, spec: {podSelector: {matchLabels: {app: b}}}}',
    );
    interface Changed {
      readonly result: {
        readonly connections: readonly {
          readonly change: string;
          readonly from: string;
          readonly to: string;
          readonly causes: readonly string[];
        }[];
      };
    }
    const { connections } = bodyOf<Changed>(await get('/diff?view=behaviour')).result;
    expect(connections.filter(({ from }) => from === 'Pod n/a')).toMatchObject([
      { change: 'removed', to: 'Pod n/b', causes: ['NetworkPolicy n/shut added'] },
    ]);
    expect(bodyOf<Changed>(await get('/diff?view=behaviour&from=2&to=latest')).result.connections).toEqual([]);
    expect(refusal(await get('/diff?view=behaviour&kind=Pod&limit=3')).code).toBe('invalid-request');
    for (const parameter of ['from', 'to'])
      expect(refusal(await get(`/diff?view=behaviour&${parameter}=7`))).toMatchObject({
        code: 'unknown-revision',
        errors: [{ pointer: `/${parameter}` }],
      });
  });
});

describe('two writers', () => {
  it('at the same time make two revisions, one after the other, and nothing is lost', async () => {
    await snapshot('base=1');
    const put = async (name: string) =>
      server
        .send('put', at('/manifests'))
        .set('content-type', 'application/yaml')
        .send(`apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: shop}\n`);
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const answers = await Promise.all(names.map(put));
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 201));
    const numbers = answers.map((answer) => bodyOf<{ revision: Revision }>(answer).revision.number);
    expect(numbers.toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7]);
    const objects = bodyOf<{ items: { name: string }[] }>(await get('/objects?kind=ConfigMap'));
    expect(objects.items.map(({ name }) => name)).toEqual([...names, 'base'].sort());
  });

  it('who expect the same revision: one writes, the others get 412 with the number there is', async () => {
    await snapshot('base=1');
    const put = async (name: string) =>
      server
        .send('put', at('/manifests'))
        .set('content-type', 'application/yaml')
        .set('if-match', '"1"')
        .send(`apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: shop}\n`);
    const answers = await Promise.all(['a', 'b', 'c'].map(put));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 412, 412]);
    for (const answer of answers.filter(({ status }) => status === 412)) expect(answer.body).toMatchObject({ current: 2 });
    expect(bodyOf<Revision>(await get('/revisions/latest')).number).toBe(2);
  });
});
