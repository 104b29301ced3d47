import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

/**
 * What Cilium's agent is told besides cilium-config. cilium/cilium `pkg/option/config.go`, InitConfig: `SetEnvPrefix("cilium")` and `SetEnvKeyReplacer("-", "_")`; the directory of cilium-config is merged
 * as configuration. spf13/viper README: "explicit call to Set, flag, env, config, key/value store, default", and "By default, empty environment variables are considered unset". Variables of whole
 * ConfigMaps: kubernetes `staging/src/k8s.io/api/core/v1/types.go`, EnvFrom.
 */
const configMap = (name: string, data: Readonly<Record<string, string>>): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'kube-system' },
  data,
});

const agent = (container: JsonObject): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'cilium', namespace: 'kube-system' },
  spec: {
    selector: { matchLabels: { 'k8s-app': 'cilium' } },
    template: {
      metadata: { labels: { 'k8s-app': 'cilium' } },
      spec: {
        hostNetwork: true,
        containers: [{ name: 'cilium-agent', image: 'quay.io/cilium/cilium:v1.18.2', command: ['cilium-agent'], ...container }],
      },
    },
  },
});

const DATA = { 'routing-mode': 'tunnel', 'tunnel-protocol': 'vxlan', 'tunnel-port': '8473' };
const toldBy = (container: JsonObject, ...more: readonly KubernetesObject[]) =>
  modelOf([configMap('cilium-config', DATA), agent(container), ...more], { ipFamilies: ['IPv4'] });

const PROTOCOL = { name: 'CILIUM_TUNNEL_PROTOCOL', value: 'geneve' };
const FROM = { envFrom: [{ configMapRef: { name: 'more' } }] };
const DIRECTORY = '--config-dir=/tmp/cilium/config-map';

describe('Cilium’s agent', () => {
  it.each<readonly [what: string, container: JsonObject, mode: string, port: number]>([
    ['nothing but cilium-config', { args: [DIRECTORY] }, 'vxlan', 8473],
    ['its environment', { args: [DIRECTORY], env: [PROTOCOL] }, 'geneve', 8473],
    ['an empty variable', { env: [{ ...PROTOCOL, value: '' }] }, 'vxlan', 8473],
    ['a whole ConfigMap', FROM, 'vxlan', 9000],
    ['a whole ConfigMap, and its own variables', { ...FROM, env: [{ name: 'CILIUM_TUNNEL_PORT', value: '9001' }] }, 'vxlan', 9001],
    [
      'a key of a ConfigMap',
      { env: [{ name: 'CILIUM_TUNNEL_PORT', valueFrom: { configMapKeyRef: { name: 'more', key: 'port' } } }] },
      'vxlan',
      9002,
    ],
    ['a flag', { args: ['--tunnel-protocol=geneve'] }, 'geneve', 8473],
    ['a flag and a variable', { args: ['--tunnel-protocol=vxlan'], env: [PROTOCOL] }, 'vxlan', 8473],
    ['a flag that a variable is put into', { args: ['--tunnel-protocol=$(PROTOCOL)'] }, 'vxlan', 8473],
    ['variables of others', { env: [{ name: 'TUNNEL_PROTOCOL', value: 'geneve' }] }, 'vxlan', 8473],
  ])('is told by %s', (_, container, mode, port) => {
    const { cni } = toldBy(container, configMap('more', { CILIUM_TUNNEL_PORT: '9000', port: '9002' })).profile;
    expect([cni.plugin, cni.mode, cni.tunnelPort]).toEqual(['cilium', mode, port]);
  });

  it.each<readonly [container: JsonObject, kind: string, pointer: string]>([
    [{ env: [PROTOCOL] }, 'DaemonSet', '/spec/template/spec/containers/0/env'],
    [{ args: ['--tunnel-protocol=geneve'] }, 'DaemonSet', '/spec/template/spec/containers/0/args'],
    [{}, 'ConfigMap', '/data/tunnel-protocol'],
  ])('and the source says where: %j', (container, kind, pointer) => {
    expect(toldBy(container).profileSources.get('cni.mode')).toMatchObject({ object: { kind }, pointer });
  });
});
