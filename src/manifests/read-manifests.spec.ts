import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fileOf, readAll, readText, tell } from '../../test/support/manifests.js';

/** A minimal object in YAML. */
const yaml = (kind: string, name: string, more = '') => `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n${more}`;
const json = (kind: string, name: string, more: object = {}) => ({ apiVersion: 'v1', kind, metadata: { name, ...more } });

/** The oddities of real input, each named as `shared/real/README.md` names it; expectations are its last column. */
describe('what a real importer must survive', () => {
  it('`kind: List`, `PodList`, items of typed lists without kind', async () => {
    const list = { kind: 'List', apiVersion: 'v1', items: [json('Service', 'a'), json('Pod', 'b')] };
    expect(tell(await readText(JSON.stringify(list)))).toEqual(['1/items/0 Service default/a', '1/items/1 Pod default/b']);
    const typed = {
      kind: 'PodList',
      apiVersion: 'v1',
      items: [{ metadata: { name: 'p', namespace: 'x' } }, { metadata: { name: 'q', namespace: 'x' } }],
    };
    expect(tell(await readText(JSON.stringify(typed, null, 2)))).toEqual(['5/items/0 Pod x/p', '11/items/1 Pod x/q']);
    const kindLast = { apiVersion: 'v1', items: [{ metadata: { name: 'n1' } }], kind: 'NodeList' };
    expect(tell(await readText(JSON.stringify(kindLast)))).toEqual(['1/items/0 Node n1']);
    const asYaml = 'apiVersion: apps/v1\nkind: DeploymentList\nitems:\n- metadata:\n    name: d\n- metadata:\n    name: e\n';
    const documents = await readText(asYaml);
    expect(tell(documents)).toEqual(['4/items/0 Deployment default/d', '6/items/1 Deployment default/e']);
    expect(documents.map((document) => document.outcome === 'object' && document.object.apiVersion)).toEqual(['apps/v1', 'apps/v1']);
  });

  it('list with `items: null`, top-level JSON array, a list without kind', async () => {
    expect(await readText('{"kind":"PodList","apiVersion":"v1","items":null}')).toEqual([]);
    expect(tell(await readText(JSON.stringify([json('Pod', 'a'), { metadata: { name: 'b' } }])))).toEqual([
      '1/0 Pod default/a',
      '1/1 skipped !no-kind',
    ]);
    expect(tell(await readText(JSON.stringify({ items: [{ metadata: { name: 'a' } }, { b: 1 }] })))).toEqual(['1 skipped !no-kind @1']);
    expect(tell(await readText(JSON.stringify({ items: [json('Pod', 'a')] })))).toEqual(['1/items/0 Pod default/a']);
  });

  it('a list whose kind is misspelt: its items are read, and the list is wrong', async () => {
    const list = { apiVersion: 'v1', kindt: 'PodList', items: [json('Pod', 'a')] };
    expect(tell(await readText(JSON.stringify(list)))).toEqual(['1/items/0 Pod default/a', '1 invalid !no-kind @1']);
    const yaml = `apiVersion: v1\nitems:\n- ${JSON.stringify(json('Pod', 'a'))}\n`;
    expect(tell(await readText(yaml)).at(-1)).toContain('invalid !no-kind');
  });

  it('a single object without kind or apiVersion (client-go drops TypeMeta)', async () => {
    const [document] = await readText(JSON.stringify({ metadata: { name: 'p', uid: '1' }, spec: {} }));
    expect(document).toMatchObject({
      outcome: 'skipped',
      diagnostics: [{ code: 'no-kind', message: 'the object has no `kind`, so nothing tells what it is' }],
    });
    const [pod] = await readText('kind: Deployment\nmetadata: {name: d}\n');
    expect(pod).toMatchObject({
      outcome: 'invalid',
      diagnostics: [{ code: 'no-api-version', hint: 'did you mean `apiVersion: apps/v1`?' }],
    });
  });

  it('empty documents, comment-only documents, empty files, `---` first', async () => {
    for (const nothing of [
      '',
      '\n\n',
      '# only a comment\n',
      '---\n',
      '---\n---\n# x\n---\n',
      '--- # c\n...\n',
      '---\nnull\n',
      '[]',
      '{"kind":"List","items":[]}',
    ]) {
      expect(tell(await readText(nothing)), JSON.stringify(nothing)).toEqual([]);
    }
    expect(tell(await readText(`---\n# first\n${yaml('Pod', 'a')}---\n---\n${yaml('Pod', 'b')}`))).toEqual([
      '3 Pod default/a',
      '9 Pod default/b',
    ]);
  });

  it('files that are no manifests: Chart.yaml, values, package.json, kustomization.yaml, swagger', async () => {
    const reason = async (name: string, text: string) =>
      (await readText(text, name)).map((document) => [document.outcome, document.diagnostics[0]?.message]);
    expect(await reason('chart/Chart.yaml', 'apiVersion: v2\nname: web\n')).toEqual([
      ['skipped', "this is a Helm chart's description, no manifest"],
    ]);
    expect(await reason('values.yaml', 'image: x\n')).toEqual([['skipped', 'this is Helm values, no manifest']]);
    expect(await reason('package.json', '{"name":"x","dependencies":{}}')).toEqual([
      ['skipped', 'this is a file of a JavaScript project, no manifest'],
    ]);
    expect(await reason('kustomization.yaml', 'resources: [a.yaml]\n')).toEqual([['skipped', 'this is a file of kustomize, no manifest']]);
    expect(await reason('api.yaml', 'swagger: "2.0"\npaths: {}\n')).toEqual([['skipped', 'this is an OpenAPI description, no manifest']]);
    expect(await reason('notes.yaml', 'just a text\n')).toEqual([['skipped', 'this is a text, no manifest']]);
  });

  it('Helm/Go/Jinja templates: some fail to parse, some parse into garbage', async () => {
    const invalid = 'template-not-rendered';
    expect(tell(await readText('{{- if .Values.x }}\napiVersion: v1\n{{- end }}\n'))).toEqual([`1 invalid !${invalid} @1`]);
    expect(tell(await readText(`apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ name }}\n`))).toEqual([`4 invalid !${invalid} @4`]);
    expect(tell(await readText(yaml('Service', '"{{ name }}"')))).toEqual([`1 invalid !${invalid} /metadata/name @4`]);
    expect(tell(await readText(yaml('Service', 'web', 'spec:\n  clusterIP: "{{ ip }}"\n')))).toEqual([
      `1 invalid !${invalid} /spec/clusterIP @6`,
    ]);
    expect(tell(await readText(`${yaml('Pod', 'a')}---\n{% for x in y %}\na: {b\n`))).toEqual([
      '1 Pod default/a',
      `6 invalid !${invalid} @6`,
    ]);
  });

  it('`{{` inside a ConfigMap’s or PrometheusRule’s text is normal', async () => {
    expect(tell(await readText(yaml('ConfigMap', 'c', 'data:\n  t: "{{ .Values }}"\n')))).toEqual(['1 ConfigMap default/c']);
    const rule =
      'apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: r, namespace: m}\nspec:\n  groups: [{rules: [{annotations: {summary: "{{ $labels.pod }}"}}]}]\n';
    expect(tell(await readText(rule))).toEqual(['1 PrometheusRule m/r']);
    expect(tell(await readText(yaml('Pod', 'p', 'spec:\n  containers: [{args: ["--format={{.ID}}"]}]\n')))).toEqual(['1 Pod default/p']);
  });

  it('bare placeholders (`CLUSTER_DNS_IP`)', async () => {
    const [document] = await readText(yaml('Service', 'kube-dns', 'spec:\n  clusterIP: CLUSTER_DNS_IP\n'));
    expect(document).toMatchObject({ outcome: 'object', object: { spec: { clusterIP: 'CLUSTER_DNS_IP' } } });
  });

  it('redacted values `***HIDDEN***`: a string in JSON, an alias, so a parse error, in YAML', async () => {
    const hidden = json('Service', 'a');
    const asJson = await readText(JSON.stringify({ ...hidden, spec: { clusterIP: '***HIDDEN***' } }));
    expect(asJson).toMatchObject([{ outcome: 'object', object: { spec: { clusterIP: '***HIDDEN***' } } }]);
    const asYaml = `${yaml('Service', 'a', 'spec:\n  clusterIP: ***HIDDEN***\n')}---\n${yaml('Service', 'b')}`;
    expect(tell(await readText(asYaml))).toEqual(['6 invalid !redacted-value @6', '8 Service default/b']);
  });

  it('duplicate mapping keys', async () => {
    const documents = await readText(yaml('Service', 'a', 'spec:\n  selector: {app: x}\n  type: NodePort\n  selector: {app: y}\n'));
    expect(tell(documents)).toEqual(['1 Service default/a !duplicate-key /spec/selector @8']);
    expect(documents).toMatchObject([{ object: { spec: { selector: { app: 'y' }, type: 'NodePort' } } }]);
  });

  it('the closing `]` of a flow sequence at its parent’s indent', async () => {
    const text = yaml('Pod', 'a', 'spec:\n  containers:\n  - args: [\n      "x",\n      "y"\n  ]\n    name: c\n');
    const documents = await readText(text.replace('  ]\n', '  ]\n'));
    expect(documents).toMatchObject([{ outcome: 'object', object: { spec: { containers: [{ args: ['x', 'y'], name: 'c' }] } } }]);
    const quoted = await readText(yaml('ConfigMap', 'c', 'data:\n  json: \'{\n  "a": 1\n}\'\nimmutable: true\n'));
    expect(quoted).toMatchObject([{ object: { data: { json: '{ "a": 1 }' }, immutable: true } }]);
  });

  it('KYAML (flow style, trailing commas, unquoted keys)', async () => {
    const kyaml = '---\n{\n  apiVersion: "v1",\n  kind: "Pod",\n  metadata: {\n    name: "a",\n    labels: { app: "x", },\n  },\n}\n';
    expect(tell(await readText(kyaml))).toEqual(['2 Pod default/a']);
    expect(tell(await readText(kyaml.slice(4)))).toEqual(['1 Pod default/a']);
    expect(tell(await readText('{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a",},}\n'))).toEqual(['1 Pod default/a']);
  });

  it('UTF-8 BOM, CRLF, anchors and aliases', async () => {
    expect(tell(await readText(`\uFEFF${yaml('Pod', 'a')}`))).toEqual(['1 Pod default/a']);
    expect(tell(await readText(`\uFEFF${JSON.stringify(json('Pod', 'a'))}`))).toEqual(['1 Pod default/a']);
    const crlf = `${yaml('Pod', 'a')}---\n${yaml('Pod', 'b')}`.replaceAll('\n', '\r\n');
    expect(tell(await readText(crlf))).toEqual(['1 Pod default/a', '6 Pod default/b']);
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(yaml('Pod', 'a'), 'utf16le')]);
    expect(tell(await readText(utf16))).toEqual(['1 Pod default/a']);
    const aliases =
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: &n web\n  labels: &l {app: *n}\nspec:\n  nodeSelector:\n    <<: *l\n    zone: a\n';
    expect(await readText(aliases)).toMatchObject([
      { object: { metadata: { labels: { app: 'web' } }, spec: { nodeSelector: { app: 'web', zone: 'a' } } } },
    ]);
  });

  it('alias expansion is bounded: the billion laughs, and an alias inside its own anchor', async () => {
    const laughs = [
      'a: &a [x,x,x,x,x,x,x,x,x,x]',
      ...'bcdefghij'.split('').map((name, i) => `${name}: &${name} [${Array(10).fill(`*${'abcdefghi'[i]}`).join(',')}]`),
    ];
    expect(tell(await readText(`${yaml('ConfigMap', 'c')}${laughs.join('\n')}\n---\n${yaml('Pod', 'b')}`))).toEqual([
      '1 invalid !too-many-aliases @1',
      '16 Pod default/b',
    ]);
    expect(tell(await readText(yaml('ConfigMap', 'c', 'data: &d\n  x: *d\n')))).toEqual(['1 invalid !too-deep @1']);
  });

  it('no `metadata.namespace`', async () => {
    const text = `${yaml('Service', 'a')}---\n${yaml('Namespace', 'shop')}---\n${yaml('Service', 'b').replace('name: b', 'name: b\n  namespace: own')}`;
    expect(tell(await readText(text, 'f.yaml', { namespace: 'shop' }))).toEqual([
      '1 Service shop/a',
      '6 Namespace shop',
      '11 Service own/b',
    ]);
    const dropped = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r, namespace: x}\n';
    expect(tell(await readText(dropped))).toEqual(['1 ClusterRole r !namespace-dropped /metadata/namespace']);
  });

  it('no `metadata.namespace` on a kind whose definition is in the same import, wherever it stands', async () => {
    const definition = (scope: string) =>
      `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: w}\nspec: {group: acme.io, scope: ${scope}, names: {kind: Widget}}\n`;
    const widget = 'apiVersion: acme.io/v1\nkind: Widget\nmetadata: {name: w}\n';
    expect(tell(await readText(`${widget}---\n${definition('Cluster')}`))).toEqual(['5 CustomResourceDefinition w', '1 Widget w']);
    expect(tell(await readText(`${definition('Namespaced')}---\n${widget}`))).toEqual([
      '1 CustomResourceDefinition w',
      '6 Widget default/w',
    ]);
    expect(tell(await readText(widget))).toEqual(['1 Widget default/w !scope-unknown /metadata']);
  });

  // kubernetes-sigs/gateway-api `config/crd/standard`, traefik/traefik `docs/content/reference/dynamic-configuration`: `scope: Namespaced`.
  it.each([
    ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
    ['traefik.io/v1alpha1', 'IngressRoute'],
    ['k8s.nginx.org/v1', 'VirtualServer'],
  ])('a kind of an extension that is read is known to live in a namespace: %s %s', async (apiVersion, kind) => {
    const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: w}\nspec: {}\n`;
    expect(tell(await readText(text))).toEqual([`1 ${kind} default/w`]);
  });

  it('the same kind in another group', async () => {
    const node = 'apiVersion: longhorn.io/v1beta2\nkind: Node\nmetadata: {name: n, namespace: longhorn-system}\n';
    expect(tell(await readText(`${node}---\n${yaml('Node', 'n')}`))).toEqual(['1 Node longhorn-system/n', '5 Node n']);
    const flux = 'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: k, namespace: flux}\n';
    expect(tell(await readText(flux))).toEqual(['1 Kustomization flux/k']);
  });

  it('generateName without name, name as a number, label values that are no strings', async () => {
    const generated = await readText('apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: run-}\n');
    expect(tell(generated)).toEqual([
      expect.stringMatching(/^1 Job default\/run-[b-z2-9]{5} !name-generated \/metadata\/generateName @3$/),
    ]);
    expect(tell(await readText('apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: run-}\n'))).toEqual(tell(generated));
    expect(tell(await readText('apiVersion: v1\nkind: Pod\nmetadata:\n  name: 123\n'))).toEqual([
      '1 Pod default/123 !name-not-text /metadata/name @4',
    ]);
    const labels = await readText('apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels:\n    canary: true\n    v: 2\n    none:\n');
    expect(tell(labels)).toEqual(['1 Pod default/a !label-not-text /metadata/labels/canary @6 !label-not-text /metadata/labels/v @7']);
    expect(labels).toMatchObject([{ object: { metadata: { labels: { canary: 'true', v: '2', none: '' } } } }]);
  });

  it('Helm hooks, `kind: Kustomization`, kustomize components', async () => {
    const hook = (kind: string, annotations: string) => yaml(kind, 'h').replace('name: h', `name: h\n  annotations: {${annotations}}`);
    const reason = '!helm-hook /metadata/annotations/helm.sh~1hook @5';
    expect(tell(await readText(hook('Pod', 'helm.sh/hook: test')))).toEqual([`1 skipped ${reason}`]);
    expect(tell(await readText(hook('ConfigMap', 'helm.sh/hook: "pre-install,pre-upgrade"')))).toEqual(['1 ConfigMap default/h']);
    expect(tell(await readText(hook('ConfigMap', 'helm.sh/hook: pre-install, helm.sh/hook-delete-policy: hook-succeeded')))).toEqual([
      `1 skipped ${reason}`,
    ]);
    for (const kind of ['Kustomization', 'Component']) {
      expect(tell(await readText(`apiVersion: kustomize.config.k8s.io/v1beta1\nkind: ${kind}\n`))).toEqual(['1 skipped !kustomization']);
    }
  });

  it('a binary file called .yaml', async () => {
    const documents = await readAll([
      fileOf(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]), 'logo.yaml'),
      fileOf(yaml('Pod', 'a'), 'pod.yaml'),
    ]);
    expect(tell(documents)).toEqual(['1 skipped !not-text', '1 Pod default/a']);
    expect(documents[0]?.diagnostics[0]?.message).toBe('`logo.yaml` is not text');
  });

  it('one broken document does not lose the others of its file', async () => {
    expect(tell(await readText(`${yaml('Pod', 'a')}---\na: [b\nc: 'd\n---\n${yaml('Pod', 'c')}`))).toEqual([
      '1 Pod default/a',
      '7 invalid !syntax-error @7',
      '9 Pod default/c',
    ]);
    const lines = [
      JSON.stringify(json('Pod', 'a')),
      JSON.stringify(json('Pod', 'b')),
      '{"apiVersion":"v1","kind":"Po',
      'garbage',
      JSON.stringify(json('Pod', 'c')),
    ];
    expect(tell(await readText(lines.join('\n')))).toEqual([
      '1 Pod default/a',
      '2 Pod default/b',
      '3 invalid !syntax-error @3',
      '4 invalid !syntax-error @4',
      '5 Pod default/c',
    ]);
    const list = `{"kind":"List","apiVersion":"v1","items":[${JSON.stringify(json('Pod', 'a'))},{"kind" "Pod"},${JSON.stringify(json('Pod', 'c'))}]}`;
    expect(tell(await readText(list))).toEqual([
      '1/items/0 Pod default/a',
      '1/items/1 invalid !syntax-error @1',
      '1/items/2 Pod default/c',
    ]);
  });
});

