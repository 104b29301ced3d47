import type { Note } from '../../kernel/answer.js';
import { compareText } from '../../kernel/compare.js';
import { didYouMeanHint } from '../../kernel/did-you-mean.js';
import type { EvidenceStep } from '../../kernel/evidence.js';
import { inMap } from '../../kernel/in-map.js';
import { type Problem, problem } from '../../kernel/problem.js';
import { err, ok, type Result } from '../../kernel/result.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { IngressDialectName } from '../route-request.js';
import { defaultClasses, handlingOf, severalDefaults, waitingForDefault } from './class-claim.js';
import {
  type ClassDialect,
  classesWithIngressRoutes,
  classesWithOwnKinds,
  dialectOfClass,
  namedByVirtualServers,
} from './class-dialect.js';
import { classScopes, servedAs, someGoBy } from './class-members.js';
import { assumedSettings } from './class-takes.js';
import type { ClassRouter } from './dialect.js';
import type { RequestHost } from './request-host.js';
import { routerOf } from './router-cache.js';

/** The classes a request is judged by: one where that is clear, several where nothing tells them apart, none where no class has an Ingress. */
export interface ClassChoice {
  readonly routers: readonly ClassRouter[];
  readonly dialect: IngressDialectName;
  readonly assumptions: readonly Note[];
  readonly warnings: readonly Note[];
  readonly steps: readonly EvidenceStep[];
}

const classText = (name: string | undefined) => (name === undefined ? 'no class' : `class \`${name}\``);

/** What does not depend on the host, by class and dialect that were asked for: none but classes that the model knows of. */
const choices = new WeakMap<NetworkModel, Map<string, ClassChoice>>();

/** Takes the class that is asked for, or derives it from the Ingresses that name the request's host (rule A1). */
export function chooseClass(
  model: NetworkModel,
  asked: string | undefined,
  dialect: IngressDialectName | undefined,
  host: RequestHost,
): Result<ClassChoice, Problem> {
  const known = inMap(choices, model, () => new Map<string, ClassChoice>());
  const key = `${dialect ?? ''} ${asked ?? ''}`;
  const before = known.get(key);
  if (before) return ok(before);
  if (asked !== undefined) {
    const named = knownClass(model, asked);
    if (!named.ok) return named;
    const choice = choiceOf(model, [named.value], dialect, 'CLASS_ASKED', askedText(asked, named.value));
    known.set(key, choice);
    return ok(choice);
  }
  const handled = handledClasses(model);
  if (handled.length > 1) return ok(chooseByHost(model, handled, dialect, host));
  const choice = handled.length === 0 ? noClass(model, dialect) : onlyClass(model, handled[0], dialect);
  known.set(key, choice);
  return ok(choice);
}

const handledOf = new WeakMap<NetworkModel, readonly (string | undefined)[]>();

/** The classes, one for each controller, with Ingresses or kinds of the controller's own, that a controller handles. */
export function handledClasses(model: NetworkModel): readonly (string | undefined)[] {
  return inMap(handledOf, model, () => {
    const { taken, untaken } = classScopes(model);
    const assumed = [...untaken.keys()].filter((name) => handlingOf(model, name) === 'unknown').sort(compareNames);
    return [...new Set([...taken, ...assumed, ...classesWithOwnKinds(model)])];
  });
}

function askedText(asked: string, served: string): string {
  if (asked === served) return `${classText(asked)} was asked for`;
  return `${classText(asked)} was asked for: what the annotation \`kubernetes.io/ingress.class\` has to say for the controller of ${classText(served)}`;
}

function onlyClass(model: NetworkModel, name: string | undefined, dialect: IngressDialectName | undefined): ClassChoice {
  const message = `${classText(name)} is the only one with Ingresses, or kinds of the controller's own, that a controller handles`;
  return choiceOf(model, [name], dialect, 'CLASS_ONLY', message);
}

