import { describe, expect, it } from 'vitest';
import { type EndpointPool, endpointPools, type PoolPolicy, reachableEndpoints } from './endpoint-pools.js';
import type { ProxyEndpoint } from './proxy-endpoint.js';

/** `10@a`, `11@b!draining`: last octet, node, state. */
function endpoint(text: string): ProxyEndpoint {
  const [, octet = '', node, state] = /^(\d+)@(\w+)(?:!(\w+))?$/.exec(text) ?? [];
  return {
    address: `10.0.0.${octet}:80`,
    ip: `10.0.0.${octet}`,
    port: 80,
    ready: state === undefined,
    serving: state === undefined || state === 'draining',
    terminating: state === 'draining' || state === 'gone',
    nodeName: node,
    zone: undefined,
    pod: undefined,
    zoneHints: [],
    nodeHints: [],
  };
}

const octets = (pool: readonly ProxyEndpoint[]) => pool.map(({ ip }) => ip.slice('10.0.0.'.length)).join(' ');
const told = (pool: EndpointPool | null) => (pool === null ? 'unused' : `[${octets(pool.endpoints)}]`);

const INTERNAL: PoolPolicy = { internalLocal: false, externalLocal: false, externallyAccessible: false };
const ITP: PoolPolicy = { ...INTERNAL, internalLocal: true };
const ETP: PoolPolicy = { ...INTERNAL, externalLocal: true, externallyAccessible: true };
const BOTH: PoolPolicy = { ...ETP, internalLocal: true };
const UNREACHABLE_ETP: PoolPolicy = { ...INTERNAL, externalLocal: true };

/** kubernetes `pkg/proxy/topology.go` CategorizeEndpoints: a pool that is not used is not an empty one. */
describe('endpointPools on node a', () => {
  it.each<[policy: string, of: PoolPolicy, endpoints: string, expected: string]>([
    ['both policies Cluster', INTERNAL, '1@a 2@b', 'cluster [1 2] local unused reachable [1 2] any'],
    ['internal Local, not exposed', ITP, '1@a 2@b', 'cluster unused local [1] reachable [1] any'],
    ['external Local', ETP, '1@a 2@b', 'cluster [1 2] local [1] reachable [1 2] any'],
    ['external Local without an address outside', UNREACHABLE_ETP, '1@a 2@b', 'cluster [1 2] local unused reachable [1 2] any'],
    ['both Local', BOTH, '2@b', 'cluster [2] local [] reachable [2] any'],
    ['internal Local, endpoints elsewhere', ITP, '2@b', 'cluster unused local [] reachable [] any'],
    ['nothing', ETP, '', 'cluster [] local [] reachable [] none'],
    ['nothing usable', ETP, '1@a!unready 2@b!gone', 'cluster [] local [] reachable [] none'],
    ['each pool falls back by itself', ETP, '1@a!draining 2@b', 'cluster [2] local [1] reachable [1 2] any'],
    ['no fallback beside a ready one', ETP, '1@a!draining 3@a', 'cluster [3] local [3] reachable [3] any'],
  ])('%s: %o of %s', (_, policy, text, expected) => {
    const endpoints = text.split(' ').filter(Boolean).map(endpoint);
    const pools = endpointPools(endpoints, policy, { name: 'a', zone: undefined });
    const { cluster, local, hasAny } = pools;
    const reachable = reachableEndpoints(endpoints, pools);
    expect(`cluster ${told(cluster)} local ${told(local)} reachable [${octets(reachable)}] ${hasAny ? 'any' : 'none'}`).toBe(expected);
  });

  it('accounts for every endpoint of a pool: in it, or out with a reason', () => {
    const endpoints = '1@a 2@b 3@a!unready 4@b!draining 5@a!gone'.split(' ').map(endpoint);
    for (const policy of [INTERNAL, ITP, ETP, BOTH]) {
      const { cluster, local } = endpointPools(endpoints, policy, { name: 'a', zone: undefined });
      for (const pool of [cluster, local]) {
        if (pool === null) continue;
        expect([...pool.endpoints, ...pool.excluded().map((one) => one.endpoint)].map(({ ip }) => ip).sort()).toEqual(
          endpoints.map(({ ip }) => ip),
        );
      }
    }
  });
});
