import type { Cluster } from '../src/application/clusters/cluster.js';
import type { AllocationWrite } from '../src/application/ipam/allocation-store.js';
import { allocateAddress } from '../src/core/ipam/allocate-address.js';
import type { NetworkModel } from '../src/core/model/network-model.js';
import { addressCluster } from '../test/support/address-cluster.js';
import type { Running } from './running.js';

/** The pool of the allocator’s benchmarks, and what the cluster holds of it. */
const POOL = 'services.10.0.0.0_8';
const MODEL: NetworkModel = addressCluster('service kubernetes 10.0.0.1', { serviceCIDRs: ['10.0.0.0/8'] });

/** One request for the lowest free address of the pool, or the lowest free prefix of a length. */
export function oneAddress(identifier: string, prefixLength?: number): AllocationWrite {
  const options = prefixLength === undefined ? undefined : { prefixLength };
  const request = { pool: POOL, identifier, owner: null, address: undefined, options };
  return { author: 'bench', decide: [(book) => allocateAddress(MODEL, book, request)] };
}

/** An empty cluster of that name, as far as the store of allocations has to know it. */
export async function emptyCluster({ api }: Running, name: string): Promise<Cluster> {
  return (await api.expect('POST', '/clusters', { name, profile: {} })) as Cluster;
}
