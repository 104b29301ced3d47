import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClusterStore, FakeRevisionStore } from '../../../test/support/fake-revision-store.js';
import { fileOf, TEST_HASHER } from '../../../test/support/manifests.js';
import { DEFAULT_MANIFEST_LIMITS } from '../../manifests/manifest-limits.js';
import { expectedNumber } from '../input/expected.js';
import type { ImportCommand, ImportProgress } from './import-command.js';
import { ImportManifests } from './import-manifests.js';
import { IMPORT_REPORT } from './import-report.js';
import { ImportSettings } from './import-settings.js';

const SERVICE = 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n';
const BROKEN = 'kind: [Service\n';
const UNKNOWN = 'apiVersion: acme.io/v1\nkind: Widget\nmetadata: {name: w, namespace: shop}\n';

let clusters: FakeClusterStore;
let store: FakeRevisionStore;

beforeEach(() => {
  clusters = new FakeClusterStore();
  store = new FakeRevisionStore();
});

function importer(maxEntries?: number): ImportManifests {
  return new ImportManifests(clusters, store, new ImportSettings(DEFAULT_MANIFEST_LIMITS, TEST_HASHER, maxEntries));
}

function command(text: string, more: Partial<ImportCommand> = {}): ImportCommand {
  const files = [fileOf(text, 'all.yaml')];
  return {
    cluster: 'prod',
    mode: 'snapshot',
    files,
    atomic: false,
    validateOnly: false,
    source: undefined,
    namespace: 'default',
    author: 'ann',
    message: 'first',
    expected: undefined,
    ...more,
  };
}

