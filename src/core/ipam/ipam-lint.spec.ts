import { describe, expect, it } from 'vitest';
import { addressCluster } from '../../../test/support/address-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { finished } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import type { ProfileSettings } from '../model/profile-settings.js';
import { parseIp } from '../net/ip.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { AllocationBook } from './allocation-book.js';
import { ipamLint } from './ipam-lint.js';

function lint(model: NetworkModel, book = new AllocationBook(), limit = 1000) {
  return finished(ipamLint(model, book, { codes: undefined, severity: 'info', limit })).result;
}

const lines = (model: NetworkModel, book?: AllocationBook) => lint(model, book).findings.map(({ code, message }) => `${code}: ${message}`);

const FLANNEL: ProfileSettings = { cni: { plugin: 'flannel' } };
const NODES = `
  node a 192.168.0.1 10.244.1.0/24
  node b 192.168.0.2 10.244.2.0/24
  service kubernetes 10.96.0.1`;

const cluster = (text: string, settings: ProfileSettings = FLANNEL) => addressCluster(`${NODES}\n${text}`, settings);

const given = (ip: string, plane: 'pod' | 'service', pool: string) =>
  AllocationBook.after(1, [
    {
      pool,
      plane,
      ip: parseIp(ip)!,
      identifier: 'x',
      owner: null,
      byName: true,
      sequence: 1,
      allocatedAt: '2026-01-01T00:00:00Z',
      allocatedBy: 't',
    },
  ]);

/** Classes of `calicoctl ipam check` (projectcalico/calico `calicoctl/calicoctl/commands/ipam/check.go`). */
describe('use against allocation', () => {
  it('is clean where everything is in its place', () => {
    expect(lines(cluster('pod web a 10.244.1.5\n pod agent a 192.168.0.1 host\n pod job a 10.9.9.9 done'))).toEqual([]);
  });

  it('sees an address of two pods', () => {
    expect(lines(cluster('pod web a 10.244.1.5\n pod api a 10.244.1.5'))).toEqual([
      'SEVERAL_OWNERS: 10.244.1.5 belongs to Pod t/api and to Pod t/web',
    ]);
  });

  it('sees addresses outside every pool, and those that no pool gives', () => {
    expect(lines(cluster('pod web a 10.245.1.5\n pod gateway a 10.244.1.1\n service stray 10.97.0.1'))).toEqual([
      'IN_USE_OUTSIDE_POOLS: Service t/stray has 10.97.0.1, which is in none of the service ranges 10.96.0.0/24',
      'IN_USE_OUTSIDE_POOLS: Pod t/web has 10.245.1.5, which is in none of the pod ranges 10.244.0.0/16',
      'UNUSABLE_IN_USE: Pod t/gateway has 10.244.1.1, which `pods.10.244.0.0_16` never gives (rule `host-local`)',
    ]);
  });

  it('sees a pod with an address of another node’s range', () => {
    expect(lines(cluster('pod web a 10.244.2.5'))).toEqual([
      'OUTSIDE_NODE_RANGE: Pod t/web runs on a with 10.244.2.5 of 10.244.2.0/24, the range of b',
    ]);
  });

  it('calls the same borrowed where Calico gives blocks', () => {
    const calico: ProfileSettings = { cni: { plugin: 'calico' } };
    expect(lines(cluster('pod one b 10.244.9.1\n pod two b 10.244.9.2\n pod web a 10.244.9.3', calico))).toEqual([
      'BORROWED: Pod t/web runs on a with 10.244.9.3 of 10.244.9.0/26, a block most of whose addresses are on b',
    ]);
  });

  it('sees pods of a node that is gone', () => {
    expect(lines(cluster('pod web gone 10.244.9.5'))).toEqual(['NODE_GONE: node gone is gone, and pods that name it hold 1 addresses']);
  });

  it('notes what was given out and is nobody’s, and what is in use of such a pool and was not given out', () => {
    const pool = 'services.10.96.0.0_24';
    expect(lines(cluster(''), given('10.96.0.7', 'service', pool))).toEqual(
      [
        `ALLOCATED_NOT_IN_USE: 10.96.0.7 of \`${pool}\` was given to \`x\` at 2026-01-01T00:00:00Z, and nobody in the cluster has it`,
        `IN_USE_NOT_ALLOCATED: Service t/kubernetes has 10.96.0.1 of \`${pool}\`, which was not given out through the API`,
      ].sort((a, b) => (a < b ? 1 : -1)),
    );
    expect(lines(cluster(''), given('10.96.0.1', 'service', pool))).toEqual([]);
  });

  it('tells so many of one code, and how many there are', () => {
    const result = lint(cluster('pod a a 10.245.0.1\n pod b a 10.245.0.2\n pod c a 10.245.0.3'), undefined, 2);
    expect(result.findings).toHaveLength(2);
    expect(result.counts).toEqual([{ code: 'IN_USE_OUTSIDE_POOLS', severity: 'warning', count: 3, told: 2 }]);
  });
});

