import { describe, expect, it } from 'vitest';
import { calicoNode, type Variable } from '../../../test/support/calico-node.js';
import { modelOf } from '../../../test/support/model.js';
import { pathCluster } from '../../../test/support/path-cluster.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { clusterMtu } from './cluster-mtu.js';
import { podMtuAnswer } from './pod-mtu-answer.js';
import { tunnels } from './tunnels.js';

/**
 * What the environment of calico-node tells Felix. Sources, all of projectcalico/calico: `felix/config/env_var_loader.go` (names of any case); `felix/config/config_params.go`, UpdateFrom ("Ignoring
 * empty configuration parameter"), resolve ("Replacing invalid value with default"; `none` is the zero value) and SourcesInDescendingOrder (the environment goes before objects);
 * `felix/config/param_types.go`, BoolParam and IntParam; `manifests/calico.yaml` (MTUs from the ConfigMap `calico-config`); `cni-plugin/pkg/plugin/plugin.go` (the `mtu` of its configuration goes
 * before the file that Felix writes).
 */

const calico = (kind: string, spec: object, name = 'default'): KubernetesObject => ({
  apiVersion: 'projectcalico.org/v3',
  kind,
  metadata: { name },
  spec: spec as never,
});
const pool = (cidr: string, ipipMode: string, vxlanMode: string) =>
  calico('IPPool', { cidr, ipipMode, vxlanMode }, cidr.replaceAll(/[.:/]/g, '-'));
const felix = (spec: object) => calico('FelixConfiguration', spec);

const calicoConfig = (vethMtu: string, more: Readonly<Record<string, string>> = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'calico-config', namespace: 'kube-system' },
  data: { veth_mtu: vethMtu, ...more },
});
const keyOf = (key: string) => ({ configMapKeyRef: { name: 'calico-config', key } });

const VXLAN = pool('10.244.0.0/16', 'Never', 'Always');
const IPIP = pool('10.245.0.0/16', 'Always', 'Never');
const NONE = pool('10.244.0.0/16', 'Never', 'Never');

describe('the MTU of pods where the environment of calico-node tells Felix', () => {
  it.each<readonly [what: string, objects: readonly KubernetesObject[], podMtu: number]>([
    ['the MTU of VXLAN', [VXLAN, calicoNode({ FELIX_VXLANMTU: '1400' })], 1400],
    ['in whichever case', [VXLAN, calicoNode({ felix_VxlanMtu: '1400' })], 1400],
    ['in base 16', [VXLAN, calicoNode({ FELIX_VXLANMTU: '0x578' })], 1400],
    ['before the object', [VXLAN, felix({ vxlanMTU: 1300 }), calicoNode({ FELIX_VXLANMTU: '1400' })], 1400],
    ['nothing, and the object counts', [VXLAN, felix({ vxlanMTU: 1300 }), calicoNode({ FELIX_VXLANMTU: '' })], 1300],
    ['what cannot be read, and the default counts', [VXLAN, felix({ vxlanMTU: 1300 }), calicoNode({ FELIX_VXLANMTU: 'big' })], 1450],
    ['`none`, and it is reckoned', [VXLAN, felix({ vxlanMTU: 1300 }), calicoNode({ FELIX_VXLANMTU: 'none' })], 1450],
    ['of IPIP, where VXLAN takes more', [VXLAN, IPIP, calicoNode({ FELIX_IPINIPMTU: '1470' })], 1450],
    ['of IPIP, less than VXLAN has', [VXLAN, IPIP, calicoNode({ FELIX_IPINIPMTU: '1390' })], 1390],
    ['of VXLAN over IPv6', [VXLAN, pool('fd00:244::/48', 'Never', 'Always'), calicoNode({ FELIX_VXLANMTUV6: '1380' })], 1380],
    ['WireGuard of IPv4', [NONE, calicoNode({ FELIX_WIREGUARDENABLED: 'yes' })], 1440],
    ['WireGuard of IPv6', [NONE, calicoNode({ FELIX_WIREGUARDENABLEDV6: 'true' })], 1420],
    ['no WireGuard of IPv6', [NONE, felix({ wireguardEnabledV6: true }), calicoNode({ FELIX_WIREGUARDENABLEDV6: '0' })], 1500],
    ['the MTU of WireGuard', [NONE, calicoNode({ FELIX_WIREGUARDENABLED: '1', FELIX_WIREGUARDMTU: '1390' })], 1390],
    ['the MTU of WireGuard over IPv6', [NONE, calicoNode({ FELIX_WIREGUARDENABLEDV6: 't', FELIX_WIREGUARDMTUV6: '1350' })], 1350],
    ['no IPIP, and nothing takes of it', [IPIP, calicoNode({ FELIX_IPINIPENABLED: 'false' })], 1500],
    ['`none` for IPIP, and the pool counts', [IPIP, calicoNode({ FELIX_IPINIPENABLED: 'none' })], 1480],
    ['VXLAN, whatever the pools say', [NONE, calicoNode({ FELIX_VXLANENABLED: 'true' })], 1450],
    [
      'by a key of a ConfigMap',
      [VXLAN, calicoConfig('0', { vxlan_mtu: '1400' }), calicoNode({ FELIX_VXLANMTU: keyOf('vxlan_mtu') })],
      1400,
    ],
    ['by a key that is not there', [VXLAN, calicoConfig('0'), calicoNode({ FELIX_VXLANMTU: keyOf('vxlan_mtu') })], 1450],
    [
      'by the key of Calico’s manifests, where it says nothing',
      [VXLAN, calicoConfig('0'), calicoNode({ FELIX_VXLANMTU: keyOf('veth_mtu') })],
      1450,
    ],
    ['and the CNI plugin something else', [VXLAN, calicoConfig('1300'), calicoNode({ FELIX_VXLANMTU: '1400' })], 1300],
    // rancher/image-mirror: `rancher/mirrored-calico-node`.
    ['in a copy of the image', [VXLAN, calicoNode({ FELIX_VXLANMTU: '1400' }, 'rancher/mirrored-calico-node:v3.30.2')], 1400],
  ])('%s: %3$i', (_, objects, podMtu) => {
    expect(clusterMtu(modelOf(objects), 4, { hostMtu: 1500 }).podMtu).toBe(podMtu);
  });
});

