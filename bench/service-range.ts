import type { Cluster } from '../src/application/clusters/cluster.js';
import type { AllocationChanges, AllocationWrite } from '../src/application/ipam/allocation-store.js';
import { allocateAddress } from '../src/core/ipam/allocate-address.js';
import type { AllocationBook } from '../src/core/ipam/allocation-book.js';
import { releaseAddress } from '../src/core/ipam/release-address.js';
import type { Problem } from '../src/core/kernel/problem.js';
import { ok, type Result } from '../src/core/kernel/result.js';
import type { NetworkModel } from '../src/core/model/network-model.js';
import { addressCluster } from '../test/support/address-cluster.js';
import type { Running } from './running.js';

/** The pools of the allocator’s benchmarks. */
const SERVICES = 'services.10.0.0.0_8';
export const PODS = 'pods.fd00:10::_48';
/** What the cluster holds of them. */
const MODEL: NetworkModel = addressCluster('service kubernetes 10.0.0.1', {
  serviceCIDRs: ['10.0.0.0/8'],
  podCIDRs: ['fd00:10::/48'],
  cni: { plugin: 'calico' },
});

/** One request for the lowest free address of a pool, or the lowest free prefix of a length. */
export function oneAddress(identifier: string, prefixLength?: number, pool = SERVICES): AllocationWrite {
  const options = prefixLength === undefined ? undefined : { prefixLength };
  const request = { pool, identifier, owner: null, address: undefined, options };
  return { author: 'bench', decide: [(book) => allocateAddress(MODEL, book, request)] };
}

/** Gives back what the identifier has. */
export function givenBack(identifier: string, pool = SERVICES): AllocationWrite {
  const request = { pool, identifier, sequence: undefined };
  const decide = (book: AllocationBook): Result<AllocationChanges, Problem> => {
    const released = releaseAddress(book, request);
    return released.ok ? ok({ released: released.value }) : released;
  };
  return { author: 'bench', kind: 'givesBack', decide: [decide] };
}

/** An empty cluster of that name, as far as the store of allocations has to know it. */
export async function emptyCluster({ api }: Running, name: string): Promise<Cluster> {
  return (await api.expect('POST', '/clusters', { name, profile: {} })) as Cluster;
}
