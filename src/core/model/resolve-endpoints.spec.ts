import { beforeAll, describe, expect, it } from 'vitest';
import { modelOfYaml } from '../../../test/support/model.js';
import { formatCidr, parseCidr } from '../net/cidr.js';
import { type IpRange, rangeContains, rangeToCidrs } from '../net/ip-set.js';
import { parseIp } from '../net/ip.js';
import type { NetworkModel } from './network-model.js';
import { parseEndpointSelector } from './parse-endpoint-selector.js';
import { resolveEndpoints } from './resolve-endpoints.js';

const CLUSTER = `
{apiVersion: v1, kind: Node, metadata: {name: n1}, spec: {podCIDR: 10.244.1.0/24, podCIDRs: [10.244.1.0/24]}, status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-a, namespace: shop, labels: {app: web, tier: front}}, spec: {nodeName: n1, containers: [{name: c}]}, status: {phase: Running, podIP: 10.244.1.10, podIPs: [{ip: 10.244.1.10}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-b, namespace: shop, labels: {app: web}}, spec: {nodeName: n1, containers: [{name: c}]}, status: {phase: Running, podIP: 10.244.1.11, podIPs: [{ip: 10.244.1.11}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: old, namespace: shop, labels: {app: old}}, spec: {nodeName: n1, containers: [{name: c}]}, status: {phase: Succeeded, podIP: 10.244.1.10, podIPs: [{ip: 10.244.1.10}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: agent, namespace: ops, labels: {app: agent}}, spec: {hostNetwork: true, nodeName: n1, containers: [{name: c}]}, status: {phase: Running, podIP: 192.0.2.1, podIPs: [{ip: 192.0.2.1}]}}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, namespace: data}, spec: {replicas: 2, serviceName: db, selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, ports: [{containerPort: 5432}]}]}}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: idle, namespace: data}, spec: {replicas: 0, selector: {matchLabels: {app: idle}}, template: {metadata: {labels: {app: idle}}, spec: {containers: [{name: c}]}}}}
---
{apiVersion: v1, kind: Service, metadata: {name: db, namespace: data}, spec: {clusterIP: None, selector: {app: db}, ports: [{port: 5432}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {clusterIP: 10.96.0.20, selector: {app: web}, ports: [{name: http, port: 80}]}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: bare}}
`;

let model: NetworkModel;
beforeAll(async () => {
  model = await modelOfYaml(CLUSTER);
});

/** `web-a web-b | node n1 | svc shop/web:80 | 10.0.0.0/8`, or `kind: message (hint)`. */
function expand(text: string): string {
  const parsed = parseEndpointSelector(text);
  const found = parsed.ok ? resolveEndpoints(model, parsed.value) : parsed;
  if (!found.ok) return `${found.error.kind}: ${found.error.message}${found.error.hint === undefined ? '' : ` (${found.error.hint})`}`;
  const { pods, nodes, services, ranges, port } = found.value;
  const parts = [
    pods.map((id) => model.pods[id]?.name).join(' '),
    nodes.map((name) => `node ${name}`).join(' '),
    services.map((name) => `svc ${name}${port === undefined ? '' : `:${port}`}`).join(' '),
    ranges.flatMap(rangeToCidrs).map(formatCidr).join(' '),
  ];
  return parts.filter((part) => part !== '').join(' | ');
}

