import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { serviceCluster } from '../../../test/support/service-cluster.js';
import type { Json, JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { explainEndpoints } from './explain-endpoints.js';
import { SERVICE_REASONS } from './service-reasons.js';

interface PodFacts {
  readonly labels?: Record<string, string>;
  readonly ip?: string | null;
  readonly phase?: string;
  readonly ready?: boolean;
  readonly deleted?: boolean;
  readonly nodeName?: string;
  readonly ports?: Json[];
}

const HTTP = { name: 'http', containerPort: 8080 };

function pod(name: string, facts: PodFacts = {}): KubernetesObject {
  const {
    labels = { app: 'web' },
    ip = '10.244.1.5',
    phase = 'Running',
    ready = true,
    deleted = false,
    nodeName = 'a',
    ports = [HTTP],
  } = facts;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 't', name, labels, ...(deleted ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}) },
    spec: { nodeName, containers: [{ name: 'main', ports }] },
    status: {
      phase,
      ...(ip === null ? {} : { podIP: ip, podIPs: [{ ip }] }),
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    },
  };
}

function service(spec: JsonObject = {}): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 't', name: 'web' },
    spec: { clusterIP: '10.96.0.10', selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }], ...spec },
  };
}

const NODE = serviceCluster('node a 192.168.0.1');

function explain(...objects: KubernetesObject[]) {
  const model = modelOf([...NODE, ...objects]);
  return explainEndpoints(model, model.services.get('t/web')!);
}

/** Reference: kubernetes/endpointslice `util/controller_utils.go` ShouldPodBeInEndpoints, `utils.go` podToEndpoint and findPort, `reconciler.go`. */
describe('what becomes of a pod that the selector matches', () => {
  it.each<[what: string, pod: KubernetesObject, spec: JsonObject, expected: string]>([
    ['ready', pod('p'), {}, 'READY | p published ready READY'],
    ['not ready', pod('p', { ready: false }), {}, 'NOT_READY | p published NOT_READY'],
    [
      'not ready, published all the same',
      pod('p', { ready: false }),
      { publishNotReadyAddresses: true },
      'READY | p published ready PUBLISHED_NOT_READY',
    ],
    ['terminating', pod('p', { deleted: true }), {}, 'NOT_READY | p published TERMINATING'],
    ['without an address', pod('p', { ip: null, phase: 'Pending' }), {}, 'EMPTY | p left out NO_POD_IP'],
    ['finished', pod('p', { phase: 'Succeeded' }), {}, 'EMPTY | p left out POD_TERMINAL_PHASE'],
    ['failed', pod('p', { phase: 'Failed' }), {}, 'EMPTY | p left out POD_TERMINAL_PHASE'],
    ['on a node that does not exist', pod('p', { nodeName: 'zz' }), {}, 'EMPTY | p left out NODE_MISSING'],
    ['of the other family', pod('p', { ip: 'fd00::5' }), { ipFamilies: ['IPv4'] }, 'EMPTY | p left out FAMILY_MISMATCH'],
    ['one letter off', pod('p', { labels: { app: 'webb' } }), {}, 'EMPTY | p left out SELECTOR_NEAR_MISS'],
    ['of another application', pod('p', { labels: { app: 'database' } }), {}, 'EMPTY | '],
  ])('%s', (_, one, spec, expected) => {
    const { verdict, result } = explain(one, service(spec));
    const told = result.candidates.map(({ pod: name, included, ready, reason }) =>
      [name.slice(2), included ? 'published' : 'left out', ...(ready ? ['ready'] : []), reason].join(' '),
    );
    expect(`${verdict} | ${told.join(', ')}`).toBe(expected);
  });
});