function chooseByHost(
  model: NetworkModel,
  handled: readonly (string | undefined)[],
  dialect: IngressDialectName | undefined,
  host: RequestHost,
): ClassChoice {
  const routers = handled.map((name) => routerOf(model, name, dialect ?? dialectOfClass(model, name).judged));
  const naming = routers.filter((router) => router.hostSteps(host).some((step) => step.kind !== 'any'));
  const serving = routers.filter(
    (router) => router.hostSteps(host).length > 0 || router.members.some((ingress) => ingress.defaultBackend !== undefined),
  );
  const narrowed = [naming, serving].find((list) => list.length > 0) ?? routers;
  const names = narrowed.map((router) => router.className);
  const listed = names.map(classText).join(', ');
  if (narrowed.length > 1) return choiceOf(model, names, dialect, 'CLASS_AMBIGUOUS', `several classes come into question: ${listed}`);
  const choice = choiceOf(model, names, dialect, 'CLASS_BY_HOST', `${listed} is the only one whose rules cover \`${host.name}\``);
  const message = `the request is taken to reach the controller of ${listed}, the only class whose rules cover \`${host.name}\`; say \`class\` to ask another`;
  return { ...choice, assumptions: [{ code: 'CLASS_BY_HOST', message }, ...choice.assumptions] };
}

/** Every class that the model knows of, by name: defined ones, those of the profile, and those that Ingresses name. */
function knownClasses(model: NetworkModel): readonly string[] {
  const named = [...classScopes(model).untaken.keys()].filter((name) => name !== undefined);
  const configured = model.profile.ingress.controllers.map((controller) => controller.class);
  return [...new Set([...model.ingressClasses.keys(), ...configured, ...named, ...namedByVirtualServers(model)])].sort(compareText);
}

/** By name; undefined (no class) comes last. */
export function compareNames(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  return compareText(a, b);
}

/** The class that is asked for, or whose controller goes by that name in annotations; fails with `unknown-object`. */
export function knownClass(model: NetworkModel, asked: string): Result<string, Problem> {
  const served = servedAs(model, asked);
  if (served !== undefined) return ok(served);
  const known = knownClasses(model);
  if (known.includes(asked)) return ok(asked);
  const listed =
    known.length === 0 ? 'the cluster has no ingress class' : `the classes are ${known.map((name) => `\`${name}\``).join(', ')}`;
  return err(problem('unknown-object', `no ingress class \`${asked}\``, { hint: didYouMeanHint(asked, known) ?? listed }));
}

function noClass(model: NetworkModel, dialect: IngressDialectName | undefined): ClassChoice {
  const message = model.ingresses.length === 0 ? 'the cluster has no Ingress' : 'no Ingress has a class that a controller handles';
  const reason = model.ingresses.length === 0 ? 'NO_INGRESS' : 'NO_CLASS_HANDLED';
  const steps: readonly EvidenceStep[] = [{ stage: 'class', outcome: 'no-match', reason, message }];
  return { routers: [], dialect: dialect ?? 'ingress-v1', assumptions: [], warnings: [], steps };
}

function choiceOf(
  model: NetworkModel,
  names: readonly (string | undefined)[],
  dialect: IngressDialectName | undefined,
  reason: string,
  message: string,
): ClassChoice {
  const spoken = names.map((name) => ({ name, ...dialectOfClass(model, name) }));
  const routers = spoken.map(({ name, judged }) => routerOf(model, name, dialect ?? judged));
  const outcome = names.length > 1 ? 'info' : 'selected';
  const steps = spoken.map(({ name }): EvidenceStep => {
    const object = name === undefined ? undefined : model.ingressClasses.get(name)?.ref;
    return { stage: 'class', outcome, reason, message, object, ...(object ? { pointer: '/spec/controller' } : {}) };
  });
  return { routers, dialect: dialect ?? spoken[0]?.judged ?? 'ingress-v1', ...notesOfClasses(model, names, dialect), steps };
}

