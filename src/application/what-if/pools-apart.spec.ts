import { describe, expect, it } from 'vitest';
import { askOver } from '../../../test/support/ask-over.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import { ipOwnerQuestion } from '../ipam/ip-owner.js';
import { ipPoolsQuestion } from '../ipam/ip-pools.js';

const pool = (name: string, cidr: string, spec: object = {}, apiVersion = 'projectcalico.org/v3'): KubernetesObject => ({
  apiVersion,
  kind: 'IPPool',
  metadata: { name },
  spec: { cidr, ...spec },
});
const block = (cidr: string, size: number): KubernetesObject => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind: 'IPAMBlock',
  metadata: { name: cidr.replaceAll(/[./:]/g, '-') },
  spec: { cidr, affinity: 'host:a', allocations: Array.from({ length: size }, () => null), unallocated: [], attributes: [] },
});

async function applied(stored: readonly KubernetesObject[], now: readonly KubernetesObject[], gone: readonly string[] = []) {
  const apply = now.map((one) => JSON.stringify(one)).join('\n---\n');
  const answer = await askOver(stored)(ipOwnerQuestion, { ip: '10.0.0.1', apply, ...(gone.length === 0 ? {} : { delete: gone }) });
  return answer.ok ? 'taken' : answer.error.message.replace(/^the API server would refuse /, '');
}

/** projectcalico/calico `libcalico-go/lib/clientv3/ippool.go`, Create and validateAndSetDefaults. */
describe('a pool of Calico that is made', () => {
  const OLD = [pool('old', '10.0.0.0/16')];

  it.each<[string, string]>([
    ['10.0.0.0/16', 'the same prefix'],
    ['10.0.128.0/24', 'inside'],
    ['10.0.0.0/8', 'around'],
  ])('is refused where another one is: %s (%s)', async (cidr) => {
    expect(await applied(OLD, [pool('new', cidr)])).toBe(
      '`IPPool new`: `/spec/cidr`: IPPool(new) CIDR overlaps with IPPool(old) CIDR 10.0.0.0/16',
    );
  });

  it('is refused where another one is made with it, and where one of the CRD is', async () => {
    const [a, b] = [pool('a', 'fd00::/48'), pool('b', 'fd00:0:0:1::/64')];
    expect(await applied(OLD, [a, b])).toContain('IPPool(b) CIDR overlaps with IPPool(a) CIDR fd00::/48');
    expect(await applied([pool('old', '10.0.0.0/16', {}, 'crd.projectcalico.org/v1')], [pool('new', '10.0.0.0/17')])).toContain(
      'overlaps with IPPool(old)',
    );
  });

  it.each<[string, readonly KubernetesObject[], readonly KubernetesObject[], readonly string[]]>([
    ['beside the others', OLD, [pool('new', '10.1.0.0/16'), pool('six', 'fd00::/64')], []],
    ['in the place of one that is gone', OLD, [pool('new', '10.0.0.0/17')], ['IPPool old']],
    [
      'in the place of one that has moved, of the CRD',
      [pool('old', '10.0.0.0/16', {}, 'crd.projectcalico.org/v1')],
      [pool('old', '10.9.0.0/16', {}, 'crd.projectcalico.org/v1'), pool('new', '10.0.0.0/16')],
      [],
    ],
    ['again as it is', OLD, OLD, []],
    ['of the CRD, which Calico’s API server does not see', OLD, [pool('new', '10.0.0.0/17', {}, 'crd.projectcalico.org/v1')], []],
    ['around blocks of its own size', [block('10.3.0.0/29', 8)], [pool('new', '10.3.0.0/16', { blockSize: 29 })], []],
    ['beside blocks of another size', [block('10.4.0.0/29', 8)], [pool('new', '10.3.0.0/16')], []],
  ])('is taken: %s', async (_, stored, now, gone) => {
    expect(await applied(stored, now, gone)).toBe('taken');
  });

  it('is refused where there are blocks of another size', async () => {
    expect(await applied([block('10.3.0.8/29', 8)], [pool('new', '10.3.0.0/16')])).toBe(
      '`IPPool new`: `/spec/blockSize`: IPPool blocksSize conflicts with existing allocations that use a different blockSize',
    );
  });
});

