import { compareText } from '../../kernel/compare.js';
import { inMap } from '../../kernel/in-map.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { IngressControllerProfile } from '../../model/network-profile.js';
import type { IngressDialectName } from '../route-request.js';
import { controllerProfile, dialectOfClass } from './class-dialect.js';
import { isOfTraefik } from './dialect-family.js';
import { watchedNamespaces } from './watched-namespaces.js';

/** What names the class where field and annotation disagree (divergence D8): by KEP-1453 and the controller of NGINX Inc. the annotation, by ingress-nginx and Traefik the field. */
export type ClassPrecedence = 'annotation' | 'field';

/** Which Ingresses a controller takes for its own. */
export interface Takes {
  readonly first: ClassPrecedence;
  /** What `spec.ingressClassName` may say: names of IngressClasses. */
  readonly fields: readonly string[];
  /** What the annotation `kubernetes.io/ingress.class` may say where it decides. */
  readonly annotations: readonly string[];
  /** Whether those that name no class are taken too. */
  readonly classless: boolean;
  readonly watches: (namespace: string) => boolean;
}

const EVERYWHERE = () => true;

type Options = IngressControllerProfile['options'];

/** The value of the annotation that ingress-nginx, and Traefik in its place, take unless they are told another (`DefaultAnnotationValue` of `ingressclass.go`). */
const NGINX_ANNOTATION = 'nginx';
/** The one that Traefik takes where no class is set (`traefikDefaultIngressClass`). */
const TRAEFIK_ANNOTATION = 'traefik';

const PRECEDENCE: Readonly<Record<IngressDialectName, ClassPrecedence>> = {
  'ingress-v1': 'annotation',
  'nginx-f5': 'annotation',
  'ingress-nginx': 'field',
  traefik: 'field',
  'traefik-strict': 'field',
  'traefik-ingress-nginx': 'field',
};

/**
 * What is taken by the controller of a class under a dialect. A class that another dialect's controller serves is tried by the asked one's order of field and annotation, on the Ingresses that its
 * own controller takes: the same objects in other hands. The specification knows of nothing but the name of the class.
 */
export function takesOf(model: NetworkModel, className: string | undefined, dialect: IngressDialectName): Takes {
  const first = PRECEDENCE[dialect];
  return dialect === 'ingress-v1' ? byName(className, first) : { ...ownTakes(model, className), first };
}

/** What the controller takes that serves a class, by its own rules. */
export function ownTakes(model: NetworkModel, className: string | undefined): Takes {
  const own = dialectOfClass(model, className).judged;
  const first = PRECEDENCE[own];
  if (className === undefined) return byName(undefined, first);
  const options = optionsOf(model, className);
  if (own === 'ingress-nginx') return nginxTakes(model, className, options, NGINX_NAMES);
  if (own === 'traefik-ingress-nginx') return nginxTakes(model, className, options, PROVIDER_NAMES);
  if (isOfTraefik(own)) return traefikTakes(model, className, options);
  return own === 'nginx-f5' ? f5Takes(model, className, options) : byName(className, first);
}

/** What is taken for granted of how a controller is set. */
export interface AssumedSettings {
  readonly setting: string;
  /** Values of the annotation that go by it, and whether Ingresses without class do. */
  readonly annotations: readonly string[];
  readonly classless: boolean;
}

/** By which settings the controller of a class is taken to take Ingresses; undefined: they are told, or it has none. A class by the name of the flag's default leaves no doubt about that one. */
export function assumedSettings(model: NetworkModel, className: string): AssumedSettings | undefined {
  if (!model.ingressClasses.has(className)) return undefined;
  const { judged } = dialectOfClass(model, className);
  const options = optionsOf(model, className);
  const served = servedWith(model, className);
  if (judged === 'ingress-nginx' && textOf(options['ingress-class']) === undefined) {
    const annotations = served.includes(NGINX_ANNOTATION)
      ? served.filter((name) => name !== NGINX_ANNOTATION)
      : [NGINX_ANNOTATION, ...served];
    return { setting: `with \`--ingress-class=${NGINX_ANNOTATION}\``, annotations, classless: false };
  }
  const isTold = (options['kubernetesIngress.ingressClass'] ?? options['ingressClass']) !== undefined;
  if (!(judged === 'traefik' || judged === 'traefik-strict') || isTold) return undefined;
  return { setting: 'without `ingressClass`', annotations: [TRAEFIK_ANNOTATION, ...served], classless: true };
}

