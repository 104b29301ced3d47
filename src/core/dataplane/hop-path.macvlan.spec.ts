import { describe, expect, it } from 'vitest';
import { askPath, inShort, pathCluster } from '../../../test/support/path-cluster.js';
import { finished } from '../kernel/steps.js';
import type { ProfileSettings } from '../model/profile-settings.js';
import { nodeRoutes } from './node-routes.js';

/**
 * Linux `drivers/net/macvlan.c`: macvlan_queue_xmit hands a frame for another child in mode `bridge` over, and sends all else by the parent's queue; macvlan_handle_frame takes what
 * comes in by the wire for a child before the node's own stack sees it; what the node itself sends goes by the parent's queue, past the children. MTU: containernetworking/plugins
 * plugins/main/macvlan README, "[0, master's MTU]", by default what the kernel chooses: the parent's (macvlan_common_newlink).
 */
const cluster = (settings: ProfileSettings = {}) => pathCluster({ cni: { plugin: 'unknown', mode: 'macvlan' }, ...settings });

describe('pods whose devices are children of the node’s', () => {
  it('are handed to one another by the parent, and to other nodes by the switch, with their own addresses and nothing around', () => {
    const { result } = askPath(cluster(), 'pod/t/a', 'pod/t/b');
    expect(result.forward.hops.map(({ node, device, netns }) => `${node} ${netns} ${device}`)).toEqual([
      'node1 pod t/a eth0',
      'node1 root eth0',
      'node2 root eth0',
      'node2 pod t/b eth0',
    ]);
    expect(
      result.forward.hops.every(({ srcIp, dstIp, encap }) => srcIp === '10.244.1.5' && dstIp === '10.244.2.6' && encap.length === 0),
    ).toBe(true);
    expect(result.forward.hops[2]?.rule).toContain('past the node’s routes');
  });

  it.each([
    [1500, undefined],
    [9000, undefined],
    [9000, 1500],
  ])('have the MTU of the parent: %s', (mtu, ofSubnet) => {
    const subnets = ['192.168.0.0/24', '192.168.9.0/24'].map((cidr) => ({ cidr, ...(ofSubnet === undefined ? {} : { mtu: ofSubnet }) }));
    const { forward } = askPath(cluster({ underlay: { mtu, subnets } }), 'pod/t/a', 'pod/t/b').result;
    expect(forward.pathMtu).toBe(ofSubnet ?? mtu);
  });

  it.each([
    ['node/node1', 'pod/t/a', 'NO_ROUTE'],
    ['pod/t/a', 'node/node1', 'NO_ROUTE'],
    ['node/node2', 'pod/t/a', 'DELIVERED'],
    ['pod/t/a', 'node/node2', 'DELIVERED'],
  ])('%s → %s: the own node alone does not hear them, %s', (from, to, expected) => {
    const { verdict, evidence } = askPath(cluster(), from, to);
    expect(verdict).toBe(expected);
    expect(evidence.some(({ reason }) => reason === 'PARENT_AND_CHILD')).toBe(expected === 'NO_ROUTE');
  });

  it('are not masqueraded: the node’s netfilter sees nothing of what they send', () => {
    const { result } = askPath(cluster({ masquerade: { agent: true } }), 'pod/t/a', 'ip/203.0.113.9');
    expect(result.sourceSeen).toBe('10.244.1.5');
    expect(inShort(result.reply)).toBe('the gateway | eth0 eth0');
  });

  it('go past kube-proxy of their node', () => {
    const { verdict, summary, evidence } = askPath(cluster(), 'pod/t/a', 'svc/t/web');
    expect([verdict, evidence.some(({ reason }) => reason === 'SERVICE_PASSED_BY')]).toEqual(['NO_ROUTE', true]);
    expect(summary).toContain('10.96.0.10');
  });

  it('are told the endpoint at connect(), where a program in their sockets’ cgroup does it', () => {
    const proxy = { mode: 'ebpf', ebpf: { program: 'cilium', connectTime: 'all' } };
    expect(askPath(cluster({ proxy }), 'pod/t/a', 'svc/t/web').verdict).toBe('DELIVERED');
  });

  it('are reached by a port of another node, and not by that of their own', () => {
    const by = (node: string) => askPath(cluster(), 'internet', node, { port: '30080' });
    expect([by('node/node1').verdict, by('node/node2').verdict]).toEqual(['DELIVERED', 'NO_ROUTE']);
    expect(askPath(cluster(), 'node/node1', 'svc/t/web').verdict).toBe('DELIVERED');
  });

  it('have no route on any node', () => {
    const answer = finished(nodeRoutes(cluster(), { node: 'node1', family: undefined, limit: 10 }));
    expect(answer.ok && answer.value.result.routes).toEqual([]);
  });
});
