import { describe, expect, it } from 'vitest';
import { askPath, pathCluster } from '../../../test/support/path-cluster.js';
import type { ProfileSettings } from '../model/profile-settings.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { dataplaneLint } from './dataplane-lint.js';
import { tunnels } from './tunnels.js';
import { finished } from '../kernel/steps.js';

/**
 * cloudnativelabs/kube-router `docs/tunnels.md`: "out of the box, kube-router will create a tunnel for pod-to-pod traffic any time it comes across a kube-router enabled node that is not within the
 * subnet of it's primary interface"; "if `--overlay-type` is set to `full`" for all; `--overlay-encap=fou` is GUE in UDP, `--overlay-encap-port` 5555 by default. `docs/user-guide.md`: `--enable-overlay`,
 * `--enable-pod-egress`, `--auto-mtu` (default true). Pods have the device's MTU, and the tunnel the kernel's: cloudnativelabs/kube-router#1086 ("ip addr … mtu 1480" of an `ipip` device over 1500).
 */
const agent = (...args: readonly string[]): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'kube-router', namespace: 'kube-system' },
  spec: {
    selector: { matchLabels: { k8s: 'router' } },
    template: {
      metadata: { labels: { k8s: 'router' } },
      spec: { hostNetwork: true, containers: [{ name: 'kube-router', image: 'docker.io/cloudnativelabs/kube-router:v2.5.0', args }] },
    },
  },
});

const clusterOf = (args: readonly string[], settings: ProfileSettings = {}, more: readonly KubernetesObject[] = []) =>
  pathCluster({ ipFamilies: ['IPv4'], ...settings }, [agent(...args), ...more]);

/** What is around the packet on the wire, and the port, to node2 in the subnet and to node3 in another. */
const around = (args: readonly string[]) =>
  ['b', 'd'].map((pod) => {
    const { hops } = askPath(clusterOf(args), 'pod/t/a', `pod/t/${pod}`).result.forward;
    const encap = hops.find((one) => one.encap.length > 0)?.encap[0];
    return encap ? `${encap.kind} ${encap.port ?? encap.number}` : '-';
  });

describe('tunnels of kube-router', () => {
  it.each<readonly [args: readonly string[], subnet: string, cross: string]>([
    [[], '-', 'IPIP 4'],
    [['--enable-overlay=true', '--overlay-type=subnet'], '-', 'IPIP 4'],
    [['--overlay-type=full'], 'IPIP 4', 'IPIP 4'],
    [['--overlay-encap=fou'], '-', 'GUE 5555'],
    [['--overlay-encap', 'fou', '--overlay-encap-port', '6000', '--overlay-type', 'full'], 'GUE 6000', 'GUE 6000'],
    [['--enable-overlay=false', '--overlay-type=full', '--overlay-encap=fou'], '-', '-'],
  ])('%j: %s in the subnet, %s across', (args, subnet, cross) => {
    expect(around(args)).toEqual([subnet, cross]);
  });

  it.each([
    ['--overlay-encap=ipip', 1480],
    ['--overlay-encap=fou', 1468],
  ])('%s have %i bytes of 1500, and tell pods, which have them all', (flag, mtu) => {
    const model = clusterOf([flag, '--overlay-type=full'], { underlay: { mtu: 1500 } });
    const listed = tunnels(model, { node: undefined, limit: 10 });
    expect(listed.ok && listed.value.result.tunnels.map((one) => one.mtu)).toEqual([mtu, mtu, mtu]);
    const { verdict, result } = askPath(model, 'pod/t/a', 'pod/t/b');
    expect([verdict, result.podMtu, result.forward.pathMtu]).toEqual(['DELIVERED', 1500, mtu]);
    expect(finished(dataplaneLint(model, { codes: ['OVERHEAD_UNDERSTATED', 'MTU_TOO_LARGE'], severity: 'info' })).result.findings).toEqual(
      [],
    );
  });
});

describe('the MTU that `--auto-mtu=false` leaves pods', () => {
  const config = (mtu: string): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-router-cfg', namespace: 'kube-system' },
    data: {
      'cni-conf.json': `{"cniVersion":"0.3.0","name":"mynet","plugins":[{"name":"kubernetes","type":"bridge"${mtu}},{"type":"portmap"}]}`,
    },
  });

  it.each<readonly [args: readonly string[], mtu: string, expected: number]>([
    [['--auto-mtu=false'], ', "mtu": 8000', 8000],
    [['--auto-mtu=false'], '', 1500],
    [[], ', "mtu": 8000', 9000],
  ])('%j, %s: %i', (args, mtu, expected) => {
    expect(askPath(clusterOf(args, { underlay: { mtu: 9000 } }, [config(mtu)]), 'pod/t/a', 'pod/t/b').result.podMtu).toBe(expected);
  });
});

describe('`--enable-pod-egress`', () => {
  it.each([
    ['--enable-pod-egress=true', '192.168.0.1'],
    ['--enable-pod-egress=false', '10.244.1.5'],
  ])('%s: somebody outside sees %s', (flag, expected) => {
    expect(askPath(clusterOf([flag]), 'pod/t/a', 'ip/203.0.113.9').result.sourceSeen).toBe(expected);
  });
});
