import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { serviceCluster } from '../../../test/support/service-cluster.js';
import type { Answer } from '../kernel/answer.js';
import type { Problem } from '../kernel/problem.js';
import type { Result } from '../kernel/result.js';
import { parseEndpointSelector } from '../model/parse-endpoint-selector.js';
import { resolveEndpoints } from '../model/resolve-endpoints.js';
import type { ResolvedEndpoints } from '../model/resolved-endpoints.js';
import type { NetworkModel } from '../model/network-model.js';
import { parseIp } from '../net/ip.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { parseProtocol } from '../net/protocol.js';
import { resolveService } from './resolve-service.js';
import type { ServiceResult, ServiceVerdict } from './service-question.js';
import { SERVICE_REASONS } from './service-reasons.js';

const NODES = 'node a 192.168.0.1 ; node b 192.168.0.2 ; pod client 10.244.1.9@a ; pod other 10.244.2.9@b';
const PROFILE = { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/12'] };
const ENDS = 'endpoints web 10.244.1.5@a 10.244.2.5@b';

interface Asked {
  readonly from?: string;
  readonly port?: string;
  readonly protocol?: string;
  readonly node?: string;
  readonly sourceIP?: string;
}

function endpointsIn(model: NetworkModel, text: string): ResolvedEndpoints {
  const selector = parseEndpointSelector(text);
  const resolved = selector.ok ? resolveEndpoints(model, selector.value) : selector;
  if (!resolved.ok) throw new Error(resolved.error.message);
  return resolved.value;
}

function ask(
  rules: string,
  to: string,
  asked: Asked = {},
  more: readonly KubernetesObject[] = [],
): Result<Answer<ServiceVerdict, ServiceResult>, Problem> {
  const model = modelOf([...serviceCluster(`${NODES};${rules}`), ...more], PROFILE);
  return resolveService(model, {
    to: endpointsIn(model, to),
    from: asked.from === undefined ? undefined : endpointsIn(model, asked.from),
    port: asked.port,
    protocol: asked.protocol === undefined ? undefined : parseProtocol(asked.protocol),
    node: asked.node,
    sourceIP: asked.sourceIP === undefined ? undefined : parseIp(asked.sourceIP),
    destinationIP: to.startsWith('ip/') ? parseIp(to.slice(3)) : undefined,
  });
}

function answered(
  rules: string,
  to: string,
  asked: Asked = {},
  more: readonly KubernetesObject[] = [],
): Answer<ServiceVerdict, ServiceResult> {
  const answer = ask(rules, to, asked, more);
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

/** `DNAT 10.244.1.5:8080 50%, …; excluded: 10.244.2.5:8080 NOT_LOCAL`. */
function line({ verdict, result }: Answer<ServiceVerdict, ServiceResult>): string {
  const endpoints = result.endpoints.map(({ endpoint, probability }) => `${endpoint} ${Math.round(probability * 100)}%`).join(', ');
  const excluded = result.excluded.map(({ endpoint, pod, reason }) => `${endpoint ?? pod ?? ''} ${reason}`).join(', ');
  return [verdict, endpoints === '' ? '' : ` ${endpoints}`, excluded === '' ? '' : `; excluded: ${excluded}`].join('');
}

type Row = [rules: string, to: string, asked: Asked, expected: string];

function table(name: string, rows: Row[]): void {
  it.each(rows)(`${name}: %s | %s %o → %s`, (rules, to, asked, expected) => {
    expect(line(answered(rules, to, asked))).toBe(expected);
  });
}

describe('a service from inside the cluster', () => {
  table('ClusterIP', [
    [`service web 10.96.0.10 http:80>8080;${ENDS}`, 'svc/t/web', { from: 'pod/t/client' }, 'DNAT 10.244.1.5:8080 50%, 10.244.2.5:8080 50%'],
    [
      `service web 10.96.0.10 http:80>8080;${ENDS}`,
      'svc/t/web:http',
      { from: 'pod/t/client' },
      'DNAT 10.244.1.5:8080 50%, 10.244.2.5:8080 50%',
    ],
    [`service web 10.96.0.10 http:80>8080;${ENDS}`, 'svc/t/web:80', { from: 'node/a' }, 'DNAT 10.244.1.5:8080 50%, 10.244.2.5:8080 50%'],
    [
      `service web 10.96.0.10 http:80>8080;${ENDS}!unready`,
      'svc/t/web',
      { from: 'pod/t/client' },
      'DNAT 10.244.1.5:8080 100%; excluded: 10.244.2.5:8080 NOT_READY',
    ],
    [`service web 10.96.0.10 http:80>8080`, 'svc/t/web', { from: 'pod/t/client' }, 'REJECT'],
    [`service web 10.96.0.10 http:80>8080;${ENDS}`, 'svc/t/web:81', { from: 'pod/t/client' }, 'NONE'],
  ]);
  table('internalTrafficPolicy: Local', [
    [
      `service web 10.96.0.10 http:80>8080 internalTrafficPolicy=Local;${ENDS}`,
      'svc/t/web',
      { from: 'pod/t/client' },
      'DNAT 10.244.1.5:8080 100%; excluded: 10.244.2.5:8080 NOT_LOCAL',
    ],
    [
      `service web 10.96.0.10 http:80>8080 internalTrafficPolicy=Local;endpoints web 10.244.2.5@b`,
      'svc/t/web',
      { from: 'pod/t/client' },
      'DROP; excluded: 10.244.2.5:8080 NOT_LOCAL',
    ],
    [
      `service web 10.96.0.10 http:80>8080 internalTrafficPolicy=Local;endpoints web 10.244.2.5@b`,
      'svc/t/web',
      { from: 'pod/t/client', node: 'b' },
      'DNAT 10.244.2.5:8080 100%',
    ],
  ]);
});

describe('a service from outside', () => {
  const outside = { from: 'ip/203.0.113.7' };
  table('exposed', [
    [
      `service web 10.96.0.10 http:80>8080 type=LoadBalancer lb=203.0.113.5;${ENDS}`,
      'svc/t/web',
      outside,
      'DNAT 10.244.1.5:8080 50%, 10.244.2.5:8080 50%',
    ],
    [
      `service web 10.96.0.10 http:80>8080 external=192.0.2.9;${ENDS}`,
      'svc/t/web',
      outside,
      'DNAT 10.244.1.5:8080 50%, 10.244.2.5:8080 50%',
    ],
    [
      `service web 10.96.0.10 http:80>8080@30080 type=NodePort;${ENDS}`,
      'svc/t/web',
      outside,
      'DNAT 10.244.1.5:8080 50%, 10.244.2.5:8080 50%',
    ],
    [`service web 10.96.0.10 http:80>8080;${ENDS}`, 'svc/t/web', outside, 'NONE'],
  ]);

  it('sends to the load balancer before the node ports', () => {
    const { result } = answered(`service web 10.96.0.10 http:80>8080@30080 type=LoadBalancer lb=203.0.113.5;${ENDS}`, 'svc/t/web', outside);
    expect(result.destination).toEqual({ ip: '203.0.113.5', port: 80, protocol: 'TCP', via: 'LOAD_BALANCER' });
  });

  it('tries the node port of every node, and says where the verdict differs', () => {
    const rules = `service web 10.96.0.10 http:80>8080@30080 type=NodePort externalTrafficPolicy=Local;endpoints web 10.244.1.5@a`;
    const { verdict, result, warnings } = answered(rules, 'svc/t/web', outside);
    expect(verdict).toBe('DNAT');
    expect(result.flows.map(({ nodes, destination, verdict: one }) => `${nodes.join('+')} ${destination} ${one}`)).toEqual([
      'a 192.168.0.1:30080 DNAT',
      'b 192.168.0.2:30080 DROP',
    ]);
    expect(warnings).toContainEqual(expect.objectContaining({ code: 'VERDICT_DEPENDS_ON_NODE' }));
  });

  it('joins the nodes whose node ports fare alike, and says that no load balancer is known', () => {
    const rules = `service web 10.96.0.10 http:80>8080@30080 type=LoadBalancer;${ENDS}`;
    const { result, assumptions } = answered(rules, 'svc/t/web', outside);
    expect(result.flows.map(({ nodes, destination }) => `${nodes.join('+')} ${destination}`)).toEqual(['a+b 192.168.0.1:30080 and 1 more']);
    expect(assumptions.map(({ code }) => code)).toEqual(['LOAD_BALANCER_PENDING']);
  });

  it('weighs the nodes that a packet may enter by alike', () => {
    const rules = `service web 10.96.0.10 http:80>8080 type=LoadBalancer lb=203.0.113.5 externalTrafficPolicy=Local;endpoints web 10.244.1.5@a 10.244.2.5@b 10.244.2.6@b`;
    expect(line(answered(rules, 'svc/t/web', outside))).toBe('DNAT 10.244.1.5:8080 50%, 10.244.2.5:8080 25%, 10.244.2.6:8080 25%');
  });
});

describe('services without a cluster IP', () => {
  table('headless', [
    [
      `service db None pg:5432>5432;endpoints db 10.244.1.5@a 10.244.2.5@b!unready`,
      'svc/t/db',
      {},
      'DIRECT 10.244.1.5:5432 100%; excluded: 10.244.2.5:5432 NOT_READY',
    ],
    [`service db None pg:5432>5432;endpoints db 10.244.1.5@a!unready`, 'svc/t/db', {}, 'NONE; excluded: 10.244.1.5:5432 NOT_READY'],
    // The name server gives an address once, and gives it where one of its entries is ready.
    [
      `service db None pg:5432>5432;endpoints db 10.244.1.5@a 10.244.1.5@a!gone 10.244.2.5@b 10.244.2.5@b`,
      'svc/t/db',
      {},
      'DIRECT 10.244.1.5:5432 50%, 10.244.2.5:5432 50%',
    ],
    ['service pay name=pay.example.com', 'svc/t/pay', {}, 'ALIAS'],
    // CoreDNS has no alias of an address (coredns#2324).
    ['service pay name=10.0.0.1', 'svc/t/pay', {}, 'NONE'],
  ]);

  it('says which port clients of a headless service have to use', () => {
    const { warnings } = answered('service db None pg:80>5432;endpoints db 10.244.1.5@a', 'svc/t/db');
    expect(warnings).toContainEqual({
      code: 'HEADLESS_PORT',
      message: "headless services translate no port: clients have to use 5432, not the service's 80",
    });
  });

  it('names what an ExternalName stands for', () => {
    const { summary, result } = answered('service pay name=pay.example.com', 'svc/t/pay');
    expect(summary).toContain('pay.example.com');
    expect(result.service).toMatchObject({ type: 'ExternalName', externalName: 'pay.example.com', clusterIPs: [] });
  });
});

describe('any address', () => {
  it('says that kube-proxy leaves an address with `ipMode: Proxy` to the load balancer (KEP-1860)', () => {
    const rules = 'service web 10.96.0.10 http:80>8080 type=LoadBalancer lb=203.0.113.5/Proxy;endpoints web 10.244.1.5@a';
    expect(answered(rules, 'ip/203.0.113.5', { from: 'node/a', port: '80' }).summary).toContain(
      'NONE, 203.0.113.5 is an address of `t/web` with `ipMode: Proxy`: kube-proxy leaves the packet alone, it goes to the load balancer',
    );
  });

  table('address', [
    [`service web 10.96.0.10 http:80>8080;${ENDS}`, 'node/a', { from: 'ip/203.0.113.7', port: '30080' }, 'NONE'],
    [
      `service web 10.96.0.10 http:80>8080@30080 type=NodePort;${ENDS}`,
      'node/a',
      { from: 'ip/203.0.113.7', port: '30080' },
      'DNAT 10.244.1.5:8080 50%, 10.244.2.5:8080 50%',
    ],
    [
      `service web 10.96.0.10 http:80>8080@30080 type=NodePort externalTrafficPolicy=Local;${ENDS}`,
      'node/b',
      { from: 'ip/203.0.113.7', port: '30080' },
      'DNAT 10.244.2.5:8080 100%; excluded: 10.244.1.5:8080 NOT_LOCAL',
    ],
  ]);
});

/** RFC 1122 section 3.2.1.3: a loopback address does not leave its host. A pod is one of its own, save on the network of its node. */
describe('a loopback address', () => {
  const web = `service web 10.96.0.10 http:80>8080@30080 type=NodePort;${ENDS}`;
  const agent: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 't', name: 'agent' },
    spec: { nodeName: 'a', hostNetwork: true, containers: [{ name: 'main' }] },
    status: { podIP: '192.168.0.1' },
  };
  it.each([
    ['pod/t/client', 'NONE', 'OWN_LOOPBACK'],
    [undefined, 'NONE', 'OWN_LOOPBACK'],
    ['internet', 'NONE', 'OWN_LOOPBACK'],
    ['node/a', 'DNAT', 'ENDPOINT_CHOSEN'],
    ['pod/t/agent', 'DNAT', 'ENDPOINT_CHOSEN'],
  ])('from %s: %s', (from, verdict, reason) => {
    const asked = { port: '30080', ...(from === undefined ? {} : { from }) };
    const answer = answered(web, 'ip/127.0.0.1', asked, [agent]);
    expect([answer.verdict, answer.result.flows[0]?.reason]).toEqual([verdict, reason]);
  });
});

