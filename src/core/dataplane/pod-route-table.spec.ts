import { describe, expect, it } from 'vitest';
import { pathCluster } from '../../../test/support/path-cluster.js';
import { finished } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import { parseEndpointSelector } from '../model/parse-endpoint-selector.js';
import { resolveEndpoints } from '../model/resolve-endpoints.js';
import type { IpFamily } from '../net/ip.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { podRouteTable } from './pod-route-table.js';

function ask(model: NetworkModel, text: string, family: IpFamily | null = 4) {
  const selector = parseEndpointSelector(text);
  if (!selector.ok) throw new Error(selector.error.message);
  const pod = resolveEndpoints(model, selector.value);
  if (!pod.ok) throw new Error(pod.error.message);
  return finished(podRouteTable(model, { pod: pod.value, family: family ?? undefined, limit: 100 }));
}

function told(model: NetworkModel, text: string, family: IpFamily | null = 4) {
  const answer = ask(model, text, family);
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

function pod(name: string, spec: Readonly<Record<string, string | boolean>>, podIP: string | undefined): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 't', uid: name },
    spec: { containers: [{ name: 'c', image: 'c' }], ...spec },
    status: { phase: 'Running', ...(podIP === undefined ? {} : { podIP, podIPs: [{ ip: podIP }] }) },
  };
}

/*
 * What `ip route` shows in a pod. Calico: docs.tigera.io FAQ, "Why does my container have a route to 169.254.1.1?". Flannel: its CNI plugin adds the whole network to what
 * the bridge plugin lays. ptp: containernetworking/plugins plugins/main/ptp/ptp.go. Weave: site/concepts/how-it-works.md. Antrea: docs/design/architecture.md. AWS: driver.go, createVethPairContext.
 */
describe('the routes of a pod', () => {
  it.each([
    ['calico', 'vxlan', 4, ['10.244.1.5/32'], ['0.0.0.0/0 169.254.1.1', '169.254.1.1/32 -']],
    ['calico', 'vxlan', 6, ['fd00:244:0:1::5/128'], ['::/0 fe80::ecee:eeff:feee:eeee', 'fe80::ecee:eeff:feee:eeee/128 -']],
    ['flannel', 'vxlan', 4, ['10.244.1.5/24'], ['0.0.0.0/0 10.244.1.1', '10.244.0.0/16 10.244.1.1', '10.244.1.0/24 -']],
    ['kindnet', 'ptp', 4, ['10.244.1.5/24'], ['0.0.0.0/0 10.244.1.1', '10.244.1.0/24 10.244.1.1', '10.244.1.1/32 -']],
    ['antrea', 'geneve', 4, ['10.244.1.5/24'], ['0.0.0.0/0 10.244.1.1', '10.244.1.0/24 -']],
    ['weave', 'fastdp', 4, ['10.244.1.5/16'], ['0.0.0.0/0 -', '10.244.0.0/16 -', '224.0.0.0/4 -']],
    ['aws-vpc-cni', 'eni', 4, ['10.244.1.5/32'], ['0.0.0.0/0 169.254.1.1', '169.254.1.1/32 -']],
  ] as const)('%s %s, IPv%i', (plugin, mode, family, addresses, routes) => {
    const { verdict, result } = told(pathCluster({ cni: { plugin, mode } }), 'pod/t/a', family);
    expect([verdict, result.addresses]).toEqual(['OWN', addresses]);
    expect(result.routes.map(({ destination, via }) => `${destination} ${via ?? '-'}`)).toEqual(routes);
  });

  it('are those of both families where nobody asks for one', () => {
    const { result } = told(pathCluster({ cni: { plugin: 'flannel', mode: 'vxlan' } }), 'pod/t/a', null);
    expect(result.routes).toHaveLength(6);
  });

  // cilium pkg/datapath/connector/ipam.go: the default route has the MTU of the route, the device that of the node.
  it('carry the smaller MTU with Cilium, and lead to an address that nobody need tell', () => {
    const { result, assumptions } = told(pathCluster({ cni: { plugin: 'cilium', mode: 'vxlan' } }), 'pod/t/a');
    expect([result.deviceMtu, result.routes[0]?.mtu, result.routes[0]?.via]).toEqual([1500, 1450, null]);
    expect(assumptions.map(({ code }) => code)).toContain('NEXT_HOP_UNKNOWN');
  });

  it('of a hostNetwork pod are those of its node', () => {
    const model = pathCluster({ cni: { plugin: 'flannel', mode: 'vxlan' } }, [
      pod('h', { nodeName: 'node2', hostNetwork: true }, '192.168.0.2'),
    ]);
    const { verdict, result } = told(model, 'pod/t/h');
    expect([verdict, result.device, result.addresses]).toEqual(['NODE', 'eth0', []]);
    expect(result.routes.map(({ destination, device }) => `${destination} ${device}`)).toEqual([
      '0.0.0.0/0 eth0',
      '10.244.2.0/24 cni0',
      '10.244.1.0/24 flannel.1',
      '10.244.3.0/24 flannel.1',
    ]);
  });

  it.each([
    ['on no node', {}, '10.244.1.99', 'NOT_PLACED'],
    ['without an address', { nodeName: 'node1' }, undefined, 'NO_ADDRESS'],
  ])('are not known of a pod %s', (_, spec, ip, reason) => {
    const { verdict, confidence, evidence } = told(pathCluster({ cni: { plugin: 'calico' } }, [pod('p', spec, ip)]), 'pod/t/p');
    expect([verdict, confidence, evidence[0]?.reason]).toEqual(['UNKNOWN', 'INSUFFICIENT_INFO', reason]);
  });

  it('are of pods alone', () => {
    expect(ask(pathCluster({ cni: { plugin: 'calico' } }), 'node/node1')).toMatchObject({
      ok: false,
      error: { kind: 'invalid-request', errors: [{ pointer: '/pod' }] },
    });
  });
});
