import type { ObjectRef } from '../kernel/object-ref.js';
import type { IngressClass } from './ingress.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';

const DEFAULT_CLASS = 'ingressclass.kubernetes.io/is-default-class';

/** Reads an IngressClass of `networking.k8s.io` v1 or v1beta1. */
export function normaliseIngressClass(root: ObjectReader, ref: ObjectRef): IngressClass {
  const resource = readResource(root, ref);
  const controller = root.object('spec')?.filledText('controller');
  if (controller === undefined) root.error('missing-field', 'spec', 'an IngressClass needs the name of its controller');
  return { ...resource, kind: 'IngressClass', controller: controller ?? '', isDefault: resource.annotations[DEFAULT_CLASS] === 'true' };
}
