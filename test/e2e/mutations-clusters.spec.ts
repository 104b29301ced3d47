import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyOf, startServer, type TestServer } from './support/server.js';

type Member = Readonly<Record<string, unknown>>;
interface Answer {
  readonly data: Readonly<Record<string, Member | null>> | null;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

const service = (name: string) =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: shop}\nspec: {ports: [{port: 80}]}\n`;
const PROBLEM = '__typename ... on Problem { code status detail hint errors { pointer code message } extra }';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const send = async (query: string, variables: object = {}, token?: string) =>
  bodyOf<Answer>(await server.send('post', '/graphql', token).send({ query, variables }));
/** One mutation, and the member of its union that it answered with. */
async function mutate(
  field: string,
  selection: string,
  variables: Readonly<Record<string, readonly [type: string, value: unknown]>> = {},
): Promise<Member> {
  const declared = Object.entries(variables).map(([name, [type]]) => `$${name}: ${type}`);
  const values = Object.fromEntries(Object.entries(variables).map(([name, [, value]]) => [name, value]));
  const { data, errors } = await send(
    `mutation M${declared.length > 0 ? `(${declared.join(', ')})` : ''} { it: ${field} { ${PROBLEM} ${selection} } }`,
    values,
  );
  expect(errors).toBeUndefined();
  return data!['it']!;
}

describe('mutations of clusters', () => {
  it('create, change and delete', async () => {
    const created = await mutate(
      'createCluster(input: {name: "prod", profile: {cni: {plugin: "calico"}}})',
      '... on ClusterCreated { cluster { name displayName revision profile profileVersion } }',
    );
    expect(created).toMatchObject({
      __typename: 'ClusterCreated',
      cluster: { name: 'prod', displayName: 'prod', revision: 0, profile: { cni: { plugin: 'calico' } }, profileVersion: 1 },
    });
    const changed = await mutate(
      'updateCluster(name: "prod", input: {displayName: "Production"}, ifMatch: 1)',
      '... on ClusterUpdated { cluster { displayName profile profileVersion } }',
    );
    expect(changed['cluster']).toEqual({ displayName: 'Production', profile: { cni: { plugin: 'calico' } }, profileVersion: 2 });
    const cleared = await mutate(
      'updateCluster(name: "prod", input: {profile: null})',
      '... on ClusterUpdated { cluster { displayName profile } }',
    );
    expect(cleared['cluster']).toEqual({ displayName: 'Production', profile: {} });
    expect(await mutate('deleteCluster(name: "prod")', '... on ClusterDeleted { name }')).toEqual({
      __typename: 'ClusterDeleted',
      name: 'prod',
    });
    expect(await mutate('deleteCluster(name: "prod")', '')).toMatchObject({
      __typename: 'UnknownClusterProblem',
      code: 'unknown-cluster',
      status: 404,
    });
  });

  /** The same write over both doors, which both refuse. */
  it.each([
    ['createCluster(input: {name: "Prod"})', 'post', '/api/v1/clusters', { name: 'Prod' }, 'InvalidRequestProblem'],
    [
      'createCluster(input: {name: "p", profile: {cnii: {}}})',
      'post',
      '/api/v1/clusters',
      { name: 'p', profile: { cnii: {} } },
      'InvalidProfileProblem',
    ],
    ['createCluster(input: {name: "twice"})', 'post', '/api/v1/clusters', { name: 'twice' }, 'ClusterExistsProblem'],
    [
      'updateCluster(name: "nowhere", input: {displayName: "x"})',
      'patch',
      '/api/v1/clusters/nowhere',
      { displayName: 'x' },
      'UnknownClusterProblem',
    ],
    [
      'updateCluster(name: "twice", input: {profile: {cni: {plugin: 1}}})',
      'patch',
      '/api/v1/clusters/twice',
      { profile: { cni: { plugin: 1 } } },
      'InvalidProfileProblem',
    ],
    [
      'setTag(cluster: "twice", name: "Latest!", revision: "1")',
      'put',
      '/api/v1/clusters/twice/tags/Latest!',
      { revision: '1' },
      'InvalidRequestProblem',
    ],
    [
      'setTag(cluster: "twice", name: "good", revision: "9")',
      'put',
      '/api/v1/clusters/twice/tags/good',
      { revision: '9' },
      'UnknownRevisionProblem',
    ],
    ['deleteTag(cluster: "twice", name: "none")', 'delete', '/api/v1/clusters/twice/tags/none', undefined, 'UnknownTagProblem'],
    [
      'restoreRevision(cluster: "twice", revision: "9")',
      'post',
      '/api/v1/clusters/twice/revisions/9/actions/restore',
      undefined,
      'UnknownRevisionProblem',
    ],
  ] as const)('refuse as REST does: %s', async (field, verb, path, body, type) => {
    await server.send('post', '/api/v1/clusters').send({ name: 'twice' });
    const { __typename, extra: _, hint, errors, ...rest } = await mutate(field, '');
    const sent = server.send(verb, path);
    const document = bodyOf<Member>(body === undefined ? await sent : await sent.send(body));
    expect(__typename).toBe(type);
    expect({ ...rest, hint: hint ?? undefined }).toEqual({
      code: document['code'],
      status: document['status'],
      detail: document['detail'],
      hint: document['hint'],
    });
    const pointers = (list: unknown) =>
      ((list ?? []) as readonly { pointer: string }[]).map(({ pointer }) => pointer.replace(/^\/input/, ''));
    expect(pointers(errors)).toEqual(pointers(document['errors']));
  });

  it('tag, and restore what is tagged', async () => {
    await mutate('createCluster(input: {name: "tagged"})', '');
    await mutate('importSnapshot(cluster: "tagged", manifests: $text)', '', { text: ['String!', service('a')] });
    expect(
      await mutate('setTag(cluster: "tagged", name: "good", revision: "latest")', '... on TagSet { tag { name revision } }'),
    ).toMatchObject({ tag: { name: 'good', revision: 1 } });
    await mutate('importSnapshot(cluster: "tagged", manifests: $text)', '', { text: ['String!', service('b')] });
    const stale = await mutate('restoreRevision(cluster: "tagged", revision: "good", ifMatch: 1)', '');
    expect(stale).toMatchObject({ __typename: 'PreconditionFailedProblem', status: 412 });
    const restored = await mutate(
      'restoreRevision(cluster: "tagged", revision: "good", message: "back")',
      '... on RevisionRestored { revision { number mode message author statistics { objects } report { documents } } }',
    );
    expect(restored['revision']).toEqual({
      number: 3,
      mode: 'restore',
      message: 'back',
      author: 'bootstrap',
      statistics: { objects: 1 },
      report: null,
    });
    const { data } = await send('{ cluster(name: "tagged") { services { nodes { name } } tags { name revision } } }');
    expect(data).toEqual({ cluster: { services: { nodes: [{ name: 'a' }] }, tags: [{ name: 'good', revision: 1 }] } });
    expect(await mutate('deleteTag(cluster: "tagged", name: "good")', '... on TagDeleted { name }')).toMatchObject({ name: 'good' });
  });

  it('import, add, remove, and say what became of each document', async () => {
    await mutate('createCluster(input: {name: "imported"})', '');
    const run = async (field: string, text: string, options?: object) =>
      mutate(
        `${field}(cluster: "imported", manifests: $text, options: $options)`,
        '... on ManifestsImported { revision { number source message } report { objects totals { understood invalid } entries { understanding line object { kind name } findings { code line } } notFound { kind namespace name } } }',
        { text: ['String!', text], options: ['ImportOptions', options ?? null] },
      );
    expect(await run('importSnapshot', `${service('a')}---\nkind: [Service\n`, { source: 'team', message: 'first' })).toMatchObject({
      __typename: 'ManifestsImported',
      revision: { number: 1, source: 'team', message: 'first' },
      report: {
        objects: 1,
        totals: { understood: 1, invalid: 1 },
        entries: [{ understanding: 'invalid', object: null, findings: [{ code: 'syntax-error' }] }],
      },
    });
    expect(await run('applyManifests', service('b'), { validateOnly: true })).toMatchObject({ revision: null, report: { objects: 1 } });
    expect(await run('applyManifests', service('b'))).toMatchObject({ revision: { number: 2 } });
    expect(await run('deleteManifests', `${service('b')}---\n${service('x')}`)).toMatchObject({
      revision: { number: 3 },
      report: { notFound: [{ kind: 'Service', namespace: 'shop', name: 'x' }] },
    });
    expect(await run('applyManifests', 'kind: [Service\n', { atomic: true })).toMatchObject({
      __typename: 'ImportRejectedProblem',
      status: 422,
    });
    expect(await run('applyManifests', service('c'), { ifMatch: 1 })).toMatchObject({
      __typename: 'PreconditionFailedProblem',
      extra: { current: 3 },
    });
    expect(await run('applyManifests', service('c'), { source: '' })).toMatchObject({
      __typename: 'InvalidRequestProblem',
      errors: [{ pointer: '/options/source' }],
    });
    const { data } = await send('{ cluster(name: "imported") { revision services { nodes { name } } } }');
    expect(data).toEqual({ cluster: { revision: 3, services: { nodes: [{ name: 'a' }] } } });
  });

  it.each([
    ['createCluster(input: {name: "new"})', 'viewer', null, 'insufficient-role'],
    ['createCluster(input: {name: "new"})', 'editor', ['other'], 'insufficient-role'],
    ['updateCluster(name: "imported", input: {})', 'editor', ['other'], 'insufficient-role'],
    ['deleteCluster(name: "imported")', 'editor', null, 'insufficient-role'],
    ['setTag(cluster: "imported", name: "t", revision: "1")', 'viewer', null, 'insufficient-role'],
    ['importSnapshot(cluster: "imported", manifests: "")', 'editor', ['other'], 'insufficient-role'],
    ['restoreRevision(cluster: "imported", revision: "1")', 'viewer', null, 'insufficient-role'],
  ] as const)('are refused to who may not: %s as %s of %j', async (field, role, clusters, code) => {
    const { data, errors } = await send(`mutation { it: ${field} { __typename } }`, {}, await server.issue(role, clusters));
    expect([data, errors?.map(({ extensions }) => extensions.code)]).toEqual([{ it: null }, [code]]);
  });
});
