import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AllocationBook } from '../../src/core/ipam/allocation-book.js';
import { ownIp } from '../../src/core/ipam/own-ip.js';
import { formatIp, parseIp } from '../../src/core/net/ip.js';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import { entryLines, type ImportedCluster, importedTexts, objectLines } from '../support/imported.js';

const README = join(resolve(process.env['PORTOLAN_SHARED'] ?? '../shared'), 'real', 'README.md');

const meta = (name: string, more: object = {}) => ({ name, namespace: 'shop', ...more });
const object = (apiVersion: string, kind: string, metadata: object, more: object = {}) => ({ apiVersion, kind, metadata, ...more });
const text = (...objects: object[]) => objects.map((one) => JSON.stringify(one)).join('\n');
const take = async (content: string | Buffer, namespace = 'default') => importedTexts({ 'all.yaml': content }, { namespace });
/** What is reported, and what is kept. */
const told = ({ report, objects }: ImportedCluster) => [entryLines(report), objectLines(objects)];

const pod = (name: string, status?: object, more: { metadata?: object; spec?: object } = {}) =>
  object('v1', 'Pod', meta(name, { labels: { app: 'web' }, ...more.metadata }), {
    spec: { nodeName: 'n1', containers: [{ name: 'c', ports: [{ containerPort: 80 }] }], ...more.spec },
    ...(status === undefined ? {} : { status }),
  });
const running = (ip: string, hostIP = '192.0.2.1') => ({
  phase: 'Running',
  podIP: ip,
  podIPs: [{ ip }],
  hostIP,
  conditions: [{ type: 'Ready', status: 'True' }],
});
const node = object('v1', 'Node', { name: 'n1' }, { status: { addresses: [{ type: 'InternalIP', address: '192.0.2.1' }] } });
const webService = object('v1', 'Service', meta('web'), {
  spec: { clusterIP: '10.96.0.9', selector: { app: 'web' }, ports: [{ port: 80 }] },
});

/** `shop/a ready`: the endpoints of a service. */
function endpointsOf(model: NetworkModel, service: string): readonly string[] {
  const candidates = model.services.get(service)?.endpoints.candidates ?? [];
  return candidates.filter(({ included }) => included).map((one) => `${model.pods[one.pod]?.name} ${one.ready ? 'ready' : 'not ready'}`);
}

function ownership(model: NetworkModel, ip: string): string {
  const { verdict, summary } = ownIp(model, new AllocationBook(), parseIp(ip) ?? { family: 4, value: 0n });
  return `${verdict}: ${summary}`;
}