describe('what the pod sees', () => {
  it.each([
    ['pod/t/client', {}, '10.244.1.9'],
    ['node/a', {}, '192.168.0.1'],
    ['ip/203.0.113.7', { node: 'b' }, '192.168.0.2'],
  ])('from %s %o it is %s', (from, more, expected) => {
    const outside = from.startsWith('ip/') ? ' type=LoadBalancer lb=203.0.113.5' : '';
    const { result } = answered(`service web 10.96.0.10 http:80>8080${outside};${ENDS}`, 'svc/t/web', { from, ...more });
    expect(result.sourceSeen).toBe(expected);
  });

  it('is no single address where several nodes masquerade', () => {
    const { result } = answered(`service web 10.96.0.10 http:80>8080 type=LoadBalancer lb=203.0.113.5;${ENDS}`, 'svc/t/web', {
      from: 'ip/203.0.113.7',
    });
    expect([result.masquerade, result.sourceSeen]).toEqual([true, null]);
  });
});

describe('session affinity', () => {
  // kubernetes pkg/apis/core/v1/defaults.go: ClientIP without a timeout lasts 10800 s.
  it('is shown with its timeout', () => {
    const { result } = answered(`service web 10.96.0.10 http:80>8080 sessionAffinity=ClientIP;${ENDS}`, 'svc/t/web');
    expect(result.service?.affinity).toEqual({ type: 'ClientIP', timeoutSeconds: 10_800 });
  });

  it('is null where there is none', () => {
    expect(answered(`service web 10.96.0.10 http:80>8080;${ENDS}`, 'svc/t/web').result.service?.affinity).toBeNull();
  });
});