/** product.md, "One selector grammar"; a finished pod holds no address (kubernetes `pkg/kubelet`, `pkg/controller/util/endpoint`). */
const ROWS: readonly [selector: string, expands: string][] = [
  ['pod/shop/web-a', 'web-a'],
  ['pod/shop/old', 'old'],
  ['sts/data/db', 'db-0 db-1'],
  ['svc/shop/web', 'svc shop/web'],
  ['svc/shop/web:http', 'svc shop/web:http'],
  ['node/n1', 'node n1'],
  ['ns/shop', 'web-a web-b'],
  ['ns/ops', 'agent'],
  ['label:app=web@shop', 'web-a web-b'],
  ['label:app=web,tier@*', 'web-a'],
  ['label:app in (web,agent)@*', 'agent web-a web-b'],
  ['label:app!=web@ops', 'agent'],
  ['ip/10.244.1.10', 'web-a'],
  ['ip/192.0.2.1', 'node n1'],
  ['ip/10.96.0.20', 'svc shop/web'],
  ['ip/10.244.1.99', '10.244.1.99/32'],
  ['ip/203.0.113.9', '203.0.113.9/32'],
  ['cidr/10.244.1.8/30', 'web-a web-b | 10.244.1.8/31'],
  ['cidr/192.0.2.0/31', 'node n1 | 192.0.2.0/32'],
  ['cidr/10.96.0.20/32', '10.96.0.20/32'],
  ['dns/web.shop.svc.cluster.local', 'svc shop/web'],
  ['dns/WEB.shop.svc.cluster.local.', 'svc shop/web'],
  ['dns/web.shop.svc', 'svc shop/web'],
  ['dns/db-1.db.data.svc.cluster.local', 'db-1'],
  ['dns/10-244-1-11.shop.pod.cluster.local', 'web-b'],
  ['url/http://web.shop.svc.cluster.local/cart', 'svc shop/web:80'],
  ['url/https://web.shop.svc/', 'svc shop/web:443'],
  ['url/http://web.shop.svc:8080', 'svc shop/web:8080'],
];

describe('what a selector names', () => {
  it.each(ROWS)('%s', (selector, expands) => {
    expect(expand(selector)).toBe(expands);
  });
});

/** A selector of nothing is a problem with the nearest right thing. */
const PROBLEMS: readonly [selector: string, problem: string][] = [
  ['pod/shop/web-c', 'unknown-pod: there is no pod `shop/web-c` (did you mean `shop/web-a`?)'],
  // a pod that a Deployment has replaced, or that a StatefulSet is scaled below: another of the same workload
  ['pod/data/db-17', 'unknown-pod: there is no pod `data/db-17` (did you mean `data/db-1`?)'],
  ['pod/data/db-5d8f7c9b6d-abcde', 'unknown-pod: there is no pod `data/db-5d8f7c9b6d-abcde` (did you mean `data/db-0`?)'],
  ['pod/data/idle-5d8f7c9b6d-abcde', 'unknown-pod: there is no pod `data/idle-5d8f7c9b6d-abcde`'],
  ['pod/shp/web-a', 'unknown-namespace: there is no namespace `shp` (did you mean `shop`?)'],
  ['deploy/data/db', 'unknown-workload: there is no Deployment `data/db` (did you mean `sts/data/db`?)'],
  ['sts/data/bd', 'unknown-workload: there is no StatefulSet `data/bd` (did you mean `sts/data/db`?)'],
  ['deploy/data/idle', 'empty-selection: `deploy/data/idle` names no pod: it has no pods (scaled to zero, or suspended)'],
  ['svc/shop/wbe', 'unknown-service: there is no service `shop/wbe` (did you mean `shop/web`?)'],
  ['node/n2', 'unknown-node: there is no node `n2` (did you mean `n1`?)'],
  ['ns/dta', 'unknown-namespace: there is no namespace `dta` (did you mean `data`?)'],
  ['ns/bare', 'empty-selection: `ns/bare` names no pod: the namespace `bare` has none that runs'],
  ['label:app=old@shop', 'empty-selection: `label:app=old@shop` selects no pod that runs: all 1 it matches have finished'],
  ['label:app=wed@shop', 'empty-selection: `label:app=wed@shop` selects no pod: no pod meets `app=wed` (did you mean `app=web`?)'],
  [
    'label:ap=web@shop',
    'empty-selection: `label:ap=web@shop` selects no pod: no pod meets `ap=web` (no pod has a label `ap`; did you mean `app`?)',
  ],
  [
    'label:app=old,tier=front@shop',
    'empty-selection: `label:app=old,tier=front@shop` selects no pod: pods meet each of its conditions, but none meets all of them',
  ],
  ['label:app=web@shpo', 'unknown-namespace: there is no namespace `shpo` (did you mean `shop`?)'],
  ['dns/wbe.shop.svc.cluster.local', 'unknown-service: there is no service `shop/wbe` (did you mean `shop/web`?)'],
  [
    'dns/example.com',
    'empty-selection: `dns/example.com` names nothing in the cluster: the addresses of other names are not known (name a service (`dns/<service>.<namespace>.svc.cluster.local`), or the addresses behind the name (`ip/…`, `cidr/…`))',
  ],
  [
    'url/https://shop.example/',
    'empty-selection: `url/https://shop.example/` names no endpoints: its host is not the DNS name of a service of the cluster (ask `route` where the URL leads, or name the service behind it (`svc/…`))',
  ],
];

