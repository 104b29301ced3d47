import { describe, expect, it } from 'vitest';
import { pathCluster } from '../../../test/support/path-cluster.js';
import type { JsonObject } from '../kernel/json.js';
import { finished } from '../kernel/steps.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { dataplaneLint } from './dataplane-lint.js';

/** Rows of kubernetes `pkg/scheduler/framework/plugins/nodeports/node_ports_test.go`, TestNodePorts and TestFits: `PROTOCOL/address/port` of a pod, and of the one that its node has already. */
const ROWS = `
UDP/127.0.0.1/8080                                                                  | UDP/127.0.0.1/9090                                            | fits
UDP/127.0.0.1/8080                                                                  | UDP/127.0.0.1/8080                                            | conflict
TCP/127.0.0.1/8080                                                                  | TCP/127.0.0.1/8080                                            | conflict
TCP/127.0.0.1/8080                                                                  | TCP/127.0.0.2/8080                                            | fits
UDP/127.0.0.1/8080                                                                  | TCP/127.0.0.1/8080                                            | fits
UDP/127.0.0.1/8000 UDP/127.0.0.1/8080                                               | UDP/127.0.0.1/8080                                            | conflict
TCP/127.0.0.1/8001 UDP/127.0.0.1/8080                                               | TCP/127.0.0.1/8001 UDP/127.0.0.1/8081                         | conflict
TCP/0.0.0.0/8001                                                                    | TCP/127.0.0.1/8001                                            | conflict
TCP/10.0.10.10/8001 TCP/0.0.0.0/8001                                                | TCP/127.0.0.1/8001                                            | conflict
TCP/127.0.0.1/8001                                                                  | TCP/0.0.0.0/8001                                              | conflict
UDP/127.0.0.1/8001                                                                  | TCP/0.0.0.0/8001                                              | fits
UDP/127.0.0.1/8001                                                                  | TCP/0.0.0.0/8001 UDP/0.0.0.0/8001                             | conflict
TCP/127.0.0.1/80                                                                    | TCP/127.0.0.1/9090                                            | fits
TCP/127.0.0.1/80 TCP/127.0.1.1/80 TCP/127.0.1.1/90 TCP/127.0.1.1/100                | TCP/127.0.0.1/9090 TCP/127.0.0.1/9191 TCP/127.0.1.1/8080      | fits
TCP/127.0.0.1/80                                                                    | UDP/127.0.0.1/80                                              | fits
TCP/127.0.0.1/80 TCP/127.0.1.1/80 TCP/127.0.1.1/90 TCP/127.0.1.1/100                | TCP/127.0.0.1/9090 TCP/127.0.1.1/90 TCP/127.0.1.1/8080        | conflict
`;

const TABLE = ROWS.trim()
  .split('\n')
  .map((row) => row.split('|').map((cell) => cell.trim()) as [pod: string, present: string, verdict: string]);

const containersOf = (text: string): readonly JsonObject[] => [
  {
    name: 'c',
    image: 'c',
    ports: text.split(' ').map((port, index) => {
      const [protocol = '', hostIP = '', hostPort = ''] = port.split('/');
      return { containerPort: 1000 + index, protocol, hostIP, hostPort: Number(hostPort) };
    }),
  },
];

const pod = (name: string, spec: JsonObject): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'p', uid: name },
  spec: { nodeName: 'node1', ...spec },
  status: { phase: 'Running' },
});

const conflictsOf = (...pods: readonly KubernetesObject[]) =>
  finished(dataplaneLint(pathCluster({}, pods), { codes: ['HOST_PORT_CONFLICT'], severity: 'info' })).result.findings;

describe('ports of a node (the plugin NodePorts of the scheduler)', () => {
  it.each(TABLE)('%s beside %s: %s', (text, present, verdict) => {
    const found = conflictsOf(pod('first', { containers: containersOf(present) }), pod('second', { containers: containersOf(text) }));
    expect(found.length > 0 ? 'conflict' : 'fits').toBe(verdict);
  });

  // "non-sidecar initContainer using hostPort", "TCP hostPort conflict from sidecar initContainer".
  it.each<readonly [restartPolicy: string | undefined, pointers: readonly string[]]>([
    [undefined, []],
    ['Always', ['/spec/initContainers/1/ports/0/hostPort']],
  ])('of init containers: restartPolicy %s', (restartPolicy, pointers) => {
    const ports = [{ containerPort: 8001, hostPort: 8001, protocol: 'TCP' }];
    const own = { name: 'i', image: 'i', ports, ...(restartPolicy === undefined ? {} : { restartPolicy }) };
    const spec = { containers: [{ name: 'c', image: 'c' }], initContainers: [{ name: 'before', image: 'b' }, own] };
    const found = conflictsOf(pod('first', { containers: containersOf('TCP/0.0.0.0/8001') }), pod('second', spec));
    expect(found.map(({ pointer }) => pointer)).toEqual(pointers);
  });

  // A pod that is done has given its ports back (kubernetes pkg/scheduler/eventhandlers.go: assigned, and not terminal).
  it('of a pod that is done are free', () => {
    const done = { ...pod('first', { containers: containersOf('TCP/0.0.0.0/8001') }), status: { phase: 'Succeeded' } };
    expect(conflictsOf(done, pod('second', { containers: containersOf('TCP/0.0.0.0/8001') }))).toEqual([]);
  });
});
