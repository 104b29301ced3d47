import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GraphQLObjectType, type GraphQLSchema, getNamedType, isLeafType, isObjectType } from 'graphql';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { NOUNS } from '../../src/api/objects/nouns.js';
import { compareText } from '../../src/core/kernel/compare.js';
import { loadDemoFleet } from '../../src/load-demo-fleet.js';
import { asRest } from './support/select-everything.js';
import { bodyOf, startServer, type TestServer } from './support/server.js';

interface Answer<T = Readonly<Record<string, unknown>>> {
  readonly data: T | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string; readonly hint?: string } }[];
}

interface Page {
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string; readonly name: string } }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string;
    readonly endCursor: string;
  };
  readonly remaining: number | null;
}

const PAGE = 'edges { cursor node { id name } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } remaining';
const SMALL = `
apiVersion: v1
kind: Node
metadata: {name: n1}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {nodeName: n1, containers: [{name: c, image: i, ports: [{containerPort: 8080}]}]}
status: {phase: Running, podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}], conditions: [{type: Ready, status: 'True'}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: front, namespace: shop}
spec: {rules: [{host: a.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: only-web, namespace: shop}
spec: {podSelector: {matchLabels: {app: web}}}
`;

let server: TestServer;
let schema: GraphQLSchema;
beforeAll(async () => {
  server = await startServer({ PORTOLAN_GRAPHQL_MAX_COST: '1000000' });
  await loadDemoFleet(server.app, 'demo');
  ({ schema } = server.app.get(GraphQLSchemaHost, { strict: false }));
  for (const [name, text] of [['small', SMALL]]) {
    await server.send('post', '/api/v1/clusters').send({ name }).expect(201);
    await server.send('post', `/api/v1/clusters/${name}/snapshots`).set('content-type', 'application/yaml').send(text).expect(201);
  }
});
afterAll(() => server.stop());

const send = async <T>(query: string, variables: object = {}, token?: string) =>
  bodyOf<Answer<T>>(await server.send('post', '/graphql', token).send({ query, variables }));
const ask = async <T>(query: string, variables: object = {}, token?: string): Promise<T> => {
  const { data, errors } = await send<T>(query, variables, token);
  expect(errors).toBeUndefined();
  return data!;
};
const codeOf = ({ errors }: Answer) => errors?.map(({ extensions }) => extensions.code);

