import { describe, expect, it, vi } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import type { IpFamily } from '../net/ip.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { AllocationBook } from './allocation-book.js';
import { nextFree } from './next-free.js';

interface Meta {
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
}

const namespace = (name: string, meta: Meta = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, ...meta },
});
const pod = (namespaceName: string, name: string, meta: Meta = {}, spec: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: namespaceName, ...meta },
  spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'c' }], ...spec },
});
const node: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n1', labels: { rack: 'r1' } },
  status: { addresses: [{ type: 'InternalIP', address: '192.168.0.1' }] },
};

/** The pool that the pod gets its address of, or the reasons why none serves. */
function poolOf(objects: readonly KubernetesObject[], key: string, family: IpFamily = 4) {
  const model = modelOf([node, ...objects], {});
  const answer = nextFree(model, new AllocationBook(), { count: 1, seed: '', family, pod: model.podByKey.get(key) });
  if (!answer.ok) throw new Error(answer.error.message);
  const { pool, rejectedPools } = answer.value.result;
  return pool ?? rejectedPools.filter(({ reason }) => !reason.startsWith('OTHER_')).map((one) => `${one.pool} ${one.reason}`);
}

/** cilium/cilium `pkg/ipam/metadata/manager_test.go`, named after its tests. */
describe('Cilium with several pools', () => {
  const config: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'cilium-config', namespace: 'kube-system' },
    data: { ipam: 'multi-pool', 'enable-ipv4': 'true', 'enable-ipv6': 'true' },
  };
  const pool = (name: string, block: number, spec: object = {}): KubernetesObject => ({
    apiVersion: 'cilium.io/v2alpha1',
    kind: 'CiliumPodIPPool',
    metadata: { name },
    spec: { ipv4: { cidrs: [`10.${block}.0.0/16`], maskSize: 24 }, ipv6: { cidrs: [`fd00:${block}::/48`], maskSize: 64 }, ...spec },
  });
  const selecting = (labels: Record<string, string>) => ({ podSelector: { matchLabels: labels } });
  const inNamespaces = (labels: Record<string, string>) => ({ namespaceSelector: { matchLabels: labels } });
  const named = (block: number) => `pods.10.${block}.0.0_16`;
  const BASE = [config, pool('default', 10)];
  const STRICT = { annotations: { 'ipam.cilium.io/require-pool-match': 'true' } };

  it.each<[string, readonly KubernetesObject[], string, string | readonly string[]]>([
    ['DefaultPool', [pod('ns', 'p')], 'ns/p', named(10)],
    ['SelectorBasedMatching', [pool('blue', 11, selecting({ app: 'foo' })), pod('ns', 'p', { labels: { app: 'foo' } })], 'ns/p', named(11)],
    [
      'SelectorBasedMatching, by what Cilium adds to the labels',
      [pool('syn', 11, selecting({ 'io.kubernetes.pod.namespace': 'ns', 'io.kubernetes.pod.name': 'p' })), pod('ns', 'p')],
      'ns/p',
      named(11),
    ],
    [
      'SelectorMultipleMatches_Error',
      [
        pool('p1', 11, selecting({ team: 'blue' })),
        pool('p2', 12, selecting({ team: 'blue' })),
        pod('ns', 'p', { labels: { team: 'blue' } }),
      ],
      'ns/p',
      [`${named(10)} POOL_AMBIGUOUS`, `${named(11)} POOL_AMBIGUOUS`, `${named(12)} POOL_AMBIGUOUS`],
    ],
    [
      'PodAnnotationOverridesSelector',
      [
        pool('selector-pool', 11, selecting({ team: 'red' })),
        pool('annot-pool', 12),
        pod('ns', 'p', { labels: { team: 'red' }, annotations: { 'ipam.cilium.io/ip-pool': 'annot-pool' } }),
      ],
      'ns/p',
      named(12),
    ],
    [
      'NamespaceAnnotationOverridesSelector',
      [
        pool('green-pool', 11, selecting({ tier: 'backend' })),
        pool('ns-pool', 12),
        namespace('ns', { annotations: { 'ipam.cilium.io/ip-pool': 'ns-pool' } }),
        pod('ns', 'p', { labels: { tier: 'backend' } }),
      ],
      'ns/p',
      named(12),
    ],
    ['NoSelectorNoMatch', [pool('nomatch', 11, selecting({ team: 'nomatch' })), pod('ns', 'p')], 'ns/p', named(10)],
    ['RequirePoolMatchAnnotation on the pod', [pod('ns', 'p', STRICT)], 'ns/p', [`${named(10)} POOL_MATCH_REQUIRED`]],
    [
      'RequirePoolMatchAnnotation on the namespace',
      [namespace('ns', STRICT), pod('ns', 'p')],
      'ns/p',
      [`${named(10)} POOL_MATCH_REQUIRED`],
    ],
    [
      'RequirePoolMatchAnnotation that is false',
      [pod('ns', 'p', { annotations: { 'ipam.cilium.io/require-pool-match': 'false' } })],
      'ns/p',
      named(10),
    ],
    [
      'NamespaceSelector: match by namespace only',
      [pool('dev-pool', 11, inNamespaces({ env: 'dev' })), namespace('dev', { labels: { env: 'dev' } }), pod('dev', 'p')],
      'dev/p',
      named(11),
    ],
    [
      'NamespaceSelector: match by pod and namespace',
      [
        pool('dev-web', 11, { ...selecting({ app: 'web' }), ...inNamespaces({ env: 'dev' }) }),
        namespace('prod', { labels: { env: 'prod' } }),
        pod('prod', 'p', { labels: { app: 'web' } }),
      ],
      'prod/p',
      named(10),
    ],
    [
      'BadSelectorIgnored',
      [pool('bad', 11, { podSelector: { matchExpressions: [{ key: 'k', operator: 'In', values: [] }] } }), pod('ns', 'p')],
      'ns/p',
      named(10),
    ],
    [
      'a pool that is not there',
      [pod('ns', 'p', { annotations: { 'ipam.cilium.io/ip-pool': 'gone' } })],
      'ns/p',
      [`${named(10)} POOL_NOT_ASKED_FOR`],
    ],
    ['a pod of the host network', [pod('ns', 'p', {}, { hostNetwork: true })], 'ns/p', [`${named(10)} POD_ON_HOST_NETWORK`]],
  ])('%s', (_, objects, key, expected) => {
    expect(poolOf([...BASE, ...objects], key)).toEqual(expected);
  });

  // GetIPPoolForPod falls back to `ipam.PoolDefault()`, which is the option `ipam-default-ip-pool` (cilium/cilium `pkg/option/config.go`).
  it('the default pool is the one that is told', () => {
    const told = { ...config, data: { ipam: 'multi-pool', 'ipam-default-ip-pool': 'blue' } };
    expect(poolOf([told, pool('default', 10), pool('blue', 11), pod('ns', 'p')], 'ns/p')).toBe(named(11));
  });

  it('each family for itself', () => {
    const asking = pod('ns', 'p', { annotations: { 'ipam.cilium.io/ipv6-pool': 'six' } });
    const objects = [...BASE, pool('six', 16), asking];
    expect([poolOf(objects, 'ns/p', 4), poolOf(objects, 'ns/p', 6)]).toEqual([named(10), 'pods.fd00:16::_48']);
  });
});

