import { GraphQLSchemaHost } from '@nestjs/graphql';
import { type GraphQLSchema, isObjectType, isUnionType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemTypeName } from '../../src/api/graphql/generated-types.js';
import type { Endpoint } from '../../src/api/http/endpoint.js';
import { EndpointCatalog } from '../../src/api/pages/endpoint-catalog.js';
import type { ProblemKind } from '../../src/core/kernel/problem.js';
import { startServer, type TestServer } from './support/server.js';

/** Every write of REST, and the mutation that does the same (product.md, GraphQL). */
const MUTATIONS: Readonly<Record<string, string>> = {
  'POST /api/v1/tokens': 'createToken',
  'PATCH /api/v1/tokens/:id': 'updateToken',
  'DELETE /api/v1/tokens/:id': 'revokeToken',
  'POST /api/v1/clusters': 'createCluster',
  'PATCH /api/v1/clusters/:cluster': 'updateCluster',
  'DELETE /api/v1/clusters/:cluster': 'deleteCluster',
  'POST /api/v1/clusters/:cluster/snapshots': 'importSnapshot',
  'PUT /api/v1/clusters/:cluster/manifests': 'applyManifests',
  'DELETE /api/v1/clusters/:cluster/manifests': 'deleteManifests',
  'POST /api/v1/clusters/:cluster/revisions/:revision/actions/restore': 'restoreRevision',
  'PUT /api/v1/clusters/:cluster/tags/:name': 'setTag',
  'DELETE /api/v1/clusters/:cluster/tags/:name': 'deleteTag',
  'POST /api/v1/clusters/:cluster/ip-pools/:pool/allocations': 'allocateIp',
  'DELETE /api/v1/clusters/:cluster/ip-pools/:pool/allocations/:identifier': 'releaseIp',
  'PATCH /api/v1/clusters/:cluster/ip-pools/:pool/allocations/:identifier': 'renewIp',
  'PUT /api/v1/clusters/:cluster/assertions/:assertion': 'saveAssertion',
  'DELETE /api/v1/clusters/:cluster/assertions/:assertion': 'deleteAssertion',
  'POST /api/v1/fleet/spaces': 'createFleetSpace',
  'DELETE /api/v1/fleet/spaces/:space': 'deleteFleetSpace',
  'PUT /api/v1/fleet/spaces/:space/clusters/:cluster': 'takeFleetRanges',
  'DELETE /api/v1/fleet/spaces/:space/clusters/:cluster': 'releaseFleetRanges',
  'POST /api/v1/operations/:id/actions/cancel': 'cancelOperation',
};

/** Kinds that a union does not list: they say nothing of the write itself, and are errors of the document as they are in queries. */
const OF_EVERY_REQUEST: ReadonlySet<ProblemKind> = new Set<ProblemKind>([
  'invalid-request',
  'unknown-parameter',
  'idempotency-key-reused',
  'idempotency-key-in-use',
  'operation-cancelled',
]);

describe('mutations', () => {
  let server: TestServer;
  let schema: GraphQLSchema;
  let writes: readonly Endpoint[];
  beforeAll(async () => {
    server = await startServer();
    ({ schema } = server.app.get(GraphQLSchemaHost, { strict: false }));
    const endpoints = server.app.get(EndpointCatalog, { strict: false }).list();
    writes = endpoints.filter(({ method, access }) => method !== 'GET' && access !== 'open' && access.role !== 'viewer');
  });
  afterAll(() => server.stop());

  const nameOf = ({ method, path }: Endpoint) => `${method} ${path}`;
  const fields = () => schema.getMutationType()!.getFields();

  it('exist for every write that REST has, and for no other', () => {
    expect(writes.map(nameOf).filter((name) => MUTATIONS[name] === undefined)).toEqual([]);
    const mutations = writes.map((endpoint) => MUTATIONS[nameOf(endpoint)]);
    expect(new Set(Object.keys(fields()))).toEqual(new Set(mutations));
  });

  it('answer with a union that has a type for every problem of the write', () => {
    const missing = writes.flatMap((endpoint) => {
      const union = fields()[MUTATIONS[nameOf(endpoint)]!]!.type;
      if (!isUnionType(union)) throw new Error(`${nameOf(endpoint)} answers with no union`);
      const types = new Set(union.getTypes().map(({ name }) => name));
      return endpoint.problems
        .filter((kind) => !OF_EVERY_REQUEST.has(kind) && !types.has(problemTypeName(kind)))
        .map((kind) => `${union.name} has no ${problemTypeName(kind)}`);
    });
    expect(missing).toEqual([]);
  });

  it('answer with a payload of their own, and otherwise with problems', () => {
    for (const [name, { type }] of Object.entries(fields())) {
      if (!isUnionType(type)) throw new Error(`${name} answers with no union`);
      const [payload, ...problems] = type.getTypes();
      expect(payload?.getInterfaces(), name).toEqual([]);
      expect(
        problems.every((member) => isObjectType(member) && member.getInterfaces().some((one) => one.name === 'Problem')),
        name,
      ).toBe(true);
      expect(problems.length, name).toBeGreaterThan(0);
    }
  });
});
