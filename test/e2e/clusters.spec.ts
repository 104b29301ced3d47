import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyOf, startServer, type TestServer } from './support/server.js';

interface Cluster {
  readonly name: string;
  readonly displayName: string;
  readonly latestRevision: number;
  readonly profileVersion: number;
  readonly profile: Readonly<Record<string, unknown>>;
}

interface Refused {
  readonly code: string;
  readonly detail: string;
  readonly hint?: string;
  readonly errors?: readonly { readonly pointer: string; readonly code: string }[];
}

const NODE = 'apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n';
const CLUSTERS = '/api/v1/clusters';

let server: TestServer;
let made = 0;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

/** Makes a cluster of one test's own and returns its name. */
async function newCluster(more: object = {}): Promise<string> {
  const name = `c${++made}`;
  await server
    .send('post', CLUSTERS)
    .send({ name, ...more })
    .expect(201);
  return name;
}
const path = (name: string, rest = '') => `${CLUSTERS}/${name}${rest}`;
const importInto = async (name: string, yaml = NODE) =>
  server.send('post', path(name, '/snapshots')).set('content-type', 'application/yaml').send(yaml).expect(201);
const refusal = (answer: { readonly body: unknown }) => bodyOf<Refused>(answer);

describe('a new cluster', () => {
  it('is made with its name alone', async () => {
    const answer = await server.send('post', CLUSTERS).send({ name: 'prod-eu' }).expect(201);
    expect(answer.body).toMatchObject({ name: 'prod-eu', displayName: 'prod-eu', latestRevision: 0, profileVersion: 1, profile: {} });
    expect(answer.body).not.toHaveProperty('id');
    expect(answer.headers).toMatchObject({ location: '/api/v1/clusters/prod-eu', etag: expect.stringMatching(/^"1\.[\w-]+\.[\w-]+"$/) });
    const read = await server.send('get', String(answer.headers['location'])).expect(200);
    expect(read.body).toMatchObject(bodyOf<object>(answer));
  });

  it('has a network profile before anything is imported', async () => {
    const name = await newCluster({ profile: { clusterDomain: 'corp.example', podCIDRs: ['10.1.0.0/16'] } });
    const answer = await server.send('get', path(name)).expect(200);
    expect(answer.headers['portolan-revision']).toBe('0');
    const { networkProfile } = bodyOf<{
      networkProfile: { values: object; fields: { field: string; value: unknown; provenance: string }[] };
    }>(answer);
    expect(networkProfile).toMatchObject({ revision: 0, values: { clusterDomain: 'corp.example', podCIDRs: ['10.1.0.0/16'] } });
    const byField = Object.fromEntries(networkProfile.fields.map(({ field, value, provenance }) => [field, [value, provenance]]));
    expect(byField).toMatchObject({
      clusterDomain: ['corp.example', 'set'],
      podCIDRs: [['10.1.0.0/16'], 'set'],
      // kubernetes `pkg/apis/core`: the range of node ports that the API server has when nobody sets one
      'proxy.nodePortRange': [{ first: 30000, last: 32767 }, 'defaulted'],
    });
  });

  it.each([
    [{ name: 'Prod' }, 400, 'invalid-request', '/name'],
    [{ name: '-prod' }, 400, 'invalid-request', '/name'],
    [{ name: 'a'.repeat(64) }, 400, 'invalid-request', '/name'],
    [{}, 400, 'invalid-request', '/name'],
    [{ name: 'x', displayname: 'X' }, 400, 'unknown-parameter', '/displayname'],
    [{ name: 'x', profile: [] }, 400, 'invalid-request', '/profile'],
    [{ name: 'x', profile: { clusterDomian: 'a' } }, 422, 'invalid-profile', '/profile/clusterDomian'],
    [{ name: 'x', profile: { podCIDRs: ['10.0.0.0'] } }, 422, 'invalid-profile', '/profile/podCIDRs/0'],
    [{ name: 'x', profile: { cni: { plugin: 'calicoo' } } }, 422, 'invalid-profile', '/profile/cni/plugin'],
  ])('is refused: %j', async (body, status, code, pointer) => {
    const answer = await server.send('post', CLUSTERS).send(body);
    expect([answer.status, refusal(answer).code, refusal(answer).errors?.map((error) => error.pointer)]).toEqual([status, code, [pointer]]);
  });

  it('is refused with the nearest right thing', async () => {
    const answer = await server.send('post', CLUSTERS).send({ name: 'x', profile: { cni: { plugin: 'calicoo' } } });
    expect(refusal(answer).hint).toBe('did you mean `calico`?');
  });

  it('has a name that no other has', async () => {
    const name = await newCluster();
    const answer = await server.send('post', CLUSTERS).send({ name }).expect(409);
    expect(refusal(answer)).toMatchObject({ code: 'cluster-exists', detail: `there already is a cluster \`${name}\`` });
  });

  it('is made once, however often the request is sent with one key', async () => {
    const send = async (name: string) => server.send('post', CLUSTERS).set('idempotency-key', 'make-it').send({ name });
    const first = await send('once');
    const again = await send('once');
    expect([first.status, again.status, again.headers['idempotency-replayed']]).toEqual([201, 201, 'true']);
    expect([again.text, again.headers['location'], again.headers['etag']]).toEqual([
      first.text,
      first.headers['location'],
      first.headers['etag'],
    ]);
    expect(refusal(await send('twice')).code).toBe('idempotency-key-reused');
  });
});

