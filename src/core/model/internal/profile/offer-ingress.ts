import { dialectOfController } from '../../controller-dialects.js';
import type { IngressControllerProfile } from '../../network-profile.js';
import type { ResourceIndex } from '../resource-index.js';
import { ingressNginxControllers } from './ingress-nginx-controllers.js';
import type { PlacedComponent } from './network-traces.js';
import type { ProfileDraft } from './profile-draft.js';
import { traefikNginxProviders } from './traefik-nginx-providers.js';
import { toldBy } from './told-by.js';

/** Every IngressClass of a controller that is known by name, or runs in the cluster: who serves it, by whose rules, and how that one is set. */
export function offerIngress(draft: ProfileDraft, resources: ResourceIndex, components: readonly PlacedComponent[]): void {
  const running = ingressNginxControllers(resources, components);
  const traefiks = traefikNginxProviders(components);
  const served = resources.ingressClasses.flatMap(({ ref, controller }) => {
    const nginx = running.get(controller);
    // while both run, the class is still that of ingress-nginx
    const traefik = nginx ? undefined : traefiks.find((one) => one.controller === controller || one.className === ref.name);
    const dialect = nginx ? 'ingress-nginx' : traefik ? 'traefik-ingress-nginx' : dialectOfController(controller);
    const options = nginx ?? traefik?.options ?? {};
    return dialect === undefined ? [] : [{ ref, profile: { class: ref.name, dialect, options } satisfies IngressControllerProfile }];
  });
  const [first] = served;
  if (!first) return;
  const profiles = served.map(({ profile }) => profile);
  draft.offer('ingress.controllers', profiles, toldBy(first.ref, '/spec/controller', 'the controllers of the IngressClasses'));
}
