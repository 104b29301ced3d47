import { describe, expect, it } from 'vitest';
import { identityLabels } from './cilium-identity-label.js';

/** cilium/cilium `pkg/labelsfilter/filter_test.go`, `Documentation/operations/performance/scalability/identity-relevant-labels.rst`. */

const relevant = (option: string, ...keys: string[]) => keys.filter(identityLabels(option.split(' ').filter((one) => one !== '')));

describe('the labels of pods that are part of their identities', () => {
  it('by default: all but those of Kubernetes itself', () => {
    const keys = [
      'app.kubernetes.io/name',
      'id.lizards',
      'ignore',
      'io.kubernetes.pod.namespace',
      'ioXkubernetes',
      'io.cilium.k8s.policy.serviceaccount',
    ];
    const left = [
      'io.kubernetes.pod.uid',
      'kubernetes.io.foo',
      'beta.kubernetes.io.foo',
      'annotation.hello',
      'controller-revision-hash',
      'pod-template-hash',
    ];
    expect(relevant('', ...keys, ...left)).toEqual(keys);
  });

  it('"once at least one inclusive label pattern is added, only labels that match"; "implicitly anchored at the start"', () => {
    const keys = ['id.lizards', 'foo2.lizards.k8s', 'app.kubernetes.io', 'io.kubernetes.pod.namespace'];
    expect(relevant(':!ignor[eE] id.* foo', ...keys, 'ignore', 'ignorE', 'lizards.foo.lizards', 'io.kubernetes.pod.uid')).toEqual(keys);
  });

  it('the example of the documentation', () => {
    const option = 'k8s:io\\.kubernetes\\.pod\\.namespace k8s:k8s-app k8s:app k8s:name';
    const keys = ['k8s-app-team', 'app-production', 'name-defined', 'io.cilium.k8s.namespace.labels.team'];
    expect(relevant(option, ...keys, 'env', 'io.cilium.k8s.policy.serviceaccount')).toEqual(keys);
  });

  it('"labels: k8s:!controller-uid k8s:!job-name": what is excluded beside the default ones', () => {
    expect(relevant('k8s:!controller-uid k8s:!job-name', 'app', 'job-name', 'controller-uid', 'my-job-name')).toEqual([
      'app',
      'my-job-name',
    ]);
  });

  it('"accepted if the matching section in the label is greater than the ignored matching section"', () => {
    expect(relevant('!foo foo.bar', 'foo', 'foo.bar', 'foo.baz')).toEqual(['foo.bar']);
  });

  it('expressions about other sources, and those with which no agent starts, say nothing', () => {
    expect(relevant('container:app', 'app', 'env')).toEqual(['app', 'env']);
    expect(relevant('k8s:app [', 'app', 'env')).toEqual(['app', 'env']);
    expect(relevant('k8s:app (a{900}){900}', 'app', 'env')).toEqual(['app', 'env']);
  });
});