/** projectcalico/calico `libcalico-go/lib/ipam/ipam.go`, determinePools; precedence: `shared/reference/ipam-dataplane.md` §3.1. */
describe('Calico', () => {
  const pool = (name: string, block: number, spec: object = {}): KubernetesObject => ({
    apiVersion: 'projectcalico.org/v3',
    kind: 'IPPool',
    metadata: { name },
    spec: { cidr: `10.${block}.0.0/16`, ...spec },
  });
  const named = (block: number) => `pods.10.${block}.0.0_16`;
  const overlapping = (name: string, block: number): KubernetesObject => ({
    ...pool(name, block),
    status: { conditions: [{ type: 'Allocatable', status: 'False', reason: 'CIDROverlap', message: 'CIDR overlaps another pool' }] },
  });
  const asks = (...names: readonly string[]): Meta => ({ annotations: { 'cni.projectcalico.org/ipv4pools': JSON.stringify(names) } });

  it.each<[string, readonly KubernetesObject[], string | readonly string[]]>([
    ['any pool', [pool('a', 1), pod('ns', 'p')], named(1)],
    [
      'a pool for other nodes',
      [pool('a', 1, { nodeSelector: "rack == 'r9'" }), pool('b', 2, { nodeSelector: "rack == 'r1'" }), pod('ns', 'p')],
      named(2),
    ],
    [
      'a pool for other namespaces',
      [pool('a', 1, { namespaceSelector: "team == 'red'" }), namespace('ns', { labels: { team: 'blue' } }), pod('ns', 'p')],
      [`${named(1)} POOL_NOT_FOR_NAMESPACE`],
    ],
    ['a manual pool', [pool('a', 1, { assignmentMode: 'Manual' }), pod('ns', 'p')], [`${named(1)} POOL_BY_NAME_ONLY`]],
    ['a manual pool that the pod names', [pool('a', 1), pool('b', 2, { assignmentMode: 'Manual' }), pod('ns', 'p', asks('b'))], named(2)],
    [
      'named by its prefix, past its selector',
      [pool('a', 1), pool('b', 2, { nodeSelector: '!all()' }), pod('ns', 'p', asks('10.2.0.0/16'))],
      named(2),
    ],
    ['the namespace names it', [pool('a', 1), pool('b', 2), namespace('ns', asks('b')), pod('ns', 'p')], named(2)],
    ['the pod before its namespace', [pool('a', 1), pool('b', 2), namespace('ns', asks('b')), pod('ns', 'p', asks('a'))], named(1)],
    ['in the order in which they are named', [pool('a', 1), pool('b', 2), pod('ns', 'p', asks('b', 'a'))], named(2)],
    // `libcalico-go/lib/clientv3`, isCandidate: Allocatable=False is passed over, named or not; `kube-controllers/pkg/controllers/ippool` writes it.
    ['a pool that overlaps another one', [overlapping('a', 1), pool('b', 2), pod('ns', 'p')], named(2)],
    [
      'one that overlaps another one, which the pod names',
      [overlapping('a', 1), pool('b', 2), pod('ns', 'p', asks('a'))],
      [`${named(2)} POOL_NOT_ASKED_FOR`],
    ],
    ['one of two pools of one prefix, of which Calico took the other', [overlapping('a', 1), pool('b', 1), pod('ns', 'p')], named(1)],
    ['one that is not there', [pool('a', 1), pod('ns', 'p', asks('gone'))], [`${named(1)} POOL_NOT_ASKED_FOR`]],
  ])('%s', (_, objects, expected) => {
    expect(poolOf(objects, 'ns/p')).toEqual(expected);
  });

  it('however many names there are, which are not gone through for each pool, nor pools for each name', () => {
    const [names, count] = [5_000, 20];
    const pools = Array.from({ length: count }, (_, index) => pool(`a-${index}`, index));
    const named = Array.from({ length: names }, (_, index) => `10.${19 - (index % count)}.0.${index % 250}/16`);
    let gone = 0;
    const { filter, findIndex } = Array.prototype;
    vi.spyOn(Array.prototype, 'filter').mockImplementation(function (this: unknown[], ...by: Parameters<typeof filter>) {
      gone += this.length;
      return filter.apply(this, by);
    });
    vi.spyOn(Array.prototype, 'findIndex').mockImplementation(function (this: unknown[], ...by: Parameters<typeof findIndex>) {
      gone += this.length;
      return findIndex.apply(this, by);
    });
    const found = poolOf([...pools, pod('ns', 'p', asks(...named))], 'ns/p');
    vi.restoreAllMocks();
    expect(found).toBe('pods.10.19.0.0_16');
    expect(gone).toBeLessThan(3 * names);
  });
});
