import type { IngressControllerProfile } from '../../network-profile.js';
import type { ResourceIndex } from '../resource-index.js';
import type { ProfileDraft } from './profile-draft.js';
import { toldBy } from './told-by.js';

/** The dialect of each controller, by the `spec.controller` of its IngressClasses, as its own documentation names it. */
const DIALECT_OF_CONTROLLER: ReadonlyMap<string, string> = new Map([
  ['k8s.io/ingress-nginx', 'ingress-nginx'],
  ['traefik.io/ingress-controller', 'traefik'],
  ['nginx.org/ingress-controller', 'nginx-f5'],
  ['haproxy.org/ingress-controller', 'haproxy'],
  ['haproxy-ingress.github.io/controller', 'haproxy-ingress'],
  ['ingress.k8s.aws/alb', 'aws-alb'],
  ['ingress-controllers.konghq.com/kong', 'kong'],
  ['projectcontour.io/ingress-controller', 'contour'],
  ['istio.io/ingress-controller', 'istio'],
  ['cilium.io/ingress-controller', 'cilium'],
  ['azure/application-gateway', 'azure-application-gateway'],
]);

/** Every IngressClass of a controller that is known by name: who serves it, and by whose rules. */
export function offerIngress(draft: ProfileDraft, { ingressClasses }: ResourceIndex): void {
  const controllers = ingressClasses.flatMap(({ ref, controller }): readonly IngressControllerProfile[] => {
    const dialect = DIALECT_OF_CONTROLLER.get(controller);
    return dialect === undefined ? [] : [{ class: ref.name, dialect, options: {} }];
  });
  const first = ingressClasses.find(({ controller }) => DIALECT_OF_CONTROLLER.has(controller));
  if (first)
    draft.offer('ingress.controllers', controllers, toldBy(first.ref, '/spec/controller', 'the controllers of the IngressClasses'));
}
