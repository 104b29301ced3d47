import type { Diagnostic } from '../core/kernel/diagnostic.js';
import { isJsonObject, type JsonObject } from '../core/kernel/json.js';
import { apiGroup, type ObjectRef } from '../core/kernel/object-ref.js';
import type { KubernetesObject } from '../core/resources/kubernetes-object.js';
import { findTemplate } from './find-template.js';
import { groupOf } from './group-of.js';
import { findUnstorable } from './find-unstorable.js';
import { transientHook } from './helm-hook.js';
import { nameObject } from './name-object.js';
import { describeNonManifest, looksLikeObject } from './non-manifest.js';
import { isBuiltInGroup } from './object-scope.js';
import type { Suspicions } from './suspicions.js';

/** What a value of a document turned out to be. A refusal carries its reason. */
export type Recognised =
  | { readonly outcome: 'object'; readonly object: KubernetesObject; readonly diagnostics: readonly Diagnostic[] }
  | { readonly outcome: 'invalid' | 'skipped'; readonly reason: Diagnostic; readonly ref: ObjectRef | undefined };

/** `v1`, `apps/v1`. */
const API_VERSION = /^(?:[a-zA-Z0-9][-a-zA-Z0-9.]{0,252}\/)?[a-zA-Z0-9][-a-zA-Z0-9]{0,62}$/;
const KIND = /^[A-Za-z][-A-Za-z0-9]{0,62}$/;
/** apiVersion of kinds that people write without one. */
const USUAL_API_VERSION: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['Pod', 'Service', 'ConfigMap', 'Secret', 'Namespace', 'Node', 'Endpoints', 'ServiceAccount'].map((kind) => [kind, 'v1']),
  ),
  ...Object.fromEntries(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'].map((kind) => [kind, 'apps/v1'])),
  ...Object.fromEntries(['Ingress', 'IngressClass', 'NetworkPolicy'].map((kind) => [kind, 'networking.k8s.io/v1'])),
  ...Object.fromEntries(['Job', 'CronJob'].map((kind) => [kind, 'batch/v1'])),
};

function refuse(
  outcome: 'invalid' | 'skipped',
  code: string,
  message: string,
  more: { pointer?: string; hint?: string; ref?: ObjectRef | undefined } = {},
): Recognised {
  const { ref, ...place } = more;
  // What looks like an object was meant to be one; of the rest there is nothing to do.
  const severity = outcome === 'invalid' ? 'error' : code === 'no-kind' ? 'warning' : 'info';
  return { outcome, ref, reason: { severity, code, message, ...place } };
}

function skipWithoutKind(file: string, value: unknown): Recognised {
  if (!isJsonObject(value) || !looksLikeObject(value))
    return refuse('skipped', 'not-a-manifest', `this is ${describeNonManifest(file, value)}, no manifest`);
  const hint = 'client-go leaves out `kind` and `apiVersion` of single objects: add them';
  return refuse('skipped', 'no-kind', 'the object has no `kind`, so nothing tells what it is', { hint });
}

/** The kind and apiVersion of something that has both in a usable form; a refusal where it has not. */
function typeOf(
  file: string,
  value: JsonObject,
): Recognised | { readonly outcome: undefined; readonly apiVersion: string; readonly kind: string } {
  const { kind, apiVersion } = value;
  if (kind === undefined || kind === null || kind === '') return skipWithoutKind(file, value);
  if (typeof kind !== 'string' || !KIND.test(kind))
    return refuse('invalid', 'invalid-kind', '`kind` is not the name of a kind', { pointer: '/kind' });
  const missing = apiVersion === undefined || apiVersion === null || apiVersion === '';
  if (isKustomizeFile(kind, missing ? undefined : groupOf(value)))
    return refuse('skipped', 'kustomization', 'a file of kustomize is input to it, no manifest');
  if (missing) {
    const usual = Object.hasOwn(USUAL_API_VERSION, kind) ? USUAL_API_VERSION[kind] : undefined;
    const hint = usual === undefined ? undefined : `did you mean \`apiVersion: ${usual}\`?`;
    return refuse('invalid', 'no-api-version', `the ${kind} has no \`apiVersion\``, hint === undefined ? {} : { hint });
  }
  if (typeof apiVersion === 'string' && API_VERSION.test(apiVersion)) return { outcome: undefined, apiVersion, kind };
  return refuse('invalid', 'invalid-api-version', '`apiVersion` must be `version` or `group/version`', { pointer: '/apiVersion' });
}