describe('ranges', () => {
  it.each<[string, ProfileSettings, readonly string[]]>([
    // kubernetes.io, "Cluster Networking": ranges of pods, services and nodes do not overlap.
    ['pods and services', { podCIDRs: ['10.96.0.0/12'] }, ['PLANES_OVERLAP']],
    ['nodes inside the pods’ range', { podCIDRs: ['10.244.0.0/16', '192.168.0.0/16'] }, ['PLANES_OVERLAP']],
    ['two ranges of pods', { podCIDRs: ['10.244.0.0/16', '10.244.128.0/17'] }, ['POOLS_OVERLAP']],
    ['link-local (RFC 3927)', { podCIDRs: ['10.244.0.0/16', '169.254.0.0/16'] }, ['RESERVED_RANGE']],
    ['Docker’s bridge', { podCIDRs: ['10.244.0.0/16', '172.16.0.0/12'] }, ['DOCKER_RANGE']],
    ['public addresses', { podCIDRs: ['10.244.0.0/16', '8.8.8.0/24'] }, ['PUBLIC_RANGE']],
    ['carriers’ translators (RFC 6598)', { podCIDRs: ['10.244.0.0/16', '100.64.0.0/10'] }, []],
  ])('%s', (_, settings, codes) => {
    expect(lint(cluster('', { ...FLANNEL, ...settings })).findings.map(({ code }) => code)).toEqual(codes);
  });

  // Of each pool 20 others, and how often it meets still others; each pair is of the one that stands before.
  it('thousands of pools that are one range, pool by pool', () => {
    const pools = Array.from({ length: 3_000 }, (_, index) => ({
      apiVersion: 'metallb.io/v1beta1',
      kind: 'IPAddressPool',
      metadata: { name: `p${index}`, namespace: 'metallb-system' },
      spec: { addresses: ['192.168.10.0/24'] },
    }));
    const { counts } = lint(modelOf(pools));
    const told = (2_999 - 20) * 21 + (20 * 21) / 2;
    expect(counts).toMatchObject([{ code: 'POOLS_OVERLAP', count: told }]);
  });

  it('a pair of pools once, whichever of them begins first', () => {
    const pools = [
      ['a', '192.168.10.1-192.168.10.9', '192.168.11.5-192.168.11.9'],
      ['b', '192.168.10.5-192.168.10.9', '192.168.11.1-192.168.11.9'],
    ].map(([name, ...addresses]) => ({
      apiVersion: 'metallb.io/v1beta1',
      kind: 'IPAddressPool',
      metadata: { name: name ?? '', namespace: 'metallb-system' },
      spec: { addresses },
    }));
    expect(lint(modelOf(pools)).findings.map(({ message }) => message)).toEqual([
      '`load-balancers.metallb.a.v4` and `load-balancers.metallb.b.v4` share 192.168.10.5-192.168.10.9, 192.168.11.5-192.168.11.9',
    ]);
  });

  // aws/amazon-vpc-cni-k8s README: pods get addresses of the VPC, as the nodes have.
  it('but not pods of AWS among nodes of the same VPC, on whichever node', () => {
    const settings = { podCIDRs: ['192.168.0.0/16'], cni: { plugin: 'aws-vpc-cni' } } as const;
    const model = addressCluster(`node a 192.168.0.1 192.168.1.0/24\nnode b 192.168.0.2 192.168.2.0/24\npod web a 192.168.2.9`, settings);
    expect(lint(model).findings).toEqual([]);
  });

  it('Cilium’s default range and nodes inside it', () => {
    const model = addressCluster('node a 10.0.0.5', {
      podCIDRs: ['10.0.0.0/8'],
      serviceCIDRs: ['172.20.0.0/16'],
      cni: { plugin: 'cilium' },
    });
    expect(lint(model).findings.map(({ code }) => code)).toContain('CILIUM_DEFAULT_RANGE');
  });
});

