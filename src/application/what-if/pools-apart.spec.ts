import { describe, expect, it } from 'vitest';
import { askOver } from '../../../test/support/ask-over.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import { ipOwnerQuestion } from '../ipam/ip-owner.js';

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
