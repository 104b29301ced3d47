import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { serviceCluster } from '../../../test/support/service-cluster.js';
import type { Answer } from '../kernel/answer.js';
import type { JsonObject } from '../kernel/json.js';
import type { Problem } from '../kernel/problem.js';
import type { Result } from '../kernel/result.js';
import type { ProfileSettings } from '../model/profile-settings.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { DNS_REASONS } from './dns-reasons.js';
import type { QueryType } from './dns-record.js';
import type { NameVerdict } from './name-question.js';
import { parseRecord } from './parse-record.js';
import { type NameResult, resolveName } from './resolve-name.js';
import type { Libc } from './search-walk.js';
import { upstreamOf } from './upstream-of.js';

const CLUSTER = `
  namespace shop ; namespace prod ; node a 192.168.0.1
  pod shop/client 10.244.1.9@a
  service shop/web 10.96.0.20 http:80>8080
  service prod/api 10.96.0.21 http:80>8080
  service prod/only6 fd00:96::21 http:80>8080
  service prod/pay name=pay.example.com
  service shop/db None pg:5432>5432
  service com/example 10.96.0.22 http:80>80 ; namespace com
`;

interface Asked {
  readonly type?: QueryType;
  readonly libc?: Libc;
  readonly from?: 'pod' | 'node' | 'nobody';
  readonly corefile?: string;
  readonly upstream?: readonly string[];
  readonly hostResolvConf?: string;
  /** Members of the asking pod's `spec`. */
  readonly spec?: JsonObject;
}

const FORWARDING = '.:53 {\n kubernetes cluster.local\n forward . 192.0.2.53\n}';
const CLOSED = '.:53 {\n kubernetes cluster.local\n}';

function resolve(name: string, asked: Asked): Result<Answer<NameVerdict, NameResult>, Problem> {
  const { type, libc = 'glibc', from = 'pod', corefile = CLOSED, upstream = [], hostResolvConf = 'nameserver 192.0.2.53\n' } = asked;
  const configMap: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'kube-system', name: 'coredns' },
    data: { Corefile: corefile },
  };
  const settings: ProfileSettings = {
    podCIDRs: ['10.244.0.0/16'],
    serviceCIDRs: ['10.96.0.0/12', 'fd00:96::/112'],
    dns: { clusterDNS: ['10.96.0.10'], hostResolvConf },
  };
  const objects = serviceCluster(CLUSTER).map((object) =>
    object.kind === 'Pod' ? { ...object, spec: { ...Object(object['spec']), ...asked.spec } } : object,
  );
  const model = modelOf([...objects, configMap], settings);
  const records = upstream.flatMap((text) => {
    const record = parseRecord(text);
    return record.ok ? [record.value] : [];
  });
  const asker = { pod: { pod: model.podByKey.get('shop/client')! }, node: { node: 'a' }, nobody: undefined }[from];
  return resolveName({ model, serial: 1, upstream: upstreamOf(records, false) }, { name, type, libc, from: asker });
}