describe('ports', () => {
  it.each([
    ['no container has the name', [{ name: 'web', containerPort: 8080 }], 'PORT_NAME_NOT_FOUND'],
    ['the name is of another protocol', [{ name: 'http', containerPort: 8080, protocol: 'UDP' }], 'PORT_PROTOCOL_MISMATCH'],
  ])('%s', (_, ports, reason) => {
    const { result, warnings, summary } = explain(pod('p', { ports }), service());
    expect(result.candidates[0]?.missingPorts).toEqual([{ port: 'http', reason }]);
    expect(warnings.map(({ code }) => code)).toContain('PORT_NAME_NOT_FOUND');
    expect(summary).toContain('targets `http`/TCP');
  });

  it('names the target that is missed, which is not the name of the port of the service', () => {
    const target = service({ ports: [{ name: 'http', port: 80, targetPort: 'web' }] });
    const { evidence } = explain(pod('p', { ports: [{ name: 'http', containerPort: 8080 }] }), target);
    expect(evidence.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        't/p: published without a port: no container has the port that the service targets (`web`)',
        'port `http`: no container has a port of its protocol named `web`',
      ]),
    );
  });

  it('says NO_PORT where nobody has the only one: the endpoint is published without a port, and the proxies do not use it', () => {
    const { verdict, summary, result } = explain(pod('p', { ports: [{ name: 'web', containerPort: 8080 }] }), service());
    expect([verdict, result.endpoints.map(({ addresses }) => addresses)]).toEqual(['NO_PORT', [['10.244.1.5']]]);
    expect(summary).toBe(
      'service t/web selects 1 endpoint, and none offers a port of it: port `http` targets `http`/TCP, which no container of the selected pods declares; they declare web (8080/TCP)',
    );
  });

  it('is ready where one port of two is offered, and where a headless service has none', () => {
    const both = [
      { name: 'http', port: 80, targetPort: 'http' },
      { name: 'metrics', port: 9100, targetPort: 'metrics' },
    ];
    expect(explain(pod('p'), service({ ports: both })).verdict).toBe('READY');
    expect(explain(pod('p'), service({ clusterIP: 'None', ports: [] })).verdict).toBe('READY');
  });

  it('takes a number that no container declares, and warns', () => {
    const { result, warnings } = explain(pod('p'), service({ ports: [{ name: 'http', port: 80, targetPort: 9999 }] }));
    expect(result.endpoints.map(({ addresses }) => addresses)).toEqual([['10.244.1.5:9999']]);
    expect(warnings).toContainEqual(expect.objectContaining({ code: 'TARGETPORT_UNDECLARED' }));
  });

  it('publishes pods with different numbers behind one name', () => {
    const { result } = explain(pod('p'), pod('q', { ip: '10.244.1.6', ports: [{ name: 'http', containerPort: 8081 }] }), service());
    expect(result.endpoints.flatMap(({ addresses }) => addresses).sort()).toEqual(['10.244.1.5:8080', '10.244.1.6:8081']);
  });
});