// kubernetes staging/src/k8s.io/api/core/v1/types.go, Container.envFrom: "When a key exists in multiple sources, the value associated with the last source will take precedence. Values defined by an Env
// with a duplicate key will take precedence"; EnvFromSource.prefix.
describe('what it tells by whole ConfigMaps', () => {
  const map = (name: string, data: Readonly<Record<string, string>>, namespace = 'kube-system'): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace },
    data,
  });
  const A = map('a', { FELIX_VXLANMTU: '1400', VXLANMTU: '1200' });

  it.each<
    readonly [
      what: string,
      envFrom: readonly JsonObject[],
      env: Readonly<Record<string, Variable>>,
      objects: readonly KubernetesObject[],
      podMtu: number,
    ]
  >([
    ['one', [{ configMapRef: { name: 'a' } }], {}, [A], 1400],
    ['behind a prefix', [{ prefix: 'FELIX_', configMapRef: { name: 'a' } }], {}, [A], 1200],
    [
      'the last of two',
      [{ configMapRef: { name: 'a' } }, { configMapRef: { name: 'b' } }],
      {},
      [A, map('b', { FELIX_VXLANMTU: '1300' })],
      1300,
    ],
    ['the last that says something of it', [{ configMapRef: { name: 'a' } }, { configMapRef: { name: 'b' } }], {}, [A, map('b', {})], 1400],
    ['after what stands in the container', [{ configMapRef: { name: 'a' } }], { FELIX_VXLANMTU: '1350' }, [A], 1350],
    ['of no other namespace', [{ configMapRef: { name: 'a' } }], {}, [map('a', { FELIX_VXLANMTU: '1400' }, 'default')], 1450],
    ['one that is not there', [{ configMapRef: { name: 'a', optional: true } }], {}, [], 1450],
    ['of Secrets nothing is known', [{ secretRef: { name: 'a' } }], {}, [A], 1450],
  ])('%s: %4$i', (_, envFrom, env, objects, podMtu) => {
    const model = modelOf([VXLAN, ...objects, calicoNode(env, undefined, envFrom)]);
    expect(clusterMtu(model, 4, { hostMtu: 1500 }).podMtu).toBe(podMtu);
  });
});