describe('what names nothing', () => {
  it.each(PROBLEMS)('%s', (selector, problem) => {
    expect(expand(selector)).toBe(problem);
  });
});

const covers = (ranges: readonly IpRange[], text: string) => {
  const ip = parseIp(text) ?? { family: 4 as const, value: -1n };
  return ranges.some((range) => rangeContains(range, ip));
};

function rangesOf(text: string): readonly IpRange[] {
  const parsed = parseEndpointSelector(text);
  const found = parsed.ok ? resolveEndpoints(model, parsed.value) : parsed;
  if (!found.ok) throw new Error(found.error.message);
  return found.value.ranges;
}

describe('internet', () => {
  /** First and last address of each range that is not on the internet (RFC 1918, 6598, 1122, 3927, 5771), and of the cluster's own. */
  const inside = [
    '10.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '224.0.0.0/4',
    '192.0.2.1/32',
  ];
  it.each(inside)('is not in %s, but begins beside it', (text) => {
    const cidr = parseCidr(text);
    if (!cidr) throw new Error(text);
    const ranges = rangesOf('internet');
    const size = 1n << BigInt(32 - cidr.prefix);
    const at = (value: bigint) => ranges.some((range) => rangeContains(range, { family: 4, value }));
    expect([at(cidr.base), at(cidr.base + size - 1n)]).toEqual([false, false]);
    expect([at(cidr.base - 1n), at(cidr.base + size)]).toContain(true);
  });

  it('holds what people use for somebody outside, in the families of the cluster', () => {
    expect(['198.51.100.7', '203.0.113.9', '8.8.8.8', '192.0.2.2'].map((ip) => covers(rangesOf('internet'), ip))).not.toContain(false);
    expect(covers(rangesOf('internet'), '2001:db8::1')).toBe(false);
  });

  it('leaves private IPv6 out in a dual-stack cluster', async () => {
    const dual = await modelOfYaml('{apiVersion: v1, kind: Namespace, metadata: {name: a}}', { ipFamilies: ['IPv4', 'IPv6'] });
    const found = resolveEndpoints(dual, { type: 'internet' });
    const ranges = found.ok ? found.value.ranges : [];
    expect(['fd00::1', 'fe80::1', 'ff02::1', '::1'].map((ip) => covers(ranges, ip))).not.toContain(true);
    expect(covers(ranges, '2606:4700::1111')).toBe(true);
  });
});

describe('any', () => {
  it('is every pod that runs, every node, and every address that nobody holds', () => {
    expect(expand('any')).toMatch(/^db-0 db-1 agent web-a web-b \| node n1 \| /);
    expect(['10.244.1.10', '192.0.2.1', '10.96.0.20'].map((ip) => covers(rangesOf('any'), ip))).toEqual([false, false, false]);
    expect(['10.244.1.99', '127.0.0.1', '8.8.8.8'].map((ip) => covers(rangesOf('any'), ip))).toEqual([true, true, true]);
  });
});

describe('finished pods', () => {
  it('count where the profile says so', async () => {
    model = await modelOfYaml(CLUSTER, { policy: { completedPods: 'include' } });
    expect(expand('ns/shop')).toBe('old web-a web-b');
  });
});
