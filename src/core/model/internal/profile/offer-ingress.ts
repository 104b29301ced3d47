import { dialectOfController } from '../../controller-dialects.js';
import type { IngressControllerProfile } from '../../network-profile.js';
import type { ResourceIndex } from '../resource-index.js';
import { ingressNginxControllers } from './ingress-nginx-controllers.js';
import type { PlacedComponent } from './network-traces.js';
import type { ProfileDraft } from './profile-draft.js';
import { toldBy } from './told-by.js';

/** Every IngressClass of a controller that is known by name, or runs in the cluster: who serves it, by whose rules, and how that one is set. */
export function offerIngress(draft: ProfileDraft, resources: ResourceIndex, components: readonly PlacedComponent[]): void {
  const running = ingressNginxControllers(resources, components);
  const served = resources.ingressClasses.flatMap(({ ref, controller }) => {
    const own = running.get(controller);
    const dialect = own ? 'ingress-nginx' : dialectOfController(controller);
    return dialect === undefined
      ? []
      : [{ ref, profile: { class: ref.name, dialect, options: own ?? {} } satisfies IngressControllerProfile }];
  });
  const [first] = served;
  if (!first) return;
  const profiles = served.map(({ profile }) => profile);
  draft.offer('ingress.controllers', profiles, toldBy(first.ref, '/spec/controller', 'the controllers of the IngressClasses'));
}