describe('a service as the sender', () => {
  const api: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 't', name: 'api' },
    spec: { clusterIP: '10.96.0.30', selector: { app: 'api' }, ports: [{ port: 80 }] },
  };
  const pod: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 't', name: 'api-0', labels: { app: 'api' } },
    spec: { nodeName: 'b', containers: [{ name: 'main' }] },
    status: { phase: 'Running', podIP: '10.244.2.30', podIPs: [{ ip: '10.244.2.30' }], conditions: [{ type: 'Ready', status: 'True' }] },
  };
  const from = { from: 'svc/t/api' };

  it('stands for the pods behind it', () => {
    const { result } = answered(`service web 10.96.0.10 http:80>8080;${ENDS}`, 'svc/t/web', from, [api, pod]);
    expect(result.flows.map(({ nodes, source, sourceSeen }) => [nodes, source, sourceSeen])).toEqual([
      [['b'], 'pod t/api-0', '10.244.2.30'],
    ]);
  });

  it('is a problem where there are none', () => {
    const answer = ask(`service web 10.96.0.10 http:80>8080;${ENDS}`, 'svc/t/web', from, [api]);
    expect(answer.ok ? undefined : [answer.error.kind, answer.error.errors?.[0]?.code]).toEqual(['invalid-request', 'no-sender']);
  });
});

