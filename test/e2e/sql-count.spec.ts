import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordStatements } from '../support/recorded-statements.js';
import { bodyOf, startServer, type TestServer } from './support/server.js';

const FEW = 2;
const MANY = 60;

/** A cluster with as many of everything as there are rows: each pod on a node of its own, behind a service, an ingress and a policy of its own. */
function cluster(rows: number): string {
  const names = Array.from({ length: rows }, (_, index) => `x${index}`);
  return names
    .flatMap((name, index) => [
      `{apiVersion: v1, kind: Node, metadata: {name: node-${name}}}`,
      `{apiVersion: v1, kind: Namespace, metadata: {name: ns-${name}}}`,
      `{apiVersion: v1, kind: Pod, metadata: {name: ${name}, namespace: ns-${name}, labels: {app: ${name}}}, spec: {nodeName: node-${name}, containers: [{name: c, image: i}]}, status: {phase: Running, podIP: 10.0.0.${index + 1}}}`,
      `{apiVersion: v1, kind: Service, metadata: {name: ${name}, namespace: ns-${name}}, spec: {selector: {app: ${name}}, ports: [{port: 80}]}}`,
      `{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: ${name}, namespace: ns-${name}}, spec: {defaultBackend: {service: {name: ${name}, port: {number: 80}}}}}`,
      `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: ${name}, namespace: ns-${name}}, spec: {podSelector: {}}}`,
    ])
    .join('\n---\n');
}

/** Documents, and the list in each whose rows are many or few. */
const DOCUMENTS: Readonly<Record<string, string>> = {
  'pods with all they belong to':
    'pods(first: 1000) { nodes { id name node { name pods { nodes { name } } } workload { name pods { nodes { name } } } services { nodes { name ingresses { nodes { name } } } } networkPolicies { nodes { name } } } }',
  'services with all that stands behind them':
    'services(first: 1000) { nodes { name pods { nodes { name node { name } } } workloads { nodes { name } } endpointSlices { nodes { name service { name } } } ingresses { nodes { name services { nodes { name } } } } } }',
  'namespaces with all that is in them':
    'namespaces(first: 1000) { nodes { name pods { nodes { name node { name } } } workloads { nodes { name } } services { nodes { name } } ingresses { nodes { name } } networkPolicies { nodes { name pods { nodes { name } } } } } }',
  'nodes with their pods': 'nodes(first: 1000) { nodes { name pods { nodes { name workload { name } } } } }',
  objects: 'objects(first: 1000) { nodes { id kind name manifest } }',
  'what a write changed': 'diff(first: 1000) { nodes { name changes { pointer } } }',
};

interface Rows {
  readonly data: Readonly<Record<string, Readonly<Record<string, { readonly nodes: readonly unknown[] }>>>>;
  readonly errors?: unknown;
}

interface PoolsAnswer {
  readonly data: {
    readonly cluster: {
      readonly ipPools: {
        readonly result: {
          readonly pools: readonly {
            readonly blocks: readonly {
              readonly node: string;
              readonly allocations: { readonly nodes: readonly { readonly identifier: string }[] };
            }[];
          }[];
        };
      };
    };
  };
}