describe('the nouns of a cluster', () => {
  it('lead to one another', async () => {
    const { cluster } = await ask<{ cluster: object }>(`{ cluster(name: "small") {
      pod(namespace: "shop", name: "web-1") {
        nodeName { value provenance } node { name podCount pods { nodes { name } } }
        workload { kind name podNames pods { nodes { name } } }
        services { nodes { name endpoints { source ready notReady } pods { nodes { name } } workloads { nodes { kind name } } ingresses { nodes { name } } endpointSlices { nodes { serviceName service { name } } } } }
        networkPolicies { nodes { name podCount pods { nodes { name } } } }
      }
      namespace(name: "shop") {
        podCount pods { nodes { name } } workloads { nodes { name } } services { nodes { name } } ingresses { nodes { name } } networkPolicies { nodes { name } }
      }
      ingress(namespace: "shop", name: "front") { services { nodes { name } } }
    } }`);
    const nodes = (...names: readonly string[]) => ({ nodes: names.map((name) => ({ name })) });
    expect(cluster).toMatchObject({
      pod: {
        nodeName: { value: 'n1', provenance: 'observed' },
        node: { name: 'n1', podCount: 1, pods: nodes('web-1') },
        workload: { kind: 'Pod', name: 'web-1', podNames: ['web-1'], pods: nodes('web-1') },
        services: {
          nodes: [
            {
              name: 'web',
              endpoints: { source: 'derived', ready: 1, notReady: 0 },
              pods: nodes('web-1'),
              workloads: { nodes: [{ kind: 'Pod', name: 'web-1' }] },
              ingresses: nodes('front'),
              endpointSlices: { nodes: [{ serviceName: 'web', service: { name: 'web' } }] },
            },
          ],
        },
        networkPolicies: { nodes: [{ name: 'only-web', podCount: 1, pods: nodes('web-1') }] },
      },
      namespace: {
        podCount: 1,
        pods: nodes('web-1'),
        workloads: nodes('web-1'),
        services: nodes('web'),
        ingresses: nodes('front'),
        networkPolicies: nodes('only-web'),
      },
      ingress: { services: nodes('web') },
    });
  });

  it('lead from Gateways to routes and services, and back', async () => {
    // demo/fjord/cluster.yaml: HTTPRoutes on the Gateway tides/quay
    const { cluster } = await ask<{ cluster: object }>(`{ cluster(name: "fjord") {
      gateway(namespace: "tides", name: "quay") { className controllerName routes { nodes { kind name gateways { nodes { name } } services { nodes { name routes { nodes { name } } } } } } }
      gatewayRoute(kind: "httproute", namespace: "tides", name: "forecast") { kind name }
    } }`);
    const nodes = (...found: readonly object[]) => ({ nodes: found });
    const forecast = { name: 'forecast', routes: nodes({ name: 'forecast' }) };
    expect(cluster).toMatchObject({
      gateway: {
        className: 'cilium',
        controllerName: 'io.cilium/gateway-controller',
        routes: nodes({
          kind: 'HTTPRoute',
          name: 'forecast',
          gateways: nodes({ name: 'quay' }),
          services: nodes(forecast, { name: 'forecast-next' }),
        }),
      },
      gatewayRoute: { kind: 'HTTPRoute', name: 'forecast' },
    });
  });

  it('that are not there have their own problem, with what was meant', async () => {
    const answer = await send('{ cluster(name: "small") { pod(namespace: "shop", name: "web-2") { name } } }');
    expect(answer.errors).toMatchObject([
      { message: 'there is no pod `shop/web-2`', extensions: { code: 'unknown-pod', hint: 'did you mean `shop/web-1`?' } },
    ]);
  });

  /** The names of a view that GraphQL gives another meaning, and what it calls them. */
  const RENAMED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    Namespace: { pods: 'podCount' },
    ClusterNode: { pods: 'podCount' },
    NetworkPolicy: { pods: 'podCount' },
    Workload: { pods: 'podNames' },
    Pod: { node: 'nodeName' },
    EndpointSlice: { service: 'serviceName' },
  };
  const own = (type: GraphQLObjectType, names: readonly string[], renamed: Readonly<Record<string, string>>): string =>
    names.map((name) => selected(type, renamed[name] ?? name, name)).join(' ');
  const selected = (type: GraphQLObjectType, field: string, name: string): string => {
    const named = getNamedType(type.getFields()[field]!.type);
    const inner = isObjectType(named) ? ` { ${leavesOf(named)} }` : '';
    return `${field === name ? '' : `${name}: `}${field}${inner}`;
  };
  const leavesOf = (type: GraphQLObjectType): string => {
    const isNode = type.getInterfaces().some(({ name }) => name === 'Node');
    if (isNode) return 'kind namespace name'; // whose: REST names it, GraphQL leads to it
    return Object.values(type.getFields())
      .map((field) => (isLeafType(getNamedType(field.type)) ? field.name : selected(type, field.name, field.name)))
      .join(' ');
  };

  it.each(Object.entries(NOUNS))('are the same as over REST: %s', async (typeName, { noun, view }) => {
    const type = schema.getType(typeName) as GraphQLObjectType;
    const names = Object.keys((view as unknown as { readonly shape: object }).shape);
    const field = noun.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    let count = 0;
    for (const cluster of ['harbor', 'fjord', 'atoll', 'heritage']) {
      const rest = bodyOf<{ items: readonly object[] }>(
        await server.send('get', `/api/v1/clusters/${cluster}/${noun}?limit=1000`).expect(200),
      );
      const selection = own(type, names, RENAMED[typeName] ?? {});
      const data = await ask<{ cluster: Readonly<Record<string, { nodes: readonly object[] }>> }>(
        `{ cluster(name: "${cluster}") { ${field}(first: 1000) { nodes { ${selection} } } } }`,
      );
      const nodes = data.cluster[field]!.nodes.map((node) =>
        spelled(type, node as Readonly<Record<string, unknown>>, RENAMED[typeName] ?? {}),
      );
      expect(nodes).toEqual(rest.items);
      count += nodes.length;
    }
    expect(count).toBeGreaterThan(0);
  });
  /** Enum values as REST spells them. */
  const spelled = (type: GraphQLObjectType, node: Readonly<Record<string, unknown>>, renamed: Readonly<Record<string, string>>): object =>
    Object.fromEntries(
      Object.entries(node).map(([name, value]) => {
        const fieldType = type.getFields()[renamed[name] ?? name]!.type;
        const named = getNamedType(fieldType);
        const leads = isObjectType(named) && named.getInterfaces().length > 0;
        return [name, leads ? value : asRest(schema, fieldType, value)];
      }),
    );
});

