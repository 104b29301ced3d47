import { describe, expect, it } from 'vitest';
import { modelOf, objectsOf } from '../../../test/support/model.js';
import { trace } from '../../../test/support/trace.js';

const pod = (name: string, ip: string, node: string, labels: string) =>
  `{apiVersion: v1, kind: Pod, metadata: {name: ${name}, namespace: t, labels: {${labels}}}, spec: {nodeName: ${node}, containers: [{name: c, ports: [{containerPort: 8080}]}]}, status: {phase: Running, podIP: ${ip}, conditions: [{type: Ready, status: 'True'}]}}`;
const node = (name: string, ip: string) =>
  `{apiVersion: v1, kind: Node, metadata: {name: ${name}}, status: {addresses: [{type: InternalIP, address: ${ip}}]}}`;
const service = (spec: string) =>
  `{apiVersion: v1, kind: Service, metadata: {name: api, namespace: t}, spec: {clusterIP: 10.96.0.20, selector: {app: api}, ports: [{port: 80, targetPort: 8080, nodePort: 30080}], ${spec}}}`;
const policy = (name: string, spec: string) =>
  `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: ${name}, namespace: t}, spec: {${spec}}}`;
const cilium = (name: string, spec: string) =>
  `{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: ${name}, namespace: t}, spec: {${spec}}}`;

const NODES = [node('n1', '192.0.2.1'), node('n2', '192.0.2.2'), node('n3', '192.0.2.3')];
const CLIENT = pod('client', '10.244.1.9', 'n1', 'app: client');
const API = [pod('api-0', '10.244.1.5', 'n1', 'app: api, track: a'), pod('api-1', '10.244.2.5', 'n2', 'app: api, track: b')];

async function traced(objects: readonly string[], input: Readonly<Record<string, unknown>>, cni: 'calico' | 'cilium' = 'calico') {
  const profile = {
    podCIDRs: ['10.244.0.0/16'],
    serviceCIDRs: ['10.96.0.0/16'],
    proxy: { mode: 'iptables' as const },
    policy: { enforcement: 'on' as const },
    cni: { plugin: cni },
  };
  const model = modelOf(await objectsOf([...NODES, CLIENT, ...API, ...objects].join('\n---\n')), profile);
  return trace(model, { from: 'pod/t/client', ...input });
}

async function answer(...asked: Parameters<typeof traced>) {
  const { verdict, summary } = await traced(...asked);
  return { verdict, summary };
}

describe('what only some packets come to', () => {
  it('names the share of endpoints that answer, and those that do not', async () => {
    const closed = policy('closed', 'podSelector: {matchLabels: {track: b}}');
    const { verdict, summary } = await answer([service('type: ClusterIP'), closed], { to: '10.96.0.20:80' });
    expect(verdict).toBe('CONNECTS_IN_PART');
    expect(summary).toMatch(
      /^pod t\/client reaches 10\.96\.0\.20:80 only in part: 1 of 2 endpoints answer, 50 % of connections \(10\.244\.1\.5:8080 \(t\/api-0\)\); 10\.244\.2\.5:8080 \(t\/api-1\) does not: .*NetworkPolicy t\/closed/,
    );
  });

  it('names the nodes by which they arrive, and those by which they do not (externalTrafficPolicy Local)', async () => {
    const balanced = `${service('type: LoadBalancer, externalTrafficPolicy: Local').slice(0, -1)}, status: {loadBalancer: {ingress: [{ip: 203.0.113.80}]}}}`;
    const { verdict, summary } = await answer([balanced], { from: 'ip/198.51.100.7', to: '203.0.113.80:80' });
    expect(verdict).toBe('CONNECTS_IN_PART');
    expect(summary).toMatch(/only in part: it arrives by 2 of 3 nodes \(n1, n2\); by node n3 it fails, because .*n3/);
    expect(summary.split('no usable endpoint'), 'the reason is told once').toHaveLength(2);
  });
});

describe('a name that does not resolve', () => {
  it('is told without the port', async () => {
    const { summary } = await answer([service('type: ClusterIP')], { to: 'http://nowhere' });
    expect(summary).toMatch(/^pod t\/client cannot resolve nowhere: /);
  });
});

