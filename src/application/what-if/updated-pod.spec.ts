import { describe, expect, it } from 'vitest';
import { askOver } from '../../../test/support/ask-over.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import { podEnvironmentQuestion } from '../dns/pod-environment.js';
import { updatedPod } from './immutable-pod-fields.js';

const pod = (spec: object): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'shop', name: 'web' },
  spec: { ...spec },
});

/** `ValidatePodUpdate` of kubernetes/pkg/apis/core/validation/validation.go: of a spec that changes in more than images, tolerations and two times nothing is taken. */
describe('a Pod that is updated', () => {
  it('has of a manifest the images, and is what it was in all else', () => {
    const ports = [{ name: 'http', containerPort: 80 }];
    const before = pod({ hostNetwork: true, containers: [{ name: 'c', image: 'a', ports }, { name: 'proxy' }], initContainers: [] });
    const now = pod({ containers: [{ name: 'c', image: 'b' }], tolerations: [{ operator: 'Exists' }], nodeName: 'n' });
    expect(updatedPod(now, before)['spec']).toEqual({
      hostNetwork: true,
      containers: [{ name: 'c', image: 'b', ports }, { name: 'proxy' }],
      initContainers: [],
      tolerations: [{ operator: 'Exists' }],
      nodeName: 'n',
    });
  });

  it.each([
    [false, false],
    [true, true],
  ])('keeps its service links %s where the manifest does not name them', async (enableServiceLinks, isTold) => {
    const stored = [
      pod({ enableServiceLinks, containers: [{ name: 'c' }] }),
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { namespace: 'shop', name: 'db' },
        spec: { ports: [{ port: 1 }] },
      } as KubernetesObject,
    ];
    const answer = await askOver(stored)(podEnvironmentQuestion, { from: 'pod/shop/web', apply: JSON.stringify(pod({ containers: [] })) });
    if (!answer.ok) throw new Error(answer.error.message);
    expect(JSON.stringify(answer.value.envelope.result).includes('DB_SERVICE_HOST')).toBe(isTold);
  });
});