/** projectcalico/calico `kube-controllers/pkg/controllers/ippool/pool_controller.go`, reconcileConditions and poolSortFunc; its unit tests name the same cases. */
describe('pools that overlap, judged by Calico’s controller', () => {
  const CRD = 'crd.projectcalico.org/v1';
  const judged = (
    name: string,
    cidr: string,
    status: 'True' | 'False',
    { at = '2026-01-01T00:00:00Z', reason = 'CIDROverlap', spec = {} } = {},
  ) => ({
    ...pool(name, cidr, spec, CRD),
    metadata: { name, creationTimestamp: at },
    status: { conditions: [{ type: 'Allocatable', status, reason: status === 'True' ? '' : reason }] },
  });

  async function open(stored: readonly KubernetesObject[], now: readonly KubernetesObject[], gone: readonly string[] = []) {
    const change = {
      ...(now.length === 0 ? {} : { apply: now.map((one) => JSON.stringify(one)).join('\n---\n') }),
      ...(gone.length === 0 ? {} : { delete: gone }),
    };
    const answer = await askOver(stored)(ipPoolsQuestion, { plane: 'pod', ...change });
    if (!answer.ok) return answer.error.message;
    const { pools } = answer.value.envelope.result as { readonly pools: readonly { readonly name: string }[] };
    return pools.map(({ name }) => name);
  }

  const OLD = judged('old', '10.0.0.0/16', 'True');
  const NEW = pool('a-new', '10.0.0.0/17', {}, CRD);

  it.each<[string, readonly KubernetesObject[], readonly KubernetesObject[], readonly string[], readonly string[]]>([
    ['a new one gives nothing where an older one is', [OLD], [NEW], [], ['pods.10.0.0.0_16']],
    ['a new one beside them does', [OLD], [pool('b', '10.1.0.0/16', {}, CRD)], [], ['pods.10.0.0.0_16', 'pods.10.1.0.0_16']],
    [
      'one that is disabled is in nobody’s way',
      [judged('old', '10.0.0.0/16', 'False', { reason: 'Disabled', spec: { disabled: true } })],
      [NEW],
      [],
      ['pods.10.0.0.0_17'],
    ],
    [
      'one that is being deleted neither',
      [judged('old', '10.0.0.0/16', 'False', { reason: 'Terminating' })],
      [NEW],
      [],
      ['pods.10.0.0.0_17'],
    ],
    [
      'and stays closed',
      [judged('old', '10.0.0.0/16', 'False', { reason: 'Terminating' })],
      [pool('b', '10.9.0.0/16', {}, CRD)],
      [],
      ['pods.10.9.0.0_16'],
    ],
    ['the next one gives where the first is gone', [OLD, judged('next', '10.0.0.0/17', 'False')], [], ['IPPool old'], ['pods.10.0.0.0_17']],
    [
      'of two that wait the older one',
      [
        OLD,
        judged('a', '10.0.0.0/17', 'False', { at: '2026-03-01T00:00:00Z' }),
        judged('b', '10.0.0.0/18', 'False', { at: '2026-02-01T00:00:00Z' }),
      ],
      [],
      ['IPPool old'],
      ['pods.10.0.0.0_18'],
    ],
    [
      'of two of one age the first by name',
      [OLD, judged('b', '10.0.0.0/17', 'False'), judged('a', '10.0.0.0/18', 'False')],
      [],
      ['IPPool old'],
      ['pods.10.0.0.0_18'],
    ],
    [
      'one that gives goes before an older one that waits',
      [OLD, judged('elder', '10.0.0.0/17', 'False', { at: '2025-01-01T00:00:00Z' })],
      [pool('b', '10.9.0.0/16', {}, CRD)],
      [],
      ['pods.10.0.0.0_16', 'pods.10.9.0.0_16'],
    ],
    [
      'one that is disabled makes room',
      [OLD, judged('next', '10.0.0.0/17', 'False')],
      [pool('old', '10.0.0.0/16', { disabled: true }, CRD)],
      [],
      ['pods.10.0.0.0_17'],
    ],
    ['without that controller they overlap', [pool('old', '10.0.0.0/16', {}, CRD)], [NEW], [], ['pods.10.0.0.0_16', 'pods.10.0.0.0_17']],
  ])('%s', async (_, stored, now, gone, expected) => {
    expect(await open(stored, now, gone)).toEqual(expected);
  });
});