describe('stored objects', () => {
  it('are the same as over REST, and so is their history', async () => {
    interface Sent {
      readonly items: readonly Readonly<Record<string, unknown>>[];
    }
    const nullable = (value: unknown) => (value === '' ? null : value);
    const rest = bodyOf<Sent>(await server.send('get', '/api/v1/clusters/harbor/objects?limit=1000').expect(200)).items;
    const { cluster } = await ask<{ cluster: { objects: { nodes: readonly object[] } } }>(
      '{ cluster(name: "harbor") { objects(first: 1000) { nodes { group kind namespace name source object: manifest } } } }',
    );
    expect(cluster.objects.nodes).toEqual(
      rest.map(({ namespace, source, ...same }) => ({ ...same, namespace: nullable(namespace), source: nullable(source) })),
    );
    expect(rest.length).toBeGreaterThan(50);
  });
});

describe('connections', () => {
  const pods = async (args: string) =>
    (await ask<{ cluster: { pods: Page } }>(`{ cluster(name: "harbor") { pods${args === '' ? '' : `(${args})`} { ${PAGE} } } }`)).cluster
      .pods;

  it('show all of a list in pages, each item once, from any cursor on (Relay, GraphQL Cursor Connections)', async () => {
    const all = await pods('first: 1000');
    expect([all.pageInfo.hasNextPage, all.pageInfo.hasPreviousPage, all.remaining]).toEqual([false, false, 0]);
    expect(all.edges.length).toBeGreaterThan(10);
    const seen: string[] = [];
    for (let page = await pods('first: 3'); ; page = await pods(`first: 3, after: "${page.pageInfo.endCursor}"`)) {
      seen.push(...page.edges.map(({ node }) => node.id));
      expect(page.pageInfo.startCursor).toBe(page.edges[0]?.cursor);
      expect(page.remaining).toBe(all.edges.length - seen.length);
      if (!page.pageInfo.hasNextPage) break;
    }
    expect(seen).toEqual(all.edges.map(({ node }) => node.id));
    const fromTheMiddle = await pods(`first: 2, after: "${all.edges[4]!.cursor}"`);
    expect(fromTheMiddle.edges.map(({ node }) => node.id)).toEqual(seen.slice(5, 7));
  });

  it.each([
    ['namespaces', 'cluster(name: "harbor") { namespace(name: "shop") { it: pods'],
    ['services', 'cluster(name: "harbor") { namespace(name: "shop") { it: services'],
  ])('below an item page in the same way: %s', async (_, path) => {
    const page = async (args: string) =>
      (await ask<{ cluster: { namespace: { it: Page } } }>(`{ ${path}(${args}) { ${PAGE} } } } }`)).cluster.namespace.it;
    const all = await page('first: 100');
    const first = await page('first: 2');
    const rest = await page(`first: 100, after: "${first.pageInfo.endCursor}"`);
    expect([...first.edges, ...rest.edges]).toEqual(all.edges);
    expect([first.pageInfo.hasNextPage, rest.pageInfo.hasNextPage, rest.pageInfo.hasPreviousPage]).toEqual([true, false, true]);
  });

  it('select and sort as REST does', async () => {
    const names = async (args: string) => (await pods(args)).edges.map(({ node }) => node.name);
    const web = await names('first: 1000, labelSelector: "app=web", namespace: "shop"');
    expect(web.length).toBeGreaterThan(0);
    const rest = bodyOf<{ items: readonly { name: string }[] }>(
      await server.send('get', '/api/v1/clusters/harbor/pods?namespace=shop&labelSelector=app%3Dweb'),
    );
    expect(web).toEqual(rest.items.map(({ name }) => name));
    const descending = await names('first: 1000, sort: "-name"');
    expect(descending).toEqual(descending.toSorted(compareText).toReversed());
  });

  it('of clusters, revisions and objects page, too', async () => {
    const first = await ask<{ clusters: Page }>(`{ clusters(first: 2) { ${PAGE} } }`);
    const rest = await ask<{ clusters: Page }>(`{ clusters(after: "${first.clusters.pageInfo.endCursor}") { ${PAGE} } }`);
    expect([...first.clusters.edges, ...rest.clusters.edges].map(({ node }) => node.name)).toEqual([
      'atoll',
      'fjord',
      'harbor',
      'heritage',
      'small',
    ]);
    const objects = async (args: string) =>
      (await ask<{ cluster: { objects: Page } }>(`{ cluster(name: "small") { objects(${args}) { ${PAGE} } } }`)).cluster.objects;
    const some = await objects('first: 2');
    const others = await objects(`after: "${some.pageInfo.endCursor}"`);
    expect([...some.edges, ...others.edges].map(({ node }) => node.name)).toEqual(['front', 'only-web', 'n1', 'web-1', 'web']);
  });

  it.each([
    ['cluster(name: "small") { pods(first: 1001) { remaining } }', 'limit-too-large', '`first` is at most 1000, not 1001'],
    [
      'cluster(name: "small") { namespace(name: "shop") { pods(first: 1001) { remaining } } }',
      'limit-too-large',
      '`first` is at most 1000, not 1001',
    ],
    [
      'cluster(name: "small") { revisions(first: 1001) { pageInfo { endCursor } } }',
      'limit-too-large',
      '`first` is at most 1000, not 1001',
    ],
    ['clusters(first: 1001) { remaining }', 'limit-too-large', '`first` is at most 1000, not 1001'],
    ['cluster(name: "small") { pods(first: 0) { remaining } }', 'invalid-request', '`first`: expected at least 1, got `0`'],
    ['cluster(name: "small") { pods(after: "x") { remaining } }', 'invalid-request', '`after` is no cursor of a list: `x`'],
    [
      'cluster(name: "small") { namespace(name: "shop") { pods(after: "x") { remaining } } }',
      'invalid-request',
      '`after` names no item of this list: `x`',
    ],
    ['cluster(name: "small") { pods(namespace: "shp") { remaining } }', 'unknown-namespace', 'there is no namespace `shp`'],
    ['cluster(name: "small") { pods(sort: "age") { remaining } }', 'invalid-request', '`sort`: the list is not sorted by `age`'],
  ])('refuse what they cannot do: %s', async (query, code, message) => {
    expect((await send(`{ ${query} }`)).errors).toMatchObject([{ message, extensions: { code } }]);
  });

  it('cost as much as they may show', async () => {
    const cost = async (query: string, variables: object = {}) => {
      const { body } = await server.send('post', '/graphql').send({ query, variables });
      return bodyOf<{ extensions: { cost: { requested: number } } }>({ body }).extensions.cost.requested;
    };
    const inner = 'nodes { name namespace }'; // 3 points a pod
    expect(await cost(`{ cluster(name: "small") { pods(first: 10) { ${inner} } } }`)).toBe(2 + 10 * 3);
    expect(await cost(`{ cluster(name: "small") { pods { ${inner} } } }`)).toBe(2 + 50 * 3);
    expect(await cost(`query Q($n: Int) { cluster(name: "small") { pods(first: $n) { ${inner} } } }`, { n: 20 })).toBe(2 + 20 * 3);
    expect(await cost(`{ cluster(name: "small") { nodes(first: 5) { nodes { pods(first: 10) { ${inner} } } } } }`)).toBe(
      2 + 5 * (1 + 1 + 10 * 3),
    );
  });
});