/** kustomize adds the apiVersion where a kustomization has none. Flux has a kind of the same name in another group. */
function isKustomizeFile(kind: string, group: string | undefined): boolean {
  if (group === undefined) return kind === 'Kustomization';
  return group === 'kustomize.config.k8s.io' && (kind === 'Kustomization' || kind === 'Component');
}

function refuseWithoutMetadata(apiVersion: string, kind: string): Recognised {
  const isObject = isBuiltInGroup(apiGroup(apiVersion)) && kind !== 'Config';
  if (isObject) return refuse('invalid', 'no-metadata', `the ${kind} has no \`metadata\`, so it has no name`);
  return refuse(
    'skipped',
    'not-a-manifest',
    `something of kind ${kind} without \`metadata\` is a program's configuration, no object of a cluster`,
  );
}

/** The name as far as it can be told before it was checked. */
function refOf(apiVersion: string, kind: string, metadata: JsonObject): ObjectRef | undefined {
  const { name, namespace } = metadata;
  if (typeof name !== 'string' || name === '') return undefined;
  return { apiVersion, kind, name, ...(typeof namespace === 'string' && namespace !== '' ? { namespace } : {}) };
}

function refuseContent(value: JsonObject, suspicions: Suspicions, ref: ObjectRef | undefined): Recognised | undefined {
  const template = suspicions.template ? findTemplate(value) : undefined;
  if (template !== undefined) {
    const hint = 'render it first, for example with `helm template`';
    return refuse('invalid', 'template-not-rendered', 'this is a template, not rendered: it holds `{{`', { pointer: template, hint, ref });
  }
  const unstorable = suspicions.unstorable ? findUnstorable(value) : undefined;
  if (!unstorable) return undefined;
  return refuse('invalid', 'unstorable-value', `the value is ${unstorable.why}`, { pointer: unstorable.pointer, ref });
}

/** Tells whether a value is a Kubernetes object that is part of a cluster, and gives it a proper name. Never throws, whatever the value is. */
export function recogniseObject(file: string, value: unknown, suspicions: Suspicions): Recognised {
  if (!isJsonObject(value)) return skipWithoutKind(file, value);
  const template = refuseContent({ apiVersion: value['apiVersion'], kind: value['kind'] }, suspicions, undefined);
  if (template) return template;
  const type = typeOf(file, value);
  if (type.outcome !== undefined) return type;
  const { apiVersion, kind } = type;
  const { metadata } = value;
  if (metadata === undefined || metadata === null) return refuseWithoutMetadata(apiVersion, kind);
  if (!isJsonObject(metadata)) return refuse('invalid', 'invalid-metadata', '`metadata` is not an object', { pointer: '/metadata' });
  const ref = refOf(apiVersion, kind, metadata);
  const unusable = refuseContent(value, suspicions, ref);
  if (unusable) return unusable;
  const named = nameObject(value, metadata);
  if ('code' in named) return { outcome: 'invalid', ref, reason: named };
  const hook = transientHook(kind, named.metadata);
  if (hook !== undefined) return refuse('skipped', 'helm-hook', hook, { pointer: '/metadata/annotations/helm.sh~1hook', ref });
  return { outcome: 'object', object: { ...value, apiVersion, kind, metadata: named.metadata }, diagnostics: named.diagnostics };
}