/** What is taken for granted of the controllers of classes. `dialect`: the one to judge by, where it was asked for. */
export function notesOfClasses(
  model: NetworkModel,
  names: readonly (string | undefined)[],
  dialect: IngressDialectName | undefined,
): Pick<ClassChoice, 'assumptions' | 'warnings'> {
  return {
    assumptions: names.flatMap((name) => assumptionOf(model, name, dialect)),
    warnings: dialect === undefined ? names.flatMap((name) => dialectWarning(name, dialectOfClass(model, name))) : [],
  };
}

/** An Ingress may name a class (or none) of which the model does not show who handles it. */
function assumptionOf(model: NetworkModel, name: string | undefined, dialect: IngressDialectName | undefined): readonly Note[] {
  if (name !== undefined && handlingOf(model, name) === 'defined') return [...settingsAssumed(model, name), ...defaultAssumed(model, name)];
  if (name === undefined && classesWithIngressRoutes(model).includes(undefined)) {
    return [
      {
        code: 'TRAEFIK_ASSUMED',
        message:
          'nothing names the Traefik that reads the IngressRoutes; one that reads those of all namespaces is assumed, with Traefik’s own defaults',
      },
    ];
  }
  if (name === undefined && dialectOfClass(model, name).spoken === 'nginx-f5') {
    return [
      {
        code: 'CLASSLESS_HANDLED',
        message: 'nothing names the controller that reads the VirtualServers; one that reads those of all namespaces is assumed',
      },
    ];
  }
  if (name === undefined) {
    return [{ code: 'CLASSLESS_HANDLED', message: 'the Ingresses have no class; some controller is assumed to watch such Ingresses' }];
  }
  const bySpecification = dialect === undefined && dialectOfClass(model, name).judged === 'ingress-v1';
  const message = `no IngressClass \`${name}\` is in the model; some controller is assumed to handle it${bySpecification ? rulesText(name) : ''}`;
  return [{ code: 'CLASS_NOT_DEFINED', message }];
}

/** Controllers whose class mostly has their name, by the dialect they speak. */
const NAMED_AFTER: ReadonlyMap<string, IngressDialectName> = new Map([
  ['nginx', 'ingress-nginx'],
  ['traefik', 'traefik'],
]);

function rulesText(className: string): string {
  const likely = NAMED_AFTER.get(className);
  const parameter = likely === undefined ? '`dialect`' : `\`dialect=${likely}\``;
  return `, by the rules of the specification; ${parameter} judges by those of a controller`;
}

/** Which Ingresses a controller takes by their annotation, or without a class, its settings say. */
function settingsAssumed(model: NetworkModel, className: string): readonly Note[] {
  const assumed = assumedSettings(model, className);
  if (!assumed || !someGoBy(model, assumed.annotations, assumed.classless)) return [];
  const message = `nothing tells how the controller of ${classText(className)} is set; it is taken to run ${assumed.setting}, as it does by default, which decides about Ingresses that have ${assumed.classless ? 'no class, or ' : ''}none but the annotation`;
  return [{ code: 'CLASS_SETTINGS_ASSUMED', message }];
}

/** Which of several default classes is filled in depends on the version of the API server (divergence D16), where nothing tells it. */
function defaultAssumed(model: NetworkModel, className: string): readonly Note[] {
  if (severalDefaults(model) !== undefined) return [];
  const [first, ...others] = defaultClasses(model);
  if (others.length === 0 || first?.ref.name !== className || waitingForDefault(model).length === 0) return [];
  const message = `${others.length + 1} classes are marked as default; Ingresses that are still to be created without a class are taken to get ${classText(className)}, the newest, as API servers do from Kubernetes 1.25 on; earlier ones refuse them (403)`;
  return [{ code: 'DEFAULT_CLASS_ASSUMED', message }];
}

function dialectWarning(name: string | undefined, { spoken, judged }: ClassDialect): readonly Note[] {
  if (spoken === undefined || spoken === judged) return [];
  const message = `the controller of ${classText(name)} follows the dialect \`${spoken}\`, which is not modelled yet; the answer is that of the Ingress specification`;
  return [{ code: 'DIALECT_NOT_MODELLED', message }];
}