describe('one document', () => {
  it('asks of two revisions, and tells what differs', async () => {
    await server
      .send('put', '/api/v1/clusters/small/manifests')
      .set('content-type', 'application/yaml')
      .send('{apiVersion: v1, kind: Service, metadata: {name: api, namespace: shop}, spec: {ports: [{port: 80}]}}')
      .expect(201);
    const data = await ask(`{
      before: cluster(name: "small", at: {revision: "1"}) { revision services { nodes { name } } }
      after: cluster(name: "small") { revision latestRevision services { nodes { name } } diff { from to nodes { change kind namespace name changes { pointer change } } } }
      back: cluster(name: "small", at: {revision: "1"}) { diff(from: "latest") { from to nodes { change name } } }
    }`);
    expect(data).toEqual({
      before: { revision: 1, services: { nodes: [{ name: 'web' }] } },
      after: {
        revision: 2,
        latestRevision: 2,
        services: { nodes: [{ name: 'api' }, { name: 'web' }] },
        diff: {
          from: 1,
          to: 2,
          nodes: [{ change: 'added', kind: 'Service', namespace: 'shop', name: 'api', changes: [{ pointer: '', change: 'added' }] }],
        },
      },
      back: { diff: { from: 2, to: 1, nodes: [{ change: 'removed', name: 'api' }] } },
    });
  });

  it('pages on at the revision it began with, though the cluster moved on', async () => {
    const page = async (args: string) =>
      (await ask<{ cluster: { services: Page } }>(`{ cluster(name: "small") { services(${args}) { ${PAGE} } } }`)).cluster.services;
    const first = await page('first: 1');
    await server
      .send('put', '/api/v1/clusters/small/manifests')
      .set('content-type', 'application/yaml')
      .send('{apiVersion: v1, kind: Service, metadata: {name: b, namespace: shop}, spec: {ports: [{port: 80}]}}')
      .expect(201);
    const rest = await page(`after: "${first.pageInfo.endCursor}"`);
    expect(rest.edges.map(({ node }) => node.name)).toEqual(['web']);
  });

  it('shows the history of a cluster and its profile', async () => {
    const { cluster } = await ask<{ cluster: Readonly<Record<string, object>> }>(`{ cluster(name: "harbor") {
      revisionDetail { number parent author mode statistics { objects } tags report { documents totals { understood } } }
      revisions { nodes { number } pageInfo { hasNextPage } } tags { name revision } profile
      networkProfile { revision values fields { field value provenance why } }
      object(kind: "service", namespace: "shop", name: "web") { apiVersion kind source labels manifest }
      objectHistory(kind: "Service", namespace: "shop", name: "web") { from to }
    } }`);
    expect(cluster).toMatchObject({
      revisionDetail: {
        number: 1,
        parent: null,
        author: 'demo',
        mode: 'snapshot',
        tags: [],
        report: { documents: expect.any(Number) as number },
      },
      revisions: { nodes: [{ number: 1 }], pageInfo: { hasNextPage: false } },
      tags: [],
      profile: {},
      networkProfile: { revision: 1 },
      object: { apiVersion: 'v1', kind: 'Service', source: null, manifest: { metadata: { name: 'web', namespace: 'shop' } } },
      objectHistory: [{ from: 1, to: null }],
    });
    const rest = bodyOf<{ networkProfile: object }>(await server.send('get', '/api/v1/clusters/harbor').expect(200)).networkProfile;
    const { networkProfile } = await ask<{ networkProfile: object }>(
      '{ cluster(name: "harbor") { networkProfile { revision values fields { field value provenance object { apiVersion kind namespace name } pointer why } } } }',
    ).then((data) => (data as unknown as { cluster: { networkProfile: object } }).cluster);
    expect(withoutNulls(networkProfile)).toEqual(withoutNulls(rest));
  });
});