describe('a change', () => {
  it('merges the profile (RFC 7396): what is not named stays, null removes', async () => {
    const name = await newCluster({ profile: { clusterDomain: 'a.example', dns: { ttl: 5, pods: 'verified' } } });
    const answer = await server
      .send('patch', path(name))
      .send({ profile: { dns: { ttl: null, server: 'kube-dns' } } })
      .expect(200);
    expect(bodyOf<Cluster>(answer)).toMatchObject({
      displayName: name,
      profileVersion: 2,
      profile: { clusterDomain: 'a.example', dns: { pods: 'verified', server: 'kube-dns' } },
    });
    const cleared = await server.send('patch', path(name)).send({ profile: null, displayName: 'Cleared' }).expect(200);
    expect(bodyOf<Cluster>(cleared)).toMatchObject({ displayName: 'Cleared', profile: {}, profileVersion: 3 });
  });

  it('keeps null where null says something', async () => {
    const name = await newCluster();
    const answer = await server
      .send('patch', path(name))
      .send({ profile: { dns: { hostResolvConf: null } } })
      .expect(200);
    expect(bodyOf<Cluster>(answer).profile).toEqual({ dns: { hostResolvConf: null } });
  });

  it('is refused whole where a part of it is wrong', async () => {
    const name = await newCluster();
    const answer = await server
      .send('patch', path(name))
      .send({ displayName: 'New', profile: { dns: { tll: null } } })
      .expect(422);
    expect(refusal(answer)).toMatchObject({
      code: 'invalid-profile',
      hint: 'did you mean `ttl`?',
      errors: [{ pointer: '/profile/dns/tll' }],
    });
    expect(bodyOf<Cluster>(await server.send('get', path(name))).displayName).toBe(name);
  });

  it('is made only to what was read', async () => {
    const name = await newCluster();
    const { headers } = await server.send('get', path(name));
    await server.send('patch', path(name)).set('if-match', String(headers['etag'])).send({ displayName: 'One' }).expect(200);
    const late = await server.send('patch', path(name)).set('if-match', String(headers['etag'])).send({ displayName: 'Two' }).expect(412);
    expect(refusal(late)).toMatchObject({ code: 'precondition-failed', current: 2, hint: 'read it again, then change it' });
    await server.send('patch', path(name)).set('if-match', '"2"').send({ displayName: 'Three' }).expect(200);
    await server.send('patch', path(name)).set('if-match', '*').send({ displayName: 'Four' }).expect(200);
    const several = '"9", "4.none" , W/"4", "4"';
    await server.send('patch', path(name)).set('if-match', several).send({ displayName: 'Four' }).expect(200);
    for (const never of ['W/"5"', '"other"', '"5.none"'])
      await server.send('patch', path(name)).set('if-match', never).send({ displayName: 'Five' }).expect(412);
    const nonsense = await server.send('patch', path(name)).set('if-match', 'yesterday').send({ displayName: 'Five' }).expect(400);
    expect(refusal(nonsense).code).toBe('invalid-request');
    expect(bodyOf<Cluster>(await server.send('get', path(name)))).toMatchObject({ displayName: 'Four', profileVersion: 5 });
  });

  // RFC 9110 §8.8.1: another state has another strong validator; §13.1.1: one that is not the current one refuses the request.
  it('is not made to another cluster of the same name and version, nor is it deleted', async () => {
    const name = await newCluster();
    const read = async () => String((await server.send('get', path(name))).headers['etag']);
    const old = await read();
    await server.send('delete', path(name)).expect(204);
    await delay(2); // times have milliseconds
    await server.send('post', '/api/v1/clusters').send({ name }).expect(201);
    const refused = await server.send('patch', path(name)).set('if-match', old).send({ displayName: 'Mine' }).expect(412);
    expect(refusal(refused)).toMatchObject({ code: 'precondition-failed', current: 1, detail: expect.stringContaining('made anew') });
    await server.send('delete', path(name)).set('if-match', old).expect(412);
    await server
      .send('patch', path(name))
      .set('if-match', await read())
      .send({ displayName: 'Mine' })
      .expect(200);
    await server
      .send('delete', path(name))
      .set('if-match', await read())
      .expect(204);
    await server.send('delete', path(name)).set('if-match', old).expect(404);
  });

  it('is made though there is another revision meanwhile, which it does not touch', async () => {
    const name = await newCluster();
    const { headers } = await server.send('get', path(name));
    await server
      .send('put', `${path(name)}/manifests`)
      .set('content-type', 'application/yaml')
      .send('')
      .expect(201);
    const read = await server.send('get', path(name));
    expect(read.headers['etag']).not.toBe(headers['etag']);
    await server.send('patch', path(name)).set('if-match', String(headers['etag'])).send({ displayName: 'One' }).expect(200);
  });

  it('is made to what was read with its network profile', async () => {
    const name = await newCluster();
    const tagOf = async (view: string) => String((await server.send('get', `${path(name)}?view=${view}`)).headers['etag']);
    const [full, summary] = [await tagOf('full'), await tagOf('summary')];
    expect(full).not.toBe(summary);
    await server.send('patch', path(name)).set('if-match', full).send({ displayName: 'New' }).expect(200);
    await server.send('patch', path(name)).set('if-match', full).send({ displayName: 'Newer' }).expect(412);
  });

  it('of one field loses none that others make at the same time', async () => {
    const name = await newCluster();
    const patches = [{ clusterDomain: 'a.example' }, { dns: { ttl: 7 } }, { dns: { pods: 'verified' } }, { proxy: { mode: 'ipvs' } }];
    await Promise.all(patches.map(async (profile) => server.send('patch', path(name)).send({ profile }).expect(200)));
    expect(bodyOf<Cluster>(await server.send('get', path(name)))).toMatchObject({
      profile: { clusterDomain: 'a.example', dns: { ttl: 7, pods: 'verified' }, proxy: { mode: 'ipvs' } },
      profileVersion: 5,
    });
  });
});

