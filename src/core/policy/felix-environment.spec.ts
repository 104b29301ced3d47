import { describe, expect, it } from 'vitest';
import { calicoNode } from '../../../test/support/calico-node.js';
import { modelOf } from '../../../test/support/model.js';
import { askPolicy, judgedRows, policyObjects, rowsOf } from '../../../test/support/policy-cluster.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

/**
 * What the environment of calico-node tells Felix about nodes goes before every FelixConfiguration, that of one node too. Sources, all of projectcalico/calico: `felix/config/config_params.go`,
 * SourcesInDescendingOrder ("EnvironmentVariable, ConfigFile, DatastorePerHost, DatastoreGlobal"), and the parameters DefaultEndpointToHostAction and FailsafeInboundHostPorts, whose defaults these
 * are; `felix/config/param_types.go`, PortListParam; `felix/config/config_params_test.go`, the table "Config parsing"; reference/felix/configuration ("To disable all inbound host ports, use the value
 * `none`").
 */
const CLUSTER = `
  node n0 192.168.0.1
  node n1 192.168.0.2
  a/w0 name=w0 @10.65.0.2 on n0
  a/w1 name=w1 @10.65.1.2 on n1`;

const SETTINGS = { cni: { plugin: 'calico', mode: 'bgp' }, policy: { ipBlockMatchesPods: true } };

const calico = (kind: string, name: string, spec: JsonObject): KubernetesObject => ({
  apiVersion: 'projectcalico.org/v3',
  kind,
  metadata: { name },
  spec,
});
const felix = (name: string, spec: JsonObject) => calico('FelixConfiguration', name, spec);
const HOSTS = ['n0', 'n1'].map((node, index) =>
  calico('HostEndpoint', node, { node, interfaceName: 'eth0', expectedIPs: [`192.168.0.${index + 1}`] }),
);

const modelWith = (...objects: readonly KubernetesObject[]) => modelOf([...policyObjects(CLUSTER, {}), ...objects], SETTINGS);

describe('FELIX_DEFAULTENDPOINTTOHOSTACTION', () => {
  const DROP = { defaultEndpointToHostAction: 'Drop' };
  it.each<readonly [what: string, env: Readonly<Record<string, string>>, objects: readonly KubernetesObject[], verdict: 'allow' | 'deny']>([
    [
      'drops, whatever the object of the node says',
      { FELIX_DEFAULTENDPOINTTOHOSTACTION: 'DROP' },
      [felix('node.n0', { defaultEndpointToHostAction: 'Accept' })],
      'deny',
    ],
    [
      'accepts, whatever the object of the node says',
      { FELIX_DEFAULTENDPOINTTOHOSTACTION: 'accept' },
      [felix('node.n0', DROP), felix('default', DROP)],
      'allow',
    ],
    ['in whichever case', { felix_DefaultEndpointToHostAction: 'Return' }, [felix('default', DROP)], 'allow'],
    ['empty, and the object of the node counts', { FELIX_DEFAULTENDPOINTTOHOSTACTION: '' }, [felix('node.n0', DROP)], 'deny'],
    ['not there, and the object of another node does not count', {}, [felix('node.n1', DROP)], 'allow'],
  ])('%s', (_, env, objects, verdict) => {
    const rows = `a/w0 -> 192.168.0.1:8055 = ${verdict}`;
    expect(judgedRows(modelWith(calicoNode(env), ...objects), rows)).toEqual(rowsOf(rows));
  });

  // shared/design/product.md, "Concepts": the network profile is "overridable by hand".
  it.each([
    ['Drop', { FELIX_DEFAULTENDPOINTTOHOSTACTION: 'Accept' }, 'Accept', 'deny'],
    ['Accept', {}, 'Drop', 'allow'],
    ['Return', { FELIX_DEFAULTENDPOINTTOHOSTACTION: 'Drop' }, 'Drop', 'allow'],
  ] as const)('goes after what a user has set: %s, %j, the object of the node %s: %s', (set, env, own, verdict) => {
    const settings = { ...SETTINGS, policy: { calico: { endpointToHost: set } } };
    const objects = [calicoNode(env), felix('node.n0', { defaultEndpointToHostAction: own })];
    const rows = `a/w0 -> 192.168.0.1:8055 = ${verdict}`;
    expect(judgedRows(modelOf([...policyObjects(CLUSTER, {}), ...objects], settings), rows)).toEqual(rowsOf(rows));
  });

  it('is what the evidence names', () => {
    const model = modelWith(
      calicoNode({ FELIX_DEFAULTENDPOINTTOHOSTACTION: 'Drop' }),
      felix('default', { defaultEndpointToHostAction: 'Accept' }),
    );
    const { evidence } = askPolicy(model, 'a/w0 -> 192.168.0.1:8055');
    const step = evidence.find(({ object }) => object?.kind === 'DaemonSet');
    expect(step).toMatchObject({ object: { name: 'calico-node' }, pointer: '/spec/template/spec/containers/0/env' });
  });
});

describe('FELIX_FAILSAFEINBOUNDHOSTPORTS and FELIX_FAILSAFEOUTBOUNDHOSTPORTS', () => {
  /** Of TCP 22, TCP 8055, UDP 68 and TCP 179 those by which n1 reaches n0; it may send to all. */
  const open = (inbound: string | undefined, ...objects: readonly KubernetesObject[]) => {
    const env = {
      FELIX_FAILSAFEOUTBOUNDHOSTPORTS: '22,8055,179,udp:68',
      ...(inbound === undefined ? {} : { FELIX_FAILSAFEINBOUNDHOSTPORTS: inbound }),
    };
    const model = modelWith(...HOSTS, calicoNode(env), ...objects);
    const ports = ['22', '8055', '179', '68 UDP'];
    const rows = ports.map((port) => `192.168.0.2 -> 192.168.0.1:${port} = allow`).join('\n');
    const judged = judgedRows(model, rows);
    return ports.filter((_, index) => judged[index] === rowsOf(rows)[index]);
  };
  const ONLY_8055 = { failsafeInboundHostPorts: [{ protocol: 'tcp', port: 8055 }] };

  it.each<readonly [inbound: string | undefined, open: readonly string[]]>([
    [undefined, ['22', '179', '68 UDP']],
    ['', ['22', '179', '68 UDP']],
    ['none', []],
    ['8055', ['8055']],
    ['tcp:8055, UDP:68', ['8055', '68 UDP']],
    ['tcp:192.168.0.0/24:8055,', ['8055']],
    ['tcp:192.168.0.2:8055', ['8055']],
    ['tcp:192.168.0.3:8055', []],
    ['tcp:[2001:db8::]:8055', []],
    // What cannot be read is not the list: Felix does not start, or has its default.
    ['8055,icmp:22', ['22', '179', '68 UDP']],
    ['8055,65536', ['22', '179', '68 UDP']],
    ['192.168.0.2:8055', ['22', '179', '68 UDP']],
    ['tcp:192.168.0.0/33:8055', ['22', '179', '68 UDP']],
  ])('%j: %j', (inbound, ports) => {
    expect(open(inbound)).toEqual(ports);
  });

  it('goes before the objects of the node and of all; without it they count', () => {
    expect(open('179', felix('node.n0', ONLY_8055))).toEqual(['179']);
    expect(open('none', felix('default', ONLY_8055))).toEqual([]);
    expect(open(undefined, felix('node.n0', ONLY_8055))).toEqual(['8055']);
  });
});