/** A member that is null in one door may be absent in the other. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([name, member]) => (member === null ? [] : [[name, withoutNulls(member)]])));
}

describe('a cluster before its first import', () => {
  it('is shown; what is read or asked of it has the problem that REST answers with', async () => {
    await server.send('post', '/api/v1/clusters').send({ name: 'empty' }).expect(201);
    const shown =
      '{ cluster(name: "empty") { name revision latestRevision revisionDetail { number } revisions { nodes { number } } tags { name } } }';
    expect(await ask(shown)).toEqual({
      cluster: { name: 'empty', revision: 0, latestRevision: 0, revisionDetail: null, revisions: { nodes: [] }, tags: [] },
    });
    const { code, detail } = bodyOf<{ code: string; detail: string }>(await server.send('get', '/api/v1/clusters/empty/pods'));
    for (const field of ['pods { remaining }', 'objects { remaining }', 'resolveSelector(selector: {any: true}) { verdict }'])
      expect((await send(`{ cluster(name: "empty") { ${field} } }`)).errors).toMatchObject([{ message: detail, extensions: { code } }]);
  });
});

describe('global ids', () => {
  const node = async (id: string, token?: string) =>
    send<{ node: Readonly<Record<string, unknown>> }>('query N($id: ID!) { node(id: $id) { __typename id } }', { id }, token);

  it('find again whatever had them', async () => {
    const { cluster } = await ask<{
      cluster: Readonly<Record<string, { id: string; nodes: readonly { id: string }[] }> & { id: string }>;
    }>(`{ cluster(name: "small", at: {revision: "1"}) {
      id revisionDetail { id }
      namespaces { nodes { id } } nodes { nodes { id } } pods { nodes { id } } workloads { nodes { id } } services { nodes { id } }
      endpointSlices { nodes { id } } ingresses { nodes { id } } networkPolicies { nodes { id } } objects { nodes { id } }
    } }`);
    const ids = Object.values(cluster).flatMap((value): readonly string[] =>
      typeof value === 'string' ? [value] : 'nodes' in value ? value.nodes.map(({ id }) => id) : [(value as { id: string }).id],
    );
    const types = new Set<unknown>();
    for (const id of ids) {
      const found = await node(id);
      expect(found.data?.node['id']).toBe(id);
      types.add(found.data?.node['__typename']);
    }
    expect([...types].map(String).toSorted(compareText)).toEqual([
      'Cluster',
      'ClusterNode',
      'EndpointSlice',
      'Ingress',
      'KubernetesObject',
      'Namespace',
      'NetworkPolicy',
      'Pod',
      'Revision',
      'Service',
      'Workload',
    ]);
  });

  it('open nothing that the token may not see, and are refused where they are none', async () => {
    const { cluster } = await ask<{ cluster: { id: string } }>('{ cluster(name: "small") { id } }');
    expect(codeOf(await node(cluster.id, await server.issue('viewer', ['harbor'])))).toEqual(['insufficient-role']);
    for (const id of [
      'x',
      '',
      Buffer.from('["Pod","small",1]').toString('base64url'),
      Buffer.from('["Thing","small",1]').toString('base64url'),
    ])
      expect(codeOf(await node(id))).toMatchObject([expect.stringMatching(/^(?:invalid-request|unknown-pod)$/)]);
  });

  it('clusters are those that the token may see', async () => {
    const seen = await ask<{ clusters: { nodes: object } }>(
      '{ clusters { nodes { name } } }',
      {},
      await server.issue('viewer', ['harbor', 'nowhere']),
    );
    expect(seen.clusters.nodes).toEqual([{ name: 'harbor' }]);
  });
});