describe('the number of SQL statements does not grow with the rows', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ PORTOLAN_GRAPHQL_MAX_COST: '10000000', PORTOLAN_DEMO: '0' });
    for (const rows of [FEW, MANY]) {
      await server
        .send('post', '/api/v1/clusters')
        .send({ name: `rows-${rows}` })
        .expect(201);
      await server
        .send('post', `/api/v1/clusters/rows-${rows}/snapshots`)
        .set('content-type', 'application/yaml')
        .send(cluster(rows))
        .expect(201);
    }
  });
  afterAll(() => server.stop());

  /** Statements that an operation sends, and its answer. */
  async function run(query: string): Promise<{ readonly statements: readonly string[]; readonly answer: Rows }> {
    let answer: Rows | undefined;
    const statements = await recordStatements(async () => {
      answer = bodyOf<Rows>(await server.send('post', '/graphql').send({ query }));
    });
    expect(answer?.errors).toBeUndefined();
    return { statements: statements.filter((text) => !/^(?:SELECT 1$|LISTEN)/.test(text)), answer: answer! };
  }

  /** The run with the fewest statements of three: what the server does beside it, such as preparing the model of a new revision or ending leases, only ever adds some. */
  async function quietest(query: string): Promise<Awaited<ReturnType<typeof run>>> {
    const runs = [await run(query), await run(query), await run(query)];
    return runs.reduce((least, one) => (one.statements.length < least.statements.length ? one : least));
  }

  it.each(Object.entries(DOCUMENTS))('%s', async (_, fields) => {
    const counts: number[] = [];
    const rows: number[] = [];
    for (const size of [FEW, MANY]) {
      const query = `{ cluster(name: "rows-${size}") { ${fields} } }`;
      await run(query); // compiles the model, and the document
      const { statements, answer } = await run(query);
      counts.push(statements.length);
      rows.push(Object.values(answer.data['cluster']!)[0]!.nodes.length);
    }
    expect(rows[1]! - rows[0]!).toBeGreaterThanOrEqual(MANY - FEW);
    expect(counts[1]).toBe(counts[0]);
  });

  it('also where the model has to be compiled first', async () => {
    const counts: number[] = [];
    for (const size of [FEW, MANY]) {
      const query = `{ cluster(name: "rows-${size}") { ${DOCUMENTS['pods with all they belong to']} } }`;
      const runs: number[] = [];
      // The notice of the change may arrive before the question or behind it, and is then looked up: the quietest of three counts.
      for (const domain of ['one.local', 'two.local', 'three.local']) {
        // A changed profile makes every compiled model another one.
        await server
          .send('patch', `/api/v1/clusters/rows-${size}`)
          .send({ profile: { clusterDomain: domain } })
          .expect(200);
        runs.push((await run(query)).statements.length);
      }
      counts.push(Math.min(...runs));
    }
    expect(counts[0]).toBeGreaterThan(0);
    expect(counts[1]).toBe(counts[0]);
  });

  it('revisions, their tags and reports', async () => {
    const write = async (times: number) => {
      for (let time = 0; time < times; time++)
        await server
          .send('put', `/api/v1/clusters/rows-${FEW}/manifests`)
          .set('content-type', 'application/yaml')
          .send(`{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: n}}`)
          .expect(201);
    };
    const query = `{ cluster(name: "rows-${FEW}") { revisions(first: 1000) { nodes { number tags report { documents } } } } }`;
    await write(1);
    const few = await quietest(query);
    await write(20);
    const many = await quietest(query);
    expect([few, many].map(({ answer }) => answer.data['cluster']!['revisions']!.nodes.length)).toEqual([2, 22]);
    expect(many.statements.length).toBe(few.statements.length);
  });

  it('clusters, their newest revisions and tags', async () => {
    const query = '{ clusters { nodes { name latestRevision revisionDetail { author statistics { objects } } tags { name } } } }';
    await run(query);
    const few = await quietest(query);
    for (let index = 0; index < 10; index++) {
      await server
        .send('post', '/api/v1/clusters')
        .send({ name: `more-${index}` })
        .expect(201);
      await server.send('post', `/api/v1/clusters/more-${index}/snapshots`).set('content-type', 'application/yaml').send('').expect(201);
    }
    await run(query);
    const many = await quietest(query);
    const size = ({ answer }: { readonly answer: Rows }) =>
      (answer.data['clusters'] as unknown as { nodes: readonly unknown[] }).nodes.length;
    expect([size(few), size(many)]).toEqual([2, 12]);
    expect(many.statements.length).toBe(few.statements.length);
  });

  it('blocks of pools, and what was handed out of them', async () => {
    const counts: number[] = [];
    for (const size of [FEW, MANY]) {
      const indexes = Array.from({ length: size }, (_, index) => index);
      const nodes = indexes.map(
        (index) => `{apiVersion: v1, kind: Node, metadata: {name: n${index}}, spec: {podCIDR: 10.244.${index}.0/24}}`,
      );
      await server
        .send('post', '/api/v1/clusters')
        .send({ name: `blocks-${size}`, profile: { podCIDRs: ['10.244.0.0/16'] } })
        .expect(201);
      const path = `/api/v1/clusters/blocks-${size}`;
      await server.send('post', `${path}/snapshots`).set('content-type', 'application/yaml').send(nodes.join('\n---\n')).expect(201);
      const items = indexes.flatMap((index) =>
        [1, 2].map((host) => ({ identifier: `${index}.${host}`, address: `10.244.${index}.10${host}` })),
      );
      await server.send('post', `${path}/ip-pools/pods.10.244.0.0_16/allocations`).send({ items }).expect(201);
      const query = `{ cluster(name: "blocks-${size}") { ipPools(plane: pod, blocks: true) { result { pools { blocks { node allocations(first: 10) { nodes { identifier } } } } } } } }`;
      await run(query);
      const { statements, answer } = await run(query);
      const [pool] = (answer as unknown as PoolsAnswer).data.cluster.ipPools.result.pools;
      expect(
        Object.fromEntries(pool!.blocks.map(({ node, allocations }) => [node, allocations.nodes.map(({ identifier }) => identifier)])),
      ).toEqual(Object.fromEntries(indexes.map((index) => [`n${index}`, [`${index}.1`, `${index}.2`]])));
      counts.push(statements.length);
    }
    expect(counts[1]).toBe(counts[0]);
  });
});
