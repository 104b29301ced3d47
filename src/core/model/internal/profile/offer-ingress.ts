import { dialectOfController } from '../../controller-dialects.js';
import type { IngressControllerProfile } from '../../network-profile.js';
import type { ResourceIndex } from '../resource-index.js';
import type { ProfileDraft } from './profile-draft.js';
import { toldBy } from './told-by.js';

/** Every IngressClass of a controller that is known by name: who serves it, and by whose rules. */
export function offerIngress(draft: ProfileDraft, { ingressClasses }: ResourceIndex): void {
  const controllers = ingressClasses.flatMap(({ ref, controller }): readonly IngressControllerProfile[] => {
    const dialect = dialectOfController(controller);
    return dialect === undefined ? [] : [{ class: ref.name, dialect, options: {} }];
  });
  const first = ingressClasses.find(({ controller }) => dialectOfController(controller) !== undefined);
  if (first)
    draft.offer('ingress.controllers', controllers, toldBy(first.ref, '/spec/controller', 'the controllers of the IngressClasses'));
}