describe('the rest of what it tells', () => {
  const profileOf = (env: Readonly<Record<string, Variable>>, ...objects: readonly KubernetesObject[]) =>
    modelOf([VXLAN, calicoNode(env), ...objects]).profile;

  it('the network id and the port of VXLAN', () => {
    const { cni } = profileOf({ FELIX_VXLANVNI: '4097', FELIX_VXLANPORT: '4790' }, felix({ vxlanVNI: 1, vxlanPort: 2 }));
    expect([cni.vni, cni.tunnelPort]).toEqual([4097, 4790]);
  });

  it('whom natOutgoing leaves alone, and which address it gives', () => {
    const { masquerade } = profileOf({ FELIX_NATOUTGOINGEXCLUSIONS: 'ippoolsandhostips', FELIX_NATOUTGOINGADDRESS: '192.0.2.1' });
    expect([masquerade.exemptNodes, masquerade.natOutgoingAddress]).toMatchObject([true, { family: 4 }]);
  });

  it.each<readonly [string, readonly KubernetesObject[], string]>([
    ['True', [], 'ebpf'],
    ['false', [felix({ bpfEnabled: true })], 'iptables'],
    ['maybe', [felix({ bpfEnabled: true })], 'iptables'],
    ['', [felix({ bpfEnabled: true })], 'ebpf'],
  ])('that Felix stands in for kube-proxy: %j', (text, objects, mode) => {
    expect(profileOf({ FELIX_BPFENABLED: text }, ...objects).proxy.mode).toBe(mode);
  });

  it('how it does', () => {
    const { proxy } = profileOf({
      FELIX_BPFENABLED: 'true',
      FELIX_BPFEXTERNALSERVICEMODE: 'dsr',
      FELIX_BPFCONNECTTIMELOADBALANCING: 'disabled',
    });
    expect(proxy.ebpf).toMatchObject({ forwarding: 'dsr', connectTime: 'none' });
  });

  it('says in which variable it stands', () => {
    const { profileSources } = modelOf([VXLAN, calicoNode({ FELIX_VXLANVNI: '4097' })]);
    expect(profileSources.get('cni.vni')).toMatchObject({
      object: { kind: 'DaemonSet', name: 'calico-node' },
      pointer: '/spec/template/spec/containers/0/env',
      why: expect.stringContaining('FELIX_VXLANVNI'),
    });
  });

  it('the device of WireGuard over IPv6, which there is by the environment alone', () => {
    const model = pathCluster({ cni: { plugin: 'calico' } }, [VXLAN, calicoNode({ FELIX_WIREGUARDENABLEDV6: 'true' })]);
    const answer = tunnels(model, { node: 'node1', limit: 10 });
    const devices = answer.ok ? answer.value.result.tunnels.map(({ device, family }) => `${device} v${family}`) : [];
    expect(devices).toEqual(expect.arrayContaining(['vxlan.calico v4', 'wg-v6.cali v6']));
  });
});

// determinePodMTU: one MTU, the smallest; what is asked has to fit with whatever is put around it.
describe('several encapsulations', () => {
  const answerOf = (objects: readonly KubernetesObject[], settings = {}) => {
    const asked = { cni: undefined, mode: undefined, underlayFamily: undefined, hostMtu: 1500, options: {} };
    const answer = podMtuAnswer(modelOf(objects, settings), asked);
    if (!answer.ok) throw new Error(answer.error.message);
    const { verdict, result, warnings } = answer.value;
    return [verdict, result.mode, result.podMtu, result.overhead, result.transport, ...warnings.map(({ code }) => code)];
  };
  const UDP = { protocol: 'udp', port: 4789 };

  it('tell what takes most', () => {
    const pools = [pool('10.1.0.0/16', 'Always', 'Never'), pool('10.2.0.0/16', 'Never', 'Always')];
    expect(answerOf(pools)).toEqual(['FITS', 'vxlan', 1450, 50, UDP]);
    expect(answerOf(pools.toReversed())).toEqual(['FITS', 'vxlan', 1450, 50, UDP]);
    expect(answerOf([...pools, pool('fd00:3::/48', 'Never', 'Always')])).toEqual(['FITS', 'vxlan', 1430, 70, UDP]);
  });

  it('an MTU that is set has to leave room for each', () => {
    const pools = [pool('10.1.0.0/16', 'Always', 'Never'), pool('10.2.0.0/16', 'Never', 'CrossSubnet')];
    expect(answerOf(pools, { cni: { mtu: 1450 } })).toEqual(['FITS', 'vxlan', 1450, 50, UDP]);
    expect(answerOf(pools, { cni: { mtu: 1480 } })).toEqual(['TOO_LARGE', 'vxlan', 1480, 50, UDP, 'MTU_TOO_LARGE']);
  });
});