describe('reading', () => {
  it('answers 304 to who has it already, until it changes', async () => {
    const name = await newCluster();
    const { headers } = await server.send('get', path(name)).expect(200);
    const has = async () => server.send('get', path(name)).set('if-none-match', String(headers['etag']));
    const known = await has();
    expect([known.status, known.text, known.headers['etag']]).toEqual([304, '', headers['etag']]);
    await importInto(name);
    const news = await has();
    expect([news.status, news.headers['portolan-revision'], bodyOf<Cluster>(news).latestRevision]).toEqual([200, '1', 1]);
  });

  it('leaves the network profile out of a summary', async () => {
    const name = await newCluster();
    expect((await server.send('get', path(name, '?view=summary')).expect(200)).body).not.toHaveProperty('networkProfile');
  });

  it('suggests the cluster that was meant', async () => {
    await newCluster();
    await server.send('post', CLUSTERS).send({ name: 'staging' }).expect(201);
    const answer = await server.send('get', path('stagign')).expect(404);
    expect(refusal(answer)).toMatchObject({ code: 'unknown-cluster', hint: 'did you mean `staging`?' });
  });

  it('of a revision that is not there says which are', async () => {
    const name = await newCluster();
    expect(refusal(await server.send('get', path(name, '?revision=1')).expect(404))).toMatchObject({ code: 'unknown-revision' });
    await importInto(name);
    const answer = await server.send('get', path(name, '?revision=7')).expect(404);
    expect(refusal(answer)).toMatchObject({ code: 'unknown-revision', hint: 'it has revision 1 only' });
  });
});

