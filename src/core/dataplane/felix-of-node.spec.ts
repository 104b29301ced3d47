import { describe, expect, it } from 'vitest';
import { calicoNode } from '../../../test/support/calico-node.js';
import { askPath, pathCluster } from '../../../test/support/path-cluster.js';
import type { JsonObject } from '../kernel/json.js';
import type { ProfileSettings } from '../model/profile-settings.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { finished } from '../kernel/steps.js';
import { dataplaneLint } from './dataplane-lint.js';
import { tunnels } from './tunnels.js';

/**
 * What Felix is told of one node. projectcalico/calico `felix/config/config_params.go`, SourcesInDescendingOrder: the environment, a file, "DatastorePerHost" (FelixConfiguration `node.<name>`),
 * "DatastoreGlobal" (`default`), each parameter by itself; `felix/dataplane/linux/int_dataplane.go`, determinePodMTU, on each node for its own pods; `felix/rules/nat.go`, NATOutgoingAddress.
 */
const calico = (kind: string, name: string, spec: JsonObject): KubernetesObject => ({
  apiVersion: 'projectcalico.org/v3',
  kind,
  metadata: { name },
  spec,
});
const felix = (name: string, spec: JsonObject) => calico('FelixConfiguration', name, spec);
const POOL = calico('IPPool', 'pods', { cidr: '10.244.0.0/16', ipipMode: 'Never', vxlanMode: 'Always', natOutgoing: true });

const modelWith = (objects: readonly KubernetesObject[], settings: ProfileSettings = {}) =>
  pathCluster({ ipFamilies: ['IPv4'], cni: { plugin: 'calico' }, ...settings }, [POOL, ...objects]);

describe('the MTU of the pods and of the tunnel of a node', () => {
  /** Of node1 and node2: their tunnels', and what a pod of each may send, which is what its first hop lets pass. */
  const mtus = (objects: readonly KubernetesObject[]) => {
    const model = modelWith(objects);
    const answer = tunnels(model, { node: undefined, limit: 10 });
    const of = (name: string) => (answer.ok ? answer.value.result.tunnels.find(({ node }) => node === name)?.mtu : undefined);
    const first = (from: string, to: string) => askPath(model, `pod/t/${from}`, `pod/t/${to}`).result.forward.hops[0]?.mtu;
    return [of('node1'), of('node2'), first('a', 'b'), first('b', 'a')];
  };

  it.each<readonly [what: string, objects: readonly KubernetesObject[], mtus: readonly number[]]>([
    ['is its own', [felix('node.node1', { vxlanMTU: 1400 })], [1400, 1450, 1400, 1450]],
    ['goes before that of all', [felix('node.node1', { vxlanMTU: 1400 }), felix('default', { vxlanMTU: 1300 })], [1400, 1300, 1400, 1300]],
    ['each parameter by itself', [felix('node.node1', { ipipMTU: 1350 }), felix('default', { vxlanMTU: 1300 })], [1300, 1300, 1300, 1300]],
    ['after the environment', [felix('node.node1', { vxlanMTU: 1400 }), calicoNode({ FELIX_VXLANMTU: '1420' })], [1420, 1420, 1420, 1420]],
    // felix/config/config_params.go, IpInIpMtu and the like: `int;0`; int_dataplane.go, ConfigureDefaultMTUs reckons where it is 0.
    ['0, and Felix reckons it', [felix('node.node1', { vxlanMTU: 0 }), felix('default', { vxlanMTU: 1300 })], [1450, 1300, 1450, 1300]],
    ['of a tunnel that is there besides', [felix('node.node2', { ipipEnabled: true, ipipMTU: 1390 })], [1450, 1450, 1450, 1390]],
    ['of a node that there is not', [felix('node.node9', { vxlanMTU: 1400 })], [1450, 1450, 1450, 1450]],
  ])('%s', (_, objects, expected) => {
    expect(mtus(objects)).toEqual(expected);
  });

  it.each([
    [1450, []],
    [1451, [['MTU_TOO_LARGE', 'node1']]],
    [1501, [['MTU_TOO_LARGE', 'node1']]],
  ])('is found where it does not fit, and nowhere else: %i', (vxlanMTU, found) => {
    const model = modelWith([felix('node.node1', { vxlanMTU })], { underlay: { mtu: 1500 } });
    const { findings } = finished(dataplaneLint(model, { codes: undefined, severity: 'error' })).result;
    expect(findings.map(({ code, nodes }) => [code, ...nodes])).toEqual(found);
  });

  it.each([
    [1500, 'MTU_TOO_LARGE'],
    [1501, 'MTU_LARGER_THAN_HOST'],
  ])('that fits is not found beside those of the others, which do not: %i', (vxlanMTU, code) => {
    const objects = [felix('node.node1', { vxlanMTU: 1400 }), felix('default', { vxlanMTU })];
    const { findings } = finished(
      dataplaneLint(modelWith(objects, { underlay: { mtu: 1500 } }), { codes: undefined, severity: 'error' }),
    ).result;
    expect(findings.map((one) => [one.code, ...one.nodes])).toEqual([[code, 'node2', 'node3']]);
  });

  // Linux net/ipv4/ip_forward.c, ip_exceeds_mtu: the pair of a pod has the pod's MTU at both ends, and what is larger is not forwarded to it.
  it('bounds what comes to its pods, too', () => {
    const { result } = askPath(modelWith([felix('node.node1', { vxlanMTU: 1400 })]), 'pod/t/b', 'pod/t/a');
    expect([result.forward.pathMtu, result.reply.pathMtu]).toEqual([1400, 1400]);
  });
});

describe('the address that natOutgoing gives on a node', () => {
  const OWN = felix('node.node1', { natOutgoingAddress: '192.0.2.1' });
  const seen = (objects: readonly KubernetesObject[], from = 'a', settings: ProfileSettings = {}) =>
    askPath(modelWith(objects, settings), `pod/t/${from}`, 'ip/203.0.113.9').result.sourceSeen;

  it('is its own, before that of all', () => {
    const all = felix('default', { natOutgoingAddress: '192.0.2.9' });
    expect([seen([OWN]), seen([OWN], 'b'), seen([OWN, all]), seen([OWN, all], 'b')]).toEqual([
      '192.0.2.1',
      '192.168.0.2',
      '192.0.2.1',
      '192.0.2.9',
    ]);
  });

  it('after the environment, and what a user has set', () => {
    expect(seen([OWN, calicoNode({ FELIX_NATOUTGOINGADDRESS: '192.0.2.7' })])).toBe('192.0.2.7');
    expect(seen([OWN], 'a', { masquerade: { natOutgoingAddress: '192.0.2.8' } })).toBe('192.0.2.8');
  });

  it('is given to what is for hosts, unless the node is told to leave those alone', () => {
    const exempt = (spec: JsonObject) => askPath(modelWith([felix('node.node1', spec)]), 'pod/t/a', 'node/node2').result.sourceSeen;
    expect(exempt({})).toBe('192.168.0.1');
    expect(exempt({ natOutgoingExclusions: 'IPPoolsAndHostIPs' })).toBe('10.244.1.5');
    expect(exempt({ natOutgoingExclusions: 'IPPoolsOnly' })).toBe('192.168.0.1');
  });
});
