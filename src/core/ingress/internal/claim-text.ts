import type { Ingress } from '../../resources/ingress.js';
import type { Resource } from '../../resources/resource.js';

/** Who owns an object: its controlling owner (`Application/shop`), else the tool that manages it, else nobody known. */
export function ownerOf(ingress: Resource): string | null {
  const controller = ingress.owners.find((owner) => owner.controller) ?? ingress.owners[0];
  if (controller) return `${controller.kind}/${controller.name}`;
  const label = 'app.kubernetes.io/managed-by';
  return Object.hasOwn(ingress.labels, label) ? (ingress.labels[label] ?? null) : null;
}

/** How people read an Ingress in a conflict: its name, age and owner. */
export function describeClaim(ingress: Ingress): string {
  const owner = ownerOf(ingress);
  const age = ingress.createdAt === undefined ? 'age unknown' : `created ${ingress.createdAt}`;
  return `Ingress ${ingress.namespace}/${ingress.ref.name} (${age}${owner === null ? '' : `, owner ${owner}`})`;
}
