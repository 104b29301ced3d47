import { describe, expect, it } from 'vitest';
import { modelOf, objectsOf } from '../../../test/support/model.js';
import { trace } from '../../../test/support/trace.js';

/** `web` is shut off by a policy that lets nothing out; `api` is a node port at every node. */
const MODEL = modelOf(
  await objectsOf(`
{apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: t}, spec: {nodeName: n1, containers: [{name: app, ports: [{containerPort: 8080}]}], initContainers: [{name: proxy, restartPolicy: Always, ports: [{containerPort: 9901}]}]}, status: {phase: Running, podIP: 10.244.1.5}}
---
{apiVersion: v1, kind: Pod, metadata: {name: agent, namespace: t}, spec: {hostNetwork: true, nodeName: n1, containers: [{name: app, ports: [{containerPort: 9100}]}]}, status: {phase: Running, podIP: 192.0.2.1}}
---
{apiVersion: v1, kind: Service, metadata: {name: api, namespace: t}, spec: {type: NodePort, clusterIP: 10.96.0.20, selector: {app: none}, ports: [{port: 80, nodePort: 30080}]}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, namespace: t}, spec: {podSelector: {}, policyTypes: [Ingress, Egress]}}
`),
  { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/16'], proxy: { mode: 'iptables' }, policy: { enforcement: 'on' } },
);

const ask = (from: string, to: string) => trace(MODEL, { from, to });

describe('the loopback of the sender', () => {
  it.each([
    ['pod/t/web', 'http://127.0.0.1:8080', 'CONNECTS'],
    ['pod/t/web', 'localhost:8080', 'CONNECTS'],
    // a sidecar shares the network namespace of its pod
    ['pod/t/web', '[::1]:9901', 'CONNECTS'],
    ['pod/t/web', 'localhost:9100', 'NOT_SERVED'],
    // node ports are open at the loopback of the host alone: a pod has a network namespace of its own
    ['pod/t/web', '127.0.0.1:30080', 'NOT_SERVED'],
    ['pod/t/agent', '127.0.0.1:30080', 'NO_ENDPOINTS'],
    ['pod/t/agent', 'localhost:9100', 'CONNECTS'],
    ['node/n1', '127.0.0.1:9100', 'CONNECTS'],
    ['node/n1', '127.0.0.1:9999', 'NOT_SERVED'],
    ['ip/203.0.113.9', 'localhost:80', 'LEAVES_CLUSTER'],
  ])('%s asks %s: %s', (from, to, verdict) => {
    expect(ask(from, to).verdict).toBe(verdict);
  });

  it('asks neither names nor services nor policies, and says so', () => {
    const { result, warnings, evidence, summary, confidence } = ask('pod/t/web', 'http://localhost:8080');
    expect(result).toMatchObject({ resolve: null, service: null, packet: null, dnsPolicy: [], dataPolicy: [], findings: [] });
    expect(warnings.map(({ code }) => code)).toEqual(['OWN_LOOPBACK']);
    expect(evidence).toMatchObject([
      { reason: 'OWN_LOOPBACK', outcome: 'match', object: { name: 'web' }, pointer: '/spec/containers/0/ports' },
    ]);
    expect(summary).toBe('pod t/web reaches localhost:8080: localhost:8080 is pod t/web itself, whose container `app` listens on 8080/TCP');
    // "Not specifying a port here DOES NOT prevent that port from being exposed" (core/v1 Container.ports)
    expect(confidence).toBe('ASSUMED');
  });

  it('needs a port', () => {
    expect(() => ask('pod/t/web', 'localhost')).toThrow(/names no port/);
  });
});
