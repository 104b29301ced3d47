import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const server = (image: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'kube-apiserver-cp', namespace: 'kube-system' },
  spec: { hostNetwork: true, nodeName: 'cp', containers: [{ name: 'kube-apiserver', image, command: ['kube-apiserver'] }] },
});
const kubeadm = (text: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'kubeadm-config', namespace: 'kube-system' },
  data: { ClusterConfiguration: text },
});
const IMAGE = 'registry.k8s.io/kube-apiserver';

/** kubernetes `cmd/kubeadm/app/apis/kubeadm/types.go`, `ClusterConfiguration.KubernetesVersion` (a label such as `stable-1` is resolved before it is stored); images are tagged by their version. */
describe('the version of the API server', () => {
  it.each<[what: string, objects: KubernetesObject[], settings: string | undefined, version: string | undefined]>([
    ['the image that runs', [server(`${IMAGE}:v1.34.0`), kubeadm('kubernetesVersion: v1.24.17')], undefined, 'v1.34.0'],
    ['what kubeadm was told', [kubeadm('kubernetesVersion: v1.24.17')], undefined, 'v1.24.17'],
    [
      'an image by its digest, and a label',
      [server(`${IMAGE}@sha256:${'0'.repeat(64)}`), kubeadm('kubernetesVersion: stable-1')],
      undefined,
      undefined,
    ],
    ['what is set by hand goes first', [server(`${IMAGE}:v1.34.0`)], '1.24', '1.24'],
    ['nothing', [], undefined, undefined],
  ])('%s', (_, objects, kubernetesVersion, version) => {
    const settings = kubernetesVersion === undefined ? {} : { kubernetesVersion };
    expect(modelOf(objects, settings).profile.kubernetesVersion).toBe(version);
  });
});