describe('problems', () => {
  const two = 'service web 10.96.0.10 http:80>8080 metrics:9090>9090';
  it.each([
    [two, 'svc/t/web', {}, 'invalid-request', '/port', 'ambiguous-port', 'write `svc/t/web:http`'],
    [two, 'svc/t/web:htpp', {}, 'invalid-request', '/port', 'unknown-port', 'did you mean `http`?'],
    [two, 'svc/t/web:http', { protocol: 'UDP' }, 'invalid-request', '/port', 'unknown-port', undefined],
    [two, 'node/a', {}, 'invalid-request', '/port', 'missing-port', 'add `port=80`'],
    [two, 'node/a', { port: '0' }, 'invalid-request', '/port', 'invalid-port', undefined],
    [two, 'node/a', { port: '65536' }, 'invalid-request', '/port', 'invalid-port', undefined],
    [two, 'svc/t/web:http', { node: 'aa' }, 'unknown-node', '/node', 'unknown-node', 'did you mean `a`?'],
  ])('%s | %s %o is %s at %s', (rules, to, asked, kind, pointer, code, hint) => {
    const answer = ask(rules, to, asked);
    const error = answer.ok ? undefined : answer.error;
    expect([error?.kind, error?.errors?.[0]?.pointer, error?.errors?.[0]?.code]).toEqual([kind, pointer, code]);
    if (hint !== undefined) expect(error?.hint).toBe(hint);
  });
});

