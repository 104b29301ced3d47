import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImportReport } from '../../src/application/imports/import-report.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import { fileOf } from '../support/manifests.js';
import { entryLines, imported } from '../support/imported.js';

const SHARED = resolve(process.env['PORTOLAN_SHARED'] ?? '../shared');
const REAL = join(SHARED, 'real');
const isMissing = !existsSync(join(REAL, 'README.md'));
if (isMissing) console.warn(`skipped: the real sets are not at ${REAL} (PORTOLAN_SHARED names the folder that has real/*.tar.gz)`);

/** A folder that was imported as one cluster. */
interface Folder {
  readonly name: string;
  readonly report: ImportReport;
  readonly model: NetworkModel;
}

/** What is true of a set. */
interface Facts {
  /** Documents by kind, as the README of the sets counts them (a plain YAML load of every file), whatever became of them. */
  readonly kinds: Readonly<Record<string, number>>;
  /** `folder/file code`: files that the README's table of oddities names, with the finding they have to have. */
  readonly findings: readonly string[];
  /** Files that the table names and that have to be read without an error. */
  readonly readable: readonly string[];
  /** `folder pods services policies`: sizes of models, counted in the files by hand. */
  readonly models: readonly string[];
}

const SETS: Readonly<Record<string, Facts>> = {
  apps: {
    kinds: { Service: 113, Deployment: 105, NetworkPolicy: 43, HTTPRoute: 10, Ingress: 8, CiliumNetworkPolicy: 3 },
    findings: [],
    readable: ['kubernetes-docs/ingress-resource-backend.yaml', 'kubernetes-docs/networkpolicy-multiport-egress.yaml'],
    // 11 of the 12 Deployments are of one replica, so is the load generator; kustomize renders 13 policies.
    models: ['online-boutique 12 12 13'],
  },
  'live-dumps': {
    kinds: { Pod: 136, Node: 18, Service: 38, Endpoints: 38, EndpointSlice: 3 },
    findings: ['troubleshoot-files/pkg/analyze/files/nodes.json invalid-value'],
    readable: ['minikube-1_35/pods.yaml', 'troubleshoot-files/pkg/analyze/files/jobs/test.json'],
    models: ['minikube-1_31 24 7 0', 'minikube-1_35 25 7 0'],
  },
  'analyzer-dumps': {
    kinds: { Pod: 286, Service: 104, NetworkPolicy: 104, AuthorizationPolicy: 36 },
    findings: [],
    readable: [
      'netpol-analyzer/tests/services/pods_list.yaml',
      'network-config-analyzer/tests/istio_testcases/example_policies/online_boutique_multi_layer_from_live_cluster_test/istio-gateways.yaml',
    ],
    models: [],
  },
  routing: {
    kinds: { Service: 166, HTTPRoute: 69, Gateway: 46, VirtualService: 31, HTTPProxy: 29, Ingress: 29 },
    findings: [
      'istio-samples/samples/ambient-argo/tag-chart/templates/mutatingwebhooks.yaml template-not-rendered',
      'istio-samples/samples/ambient-argo/tag-chart/templates/shimservice.yaml template-not-rendered',
      'istio-samples/samples/ambient-argo/tag-chart/templates/validatingwebhook.yaml template-not-rendered',
      'kube-linter/tests/checks/cel.yml duplicate-key',
    ],
    readable: ['istio-samples/samples/security/spire/spire-quickstart.yaml'],
    models: [],
  },
  infra: {
    // The README's loader refuses the plain scalar `=` in one CRD of kube-prometheus and counts 415; kubectl reads it.
    kinds: { CustomResourceDefinition: 416, Service: 186, Deployment: 124, NetworkPolicy: 68, DaemonSet: 40 },
    findings: [
      'kube-ovn/yamls/coredns-template.yaml template-not-rendered',
      'coredns/kubernetes/coredns.yaml.sed invalid-value',
      'kubernetes-examples/_archived/storage/vitess/etcd-service-template.yaml template-not-rendered',
      'antrea/build/yamls/antrea-eks.yml duplicate-object',
      'kubernetes-examples/_archived/volumes/scaleio/sc-pvc.yaml duplicate-key',
      'kubernetes-examples/_archived/persistent-volume-provisioning/quobyte/quobyte-admin-secret.yaml duplicate-key',
      'kubernetes-examples/_archived/openshift-origin/etcd-controller.yaml duplicate-key',
      'kubernetes-examples/_archived/openshift-origin/etcd-discovery-controller.yaml duplicate-key',
      'kubernetes-examples/_archived/openshift-origin/openshift-controller.yaml duplicate-key',
    ],
    readable: ['tekton/config/controller.yaml', 'longhorn/deploy/longhorn.yaml'],
    models: [],
  },
  'production-policies': {
    kinds: { NetworkPolicy: 2369, Namespace: 1133, Ingress: 12 },
    findings: ['./cluster.yaml duplicate-object'],
    readable: [],
    models: [],
  },
};

