import { dialectOfController } from '../../controller-dialects.js';
import type { IngressControllerProfile } from '../../network-profile.js';
import type { IngressClass } from '../../../resources/ingress.js';
import type { ResourceIndex } from '../resource-index.js';
import { ingressNginxControllers } from './ingress-nginx-controllers.js';
import { nginxF5Controllers } from './nginx-f5-controllers.js';
import type { PlacedComponent } from './network-traces.js';
import type { ProfileDraft } from './profile-draft.js';
import { traefikNginxProviders } from './traefik-nginx-providers.js';
import { traefikProviders } from './traefik-providers.js';
import { toldBy } from './told-by.js';

/** Every IngressClass of a controller that is known by name, or runs in the cluster: who serves it, by whose rules, and how that one is set. */
export function offerIngress(draft: ProfileDraft, resources: ResourceIndex, components: readonly PlacedComponent[]): void {
  const nginx = runningBy(ingressNginxControllers(resources, components));
  const inItsPlace = runningBy(traefikNginxProviders(components));
  const traefiks = new Map(
    traefikProviders(components)
      .toReversed()
      .map((one) => [one.className, one]),
  );
  const f5 = new Map(nginxF5Controllers(resources, components).map((one) => [one.className, one]));
  const profileOf = ({ ref: { name }, controller }: IngressClass): IngressControllerProfile | undefined => {
    const own = nginx(controller, name);
    if (own) return { class: name, dialect: 'ingress-nginx', options: own.options };
    const other = inItsPlace(controller, name); // while both run, the class is still that of ingress-nginx
    if (other) return { class: name, dialect: 'traefik-ingress-nginx', options: other.options };
    const dialect = dialectOfController(controller);
    const traefik = dialect === 'traefik' ? (traefiks.get(name) ?? traefiks.get(undefined)) : undefined;
    const running = dialect === 'nginx-f5' ? f5.get(name) : traefik;
    return dialect === undefined ? undefined : { class: name, dialect, options: running?.options ?? {} };
  };
  const served = resources.ingressClasses.flatMap((ingressClass) => {
    const profile = profileOf(ingressClass);
    return profile ? [{ ref: ingressClass.ref, profile }] : [];
  });
  const [first] = served;
  if (!first) return;
  const profiles = served.map(({ profile }) => profile);
  draft.offer('ingress.controllers', profiles, toldBy(first.ref, '/spec/controller', 'the controllers of the IngressClasses'));
}

/** What runs, found by the controller that a class names, or else by the name of the class. The first counts. */
function runningBy<T extends { readonly controller: string; readonly className: string | undefined }>(
  running: readonly T[],
): (controller: string, className: string) => T | undefined {
  const byController = new Map(running.toReversed().map((one) => [one.controller, one]));
  const byName = new Map(running.toReversed().map((one) => [one.className, one]));
  return (controller, className) => byController.get(controller) ?? byName.get(className);
}
