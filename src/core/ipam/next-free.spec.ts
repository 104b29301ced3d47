import { describe, expect, it } from 'vitest';
import { addressCluster } from '../../../test/support/address-cluster.js';
import { AllocationBook } from './allocation-book.js';
import { nextFree, type NextFreeQuestion } from './next-free.js';

const MODEL = addressCluster(
  `
  node a 192.168.0.1 10.244.1.0/24
  node b 192.168.0.2 10.244.2.0/24
  pod web a 10.244.1.2
  service kubernetes 10.96.0.1
  service dns 10.96.0.3`,
  { cni: { plugin: 'flannel' } },
);

function ask(question: Partial<NextFreeQuestion>) {
  const answer = nextFree(MODEL, new AllocationBook(), { count: 1, seed: '', ...question });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

describe('what would be handed out next', () => {
  it.each<[name: string, question: Partial<NextFreeQuestion>, addresses: readonly string[]]>([
    ['the lowest, past what services have', { plane: 'service', strategy: 'lowest', count: 3 }, ['10.96.0.2', '10.96.0.4', '10.96.0.5']],
    [
      'of one node’s range, past its gateway and its pod',
      { plane: 'pod', node: 'a', strategy: 'lowest', count: 2 },
      ['10.244.1.3', '10.244.1.4'],
    ],
    ['of another node’s', { plane: 'pod', node: 'b', count: 1 }, ['10.244.2.2']],
  ])('%s', (_, question, addresses) => {
    expect(ask(question)).toMatchObject({ verdict: 'AVAILABLE', result: { addresses } });
  });

  it.each<[question: Partial<NextFreeQuestion>, prefixes: readonly string[]]>([
    // Nodes a and b have 10.244.1.0/24 and 10.244.2.0/24.
    [{ plane: 'pod', prefixLength: 24, count: 3 }, ['10.244.0.0/24', '10.244.3.0/24', '10.244.4.0/24']],
    [{ plane: 'pod', prefixLength: 22 }, ['10.244.4.0/22']],
    [{ plane: 'pod', prefixLength: 23, count: 2 }, ['10.244.4.0/23', '10.244.6.0/23']],
    // .2 is a pod's.
    [{ plane: 'pod', node: 'a', prefixLength: 31, count: 2 }, ['10.244.1.0/31', '10.244.1.4/31']],
    [{ plane: 'service', prefixLength: 30 }, ['10.96.0.4/30']],
    [{ plane: 'pod', prefixLength: 16 }, []],
    [{ plane: 'pod', prefixLength: 33 }, []],
  ])('whole prefixes, at the lowest aligned gap that fits (NetBox `available-prefixes`): %j', (question, prefixes) => {
    expect(ask(question)).toMatchObject({ verdict: prefixes.length > 0 ? 'AVAILABLE' : 'EXHAUSTED', result: { prefixes, addresses: [] } });
  });

  it('says whose addresses are skipped', () => {
    const { evidence } = ask({ plane: 'service', strategy: 'lowest' });
    expect(evidence.find(({ reason }) => reason === 'TAKEN_SKIPPED')?.message).toBe(
      '2 addresses are taken: 10.96.0.1 (Service t/kubernetes), 10.96.0.3 (Service t/dns)',
    );
  });

  it('as the API server chooses: from the upper band of the range (KEP-3070)', () => {
    const { result } = ask({ plane: 'service', count: 20 });
    expect(result.strategy).toBe('banded');
    expect(result.addresses.filter((address) => Number(address.split('.')[3]) <= 16)).toEqual([]);
  });

  it('INV-IPAM-5: the same question gets the same answer; a seed moves it', () => {
    expect(ask({ plane: 'service' })).toEqual(ask({ plane: 'service' }));
    const first = new Set(['a', 'b', 'c', 'd'].map((seed) => ask({ plane: 'service', seed }).result.addresses[0]));
    expect(first.size).toBeGreaterThan(1);
  });

  it.each<[question: Partial<NextFreeQuestion>, verdict: string, reasons: readonly string[]]>([
    [{ pool: 'nodes.v4' }, 'EXHAUSTED', ['POOL_HAS_NO_STRATEGY']],
    [{ plane: 'service', count: 300 }, 'EXHAUSTED', ['OTHER_PLANE', 'POOL_TOO_SMALL', 'OTHER_PLANE']],
    [{ plane: 'lb' }, 'NO_POOLS', ['OTHER_PLANE', 'OTHER_PLANE', 'OTHER_PLANE']],
    [{ family: 6 }, 'NO_POOLS', ['OTHER_FAMILY', 'OTHER_FAMILY', 'OTHER_FAMILY']],
  ])('%j: %s, each pool with its reason', (question, verdict, reasons) => {
    const answer = ask(question);
    expect([answer.verdict, answer.result.rejectedPools.map(({ reason }) => reason)]).toEqual([verdict, reasons]);
    expect(answer.result.addresses).toEqual([]);
  });

  it('a pool of IPv4 has no prefix of /33', () => {
    const asked = { count: 1, seed: '', prefixLength: 33 };
    const refused = nextFree(MODEL, new AllocationBook(), { ...asked, pool: 'services.10.96.0.0_24' });
    expect(refused).toMatchObject({
      ok: false,
      error: { kind: 'invalid-request', errors: [{ pointer: '/prefixLength', code: 'too-long' }] },
    });
    expect(nextFree(MODEL, new AllocationBook(), asked)).toMatchObject({ ok: true, value: { verdict: 'EXHAUSTED' } });
  });

  it('a node that is not there has a nearest one', () => {
    const answer = nextFree(MODEL, new AllocationBook(), { count: 1, seed: '', node: 'A' });
    expect(answer).toMatchObject({ ok: false, error: { kind: 'unknown-node', hint: 'did you mean `a`?' } });
  });
});