describe('room', () => {
  const node = (name: string, podCIDR: string, pods: string): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    spec: { podCIDR },
    status: { allocatable: { pods } },
  });
  const settings: ProfileSettings = {
    podCIDRs: ['10.244.0.0/24'],
    serviceCIDRs: ['10.96.0.0/24'],
    nodeCIDRMaskSizes: { v4: 25 },
    clusterDomain: 'c',
    ...FLANNEL,
  };

  it('sees a range that is smaller than what kubelet takes: a /25 gives host-local 125 addresses', () => {
    expect(lines(modelOf([node('a', '10.244.0.0/25', '250'), node('b', '10.244.0.128/25', '110')], settings))).toEqual([
      'NODE_RANGE_TOO_SMALL: node a takes 250 pods, and 10.244.0.0/25 gives 125 addresses',
    ]);
  });

  it('sees that there are fewer ranges than nodes', () => {
    const nodes = [node('a', '10.244.0.0/25', '110'), node('b', '10.244.0.128/25', '110'), node('c', '', '110')];
    expect(lines(modelOf(nodes, settings))).toContain('TOO_FEW_RANGES: `pods.10.244.0.0_24` has 2 parts for 3 nodes');
  });

  it('sees a pool of Calico that no node may use', () => {
    const pool: KubernetesObject = {
      apiVersion: 'projectcalico.org/v3',
      kind: 'IPPool',
      metadata: { name: 'rack' },
      spec: { cidr: '10.244.0.0/24', nodeSelector: "rack == 'r9'" },
    };
    expect(lines(modelOf([pool, node('a', '10.244.0.0/25', '110')], { ...settings, cni: { plugin: 'calico' } }))).toEqual([
      "POOL_SELECTS_NO_NODE: none of the 1 nodes is selected by `rack == 'r9'`",
    ]);
  });

  // KEP-3070: a /24 of services has a lower band of sixteen addresses.
  it('sees a fixed ClusterIP that others may get by themselves', () => {
    expect(lines(cluster('service dns 10.96.0.10'))).toEqual([]);
    const [found] = lint(cluster('service edge 10.96.0.200')).findings;
    expect(found).toMatchObject({ code: 'FIXED_IN_DYNAMIC_BAND', fix: 'take an address of the lower band, 10.96.0.1 to 10.96.0.16' });
  });

  it('but not of a service that a cluster has made: it has its address', () => {
    const service: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'edge', namespace: 't', creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: { clusterIP: '10.96.0.200', clusterIPs: ['10.96.0.200'], ports: [{ port: 80 }] },
    };
    expect(lines(modelOf([service, node('a', '10.244.0.0/25', '110')], settings))).toEqual([]);
  });

  it('sees node ports outside the range', () => {
    const found = lint(cluster('service edge 10.96.0.9 nodePort=8080')).findings;
    expect(found).toMatchObject([{ code: 'NODE_PORT_OUTSIDE', pointer: '/spec/ports/0/nodePort', object: { name: 'edge' } }]);
  });

  // `findRequestedNodePort`: the other protocol of the port gets the same number, which the object does not ask for.
  it('tells of a number outside the range where it is asked for, and only there', () => {
    const ports = [
      { name: 't', port: 53, protocol: 'TCP', nodePort: 8053 },
      { name: 'u', port: 53, protocol: 'UDP' },
    ];
    const dns: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'dns', namespace: 't' },
      spec: { type: 'NodePort', ports },
    };
    const found = lint(modelOf([dns])).findings.filter(({ code }) => code === 'NODE_PORT_OUTSIDE');
    expect(found.map(({ pointer }) => pointer)).toEqual(['/spec/ports/0/nodePort']);
  });

  // kubernetes pkg/registry/core/service/storage/alloc.go: a number belongs to one service, whose ports of different protocols may share it; that of the health check is of the same range.
  describe('node ports that are asked for twice', () => {
    const service = (name: string, ports: readonly (readonly [number, string?])[], healthCheckNodePort?: number): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 't', creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: {
        type: 'LoadBalancer',
        externalTrafficPolicy: 'Local',
        ports: ports.map(([nodePort, protocol = 'TCP'], index) => ({ name: `p${index}`, port: 80, protocol, nodePort })),
        ...(healthCheckNodePort === undefined ? {} : { healthCheckNodePort }),
      },
    });
    const found = (...services: readonly KubernetesObject[]) =>
      lint(modelOf([...services, node('a', '10.244.0.0/25', '110')], settings)).findings.filter(({ code }) => code.startsWith('NODE_PORT'));

    it.each<readonly [what: string, services: readonly KubernetesObject[], expected: readonly string[]]>([
      ['by two services', [service('a', [[30_100]]), service('b', [[30_100]])], ['b /spec/ports/0/nodePort']],
      [
        'by two services, for different protocols',
        [service('a', [[30_100]]), service('b', [[30_100, 'UDP']])],
        ['b /spec/ports/0/nodePort'],
      ],
      ['by one service, for different protocols', [service('a', [[30_100], [30_100, 'UDP']])], []],
      ['by one service, for one protocol', [service('a', [[30_100], [30_100]])], ['a /spec/ports/1/nodePort']],
      ['for the health check of another', [service('a', [[30_100]]), service('b', [[30_101]], 30_100)], ['b /spec/healthCheckNodePort']],
      ['for its own health check', [service('a', [[30_100]], 30_100)], ['a /spec/healthCheckNodePort']],
      ['for two health checks', [service('a', [[30_100]], 30_200), service('b', [[30_101]], 30_200)], ['b /spec/healthCheckNodePort']],
      ['by nobody', [service('a', [[30_100]], 30_200), service('b', [[30_101]], 30_201)], []],
    ])('%s', (_, services, expected) => {
      expect(found(...services).map(({ code, object, pointer }) => `${code} ${object?.name} ${pointer}`)).toEqual(
        expected.map((one) => `NODE_PORT_CONFLICT ${one}`),
      );
    });

    it('are told with whose they are, and what mends it', () => {
      expect(found(service('a', [[30_100]]), service('b', [[30_101]], 30_100))).toMatchObject([
        {
          severity: 'error',
          message: 'the port of the health check 30100 is that of Service t/a already (/spec/ports/0/nodePort)',
          fix: 'remove `spec.healthCheckNodePort`, so that the API server gives a free one',
        },
      ]);
    });

    it('a health check may be outside the range, too', () => {
      expect(found(service('a', [[30_100]], 8080))).toMatchObject([{ code: 'NODE_PORT_OUTSIDE', pointer: '/spec/healthCheckNodePort' }]);
    });
  });

  // KEP-1880: a ServiceCIDR goes when each of its addresses is in another one (kubernetes `pkg/controller/servicecidrs/servicecidrs_controller.go`, canDeleteCIDR).
  it('sees what holds a ServiceCIDR that was deleted', () => {
    const range = (name: string, cidr: string, deletionTimestamp?: string): KubernetesObject => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata: { name, ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) },
      spec: { cidrs: [cidr] },
    });
    const service = (name: string, clusterIP: string): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 't', creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: { clusterIP, clusterIPs: [clusterIP], ports: [{ port: 80 }] },
    });
    const services = [service('a', '10.96.0.3'), service('b', '10.96.0.130')];
    const held = (...ranges: readonly KubernetesObject[]) =>
      lines(modelOf([...ranges, ...services], FLANNEL)).filter((line) => line.startsWith('SERVICE_CIDR_HELD'));
    const old = range('old', '10.96.0.0/24', '2026-01-02T00:00:00Z');
    expect(held(range('new', '10.96.0.0/25'), old)).toEqual(['SERVICE_CIDR_HELD: 1 address is in no other ServiceCIDR: 10.96.0.130']);
    expect(held(range('new', '10.100.0.0/16'), old)).toEqual([
      'SERVICE_CIDR_HELD: 2 addresses are in no other ServiceCIDR: 10.96.0.3, 10.96.0.130',
    ]);
    expect(held(range('new', '10.96.0.0/12'), old)).toEqual([]);
    expect(held(range('new', '10.100.0.0/16'), range('old', '10.96.0.0/24'))).toEqual([]);
  });
});