/** Classes that one controller serves together: those that name it in `spec.controller`, unless the profile tells of them differently. */
export function servedWith(model: NetworkModel, className: string): readonly string[] {
  const controller = model.ingressClasses.get(className)?.controller;
  const { judged } = dialectOfClass(model, className);
  if (controller === undefined || !(judged === 'ingress-nginx' || isOfTraefik(judged))) return [className];
  return groupsOf(model).get(groupOf(model, className)) ?? [className];
}

const groups = new WeakMap<NetworkModel, ReadonlyMap<string, readonly string[]>>();

function groupsOf(model: NetworkModel): ReadonlyMap<string, readonly string[]> {
  return inMap(groups, model, () => {
    const made = new Map<string, string[]>();
    for (const name of model.ingressClasses.keys()) inMap(made, groupOf(model, name), (): string[] => []).push(name);
    return made;
  });
}

function groupOf(model: NetworkModel, className: string): string {
  const { controller, judged } = dialectOfClass(model, className);
  return JSON.stringify([controller, judged, Object.entries(optionsOf(model, className)).sort(([a], [b]) => compareText(a, b))]);
}

function byName(className: string | undefined, first: ClassPrecedence): Takes {
  const names = className === undefined ? [] : [className];
  return { first, fields: names, annotations: names, classless: className === undefined, watches: EVERYWHERE };
}

type OptionNames = Readonly<Record<'annotation' | 'classless' | 'namespace' | 'selector', string>>;

const NGINX_NAMES: OptionNames = {
  annotation: 'ingress-class',
  classless: 'watch-ingress-without-class',
  namespace: 'watch-namespace',
  selector: 'watch-namespace-selector',
};
/** Those of Traefik's provider in its place. */
const PROVIDER_NAMES: OptionNames = {
  annotation: 'ingressClass',
  classless: 'watchIngressWithoutClass',
  namespace: 'watchNamespace',
  selector: 'watchNamespaceSelector',
};

/**
 * `GetIngressClass` of ingress-nginx (`internal/ingress/controller/store/store.go`): the field has to name a class of the controller, even where it is empty; the annotation alone has to be the
 * value of `--ingress-class`. A class that no IngressClass defines can have come to its name by that flag only.
 */
function nginxTakes(model: NetworkModel, className: string, options: Options, names: OptionNames): Takes {
  const otherwise = model.ingressClasses.has(className) ? NGINX_ANNOTATION : className;
  const annotation = textOf(options[names.annotation]) ?? otherwise;
  const namespace = textOf(options[names.namespace]);
  return {
    first: 'field',
    fields: servedWith(model, className),
    annotations: [annotation],
    classless: isOn(options[names.classless]),
    watches: watchedNamespaces(model, namespace === undefined ? [] : [namespace], textOf(options[names.selector])),
  };
}

/** `shouldProcessIngress` of Traefik (`pkg/provider/kubernetes/ingress/kubernetes.go`): with `ingressClass` what names it, without it every class of Traefik, `traefik` as annotation, and what names none; where it does not look up IngressClasses, the annotation alone. */
function traefikTakes(model: NetworkModel, className: string, options: Options): Takes {
  const named = textOf(options['kubernetesIngress.ingressClass'] ?? options['ingressClass']);
  const namespaces = textOf(options['kubernetesIngress.namespaces'])?.split(',') ?? [];
  const watches = watchedNamespaces(model, namespaces, undefined);
  const isBlind = isOn(options['disableIngressClassLookup']) || isOn(options['disableClusterScopeResources']);
  if (named !== undefined) return { first: 'field', fields: isBlind ? [] : [named], annotations: [named], classless: false, watches };
  const fields = isBlind ? [] : servedWith(model, className);
  return { first: 'field', fields, annotations: ['', TRAEFIK_ANNOTATION], classless: true, watches };
}

/** The controller of NGINX Inc. (`cmd/nginx-ingress/flags.go`): before its version 2 it took what has no class, too, unless told otherwise. */
function f5Takes(model: NetworkModel, className: string, options: Options): Takes {
  return {
    ...byName(className, 'annotation'),
    classless: options['use-ingress-class-only'] === false,
    watches: watchedNamespaces(model, textOf(options['watch-namespace'])?.split(',') ?? [], textOf(options['watch-namespace-label'])),
  };
}

function textOf(told: string | boolean | number | undefined): string | undefined {
  return typeof told === 'string' && told.trim() !== '' ? told.trim() : undefined;
}

function isOn(told: string | boolean | number | undefined): boolean {
  return told === true || told === 'true';
}

function optionsOf(model: NetworkModel, className: string): Options {
  return controllerProfile(model, className)?.options ?? {};
}
