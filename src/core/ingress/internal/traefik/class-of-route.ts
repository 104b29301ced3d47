import type { Resource } from '../../../resources/resource.js';
import type { TraefikOptions } from './options.js';

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

/**
 * Whether the controller of a class reads an object of Traefik's own kinds (`getIngressClassName`, `shouldProcessIngress` of `pkg/provider/kubernetes/crd/kubernetes.go`): the field goes before
 * the annotation; with `ingressClass` those that name it, without it those that name none, or `traefik`. A class of that name is taken to be meant; one of another
 * controller that is only asked by Traefik's rules has those alone that name it.
 */
export function isReadBy(
  { className, annotations }: Resource & { readonly className: string | undefined },
  controlled: string | undefined,
  { ingressClass, isOnTrial }: TraefikOptions,
): boolean {
  const annotation = Object.hasOwn(annotations, CLASS_ANNOTATION) ? annotations[CLASS_ANNOTATION] : undefined;
  const named = className ?? annotation ?? '';
  if (ingressClass !== undefined) return named === ingressClass;
  return named === controlled || (!isOnTrial && (named === '' || named === 'traefik'));
}