describe('the list', () => {
  it('comes in pages that hold every cluster once', async () => {
    const names: string[] = [];
    for (let token = ''; ;) {
      const answer = await server.send('get', `${CLUSTERS}?limit=2${token === '' ? '' : `&continue=${token}`}`).expect(200);
      const page = bodyOf<{ items: Cluster[]; continue: string | null; remaining: number }>(answer);
      expect(page.continue === null).toBe(page.remaining === 0);
      names.push(...page.items.map((cluster) => cluster.name));
      if (page.continue === null) break;
      token = page.continue;
    }
    const whole = bodyOf<{ items: Cluster[] }>(await server.send('get', CLUSTERS));
    expect(names).toEqual(whole.items.map((cluster) => cluster.name));
    expect(names).toEqual([...names].sort());
  });

  it.each([
    ['limit=5000', 'limit-too-large', '/limit'],
    ['limit=0', 'invalid-request', '/limit'],
    ['limit=many', 'invalid-request', '/limit'],
    ['continue=bogus', 'invalid-request', '/continue'],
    ['limt=5', 'unknown-parameter', '/limt'],
  ])('refuses %s', async (query, code, pointer) => {
    const answer = await server.send('get', `${CLUSTERS}?${query}`).expect(400);
    expect([refusal(answer).code, refusal(answer).errors?.map((error) => error.pointer)]).toEqual([code, [pointer]]);
  });

  it('names the longest page', async () => {
    expect((await server.send('get', `${CLUSTERS}?limit=1001`)).body).toMatchObject({
      detail: '`limit` is at most 1000, not 1001',
      maximum: 1000,
    });
  });
});

describe('access', () => {
  it('a token sees, and is told of, its own clusters only', async () => {
    const [own, other] = [await newCluster(), await newCluster()];
    const token = await server.issue('editor', [own, 'to-be-made']);
    const list = bodyOf<{ items: Cluster[] }>(await server.send('get', CLUSTERS, token));
    expect(list.items.map((cluster) => cluster.name)).toEqual([own]);
    await server.send('get', path(own), token).expect(200);
    await server.send('get', path(other), token).expect(403);
    await server.send('get', path('nowhere'), token).expect(403);
    await server.send('post', CLUSTERS, token).send({ name: 'of-somebody-else' }).expect(403);
    await server.send('post', CLUSTERS, token).send({ name: 'to-be-made' }).expect(201);
  });

  it('viewers read, editors write, administrators delete', async () => {
    const name = await newCluster();
    const [viewer, editor] = [await server.issue('viewer'), await server.issue('editor')];
    await server.send('get', path(name), viewer).expect(200);
    await server.send('patch', path(name), viewer).send({ displayName: 'x' }).expect(403);
    await server.send('patch', path(name), editor).send({ displayName: 'x' }).expect(200);
    await server.send('delete', path(name), editor).expect(403);
    await server.send('get', path(name), null).expect(401);
    const gone = await server.send('delete', path(name)).expect(204);
    expect(gone.text).toBe('');
    await server.send('get', path(name)).expect(404);
    await server.send('delete', path(name)).expect(404);
  });

  it('a cluster that is made again has nothing of the one before', async () => {
    const name = await newCluster();
    await importInto(name);
    await server.send('delete', path(name)).expect(204);
    await server.send('post', CLUSTERS).send({ name }).expect(201);
    expect(bodyOf<Cluster>(await server.send('get', path(name))).latestRevision).toBe(0);
  });
});