describe('evidence', () => {
  it('has reasons of the list only, and parents that stand before their children', () => {
    const rules = `service web 10.96.0.10 http:80>8080@30080 type=LoadBalancer lb=203.0.113.5 externalTrafficPolicy=Local loadBalancerSourceRanges=198.51.100.0/24;endpoints web 10.244.1.5@a 10.244.2.5@b!draining 10.244.2.6@b!unready`;
    for (const asked of [{ from: 'pod/t/client' }, { from: 'ip/203.0.113.7' }, { from: 'ip/198.51.100.7' }, { from: 'node/b' }, {}]) {
      const { evidence } = answered(rules, 'svc/t/web', asked);
      expect(evidence.length).toBeGreaterThan(1);
      for (const step of evidence) {
        expect(Object.keys(SERVICE_REASONS)).toContain(step.reason);
        expect(step.parent ?? 0).toBeLessThan(step.id);
      }
    }
  });

  it('says that services share an address, and which gets the packets', () => {
    const rules = `service web 10.96.0.10 http:80>8080;endpoints web 10.244.1.5@a;service alias 10.96.0.10 http:80>9090;endpoints alias 10.244.2.5@b`;
    const { result, warnings } = answered(rules, 'svc/t/web', { from: 'pod/t/client' });
    expect(result.service?.name).toBe('alias');
    expect(warnings).toContainEqual(expect.objectContaining({ code: 'ADDRESS_SHARED' }));
  });
});

/** What a controller or the API server would give is never called observed. */
describe('steps that tell of an address', () => {
  const plain = (name: string, spec: object): readonly KubernetesObject[] => [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: 't', name },
      spec: { selector: { app: name }, ports: [{ port: 80 }], ...spec },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace: 't', name, labels: { app: name } },
      spec: { nodeName: 'a', containers: [{ name: 'c' }] },
      status: { phase: 'Running', podIP: '10.244.1.7', podIPs: [{ ip: '10.244.1.7' }], conditions: [{ type: 'Ready', status: 'True' }] },
    },
  ];
  const told = (answer: Answer<ServiceVerdict, ServiceResult>) =>
    answer.evidence
      .filter(({ reason }) => reason === 'CLUSTER_IP' || reason === 'ENDPOINT_USED')
      .map(({ reason, provenance }) => `${reason} ${provenance}`);

  it.each([
    ['given', { clusterIP: '10.96.0.77' }, ['CLUSTER_IP observed', 'ENDPOINT_USED derived']],
    ['new', {}, ['CLUSTER_IP derived', 'ENDPOINT_USED derived']],
    ['alone', { clusterIP: 'None' }, ['ENDPOINT_USED derived']],
  ])('say where it is from: service %s', (name, spec, expected) => {
    expect(told(answered('', `svc/t/${name}`, { from: 'pod/t/client' }, plain(name, spec)))).toEqual(expected);
  });

  it('have it from slices that were imported', () => {
    const answer = answered(`service web 10.96.0.20 http:80>8080;${ENDS}`, 'svc/t/web', { from: 'pod/t/client' });
    expect(new Set(told(answer))).toEqual(new Set(['CLUSTER_IP observed', 'ENDPOINT_USED observed']));
  });
});