describe('what a sender outside comes to', () => {
  it('is a node port, which is not the port of the service', async () => {
    const { summary } = await answer([service('type: NodePort')], { from: 'ip/198.51.100.7', to: 'svc/t/api' });
    expect(summary).toContain('service t/api (node port 192.0.2.1:30080) sends it to one of 2 endpoints');
  });

  it('is nobody, where the service has no address for it', async () => {
    const { verdict, summary } = await answer([service('type: ClusterIP').replace(', nodePort: 30080', '')], {
      from: 'internet',
      to: 'svc/t/api',
    });
    expect(verdict).toBe('NOT_SERVED');
    expect(summary).toMatch(/^the internet finds nobody at svc\/t\/api:80: service `t\/api` has no address that this sender can reach/);
  });
});

describe('what a proxy asks beside', () => {
  const reads = cilium(
    'reads',
    "endpointSelector: {matchLabels: {app: api}}, ingress: [{fromEndpoints: [{matchLabels: {app: client}}], toPorts: [{ports: [{port: '8080', protocol: TCP}], rules: {http: [{method: GET, path: /public}]}}]}]",
  );

  it('is said before it is met (cilium Documentation/security/policy/layer7.rst)', async () => {
    const { verdict, summary } = await answer([service('type: ClusterIP'), reads], { to: 'http://10.96.0.20/public?x=1' }, 'cilium');
    expect(verdict).toBe('CONNECTS_IF');
    expect(summary).toMatch(
      /^pod t\/client reaches 10\.96\.0\.20:80 if the request is one that CiliumNetworkPolicy t\/reads lets through: only HTTP requests that match `GET \/public`; the URL asks for `\/public\?x=1`; /,
    );
  });

  it('decides where no rule lets the path of the URL through, whatever the method (layer7.rst: HTTP 403)', async () => {
    const { verdict, summary } = await answer([service('type: ClusterIP'), reads], { to: 'http://10.96.0.20/publicity' }, 'cilium');
    expect(verdict).toBe('BLOCKED_BY_POLICY');
    expect(summary).toContain('lets only HTTP requests that match `GET /public` through, and `/publicity` is none of them');
  });

  it('decides nothing where the requests cannot be read from outside, or a rule names no path', async () => {
    const anyPath = cilium(
      'any-path',
      "endpointSelector: {matchLabels: {app: api}}, ingress: [{fromEndpoints: [{matchLabels: {app: client}}], toPorts: [{ports: [{port: '8080', protocol: TCP}], rules: {http: [{method: GET}]}}]}]",
    );
    const objects = [service('type: ClusterIP'), reads];
    expect((await answer(objects, { to: 'https://10.96.0.20:80/admin' }, 'cilium')).verdict).toBe('CONNECTS_IF');
    expect((await answer([...objects, anyPath], { to: 'http://10.96.0.20/admin' }, 'cilium')).verdict).toBe('CONNECTS_IF');
  });

  it('is moot where another rule admits the port without asking (layer7.rst, "the layer 7 portions of the latter rule will have no effect")', async () => {
    const free = cilium(
      'free',
      "endpointSelector: {matchLabels: {app: api}}, ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: '8080', protocol: TCP}]}]}]",
    );
    expect((await answer([service('type: ClusterIP'), reads, free], { to: '10.96.0.20:80' }, 'cilium')).verdict).toBe('CONNECTS');
  });
});

