import { describe, expect, it } from 'vitest';
import { type Cidr, formatCidr, parseCidr } from '../net/cidr.js';
import { type CalicoSelector } from '../resources/calico-selector.js';
import { parseCalicoSelector } from '../resources/parse-calico-selector.js';
import type { Labels } from '../resources/resource.js';
import { type CalicoPool, type CalicoPoolUse, choosePools, DEFAULT_POOL_USES, poolsForUse } from './calico-pool-choice.js';

const cidrOf = (text: string): Cidr => {
  const cidr = parseCidr(text);
  if (!cidr) throw new Error(text);
  return cidr;
};
const selector = (text = ''): CalicoSelector | undefined => {
  const parsed = parseCalicoSelector(text);
  if (!parsed.ok) throw new Error(text);
  return parsed.value;
};

interface Pool {
  readonly cidr: string;
  readonly node?: string;
  readonly namespace?: string;
  readonly blockSize?: number;
  readonly uses?: readonly CalicoPoolUse[];
  readonly manual?: boolean;
  readonly disabled?: boolean;
}
const poolOf = (pool: Pool): CalicoPool => ({
  cidr: cidrOf(pool.cidr),
  blockSize: pool.blockSize ?? 26,
  enabled: !pool.disabled,
  nodeSelector: selector(pool.node),
  namespaceSelector: selector(pool.namespace),
  assignmentMode: pool.manual ? 'Manual' : 'Automatic',
  allowedUses: pool.uses ?? DEFAULT_POOL_USES,
});

interface Asked {
  readonly requested?: readonly string[];
  readonly node?: Labels;
  readonly namespace?: Labels;
  readonly use?: CalicoPoolUse;
  readonly kept?: number;
}
/** The pools that serve, in order; or why none does. */
function chosen(pools: readonly Pool[], { requested = [], node = { foo: 'bar' }, namespace, use = 'Workload', kept = 0 }: Asked = {}) {
  const [first] = pools;
  const selecting = choosePools(pools.map(poolOf), {
    family: cidrOf(first?.cidr ?? '0.0.0.0/0').family,
    requested: requested.map(cidrOf),
    nodeLabels: node,
    namespaceLabels: namespace,
    keptOfBlock: kept,
  });
  if (!selecting.ok) return selecting.error.message;
  if (selecting.value.length === 0) return [];
  const qualified = poolsForUse(selecting.value, use);
  return qualified.ok ? qualified.value.map(({ cidr }) => formatCidr(cidr)) : qualified.error.message;
}

const one = '10.0.0.0/24';
const two = '20.0.0.0/24';
const six = '5001:0:0:1a::/64';
const seven = '5001:0:0:1b::/64';
const bar = 'foo == "bar"';
const notBar = 'foo != "bar"';
const production = "environment == 'production'";
const absent = 'the given pool (10.0.0.0/24) does not exist, or is not enabled';
const unused = 'cannot find a qualified ippool, no pools match the required use (LoadBalancer)';

/** Rows of projectcalico/calico `libcalico-go/lib/ipam/pool_qualification_test.go`, `qualifyPools`. */
describe('pools that serve a request', () => {
  it.each<[string, readonly Pool[], Asked, readonly string[] | string]>([
    ['no selectors', [{ cidr: one }, { cidr: two }], {}, [one, two]],
    ['one is named', [{ cidr: one }, { cidr: two }], { requested: [one] }, [one]],
    [
      'one selects the node',
      [
        { cidr: one, node: bar },
        { cidr: two, node: notBar },
      ],
      {},
      [one],
    ],
    [
      'the other selects all',
      [
        { cidr: one, node: notBar },
        { cidr: two, node: 'all()' },
      ],
      {},
      [two],
    ],
    ['one is named, the other selects', [{ cidr: one, node: bar }, { cidr: two }], { requested: [two] }, [two]],
    ['one is disabled', [{ cidr: one, disabled: true }, { cidr: two }], {}, [two]],
    ['a disabled one is named', [{ cidr: one, disabled: true }, { cidr: two }], { requested: [one] }, absent],
    ['a disabled one is named too', [{ cidr: one, disabled: true }, { cidr: two }], { requested: [two, one] }, absent],
    ['none selects the node', [{ cidr: two, node: notBar }], {}, []],
    ['of IPv6', [{ cidr: six }, { cidr: seven }], {}, [six, seven].map((cidr) => formatCidr(cidrOf(cidr)))],
    ['named in full', [{ cidr: six, node: notBar }], { requested: ['5001:0000:0000:001a:0:0:0:0/64'] }, [formatCidr(cidrOf(six))]],
    ['a namespace is selected', [{ cidr: two, namespace: production }], { namespace: { environment: 'production' } }, [two]],
    ['a namespace is not selected', [{ cidr: two, namespace: production }], { namespace: { environment: 'development' } }, []],
    ['the node, not the namespace', [{ cidr: two, node: bar, namespace: production }], { namespace: { environment: 'development' } }, []],
    [
      'selectors of namespaces that differ',
      [{ cidr: one, namespace: production }, { cidr: '10.1.0.0/24', namespace: "environment == 'development'" }, { cidr: '10.2.0.0/24' }],
      { namespace: { environment: 'production' } },
      [one, '10.2.0.0/24'],
    ],
    [
      'selectors that are compound',
      [
        { cidr: one, namespace: `${production} && tier == 'frontend'` },
        { cidr: two, namespace: `${production} && tier == 'backend'` },
      ],
      { namespace: { environment: 'production', tier: 'frontend' } },
      [one],
    ],
    ['named: no selector of nodes', [{ cidr: one, node: notBar }], { requested: [one] }, [one]],
    ['named: no selector of namespaces', [{ cidr: one, namespace: production }], { requested: [one], namespace: {} }, [one]],
    ['named: manual', [{ cidr: one, manual: true }], { requested: [one] }, [one]],
    ['named: the use is asked', [{ cidr: one }], { requested: [one], use: 'LoadBalancer' }, unused],
    ['named: the block is asked', [{ cidr: one, blockSize: 31 }, { cidr: two }], { requested: [one], kept: 7 }, absent],
    ['named: in that order', [{ cidr: one }, { cidr: two }], { requested: [two, one] }, [two, one]],
    ['nothing named: of no pool is the block asked', [{ cidr: one, blockSize: 31 }, { cidr: two }], { kept: 7 }, [one, two]],
    ['manual', [{ cidr: one, manual: true }, { cidr: two }], {}, [two]],
    ['not for the use', [{ cidr: one, uses: ['Tunnel'] }, { cidr: two }], {}, [two]],
    ['none for the use', [{ cidr: one }, { cidr: two }], { use: 'LoadBalancer' }, unused],
    ['blocks too small', [{ cidr: one, blockSize: 31 }], { kept: 7 }, 'cannot find a qualified ippool'],
  ])('%s', (_, pools, asked, serving) => {
    expect(chosen(pools, asked)).toEqual(serving);
  });
});