async function imported(text: string, more: Partial<ImportCommand> = {}) {
  const result = await importer().run(command(text, more));
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

describe('importing manifests', () => {
  it('keeps what can be kept, and reports every document that was not wholly understood', async () => {
    const { report, revision } = await imported([SERVICE, BROKEN, UNKNOWN, 'a: 1\n', SERVICE].join('---\n'));
    expect(revision?.number).toBe(1);
    expect(IMPORT_REPORT.parse(report)).toEqual(report);
    expect(report).toMatchObject({
      files: 1,
      documents: 5,
      objects: 2,
      totals: { understood: 2, partly: 0, unsupported: 1, invalid: 1, skipped: 1 },
      duplicates: 1,
      impliedNamespaces: ['default', 'shop'],
    });
    expect(report.kinds.map(({ kind, apiVersion, understood, unsupported }) => [kind, apiVersion, understood, unsupported])).toEqual([
      ['Service', 'v1', 2, 0],
      ['Widget', 'acme.io/v1', 0, 1],
    ]);
    expect(report.entries.map(({ document, line, understanding, findings }) => [document, line, understanding, findings[0]?.code])).toEqual(
      [
        [2, 7, 'invalid', 'syntax-error'],
        [3, 8, 'unsupported', 'unsupported-kind'],
        [4, 12, 'skipped', 'not-a-manifest'],
        [5, 14, 'understood', 'duplicate-object'],
      ],
    );
    expect(store.writes[0]?.objects.map(({ group, kind, namespace, name }) => `${group}/${kind} ${namespace}/${name}`)).toEqual([
      '/Service default/web',
      'acme.io/Widget shop/w',
      '/Service default/web',
    ]);
  });

  it('a bad field leaves its object, partly understood, with the line of the field', async () => {
    const { report } = await imported(
      'apiVersion: v1\nkind: Service\nmetadata: {name: dns}\nspec:\n  ports: [{port: 53}]\n  clusterIP: CLUSTER_DNS_IP\n',
    );
    const [entry] = report.entries;
    expect(entry).toMatchObject({ understanding: 'partly', line: 1, object: { kind: 'Service', namespace: 'default', name: 'dns' } });
    expect(entry?.findings).toMatchObject([{ pointer: '/spec/clusterIP', line: 6 }]);
  });

  it('`atomic` refuses everything for one invalid document, naming each', async () => {
    const result = await importer().run(command(`${SERVICE}---\n${BROKEN}`, { atomic: true }));
    expect(result).toMatchObject({
      ok: false,
      error: {
        kind: 'import-rejected',
        message: 'nothing was imported: 1 of 2 documents has an error',
        errors: [{ pointer: '/all.yaml/2', code: 'syntax-error', message: expect.stringContaining('`all.yaml`, line 7') as unknown }],
      },
    });
    expect([store.writes.length, store.aborted]).toEqual([0, 1]);
  });

  it('`atomic` refuses an object that an API server would refuse, at the field; a removal needs only its name', async () => {
    const policy = (spec: string) => `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec: ${spec}\n`;
    // kubernetes `pkg/apis/networking/validation`: "must be greater than or equal to `port`"
    const wrong = policy('{podSelector: {}, ingress: [{ports: [{port: 90, endPort: 80}]}]}');
    expect(await importer().run(command(`${SERVICE}---\n${wrong}`, { atomic: true }))).toMatchObject({
      ok: false,
      error: { kind: 'import-rejected', errors: [{ pointer: '/all.yaml/2/spec/ingress/0/ports/0/endPort', code: 'invalid-value' }] },
    });
    expect(store.writes.length).toBe(0);
    expect((await imported(wrong, { atomic: true, mode: 'delete' })).report.totals.partly).toBe(1);
  });

  it('`atomic` refuses an object that stands there twice; otherwise the last one counts', async () => {
    const twice = `${SERVICE}---\n${SERVICE}`;
    expect(await importer().run(command(twice, { atomic: true }))).toMatchObject({
      ok: false,
      error: { kind: 'import-rejected', errors: [{ pointer: '/all.yaml/2', code: 'duplicate-object' }] },
    });
    expect((await imported(twice)).report.duplicates).toBe(1);
  });

  it('`validateOnly` reports and writes nothing', async () => {
    const { report, revision } = await imported(`${SERVICE}---\n${BROKEN}`, { validateOnly: true });
    expect([revision, report.totals.invalid, store.writes.length, store.aborted]).toEqual([null, 1, 0, 0]);
  });

  it('`source`, author, message and the expected revision reach the store', async () => {
    await imported(SERVICE, { source: 'team-a' });
    expect(store.writes[0]).toMatchObject({
      mode: 'snapshot',
      note: { author: 'ann', message: 'first', source: 'team-a' },
      objects: [{ source: 'team-a' }],
    });
    const stale = await importer().run(command(SERVICE, { expected: expectedNumber(7) }));
    expect(stale).toMatchObject({ ok: false, error: { kind: 'precondition-failed' } });
  });

  it('a removal tells which of the named objects were not there', async () => {
    store.stored = [{ group: '', kind: 'Service', namespace: 'default', name: 'web', source: '', body: '{}' }];
    const { report } = await imported(`${SERVICE}---\n${UNKNOWN}`, { mode: 'delete' });
    expect(report.notFound).toEqual([{ apiVersion: 'acme.io/v1', kind: 'Widget', namespace: 'shop', name: 'w' }]);
    expect(report.impliedNamespaces).toEqual([]);
  });

  it('a part of a cluster knows the definitions and namespaces of the rest', async () => {
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'w' },
      spec: { group: 'acme.io', scope: 'Cluster', names: { kind: 'Widget' } },
    };
    clusters.cluster = { ...clusters.cluster, latestRevision: 1 };
    store.stored = [
      {
        group: 'apiextensions.k8s.io',
        kind: 'CustomResourceDefinition',
        namespace: '',
        name: 'w',
        source: '',
        body: JSON.stringify(definition),
      },
      { group: '', kind: 'Namespace', namespace: '', name: 'default', source: '', body: '{}' },
    ];
    const { report } = await imported(`${SERVICE}---\napiVersion: acme.io/v1\nkind: Widget\nmetadata: {name: w}\n`, { mode: 'upsert' });
    expect(store.writes[0]?.objects.map(({ kind, namespace }) => `${kind} ${namespace}`)).toEqual(['Service default', 'Widget ']);
    expect(report.impliedNamespaces).toEqual([]);
  });

  it('an object of a moved API is the same object as its successor', async () => {
    const ingress = (apiVersion: string) => `apiVersion: ${apiVersion}\nkind: Ingress\nmetadata: {name: i}\nspec: {}\n`;
    const { report } = await imported(`${ingress('extensions/v1beta1')}---\n${ingress('networking.k8s.io/v1')}`);
    expect([report.objects, report.duplicates]).toEqual([1, 1]);
  });

  it('reports progress, and stops when it is cancelled, writing nothing', async () => {
    const seen: ImportProgress[] = [];
    await importer().run(command(`${SERVICE}---\n${UNKNOWN}`), { onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ phase, documents }) => `${phase} ${documents}`)).toEqual(['reading 1', 'reading 2', 'writing 2']);
    const controller = new AbortController();
    const result = await importer().run(command(`${SERVICE}---\n${UNKNOWN}`), {
      onProgress: () => controller.abort(),
      signal: controller.signal,
    });
    expect(result).toMatchObject({ ok: false, error: { kind: 'operation-cancelled' } });
    expect([store.writes.length, store.aborted]).toEqual([1, 1]);
  });

  it('lists no more entries than allowed, the gravest ones, and counts the rest', async () => {
    const documents = [UNKNOWN, UNKNOWN.replace('name: w', 'name: v'), 'a: 1\n', BROKEN, UNKNOWN.replace('name: w', 'name: u'), BROKEN];
    const result = await importer(3).run(command(documents.join('---\n')));
    if (!result.ok) throw new Error(result.error.message);
    expect(result.value.report.entries.map(({ document, understanding }) => `${document} ${understanding}`)).toEqual([
      '3 skipped',
      '4 invalid',
      '6 invalid',
    ]);
    expect(result.value.report.omitted).toEqual({ understood: 0, partly: 0, unsupported: 3, invalid: 0, skipped: 0 });
  });

  it('fails with the limit that was passed, and with the cluster that is not there', async () => {
    const settings = new ImportSettings({ ...DEFAULT_MANIFEST_LIMITS, maxBytes: 10 }, TEST_HASHER);
    expect(await new ImportManifests(clusters, store, settings).run(command(SERVICE))).toMatchObject({
      ok: false,
      error: { kind: 'payload-too-large' },
    });
    expect(store.aborted).toBe(1);
    expect(await importer().run(command(SERVICE, { cluster: 'nowhere' }))).toMatchObject({ ok: false, error: { kind: 'unknown-cluster' } });
  });

  it('says so where there is nothing to import: something that makes manifests may have failed', async () => {
    const { report } = await imported('# nothing\n---\n');
    expect(report.entries).toMatchObject([
      { file: '', understanding: 'skipped', findings: [{ severity: 'warning', code: 'nothing-to-import' }] },
    ]);
    expect([report.documents, report.totals.skipped]).toEqual([0, 0]);
  });

  it('holds policies of the cluster against one another: one priority of one tier is not enough for two', async () => {
    const policy = (name: string, priority: number) =>
      `apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {name: ${name}}\nspec: {priority: ${priority}, subject: {namespaces: {}}}\n`;
    const { report } = await imported([policy('b', 5), policy('a', 5), policy('c', 6), policy('c', 6)].join('---\n'), { atomic: false });
    const found = report.entries.flatMap(({ object, findings }) =>
      findings.map(({ code, pointer }) => `${code} ${object?.name} ${pointer}`),
    );
    expect(found).toEqual(['duplicate-object c null', 'same-priority b /spec/priority']);
  });

  it('holds pods of one controller against one another, by the labels that policies ask for', async () => {
    const pod = (name: string, labels: string) =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, labels: {${labels}}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web, uid: u, controller: true}]}\nspec: {containers: []}\n`;
    const policy =
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p}\nspec: {podSelector: {matchLabels: {app: a}}}\n';
    const told = async (...documents: string[]) => {
      const { report } = await imported(documents.join('---\n'));
      return report.entries.flatMap(({ object, findings }) =>
        findings.filter(({ code }) => code === 'owner-labels-differ').map(({ pointer }) => `${object?.name} ${pointer}`),
      );
    };
    const pods = [pod('one', 'app: a, pod-template-hash: x'), pod('two', 'app: b, pod-template-hash: y')];
    expect(await told(...pods, policy)).toEqual(['two /metadata/labels']);
    expect(await told(policy, ...pods)).toEqual(['two /metadata/labels']);
    expect(await told(...pods)).toEqual([]);
    expect(await told(pod('one', 'tier: a'), pod('two', 'tier: b'), policy)).toEqual([]);
  });
});
