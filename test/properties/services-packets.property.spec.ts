import { assert, constantFrom, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NetworkModel } from '../../src/core/model/network-model.js';
import type { ProfileSettings } from '../../src/core/model/profile-settings.js';
import type { ResolvedEndpoints } from '../../src/core/model/resolved-endpoints.js';
import { parseIp } from '../../src/core/net/ip.js';
import type { PacketSource } from '../../src/core/services/packet.js';
import { packetVerdict } from '../../src/core/services/packet-verdict.js';
import { resolveService } from '../../src/core/services/resolve-service.js';
import type { ServiceResult, ServiceVerdict } from '../../src/core/services/service-question.js';
import { SERVICE_REASONS } from '../../src/core/services/service-reasons.js';
import type { Answer } from '../../src/core/kernel/answer.js';
import { arbitraryCluster, arbitraryPods } from '../support/arbitrary-cluster.js';
import { modelOf } from '../support/model.js';

const RUNS = { numRuns: 100 };
const RANGES = { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/12'] };

/** Clusters of every proxy that the model knows. */
const settings = constantFrom<ProfileSettings>(
  { ...RANGES, proxy: { mode: 'iptables' } },
  { ...RANGES, proxy: { mode: 'nftables' } },
  { ...RANGES, proxy: { mode: 'ipvs' } },
  { ...RANGES, proxy: { mode: 'ipvs', ipvs: { scheduler: 'sh', otherPorts: 'node' } } },
  { ...RANGES, proxy: { mode: 'ebpf', ebpf: { program: 'cilium' } } },
  { ...RANGES, proxy: { mode: 'ebpf', ebpf: { program: 'cilium', connectTime: 'none', forwarding: 'dsr', algorithm: 'maglev' } } },
  { ...RANGES, proxy: { mode: 'ebpf', ebpf: { program: 'calico' } } },
);
const NOBODY: ResolvedEndpoints = { selector: '', pods: [], nodes: [], ranges: [], services: [], port: undefined };

type Sender = 'client' | 'node' | 'outside' | 'some pod';
const senders = constantFrom<Sender>('client', 'node', 'outside', 'some pod');

function from(model: NetworkModel, sender: Sender): ResolvedEndpoints | undefined {
  const { family, value } = parseIp('203.0.113.200')!;
  if (sender === 'client') return { ...NOBODY, selector: 'pod/t/client', pods: [model.podByKey.get('t/client')!.id] };
  if (sender === 'node') return { ...NOBODY, selector: 'node/b', nodes: ['b'] };
  return sender === 'outside' ? { ...NOBODY, selector: 'ip/203.0.113.200', ranges: [{ family, first: value, last: value }] } : undefined;
}

/** Every service of the cluster, asked for by one sender. */
function answers(model: NetworkModel, sender: Sender): Answer<ServiceVerdict, ServiceResult>[] {
  return [...model.services.keys()].map((key) => {
    const to = { ...NOBODY, selector: `svc/${key}`, services: [key] };
    const question = {
      to,
      from: from(model, sender),
      port: undefined,
      protocol: undefined,
      node: undefined,
      sourceIP: undefined,
      destinationIP: undefined,
    };
    const answer = resolveService(model, question);
    if (!answer.ok) throw new Error(answer.error.message);
    return answer.value;
  });
}

describe('INV-SVC-1 probabilities sum to one, and only where an endpoint is reached', () => {
  it('for every service and sender', () => {
    assert(
      property(arbitraryCluster, senders, settings, (objects, sender, profile) => {
        for (const { verdict, result } of answers(modelOf(objects, profile), sender)) {
          const sum = result.endpoints.reduce((total, { probability }) => total + probability, 0);
          expect(sum).toBeCloseTo(verdict === 'DNAT' || verdict === 'DIRECT' ? 1 : 0, 9);
          for (const { probability } of result.endpoints) expect(probability).toBeGreaterThan(0);
        }
      }),
      RUNS,
    );
  }, 60_000);
});

describe('INV-SVC-2 no endpoint is both reached and left out, and one that is not usable is never reached', () => {
  it('for every service and sender', () => {
    assert(
      property(arbitraryCluster, senders, settings, (objects, sender, profile) => {
        const model = modelOf(objects, profile);
        for (const { result } of answers(model, sender)) {
          const reached = new Set(result.endpoints.map(({ endpoint }) => endpoint));
          expect(result.excluded.filter(({ endpoint }) => endpoint !== null && reached.has(endpoint))).toEqual([]);
          const service = model.services.get(`${result.service?.namespace}/${result.service?.name}`);
          const published = service?.endpoints.slices.flatMap(({ endpoints }) => endpoints) ?? [];
          for (const { ip } of result.endpoints)
            expect(published.some((one) => one.addresses.includes(ip) && (one.ready || (one.serving && one.terminating)))).toBe(true);
        }
      }),
      RUNS,
    );
  }, 60_000);
});

describe('INV-SVC-3 every pod that the selector matches is reached, or carries a reason', () => {
  it('for pods in every state', () => {
    assert(
      property(arbitraryPods, senders, settings, (objects, sender, profile) => {
        const model = modelOf(objects, profile);
        const selected = [...model.pods]
          .filter(({ labels }) => labels['app'] === 'web')
          .map(({ namespace, name }) => `${namespace}/${name}`);
        for (const { verdict, result } of answers(model, sender)) {
          if (result.service?.name !== 'web' || verdict === 'ALIAS' || (verdict === 'NONE' && !result.service.headless)) continue;
          const told = new Set([...result.endpoints, ...result.excluded].map(({ pod }) => pod));
          expect(selected.filter((pod) => !told.has(pod))).toEqual([]);
          for (const { reason } of result.excluded) expect(Object.keys(SERVICE_REASONS)).toContain(reason);
        }
      }),
      RUNS,
    );
  }, 60_000);
});

describe('INV-SVC-4 the answer does not depend on the order of the objects', () => {
  it('for every service and sender', () => {
    assert(
      property(arbitraryCluster, senders, settings, (objects, sender, profile) => {
        const sorted = [...objects].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
        expect(answers(modelOf(objects, profile), sender)).toEqual(answers(modelOf(sorted, profile), sender));
      }),
      RUNS,
    );
  }, 60_000);
});

describe('INV-SVC-5 nodes that are judged together fare alike, each for itself', () => {
  it('for senders that may enter by any node', () => {
    const sources: Readonly<Record<string, PacketSource>> = {
      outside: { ip: parseIp('203.0.113.200')! },
      'some pod': { kind: 'pod', ranges: [] },
    };
    assert(
      property(arbitraryCluster, constantFrom<Sender>('outside', 'some pod'), settings, (objects, sender, profile) => {
        const model = modelOf(objects, profile);
        for (const { result } of answers(model, sender)) {
          for (const flow of result.flows) {
            // `192.168.0.1:30080 and 2 more`: each node at its own address.
            const [, ip = '', port = '', more] = /^(.*):(\d+)( and .*)?$/.exec(flow.destination) ?? [];
            for (const name of flow.nodes) {
              const node = model.nodes.get(name)!;
              const destination = more === undefined ? parseIp(ip)! : node.addresses[0]!.ip;
              const packet = { node, destination, port: Number(port), protocol: 'TCP' as const };
              const alone = packetVerdict(model, { ...packet, source: sources[sender]! });
              const endpoints = alone.endpoints.map(({ endpoint }) => endpoint.address);
              expect([name, alone.verdict, alone.reason, alone.masquerade, endpoints]).toEqual([
                name,
                flow.verdict,
                flow.reason,
                flow.masquerade,
                flow.endpoints,
              ]);
            }
          }
        }
      }),
      RUNS,
    );
  }, 60_000);
});