describe('formats', () => {
  it('gzip is told by its first bytes, whatever the file is called', async () => {
    expect(tell(await readText(gzipSync(`${yaml('Pod', 'a')}---\n${yaml('Pod', 'b')}`)))).toEqual(['1 Pod default/a', '6 Pod default/b']);
    const cut = gzipSync(yaml('Pod', 'a').repeat(50));
    expect(tell(await readText(cut.subarray(0, cut.length - 20)))).toEqual(['1 invalid !broken-gzip']);
  });

  it('JSON values one after the other, and YAML behind them', async () => {
    const values = `${JSON.stringify(json('Pod', 'a'), null, 1)}\n${JSON.stringify(json('Pod', 'b'), null, 1)}\n---\n${yaml('Pod', 'c')}`;
    expect(tell(await readText(values))).toEqual(['1 Pod default/a', '8 Pod default/b', '16 Pod default/c']);
    expect((await readText(values)).map(({ document }) => document)).toEqual([1, 2, 3]);
  });

  it('scalars mean what they mean to kubectl', async () => {
    const data =
      'data:\n  a: yes\n  y: n\n  b: 0644\n  c: 1_000\n  d: 2024-01-02\n  e: 12:30:00\n  f: ~\n  g: 1e3\n  h: "no"\n  on: 08\n  8080: .5\n';
    expect(await readText(yaml('ConfigMap', 'c', data))).toMatchObject([
      {
        object: {
          data: { a: true, y: 'n', b: 420, c: 1000, d: '2024-01-02', e: '12:30:00', f: null, g: 1000, h: 'no', true: 8, '8080': 0.5 },
        },
      },
    ]);
  });

  it('keys of JavaScript’s own are keys like any other', async () => {
    for (const text of [
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","labels":{"__proto__":"x","constructor":"y"}},"__proto__":{"polluted":true}}',
      yaml('ConfigMap', 'c', '  labels: {__proto__: x, constructor: y}\n__proto__: {polluted: true}\n'),
      yaml('ConfigMap', 'c', '  labels: &l {__proto__: x, constructor: y}\nother: *l\n__proto__: {polluted: true}\n'),
    ]) {
      const [document] = await readText(text);
      const object = document?.outcome === 'object' ? document.object : undefined;
      expect(JSON.parse(JSON.stringify(object?.metadata['labels'])), text).toEqual(JSON.parse('{"__proto__":"x","constructor":"y"}'));
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      expect(object && Object.getPrototypeOf(object)).toBe(Object.prototype);
    }
  });

  it('what neither JSON nor the database can hold is invalid, and said where', async () => {
    expect(tell(await readText(yaml('ConfigMap', 'c', 'data:\n  a: "x\\0y"\n')))).toEqual(['1 invalid !unstorable-value /data/a @6']);
    expect(tell(await readText(yaml('ConfigMap', 'c', 'data:\n  a: .inf\n')))).toEqual(['1 invalid !unstorable-value /data/a @6']);
    const text = '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"x":["\\ud800",1e999]}}';
    expect(tell(await readText(text))).toEqual(['1 invalid !unstorable-value /spec/x/0 @1']);
  });

  it.each(['9'.repeat(400), `1.e400`, '1e4_00', `${'9'.repeat(250)}e99`, `0x${'f'.repeat(300)}`, '1_0e400'])(
    'a number beyond all that JSON holds is invalid: %s',
    async (number) => {
      const data = `data:\n  a: ${number}`; // the text ends without a newline
      expect(tell(await readText(yaml('ConfigMap', 'c', data)))).toEqual(['1 invalid !unstorable-value /data/a @6']);
    },
  );
});