describe.skipIf(isMissing).each(Object.entries(SETS))('%s', (set, facts) => {
  let directory = '';
  const folders: Folder[] = [];

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'portolan-real-'));
    execFileSync('tar', ['xzf', join(REAL, `${set}.tar.gz`), '-C', directory]);
    const top = join(directory, set);
    const names = set === 'production-policies' ? ['.'] : readdirSync(top).sort();
    for (const name of names) folders.push(await importFolder(top, name));
  }, 180_000);

  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it('reads every document that the set is said to have', () => {
    const totals = new Map<string, number>();
    for (const { report } of folders) {
      for (const { kind, understood, partly, unsupported, invalid, skipped } of report.kinds) {
        totals.set(kind, (totals.get(kind) ?? 0) + understood + partly + unsupported + invalid + skipped);
      }
    }
    expect(Object.fromEntries(Object.keys(facts.kinds).map((kind) => [kind, totals.get(kind)]))).toEqual(facts.kinds);
  });

  it('says what it did not wholly understand, and of nothing else', () => {
    for (const { name, report } of folders) {
      const { understood, partly, unsupported, invalid, skipped } = report.totals;
      expect([name, understood + partly + unsupported + invalid + skipped]).toEqual([name, report.documents]);
      const listed = (understanding: string) => report.entries.filter((entry) => entry.understanding === understanding).length;
      expect([name, listed('partly'), listed('unsupported'), listed('invalid'), listed('skipped')]).toEqual([
        name,
        partly,
        unsupported,
        invalid,
        skipped,
      ]);
      expect(report.entries.every(({ findings, line }) => findings.length > 0 && line > 0)).toBe(true);
      expect(report.objects + report.duplicates).toBe(understood + partly + unsupported);
    }
  });

  it('reports the files that are known to be odd, and reads those that only look it', () => {
    const lines = folders.flatMap(({ name, report }) => entryLines(report).map((line) => `${name}/${line}`));
    const found = (wanted: string) => {
      const [file = '', code = ''] = wanted.split(' ');
      return lines.some((line) => line.startsWith(`${file}:`) && line.split(' ').includes(code));
    };
    expect(facts.findings.filter((wanted) => !found(wanted))).toEqual([]);
    const broken = lines.filter((line) => line.includes(' invalid ')).map((line) => line.slice(0, line.indexOf(':')));
    expect(facts.readable.filter((file) => broken.includes(file))).toEqual([]);
  });

  it('compiles to models of the size that the files have', () => {
    const sizes = folders.map(({ name, model }) => `${name} ${model.pods.length} ${model.services.size} ${model.networkPolicies.length}`);
    expect(facts.models.filter((size) => !sizes.includes(size))).toEqual([]);
    for (const { model } of folders) expect(model.pods.every((pod, position) => pod.id === position)).toBe(true);
  });
});

/** The manifests of a folder as one cluster; `.sed` is CoreDNS' manifest with placeholders. */
async function importFolder(top: string, name: string): Promise<Folder> {
  const base = join(top, name);
  const paths = readdirSync(base, { recursive: true, encoding: 'utf8' }).filter((path) => /\.(ya?ml|json|sed)$/.test(path));
  const files = paths.sort().map((path) => fileOf(readFileSync(join(base, path)), path));
  const found = await imported(files);
  return { name, report: found.report, model: found.model() };
}
