import { compareText } from '../../kernel/compare.js';
import { dialectOfController } from '../../model/controller-dialects.js';
import { inMap } from '../../kernel/in-map.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { IngressControllerProfile } from '../../model/network-profile.js';
import { hasTraefikRoutes } from '../../model/traefik-objects.js';
import { INGRESS_DIALECTS, type IngressDialectName } from '../route-request.js';

/** The dialect a class's controller speaks, as far as the model tells. */
export interface ClassDialect {
  readonly controller: string | undefined;
  /** The dialect by name, modelled or not; undefined when nothing tells. */
  readonly spoken: string | undefined;
  /** The dialect to judge by: the spoken one where it is modelled, else the specification. */
  readonly judged: IngressDialectName;
}

function isModelled(name: string | undefined): name is IngressDialectName {
  return INGRESS_DIALECTS.some((dialect) => dialect === name);
}

/** Whether there are IngressRoutes, and nothing names the Traefik that reads them. */
function isWithoutTraefik(model: NetworkModel): boolean {
  return hasTraefikRoutes(model.traefik) && namedTraefiks(model).length === 0;
}

/** The classes whose controller is a Traefik. */
function namedTraefiks(model: NetworkModel): readonly string[] {
  const names = [...model.ingressClasses.keys(), ...model.profile.ingress.controllers.map((one) => one.class)];
  return [...new Set(names)].filter((name) => dialectOfClass(model, name).judged.startsWith('traefik'));
}

/** The classes whose controller reads the IngressRoutes of the model; undefined stands for a Traefik that nothing names. */
export function classesWithIngressRoutes(model: NetworkModel): readonly (string | undefined)[] {
  if (!hasTraefikRoutes(model.traefik)) return [];
  const named = namedTraefiks(model);
  return named.length === 0 ? [undefined] : named;
}

/** The objects of the controller of NGINX Inc. that have a class. */
function virtualObjects({ virtualServers: { servers, transports } }: NetworkModel): readonly { readonly className: string | undefined }[] {
  return transports.length === 0 ? servers : [...servers, ...transports];
}

/** The classes that a VirtualServer or TransportServer of the controller of NGINX Inc. names, or whose controller reads those that name none. */
function classesWithVirtualServers(model: NetworkModel): readonly (string | undefined)[] {
  if (virtualObjects(model).length === 0) return [];
  const named = [...new Set([...namedControllers(model), ...namedByVirtualServers(model)])].sort(compareText);
  return named.length === 0 ? [undefined] : named;
}

/** The classes whose controller is that of NGINX Inc. */
function namedControllers(model: NetworkModel): readonly string[] {
  const names = [...model.ingressClasses.keys(), ...model.profile.ingress.controllers.map((one) => one.class)];
  return [...new Set(names)].filter((name) => dialectOfClass(model, name).judged === 'nginx-f5');
}

/** The classes that VirtualServers and TransportServers name. */
export function namedByVirtualServers(model: NetworkModel): readonly string[] {
  return [...new Set(virtualObjects(model).flatMap(({ className }) => className ?? []))];
}

/** The classes whose controllers read kinds of their own that are there; undefined stands for a controller that nothing names. */
export function classesWithOwnKinds(model: NetworkModel): readonly (string | undefined)[] {
  return [...new Set([...classesWithIngressRoutes(model), ...classesWithVirtualServers(model)])];
}

/** Who reads such kinds, where nothing else tells what the controller of a class is. */
function readerOfOwnKinds(model: NetworkModel, className: string | undefined): 'traefik' | 'nginx-f5' | undefined {
  if (className !== undefined) return namedByVirtualServers(model).includes(className) ? 'nginx-f5' : undefined;
  if (isWithoutTraefik(model)) return 'traefik';
  return virtualObjects(model).some((one) => one.className === undefined) && namedControllers(model).length === 0 ? 'nginx-f5' : undefined;
}

/** Whether Traefik's rules are only tried on a class: another controller is known to serve it, or the Traefiks of the cluster serve others. */
export function isOnTrial(model: NetworkModel, className: string | undefined): boolean {
  const named = namedTraefiks(model);
  if (named.length > 0) return className === undefined || !named.includes(className);
  return className !== undefined && dialectOfClass(model, className).spoken !== undefined;
}

const profiles = new WeakMap<NetworkModel, ReadonlyMap<string, IngressControllerProfile>>();

/** What the profile tells of the controller of a class; the first entry of a class counts. */
export function controllerProfile(model: NetworkModel, className: string): IngressControllerProfile | undefined {
  const byClass = inMap(profiles, model, () => new Map(model.profile.ingress.controllers.toReversed().map((one) => [one.class, one])));
  return byClass.get(className);
}

/** Reads it from the profile, then from the IngressClass's controller. */
export function dialectOfClass(model: NetworkModel, className: string | undefined): ClassDialect {
  const controller = className === undefined ? undefined : model.ingressClasses.get(className)?.controller;
  const profiled = className === undefined ? undefined : controllerProfile(model, className);
  const strict = profiled?.dialect === 'traefik' && profiled.options['strictPrefixMatching'] === true;
  const configured = strict ? 'traefik-strict' : profiled?.dialect;
  const known = controller === undefined ? undefined : dialectOfController(controller);
  const spoken = configured ?? known ?? readerOfOwnKinds(model, className);
  return { controller, spoken, judged: isModelled(spoken) ? spoken : 'ingress-v1' };
}