describe('where endpoints come from', () => {
  it('takes imported slices for the truth, whatever the pods say', () => {
    const slice = serviceCluster('service web 10.96.0.10 http:80>8080; endpoints web 10.244.7.7@a').at(-1)!;
    const { result } = explain(pod('p'), service(), slice);
    expect([result.source, result.endpoints.map(({ ip }) => ip)]).toEqual(['observed-slices', ['10.244.7.7']]);
  });

  // kubernetes pkg/controller/endpointslicemirroring
  it('mirrors Endpoints of a service without a selector', () => {
    const endpoints: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { namespace: 't', name: 'web' },
      subsets: [{ addresses: [{ ip: '192.0.2.1' }], notReadyAddresses: [{ ip: '192.0.2.2' }], ports: [{ name: 'http', port: 8080 }] }],
    };
    const { result } = explain(service({ selector: undefined }), endpoints);
    expect(result.source).toBe('mirrored-endpoints');
    expect(result.endpoints.map(({ ip, ready }) => `${ip} ${ready}`)).toEqual(['192.0.2.1 true', '192.0.2.2 false']);
  });

  it('has none for a service without a selector and without slices', () => {
    const { verdict, result, warnings } = explain(service({ selector: undefined }));
    expect([verdict, result.source, result.selector]).toEqual(['EMPTY', 'none', null]);
    expect(warnings.map(({ code }) => code)).toEqual(['SELECTORLESS']);
  });

  // kubernetes pkg/controlplane/reconcilers: the API servers write them, so that the input has none does not say that there are none
  it('does not know those of the API servers unless they were imported', () => {
    const api: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: 'default', name: 'kubernetes' },
      spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, targetPort: 6443 }] },
    };
    const model = modelOf([...NODE, api]);
    const { verdict, confidence, summary, warnings, evidence } = explainEndpoints(model, model.services.get('default/kubernetes')!);
    expect([verdict, confidence, warnings]).toEqual(['UNKNOWN', 'INSUFFICIENT_INFO', []]);
    expect(summary).toBe(
      'who stands behind service default/kubernetes is not known: the API servers write its endpoints themselves, and the input has none of them',
    );
    expect(evidence.map(({ reason }) => reason)).toEqual(['ENDPOINTS_NOT_IMPORTED']);
  });

  it('has none for an ExternalName by nature', () => {
    const { verdict, summary } = explain(service({ type: 'ExternalName', externalName: 'pay.example.com', clusterIP: undefined }));
    expect([verdict, summary]).toEqual(['ALIAS', 'service t/web is an ExternalName: it stands for pay.example.com and has no endpoints']);
  });

  it('assumes what it derives, and nothing where slices were imported', () => {
    const deployment: KubernetesObject = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { namespace: 't', name: 'web' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', ports: [HTTP] }] } },
      },
    };
    const made = explain(deployment, service());
    expect([made.verdict, made.result.readyCount, made.confidence]).toEqual(['READY', 2, 'ASSUMED']);
    expect(made.assumptions.map(({ code }) => code)).toContain('ENDPOINTS_DERIVED');
    expect(explain(pod('p'), service()).confidence).toBe('CERTAIN');
  });
});

describe('a selector that matches nothing', () => {
  it('tells the pod that looks meant and not its neighbours', () => {
    const labels = (app: string) => ({ app, tier: 'backend' });
    const answer = explain(
      pod('recommendations-1', { labels: labels('recommendations') }),
      pod('cart-1', { labels: labels('cart'), ip: '10.244.1.6' }),
      service({ selector: labels('recommendation') }),
    );
    expect(answer.warnings.map(({ message }) => message)).toEqual([
      'no pod of namespace `t` matches the selector app=recommendation,tier=backend of service `t/web`',
      'pod `t/recommendations-1`: label `app` is `recommendations`; the selector asks for `recommendation`',
    ]);
    expect(answer.evidence.filter(({ outcome }) => outcome === 'no-match')).toHaveLength(2);
    expect(answer.summary).toBe(
      'service t/web has no endpoint: no pod of namespace `t` matches the selector app=recommendation,tier=backend of service `t/web`; ' +
        'nearest: pod `t/recommendations-1`: label `app` is `recommendations`; the selector asks for `recommendation`',
    );
  });

  it('tells pods that differ alike in one sentence', () => {
    const pods = [1, 2, 3, 4, 5].map((n) => pod(`cart-${n}`, { labels: { app: 'cart', tier: 'backend' }, ip: `10.244.1.${n}` }));
    const { warnings } = explain(...pods, service({ selector: { app: 'search', tier: 'backend' } }));
    expect(warnings[1]?.message).toBe(
      'pods `t/cart-1`, `t/cart-2`, `t/cart-3` and 2 more: label `app` is `cart`; the selector asks for `search`',
    );
  });
});

it('has evidence with reasons of the list only', () => {
  const { evidence } = explain(
    pod('p', { ports: [] }),
    pod('q', { ready: false, ip: '10.244.1.6' }),
    pod('r', { phase: 'Failed', ip: '10.244.1.7' }),
    service(),
  );
  expect(evidence.length).toBeGreaterThan(3);
  for (const { reason } of evidence) expect(Object.keys(SERVICE_REASONS)).toContain(reason);
});