describe('limits', () => {
  it('nesting is bounded, for each document alone', async () => {
    const deep = `${'['.repeat(300)}${']'.repeat(300)}`;
    expect(tell(await readText(`{"kind":"List","items":[${JSON.stringify(json('Pod', 'a'))},{"x":${deep}}]}`))).toEqual([
      '1/items/0 Pod default/a',
      '1/items/1 invalid !too-deep @1',
    ]);
    expect(tell(await readText(`x: ${deep}\n---\n${yaml('Pod', 'a')}`))).toEqual(['1 invalid !too-deep @1', '3 Pod default/a']);
  });

  it('the whole text of an import is bounded, over files and after decompression', async () => {
    const bomb = gzipSync(Buffer.alloc(5 * 2 ** 20, 0x20));
    const problem = { kind: 'payload-too-large', message: 'the import exceeds 1 MiB of decompressed text while reading `bomb.gz`' };
    await expect(readText(bomb, 'bomb.gz', { limits: { maxBytes: 2 ** 20 } })).rejects.toMatchObject({ problem });
    const half = `# ${'x'.repeat(600_000)}\n`;
    await expect(readAll([fileOf(half, 'a'), fileOf(half, 'b')], { limits: { maxBytes: 2 ** 20 } })).rejects.toMatchObject({
      problem: { kind: 'payload-too-large', extra: { maximum: 2 ** 20 } },
    });
  });

  it('one document is bounded, a list of any length is not', async () => {
    const limits = { maxDocumentBytes: 100_000 };
    const items = Array.from({ length: 2_000 }, (_, index) => json('Pod', `pod-${index}`));
    expect(await readText(JSON.stringify({ apiVersion: 'v1', items, kind: 'List' }), undefined, { limits })).toHaveLength(2_000);
    const big = JSON.stringify({ ...json('ConfigMap', 'c'), data: { x: 'y'.repeat(200_000) } });
    await expect(readText(big, 'c.json', { limits })).rejects.toMatchObject({
      problem: { kind: 'payload-too-large', message: 'the document at line 1 of `c.json` exceeds 100000 bytes' },
    });
    const text = yaml('ConfigMap', 'c', `data:\n  x: |\n${'    line\n'.repeat(30_000)}`);
    await expect(readText(`---\n${text}`, 'c.yaml', { limits })).rejects.toMatchObject({
      problem: { message: 'the document at line 1 of `c.yaml` exceeds 100000 bytes' },
    });
  });
});
