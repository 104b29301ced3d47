import { describe, expect, it } from 'vitest';
import { askOver } from '../../../test/support/ask-over.js';
import type { ProfileSettings } from '../../core/model/profile-settings.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import { ipOwnerQuestion } from '../ipam/ip-owner.js';

const object = (kind: string, name: string, spec: object = {}, namespace?: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  spec: { ...spec },
});
const service = (name: string, spec: object = {}, namespace = 'shop') =>
  object('Service', name, { ports: [{ port: 80 }], ...spec }, namespace);
const nodePort = (...ports: readonly number[]) => ({
  type: 'NodePort',
  ports: ports.map((one, index) => ({ name: `p${index}`, port: 80 + index, nodePort: one })),
});

const KNOWN = { serviceCIDRs: ['10.96.0.0/16'], proxy: { nodePortRange: { first: 30_000, last: 30_999 } } };
const STORED = [
  service('web', { clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7'] }),
  service('edge', { ...nodePort(30_080), clusterIP: '10.96.0.8' }),
];

async function applied(
  now: readonly KubernetesObject[],
  {
    stored = STORED,
    profile = KNOWN,
    gone = [],
  }: { stored?: readonly KubernetesObject[]; profile?: ProfileSettings; gone?: readonly string[] } = {},
) {
  const apply = now.map((one) => JSON.stringify(one)).join('\n---\n');
  const asked = { ip: '10.0.0.1', apply, ...(gone.length === 0 ? {} : { delete: gone }) };
  const answer = await askOver(stored, profile)(ipOwnerQuestion, asked);
  return answer.ok ? 'taken' : answer.error.message;
}

/** kubernetes `pkg/registry/core/service/ipallocator` and `…/portallocator`: `ErrAllocated` "already allocated", `ErrNotInRange` "not in the valid range". */
describe('a Service that asks for what it cannot have', () => {
  it('is refused an address or a port that another has', async () => {
    expect(await applied([service('new', { clusterIP: '10.96.0.7' })])).toContain(
      '`/spec/clusterIPs/0`: 10.96.0.7 is already allocated: `Service shop/web`',
    );
    expect(await applied([service('new', nodePort(30_081, 30_080))])).toContain(
      '`/spec/ports/1/nodePort`: 30080 is already allocated: `Service shop/edge`',
    );
    expect(await applied([service('web', { ...nodePort(30_080), clusterIP: '10.96.0.7' })])).toContain('is already allocated');
    expect(await applied([service('a', nodePort(30_090)), service('b', nodePort(30_090))])).toContain('`Service shop/a` has it');
  });

  it('has what it had, and what another gave back', async () => {
    expect(await applied([service('edge', { ...nodePort(30_080), clusterIP: '10.96.0.8' })])).toBe('taken');
    expect(await applied([service('new', { clusterIP: '10.96.0.7' })], { gone: ['Service shop/web'] })).toBe('taken');
    const freed = service('edge', { clusterIP: '10.96.0.8', ports: [{ name: 'p0', port: 80 }] });
    expect(await applied([freed, service('new', nodePort(30_080))])).toBe('taken');
  });

  /** kubernetes `pkg/registry/core/service/ipallocator/cidrallocator.go`: an address is allocated by making its IPAddress, which fails where there is one. */
  it('is refused an address that an IPAddress gives to somebody else', async () => {
    const address = (parentRef: object) => ({
      ...object('IPAddress', '10.96.0.9', { parentRef }),
      apiVersion: 'networking.k8s.io/v1',
    });
    const gateway = address({ group: 'gateway.networking.k8s.io', resource: 'gateways', namespace: 'shop', name: 'edge' });
    const asking = [service('new', { clusterIP: '10.96.0.9' })];
    expect(await applied(asking, { stored: [gateway] })).toContain('`gateways.gateway.networking.k8s.io shop/edge` has it');
    expect(await applied([gateway, ...asking], { stored: [] })).toContain('10.96.0.9 is already allocated');
    expect(await applied(asking, { stored: [gateway], gone: ['IPAddress 10.96.0.9'] })).toBe('taken');
    expect(await applied(asking, { stored: [address({ resource: 'services', namespace: 'shop', name: 'new' })] })).toBe('taken');
  });

  it('is refused what lies outside of the ranges, if they are known', async () => {
    expect(await applied([service('new', { clusterIP: '10.97.0.7' })])).toContain(
      '`/spec/clusterIPs/0`: 10.97.0.7 is not in the valid range, 10.96.0.0/16',
    );
    expect(await applied([service('new', { clusterIP: '10.97.0.7' })], { profile: {} })).toBe('taken');
    expect(await applied([service('new', nodePort(32_000))])).toContain(
      '`/spec/ports/0/nodePort`: 32000 is not in the valid range, 30000-30999',
    );
    expect(await applied([service('new', nodePort(8080))], { profile: {} })).toContain('30000-32767');
  });

  it('is refused a second family of a cluster that has one', async () => {
    expect(await applied([service('new', { ipFamilyPolicy: 'RequireDualStack' })])).toContain(
      '`/spec/ipFamilyPolicy`: this cluster is not configured for dual-stack',
    );
    expect(await applied([service('new', { ipFamilyPolicy: 'PreferDualStack' })])).toBe('taken');
  });

  it('gets an address of each family that it asks for', async () => {
    const stored = [
      service('web', { clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7'], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' }),
    ];
    const ask = askOver(stored, { serviceCIDRs: ['10.96.0.0/16', 'fd00::fff0/125'] });
    const owners = async (ipFamilyPolicy: string) => {
      const all = ['fd00::fff1', 'fd00::fff2', 'fd00::fff3', 'fd00::fff4', 'fd00::fff5', 'fd00::fff6', 'fd00::fff7'].map(async (ip) => {
        const answer = await ask(ipOwnerQuestion, { ip, apply: JSON.stringify(service('web', { ipFamilyPolicy })) });
        return answer.ok ? answer.value.envelope.summary : answer.error.message;
      });
      return (await Promise.all(all)).filter((summary) => summary.includes('shop/web'));
    };
    expect(await owners('RequireDualStack')).toHaveLength(1);
    expect(await owners('SingleStack')).toHaveLength(0);
  });
});

/** https://kubernetes.io/docs/reference/kubectl/generated/kubectl_apply/: objects of a file are applied one after the other. */
describe('an object that is applied twice', () => {
  it('is an update the second time', async () => {
    const first = service('new', { clusterIP: '10.96.0.20' });
    const message = await applied([first, service('new', { clusterIP: '10.96.0.21' })]);
    expect(message).toContain('the update of `Service shop/new`: `/spec/clusterIPs/0`: may not change once set');
    expect(await applied([first, service('new', { ports: [{ port: 81 }] })])).toBe('taken');
  });

  it('is held against what it was last', async () => {
    const node = (spec: object) => object('Node', 'n', spec);
    const given = await applied([node({ podCIDR: '10.1.0.0/24' }), node({ podCIDR: '10.2.0.0/24' })], { stored: [node({})] });
    expect(given).toContain('node updates may not change podCIDR');
  });
});

/** kubernetes `plugin/pkg/admission/namespace/lifecycle`: objects are made in namespaces that are there. */
describe('an object in a namespace', () => {
  const inNew = service('web', {}, 'new');
  const namespace = (name: string) => object('Namespace', name);

  it('that is not there is refused, with the nearest one', async () => {
    const stored = [namespace('shop'), namespace('news')];
    const message = await applied([inNew], { stored });
    expect(message).toContain('would refuse `Service new/web`: `/metadata/namespace`: namespace `new` is not there');
    expect(await applied([namespace('new'), inNew], { stored })).toBe('taken');
    expect(await applied([service('web', {}, 'default')], { stored })).toBe('taken');
  });

  it('of which nobody knows is taken', async () => {
    expect(await applied([inNew])).toBe('taken');
    expect(await applied([inNew], { stored: [namespace('shop'), service('old', {}, 'new')] })).toBe('taken');
  });

  it('that is supposed to be gone is refused, unless it is made anew', async () => {
    const stored = [namespace('new'), inNew];
    expect(await applied([inNew], { stored, gone: ['Namespace new'] })).toContain('namespace `new` is supposed to be gone');
    expect(await applied([namespace('new'), inNew], { stored, gone: ['Namespace new'] })).toBe('taken');
  });
});
