import type { Resource } from '../../resources/resource.js';
import type { RoutingObject } from './path-rule.js';

/** Who owns an object: its controlling owner (`Application/shop`), else the tool that manages it, else nobody known. */
export function ownerOf(ingress: Resource): string | null {
  const controller = ingress.owners.find((owner) => owner.controller) ?? ingress.owners[0];
  if (controller) return `${controller.kind}/${controller.name}`;
  const label = 'app.kubernetes.io/managed-by';
  return Object.hasOwn(ingress.labels, label) ? (ingress.labels[label] ?? null) : null;
}

/** How people read an object in a conflict: its name, age and owner. */
export function describeClaim(ingress: RoutingObject): string {
  const owner = ownerOf(ingress);
  const age = ingress.createdAt === undefined ? 'age unknown' : `created ${ingress.createdAt}`;
  return `${ingress.ref.kind} ${ingress.namespace}/${ingress.ref.name} (${age}${owner === null ? '' : `, owner ${owner}`})`;
}