function answered(name: string, asked: Asked = {}): Answer<NameVerdict, NameResult> {
  const answer = resolve(name, asked);
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

/** `RESOLVED api.prod.svc.cluster.local. 10.96.0.21 (2 names, 4 questions)`. */
function line({ verdict, result }: Answer<NameVerdict, NameResult>): string {
  const data = result.answer.map((record) => record.data).join(' ');
  const found = result.answer.length > 0 ? ` ${result.name} ${data}` : '';
  return `${verdict}${found} (${result.tried.length} names, ${result.questions} questions)`;
}

type Row = [name: string, asked: Asked, expected: string];

function table(title: string, rows: Row[]): void {
  it.each(rows)(`${title}: %s %o → %s`, (name, asked, expected) => {
    expect(line(answered(name, asked))).toBe(expected);
  });
}

/** The counts are those of the reference's table: every name that is tried costs a question for A and one for AAAA. */
describe('the search walk of a pod', () => {
  table('name', [
    ['web', {}, 'RESOLVED web.shop.svc.cluster.local. 10.96.0.20 (1 names, 2 questions)'],
    ['api.prod', {}, 'RESOLVED api.prod.svc.cluster.local. 10.96.0.21 (2 names, 4 questions)'],
    ['api.prod.svc', {}, 'RESOLVED api.prod.svc.cluster.local. 10.96.0.21 (3 names, 6 questions)'],
    ['api.prod.svc.cluster.local', {}, 'RESOLVED api.prod.svc.cluster.local. 10.96.0.21 (4 names, 8 questions)'],
    ['api.prod.svc.cluster.local.', {}, 'RESOLVED api.prod.svc.cluster.local. 10.96.0.21 (1 names, 2 questions)'],
    ['api', {}, 'REFUSED (4 names, 8 questions)'],
    ['api', { corefile: FORWARDING }, 'EXTERNAL (4 names, 8 questions)'],
    [
      'www.example.org',
      { corefile: FORWARDING, upstream: ['www.example.org. A 192.0.2.7'] },
      'RESOLVED www.example.org. 192.0.2.7 (4 names, 8 questions)',
    ],
    ['nothing.shop.svc.cluster.local.', {}, 'NXDOMAIN (1 names, 2 questions)'],
    ['web', { type: 'SRV' }, 'RESOLVED web.shop.svc.cluster.local. 0 100 80 web.shop.svc.cluster.local. (1 names, 1 questions)'],
  ]);
  table('a host domain more', [
    [
      'api.prod.svc.cluster.local',
      { hostResolvConf: 'nameserver 192.0.2.53\nsearch corp.example\n', corefile: FORWARDING },
      'RESOLVED api.prod.svc.cluster.local. 10.96.0.21 (5 names, 10 questions)',
    ],
  ]);
  table('asked of the name server', [
    ['web', { from: 'nobody' }, 'REFUSED (1 names, 2 questions)'],
    ['web.shop.svc.cluster.local', { from: 'nobody' }, 'RESOLVED web.shop.svc.cluster.local. 10.96.0.20 (1 names, 2 questions)'],
    ['web.shop.svc.cluster.local', { from: 'nobody', type: 'AAAA' }, 'NODATA (1 names, 1 questions)'],
  ]);
});

/** glibc goes on after NODATA, musl takes it for proof that the name exists and stops (the two libraries' sources, see `search-walk.ts`). */
describe('the two C libraries', () => {
  table('no data', [
    ['only6.prod', { type: 'A', libc: 'musl' }, 'NODATA (2 names, 2 questions)'],
    ['only6.prod', { type: 'A', libc: 'glibc' }, 'NODATA (4 names, 4 questions)'],
  ]);

  it('differ where the name has as many dots as ndots: musl never tries the search list then', () => {
    const spec = { dnsConfig: { options: [{ name: 'ndots', value: '1' }] } };
    const { verdict, result, warnings } = answered('api.prod', { spec });
    expect([verdict, result.name, result.otherLibc]).toEqual([
      'RESOLVED',
      'api.prod.svc.cluster.local.',
      { libc: 'musl', verdict: 'REFUSED', name: 'api.prod.', questions: 2 },
    ]);
    expect(warnings).toContainEqual(expect.objectContaining({ code: 'MUSL_NDOTS' }));
    expect(answered('api.prod', { spec, libc: 'musl' }).verdict).toBe('REFUSED');
  });

  it('agree about an ordinary name', () => {
    expect(answered('api.prod').result.otherLibc).toMatchObject({ libc: 'musl', verdict: 'RESOLVED', questions: 4 });
  });
});

describe('who asks', () => {
  it('a node asks its own resolver, whose answer is not known', () => {
    const { verdict, confidence, result } = answered('web', { from: 'node' });
    expect([verdict, confidence, result.rcode, result.tried[0]?.reason]).toEqual(['EXTERNAL', 'INSUFFICIENT_INFO', null, 'NOT_ASKED_HERE']);
  });

  it('a pod with dnsPolicy Default asks the resolver of its node', () => {
    const { verdict, result } = answered('web.shop.svc.cluster.local', { spec: { dnsPolicy: 'Default' } });
    expect([verdict, result.resolver?.nameservers, result.resolver?.searches]).toEqual(['EXTERNAL', ['192.0.2.53'], []]);
  });

  it('nobody has no resolver', () => {
    const { result } = answered('web', { from: 'nobody' });
    expect([result.resolver, result.otherLibc]).toEqual([null, null]);
  });

  it('a pod of the cluster has the resolver that kubelet writes', () => {
    const { resolver } = answered('web').result;
    expect(resolver).toMatchObject({
      nameservers: ['10.96.0.10'],
      searches: ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
      options: ['ndots:5'],
    });
    expect(resolver?.lines.map(({ reason }) => reason)).toEqual([
      'CLUSTER_DNS',
      'CLUSTER_SEARCH',
      'CLUSTER_SEARCH',
      'CLUSTER_SEARCH',
      'CLUSTER_NDOTS',
    ]);
  });
});

describe('what the asker should know', () => {
  const codesOf = (name: string, asked: Asked = {}) => answered(name, asked).warnings.map(({ code }) => code);

  it('the search list captures a name of the internet (coredns#5733)', () => {
    const { result, warnings } = answered('example.com');
    expect(result.name).toBe('example.com.svc.cluster.local.');
    expect(warnings).toContainEqual(
      expect.objectContaining({ code: 'SEARCH_CAPTURE', message: expect.stringContaining('`example.com.`') as string }),
    );
  });

  it.each<[string, Asked]>([
    ['api', { corefile: CLOSED }],
    ['api', { corefile: FORWARDING }],
    ['api.shop.svc.cluster.local.', {}],
  ])('the service stands in another namespace: %s %o', (name, asked) => {
    const message = 'there is a service `api` in namespace `prod`: ask for `api.prod`';
    expect(answered(name, asked).warnings).toContainEqual({ code: 'NEAREST_SERVICE', message });
  });

  it('nothing of a name of the internet, though a service has its first label', () => {
    expect(codesOf('api.example.org', { corefile: FORWARDING })).toEqual([]);
  });

  it('the name is one letter off', () => {
    expect(answered('wep.shop.svc.cluster.local.').warnings).toContainEqual({
      code: 'NEAREST_SERVICE',
      message: 'did you mean service `shop/web`?',
    });
    expect(answered('wep.shop.svc.cluster.local.').summary).toMatch(/; did you mean service `shop\/web`\?$/);
  });

  it('nothing of a name that is like no service, though its namespace is right', () => {
    expect(answered('nope.shop.svc.cluster.local.').warnings).toEqual([]);
  });

  // kubernetes/dns docs/specification.md 2.4: a headless service has records for its ready endpoints; the walk goes on to names that nobody meant.
  it.each([CLOSED, FORWARDING])('a headless service of that name has no ready endpoint: %s', (corefile) => {
    expect(answered('db', { corefile }).warnings).toEqual([
      { code: 'HEADLESS_NOT_READY', message: 'service `shop/db` has no ready endpoint' },
    ]);
  });

  it('nothing, where all is well', () => {
    expect(codesOf('web')).toEqual([]);
  });
});

describe('an outside name', () => {
  it('is not known when nobody says what it is', () => {
    const { verdict, confidence, result } = answered('pay.prod', {});
    expect([verdict, confidence, result.answer.map(({ data }) => data)]).toEqual(['EXTERNAL', 'INSUFFICIENT_INFO', ['pay.example.com.']]);
  });

  it('is answered with what the question says of the world', () => {
    const { verdict, result } = answered('pay.prod', { upstream: ['pay.example.com. A 192.0.2.7'] });
    expect([verdict, result.addresses]).toEqual(['RESOLVED', ['192.0.2.7']]);
  });
});

it('refuses what is no name', () => {
  const answer = resolve('a'.repeat(64), {});
  expect(answer.ok ? undefined : [answer.error.kind, answer.error.errors?.[0]?.code]).toEqual(['invalid-request', 'label-too-long']);
});

it('has evidence with reasons of the list only, parents before children', () => {
  for (const [name, asked] of [
    ['web', {}],
    ['api', { corefile: FORWARDING }],
    ['pay.prod', {}],
    ['web', { from: 'node' }],
  ] as const) {
    const { evidence } = answered(name, asked);
    expect(evidence.length).toBeGreaterThan(1);
    for (const step of evidence) {
      expect(Object.keys(DNS_REASONS)).toContain(step.reason);
      expect(step.parent ?? 0).toBeLessThan(step.id);
    }
  }
});