/** Each row of the table "What a real importer must survive" in the README of the real sets, by its first column, and what its last column asks for. */
const ROWS: Readonly<Record<string, () => Promise<void>>> = {
  '`kind: List`, `PodList`/`NodeList`…, items of typed lists **without** kind': async () => {
    const { objects, report } = await take(
      text(
        { apiVersion: 'v1', kind: 'List', items: [webService] },
        { apiVersion: 'v1', kind: 'PodList', items: [{ metadata: meta('a') }] },
        { apiVersion: 'apps/v1', kind: 'DeploymentList', items: [{ metadata: meta('d'), spec: { template: {} } }] },
        { kind: 'NodeList', apiVersion: 'v1', items: [{ metadata: { name: 'n1' } }] },
      ),
    );
    expect(objectLines(objects)).toEqual(['Deployment shop/d', 'Node n1', 'Pod shop/a', 'Service shop/web']);
    expect(objects.find(({ kind }) => kind === 'Deployment')?.apiVersion).toBe('apps/v1');
    expect(report.documents).toBe(4);
  },

  'list with `items: null`, top-level JSON array, a list without kind': async () => {
    const lists = [
      '{"apiVersion":"v1","kind":"PodList","items":null}',
      JSON.stringify([webService]),
      '{"items":[{"metadata":{"name":"x"}}]}',
    ];
    expect(told(await take(lists.join('\n')))).toEqual([['all.yaml:3 skipped no-kind'], ['Service shop/web']]);
  },

  'a single object without kind or apiVersion (client-go drops TypeMeta)': async () => {
    const bare = JSON.stringify({ metadata: { name: 'cluster', uid: '1' }, spec: {} });
    const found = await importedTexts({ 'config/node.json': bare, 'ok.json': JSON.stringify(webService) });
    expect(told(found)).toEqual([['config/node.json:1 skipped no-kind'], ['Service shop/web']]);
  },

  'empty documents, comment-only documents, empty files, `---` first': async () => {
    const files = { 'a.yaml': '', 'b.yaml': '# nothing\n', 'c.yaml': `---\n---\n# x\n---\n${JSON.stringify(webService)}\n---\n` };
    const { report, objects } = await importedTexts(files);
    expect([report.documents, report.entries, objectLines(objects)]).toEqual([1, [], ['Service shop/web']]);
  },

  'files that are no manifests: Chart.yaml, values, package.json, kustomization.yaml, swagger': async () => {
    const { report, objects } = await importedTexts({
      'Chart.yaml': 'apiVersion: v2\nname: web\n',
      'values.yaml': 'image: x\n',
      'package.json': '{"name":"x","dependencies":{}}',
      'kustomization.yaml': 'resources: [a.yaml]\n',
      'swagger.json': '{"swagger":"2.0","paths":{}}',
    });
    expect(objects).toEqual([]);
    expect(report.totals).toMatchObject({ skipped: 5, invalid: 0 });
    expect(report.entries.map(({ findings }) => findings[0]?.message)).toEqual([
      "this is a Helm chart's description, no manifest",
      'this is Helm values, no manifest',
      'this is a file of a JavaScript project, no manifest',
      'this is a file of kustomize, no manifest',
      'this is an OpenAPI description, no manifest',
    ]);
  },

  'Helm/Go/Jinja templates: some fail to parse, some **parse into garbage** (`{{ x }}` is a flow map used as a key)': async () => {
    const templates = [
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ name }}\n',
      '{{- if .Values.x }}\nkind: Pod\n{{- end }}\n',
      'apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: shop}\nspec: {clusterIP: "{{ ip }}"}\n',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop}\ndata: {t: "{{ .Values.x }}"}\n',
    ];
    expect(told(await take(templates.join('---\n')))).toEqual([
      ['all.yaml:4 invalid template-not-rendered', 'all.yaml:6 invalid template-not-rendered', 'all.yaml:10 invalid template-not-rendered'],
      ['ConfigMap shop/c'],
    ]);
  },

  'bare placeholders (`CLUSTER_DNS_IP`)': async () => {
    const dns = object('v1', 'Service', meta('dns'), { spec: { clusterIP: 'CLUSTER_DNS_IP', ports: [{ port: 53 }] } });
    const found = await take(text(dns));
    expect(found.report.entries).toMatchObject([
      { understanding: 'partly', findings: [{ code: 'invalid-value', pointer: '/spec/clusterIP' }] },
    ]);
    expect(found.model().services.has('shop/dns')).toBe(true);
  },

  'redacted values `***HIDDEN***`: a string in JSON, **an alias, so a parse error,** in YAML': async () => {
    const hidden = { ...running('***HIDDEN***'), hostIP: '***HIDDEN***' };
    const found = await take(
      `apiVersion: v1\nkind: Service\nmetadata: {name: y}\nspec:\n  clusterIP: ***HIDDEN***\n---\n${text(pod('a', hidden))}\n---\n${text(pod('b', hidden))}`,
    );
    expect(entryLines(found.report)[0]).toMatch(/^all.yaml:\d+ invalid redacted-value$/);
    expect(objectLines(found.objects)).toEqual(['Pod shop/a', 'Pod shop/b']);
    expect([...found.model().ipOwners.keys()].filter((ip) => ip.includes('HIDDEN'))).toEqual([]);
  },

  'duplicate mapping keys': async () => {
    const found = await take(
      'apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: shop}\nspec:\n  selector: {app: x}\n  ports: [{port: 80}]\n  selector: {app: y}\n',
    );
    expect(told(found)).toEqual([['all.yaml:1 understood duplicate-key'], ['Service shop/a']]);
    expect(found.model().services.get('shop/a')?.resource.selector).toEqual({ app: 'y' });
  },

  "the closing `]` of a flow sequence at its parent's indent": async () => {
    const found = await take(
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  ports: [\n    {port: 80},\n    {port: 81, name: b}\n  ]\n  clusterIP: None\n',
    );
    expect(found.model().services.get('default/a')?.resource).toMatchObject({ headless: true, ports: [{ port: 80 }, { port: 81 }] });
  },

  'KYAML (flow style, trailing commas, unquoted keys)': async () => {
    const found = await take(
      '---\n{\n  apiVersion: "v1",\n  kind: "Service",\n  metadata: { name: "a", },\n  spec: {\n    ports: [{ port: 80, }],\n  },\n}\n',
    );
    expect(told(found)).toEqual([[], ['Service default/a']]);
  },

  'UTF-8 BOM, CRLF, anchors and aliases': async () => {
    const found = await take(
      '\uFEFFapiVersion: v1\r\nkind: Service\r\nmetadata:\r\n  name: &n a\r\nspec:\r\n  selector: {app: *n}\r\n  ports: [{port: 80}]\r\n',
    );
    expect(found.model().services.get('default/a')?.resource.selector).toEqual({ app: 'a' });
    const letters = 'abcdefghij';
    const laughs = Array.from(
      letters,
      (name, at) =>
        `${name}: &${name} [${Array(10)
          .fill(at === 0 ? 'x' : `*${letters[at - 1]}`)
          .join()}]`,
    );
    const bomb = await take(`apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n${laughs.join('\n')}\n`);
    expect(told(bomb)).toEqual([['all.yaml:1 invalid too-many-aliases'], []]);
  },

  'no `metadata.namespace`': async () => {
    const found = await take(
      text(object('v1', 'Pod', { name: 'p' }), object('v1', 'Node', { name: 'n' }), object('v1', 'Namespace', { name: 'x' })),
      'team',
    );
    expect(objectLines(found.objects)).toEqual(['Namespace x', 'Node n', 'Pod team/p']);
  },

  'no Namespace objects though namespaces are used': async () => {
    const found = await take(text(webService, pod('a')));
    expect(found.report.impliedNamespaces).toEqual(['shop']);
    expect(found.model().namespaces.get('shop')?.labels).toEqual({ 'kubernetes.io/metadata.name': 'shop' });
  },

  '`kubernetes.io/metadata.name` used in selectors, present on no Namespace object': async () => {
    const found = await take(text(object('v1', 'Namespace', { name: 'shop', labels: { team: 'a' } })));
    expect(found.model().namespaces.get('shop')?.labels).toEqual({ team: 'a', 'kubernetes.io/metadata.name': 'shop' });
  },

  'the same kind in another group: NetworkPolicy `crd.projectcalico.org`/`projectcalico.org`, Node `longhorn.io`, Gateway `networking.istio.io`, Service/Ingress of knative':
    async () => {
      const model = (
        await take(
          text(
            object('crd.projectcalico.org/v1', 'NetworkPolicy', meta('a')),
            object('projectcalico.org/v3', 'NetworkPolicy', meta('b')),
            object('networking.k8s.io/v1', 'NetworkPolicy', meta('c'), { spec: { podSelector: {} } }),
            object('longhorn.io/v1beta2', 'Node', meta('n1')),
            object('networking.istio.io/v1', 'Gateway', meta('g')),
            object('serving.knative.dev/v1', 'Service', meta('s')),
            object('networking.internal.knative.dev/v1alpha1', 'Ingress', meta('i')),
          ),
        )
      ).model();
      expect(model.networkPolicies.map(({ ref }) => ref.name)).toEqual(['c']);
      expect(model.calico.policies.map(({ ref }) => ref.name)).toEqual(['a', 'b']);
      expect([model.nodes.size, model.services.size, model.ingresses.length]).toEqual([0, 0, 0]);
      const unmodelled = model.unmodelled.map(({ ref, affects }) => `${ref.name} ${affects}`);
      expect(unmodelled.sort()).toEqual(['g routing', 'i routing', 's routing']);
    },

  'removed APIs: `extensions/v1beta1` Ingress, DaemonSet, Deployment, NetworkPolicy; `networking.k8s.io/v1beta1`': async () => {
    const rules = [{ host: 'a.example', http: { paths: [{ path: '/x', backend: { serviceName: 'web', servicePort: 'http' } }] } }];
    const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c' }] } };
    const old = 'extensions/v1beta1';
    const found = await take(
      text(
        object(old, 'Ingress', meta('i'), { spec: { rules } }),
        object('networking.k8s.io/v1beta1', 'Ingress', meta('j'), { spec: { backend: { serviceName: 'web', servicePort: 80 } } }),
        object(old, 'Deployment', meta('d'), { spec: { template } }),
        object(old, 'DaemonSet', meta('e'), { spec: { template } }),
        object(old, 'NetworkPolicy', meta('p'), { spec: { podSelector: { matchLabels: { app: 'web' } } } }),
        object('policy/v1beta1', 'PodSecurityPolicy', { name: 'r' }),
      ),
    );
    const model = found.model();
    const [i, j] = model.ingresses;
    expect(i?.rules).toMatchObject([
      {
        host: 'a.example',
        paths: [{ path: '/x', pathType: 'ImplementationSpecific', backend: { type: 'service', name: 'web', port: 'http' } }],
      },
    ]);
    expect(j?.defaultBackend).toMatchObject({ type: 'service', name: 'web', port: 80 });
    expect([...model.workloadByKey.keys()].sort()).toEqual(['DaemonSet/shop/e', 'Deployment/shop/d']);
    expect(model.networkPolicies).toHaveLength(1);
    expect(entryLines(found.report)).toEqual(['all.yaml:6 unsupported unsupported-kind']);
  },

  'CRDs of 0.4–1.4 MB each': async () => {
    const schema = { openAPIV3Schema: { description: 'x'.repeat(1_000_000) } };
    const spec = { group: 'acme.io', scope: 'Namespaced', names: { kind: 'Widget' }, versions: [{ name: 'v1', served: true, schema }] };
    const { objects } = await take(
      text(object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { name: 'widgets.acme.io' }, { spec })),
    );
    expect(JSON.stringify(objects).length).toBeLessThan(1_000);
    expect(objects).toMatchObject([{ spec: { scope: 'Namespaced', versions: [{ name: 'v1', served: true }] } }]);
  },

  "managedFields (38 % of a pod's bytes), last-applied-configuration, selfLink": async () => {
    const copy = JSON.stringify({ spec: { selector: { app: 'from the copy' } } });
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': copy, note: 'kept' };
    const noise = { managedFields: [{ manager: 'x' }], selfLink: '/api/v1/x', annotations };
    const found = await take(text({ ...webService, metadata: meta('web', noise) }));
    expect(found.objects[0]?.metadata).toEqual({ name: 'web', namespace: 'shop', annotations: { note: 'kept' } });
    expect(found.model().services.get('shop/web')?.resource.selector).toEqual({ app: 'web' });
  },

  'Pod → ReplicaSet → Deployment ownership; ReplicaSets with 0 replicas': async () => {
    const owned = (kind: string, name: string) => ({
      ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid: 'u', controller: true }],
    });
    const spec = (replicas: number) => ({
      spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } } } },
    });
    const model = (
      await take(
        text(
          object('apps/v1', 'Deployment', meta('web'), spec(1)),
          object('apps/v1', 'ReplicaSet', meta('web-new', owned('Deployment', 'web')), spec(1)),
          object('apps/v1', 'ReplicaSet', meta('web-old', owned('Deployment', 'web')), spec(0)),
          pod('web-new-1', running('10.244.0.5'), { metadata: owned('ReplicaSet', 'web-new') }),
        ),
      )
    ).model();
    expect([...model.workloadByKey.keys()]).toEqual(['Deployment/shop/web']);
    expect(model.pods.map(({ name, workload }) => [name, model.workloads[workload]?.name])).toEqual([['web-new-1', 'web']]);
  },

  'finished pods that keep podIP (26 of 27), evicted pods without IP, Pending pods': async () => {
    const model = (
      await take(
        text(
          webService,
          pod('a', running('10.244.0.5')),
          pod('done', { ...running('10.244.0.5'), phase: 'Succeeded' }),
          pod('evicted', { phase: 'Failed', reason: 'Evicted' }),
          pod('waiting', { phase: 'Pending' }, { spec: { nodeName: undefined } }),
        ),
      )
    ).model();
    expect(endpointsOf(model, 'shop/web')).toEqual(['a ready']);
    const holders = [...model.ipOwners.values()].flat().flatMap((owner) => (owner.type === 'pod' ? [model.pods[owner.pod]?.name] : []));
    expect(holders).toEqual(['a']);
    expect(ownership(model, '10.244.0.5')).toMatch(/^OWNED: .*shop\/a/);
  },

  'hostNetwork pods share the node IP': async () => {
    const host = { spec: { hostNetwork: true } };
    const model = (await take(text(node, pod('a', running('192.0.2.1'), host), pod('b', running('192.0.2.1'), host)))).model();
    expect(ownership(model, '192.0.2.1')).toMatch(/^OWNED: /);
    const two = (await take(text(node, pod('a', running('10.244.0.5')), pod('b', running('10.244.0.5'))))).model();
    expect(ownership(two, '10.244.0.5')).toMatch(/^CONFLICT: /);
  },

  "a Node's InternalIP differs from its pods' hostIP (a dump taken at two moments)": async () => {
    const found = await take(
      text(
        node,
        pod('a', running('10.244.0.5', '192.0.2.77')),
        pod('b', running('10.244.0.6', '192.0.2.77')),
        pod('c', running('10.244.0.7')),
      ),
    );
    expect(entryLines(found.report)).toEqual(['all.yaml:1 understood host-ip-differs']);
    expect(found.report.entries[0]?.findings[0]).toMatchObject({
      severity: 'warning',
      message: expect.stringContaining('`shop/a` and 1 more was seen on `192.0.2.77`'),
    });
    const model = found.model();
    expect(model.nodes.get('n1')?.addresses.map(({ ip }) => formatIp(ip))).toEqual(['192.0.2.1']);
    expect(model.pods.map(({ resource }) => resource?.status?.hostIP && formatIp(resource.status.hostIP))).toEqual([
      '192.0.2.77',
      '192.0.2.77',
      '192.0.2.1',
    ]);
  },

  'NetworkPolicy without policyTypes, `egress: [{to: null, ports: […]}]`, `ingress: [{}]`, ports without protocol': async () => {
    const policy = (name: string, spec: object) =>
      object('networking.k8s.io/v1', 'NetworkPolicy', meta(name), { spec: { podSelector: {}, ...spec } });
    const found = await take(text(policy('a', { ingress: [{}] }), policy('b', { egress: [{ to: null, ports: [{ port: 53 }] }] })));
    expect(entryLines(found.report)).toEqual([]);
    const [a, b] = found.model().networkPolicies;
    expect([a?.ingressIsolation, a?.egressIsolation, b?.ingressIsolation, b?.egressIsolation]).toEqual([true, false, true, true]);
    expect(a?.ingress).toMatchObject([{ peers: [], ports: [] }]);
    expect(b?.egress).toMatchObject([{ peers: [], ports: [{ type: 'port', protocol: 'TCP', port: 53 }] }]);
  },

  'the same object twice in one import': async () => {
    const second = { ...webService, spec: { clusterIP: '10.96.0.10', ports: [{ port: 81 }] } };
    const found = await importedTexts({ 'a.json': text(webService), 'b.json': text(second) });
    expect(told(found)).toEqual([['b.json:1 understood duplicate-object'], ['Service shop/web']]);
    expect(found.report.duplicates).toBe(1);
    expect(found.model().services.get('shop/web')?.resource.ports[0]?.port).toBe(81);
  },

  'Service without selector, headless, NodePort outside 30000–32767, dangling selector': async () => {
    const service = (name: string, spec: object) => object('v1', 'Service', meta(name), { spec: { ports: [{ port: 80 }], ...spec } });
    const odd = { type: 'NodePort', ports: [{ port: 80, nodePort: 1234 }] };
    const found = await take(
      text(
        service('a', {}),
        service('b', { clusterIP: 'None', selector: { app: 'web' } }),
        service('c', odd),
        service('d', { selector: { app: 'gone' } }),
      ),
    );
    expect(told(found)).toEqual([[], ['Service shop/a', 'Service shop/b', 'Service shop/c', 'Service shop/d']]);
    const model = found.model();
    expect(model.services.get('shop/c')?.nodePorts[0]?.value).toBe(1234);
    expect(model.services.get('shop/d')?.endpoints.candidates).toEqual([]);
  },

  'generateName without name, name as a number, label values that are no strings': async () => {
    const found = await take(
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: run-}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: 123, labels: {v: 2, canary: true}}\n',
    );
    expect(entryLines(found.report)).toEqual([
      'all.yaml:1 understood name-generated',
      'all.yaml:5 understood name-not-text label-not-text label-not-text',
    ]);
    expect(objectLines(found.objects)).toEqual(['ConfigMap default/123', expect.stringMatching(/^ConfigMap default\/run-\w{5}$/)]);
    expect(found.objects[1]?.metadata.labels).toEqual({ v: '2', canary: 'true' });
  },

  'Helm hooks, `kind: Kustomization`, kustomize components': async () => {
    const hook = pod('test', undefined, { metadata: { annotations: { 'helm.sh/hook': 'test' } } });
    const found = await take(
      text(
        hook,
        { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' },
        { apiVersion: 'kustomize.config.k8s.io/v1alpha1', kind: 'Component' },
      ),
    );
    expect(told(found)).toEqual([
      ['all.yaml:1 skipped helm-hook', 'all.yaml:2 skipped kustomization', 'all.yaml:3 skipped kustomization'],
      [],
    ]);
  },

  'a binary file called .yaml': async () => {
    const found = await importedTexts({
      'logo.yaml': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]),
      'ok.json': JSON.stringify(webService),
    });
    expect(told(found)).toEqual([['logo.yaml:1 skipped not-text'], ['Service shop/web']]);
  },
};

describe('what a real importer must survive', () => {
  it.each(Object.entries(ROWS))('%s', async (_row, holds) => {
    await holds();
  });

  const hasReadme = existsSync(README);
  if (!hasReadme) console.warn(`skipped: ${README} is not there (PORTOLAN_SHARED names the folder that has it)`);
  it.skipIf(!hasReadme)('is every row of the table, in its order', () => {
    const table = readFileSync(README, 'utf8').split('| oddity | where | what is right |')[1]?.split('\n\n')[0] ?? '';
    const rows = table
      .split('\n')
      .slice(2)
      .map((line) => line.split(' | ')[0]?.replace(/^\| /, '') ?? '');
    expect(Object.keys(ROWS)).toEqual(rows);
  });
});