describe('what leaves the cluster', () => {
  it('says by which node, or that it never comes to it', async () => {
    expect((await answer([], { to: '203.0.113.9:443' })).summary).toBe(
      'pod t/client reaches for 203.0.113.9:443, which lies outside the cluster: nothing keeps the packet from leaving by node n1 with the source 192.0.2.1, and what becomes of it there is not known',
    );
    expect(await answer([], { from: 'internet', to: '203.0.113.9:443' })).toEqual({
      verdict: 'LEAVES_CLUSTER',
      summary:
        'the internet and 203.0.113.9:443 both lie outside the cluster: the packet never comes to it, and what becomes of it is not known',
    });
  });

  /** docs.tigera.io, reference/resources/ippool, `natOutgoing`: "packets sent from Calico networked containers in this pool to destinations outside of any Calico IP pools will be masqueraded". */
  it.each([
    ['203.0.113.9:443', true, 'pod/t/client', ['192.0.2.1'], 'MASQUERADED'],
    ['203.0.113.9:443', false, 'pod/t/client', ['10.244.1.9'], 'NOT_MASQUERADED'],
    ['www.example.com:443', true, 'pod/t/client', ['192.0.2.1'], 'MASQUERADED'],
    ['www.example.com:443', false, 'pod/t/client', ['10.244.1.9'], 'NOT_MASQUERADED'],
    ['203.0.113.9:443', true, 'node/n2', ['192.0.2.2'], 'NOT_MASQUERADED'],
  ])('tells which source the world sees: %s, natOutgoing %s, from %s', async (to, natOutgoing, from, sources, reason) => {
    const pool = `{apiVersion: crd.projectcalico.org/v1, kind: IPPool, metadata: {name: p}, spec: {cidr: 10.244.0.0/16, natOutgoing: ${natOutgoing}}}`;
    const { result, evidence } = await traced([pool], { from, to });
    expect(result.leaving?.sources).toEqual(sources);
    const step = evidence.find((one) => one.reason === 'SOURCE_OUTSIDE');
    expect(evidence.filter(({ parent }) => parent === step?.id).map((one) => one.reason)).toEqual([reason]);
  });

  it('has a source for each node that senders are on', async () => {
    const owned = (text: string) =>
      text.replace(
        'namespace: t',
        'namespace: t, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: many, controller: true}]',
      );
    const many = [
      pod('many-1', '10.244.1.21', 'n1', 'a: b'),
      pod('many-2', '10.244.1.22', 'n1', 'a: b'),
      pod('many-3', '10.244.2.23', 'n2', 'a: b'),
    ];
    expect((await traced(many.map(owned), { from: 'rs/t/many', to: 'ip/203.0.113.9' })).result.leaving?.sources).toEqual([
      '192.0.2.1',
      '192.0.2.2',
    ]);
  });

  /** docs.tigera.io, the same: without `natOutgoing` each pod is seen with its own address, those of one node too. */
  it('has a source for each pod that keeps its own', async () => {
    const pool = '{apiVersion: crd.projectcalico.org/v1, kind: IPPool, metadata: {name: p}, spec: {cidr: 10.244.0.0/16}}';
    const owned = (text: string) =>
      text.replace(
        'namespace: t',
        'namespace: t, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: many, controller: true}]',
      );
    const many = [pod('many-1', '10.244.1.21', 'n1', 'a: b'), pod('many-2', '10.244.1.22', 'n1', 'a: b')].map(owned);
    const { leaving } = (await traced([pool, ...many], { from: 'rs/t/many', to: '203.0.113.9:443' })).result;
    expect(leaving).toEqual({
      sources: ['10.244.1.21', '10.244.1.22'],
      message: 'the world sees 10.244.1.21 (the sender’s own), 10.244.1.22 (the sender’s own)',
    });
  });

  it('is followed in each family that the sender has, where the address of a name is not known, and says so', async () => {
    const both = `${pod('both', '10.244.1.30', 'n4', 'a: b').slice(0, -1)}}`.replace(
      'podIP: 10.244.1.30',
      "podIP: 10.244.1.30, podIPs: [{ip: 10.244.1.30}, {ip: 'fd00:244::30'}]",
    );
    const dual = `{apiVersion: v1, kind: Node, metadata: {name: n4}, status: {addresses: [{type: InternalIP, address: 192.0.2.4}, {type: InternalIP, address: 'fd00::4'}]}}`;
    const asked = { from: 'pod/t/both', to: 'www.example.com:443' };
    const model = modelOf(await objectsOf([...NODES, dual, both].join('\n---\n')), {
      podCIDRs: ['10.244.0.0/16', 'fd00:244::/64'],
      ipFamilies: ['IPv4', 'IPv6'],
      cni: { plugin: 'calico' },
    });
    const { result, assumptions } = trace(model, asked);
    expect(result.leaving?.sources.map((ip) => (ip.includes(':') ? 6 : 4))).toEqual([4, 6]);
    expect(assumptions.map(({ code }) => code)).toContain('DESTINATION_ASSUMED');
    expect(trace(model, { ...asked, to: '203.0.113.9:443' }).result.leaving?.sources).toHaveLength(1);
  });

  /** cilium/cilium `bpf/lib/egress_gateway.h`: "If no gateway is found, drop the packet" (DROP_NO_EGRESS_GATEWAY); `pkg/egressgateway`: policies are about pods, never those on the host's network. */
  describe('by an egress gateway of Cilium', () => {
    const through = (node: string, selector: string) =>
      `{apiVersion: cilium.io/v2, kind: CiliumEgressGatewayPolicy, metadata: {name: out}, spec: {selectors: [{podSelector: {matchLabels: {${selector}}}}], destinationCIDRs: [0.0.0.0/0], egressGateway: {nodeSelector: {matchLabels: {gw: '${node}'}}, egressIP: 192.0.2.99}}}`;
    const gateway = node('n5', '192.0.2.5').replace('name: n5', "name: n5, labels: {gw: 'yes'}");
    const to = '203.0.113.9:443';

    it('leaves with the address of its policy', async () => {
      const { verdict, result } = await traced([gateway, through('yes', 'app: client')], { to }, 'cilium');
      expect([verdict, result.leaving?.sources]).toEqual(['LEAVES_CLUSTER', ['192.0.2.99']]);
    });

    it('is dropped where there is none', async () => {
      const { verdict, summary, result, evidence } = await traced([gateway, through('no', 'app: client')], { to }, 'cilium');
      expect([verdict, result.leaving?.sources]).toEqual(['DROPPED', []]);
      expect(summary).toBe(
        'pod t/client waits in vain for 203.0.113.9:443: CiliumEgressGatewayPolicy out takes what goes to 0.0.0.0/0, and selects no node: the packet is dropped',
      );
      const step = evidence.find((one) => one.reason === 'SOURCE_OUTSIDE');
      expect(step?.outcome).toBe('deny');
      expect(evidence.filter(({ parent }) => parent === step?.id).map((one) => one.reason)).toEqual(['NO_EGRESS_GATEWAY']);
    });

    it('is dropped of some senders, and leaves of others', async () => {
      const owned = (text: string) =>
        text.replace(
          'namespace: t',
          'namespace: t, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: many, controller: true}]',
        );
      const many = [pod('many-1', '10.244.1.21', 'n1', 'app: x'), pod('many-2', '10.244.1.22', 'n1', 'app: y')].map(owned);
      const asked = await traced([...many, through('no', 'app: x')], { from: 'rs/t/many', to }, 'cilium');
      expect([asked.verdict, asked.result.leaving?.sources]).toEqual(['LEAVES_CLUSTER', ['192.0.2.1']]);
      expect(asked.summary).toContain('of some senders it does not leave (CiliumEgressGatewayPolicy out takes');
      expect(asked.warnings.map(({ code }) => code)).toContain('NO_EGRESS_GATEWAY');
    });

    it('is not met by a pod on the network of its node', async () => {
      const host = pod('host', '192.0.2.1', 'n1', 'app: client').replace('spec: {', 'spec: {hostNetwork: true, ');
      const { verdict, result } = await traced([host, through('no', 'app: client')], { from: 'pod/t/host', to }, 'cilium');
      expect([verdict, result.leaving?.sources]).toEqual(['LEAVES_CLUSTER', ['192.0.2.1']]);
    });
  });

  it('leaves with no source where it does not leave', async () => {
    const cut = policy('cut', 'podSelector: {}, policyTypes: [Egress]');
    expect((await traced([cut], { to: '203.0.113.9:443' })).result.leaving).toBeNull();
    expect((await traced([], { from: 'internet', to: '203.0.113.9:443' })).result.leaving).toBeNull();
    expect((await traced([], { to: '10.244.1.5:8080' })).result.leaving).toBeNull();
  });

  it('is asked at port 443 where none is named, and says so', async () => {
    for (const to of ['ip/203.0.113.9', '203.0.113.9', 'www.example.com', 'dns/www.example.com']) {
      const { verdict, summary, assumptions } = await traced([], { to });
      expect([verdict, assumptions.map(({ code }) => code)]).toEqual(['LEAVES_CLUSTER', expect.arrayContaining(['PORT_ASSUMED'])]);
      expect(summary).toMatch(/(?:203\.0\.113\.9|www\.example\.com):443/);
    }
    expect(JSON.stringify((await traced([], { to: '203.0.113.9:80' })).assumptions)).not.toContain('PORT_ASSUMED');
  });

  it('is no pod of the cluster, whose port has to be named', async () => {
    await expect(answer([], { to: '10.244.1.5' })).rejects.toThrow(/names no port.*write `10\.244\.1\.5:/);
    await expect(answer([], { to: '10.244.7.7' }), 'an address of the pods that nobody has').rejects.toThrow(/names no port/);
  });
});

describe('the port', () => {
  it('stands in the summary though none was written', async () => {
    const { summary } = await answer([service('type: ClusterIP')], { to: 'svc/t/api' });
    expect(summary).toMatch(/^pod t\/client reaches svc\/t\/api:80: /);
  });
});

describe('a service that is named itself', () => {
  it('is not looked up: policies that cut DNS do not concern it', async () => {
    const cut = policy('cut', 'podSelector: {matchLabels: {app: client}}, policyTypes: [Egress], egress: [{ports: [{port: 8080}]}]');
    expect((await answer([service('type: ClusterIP'), cut], { to: 'svc/t/api' })).verdict).toBe('CONNECTS');
  });
});
