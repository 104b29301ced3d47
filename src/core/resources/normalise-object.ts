import type { Diagnostic, Understanding } from '../kernel/diagnostic.js';
import { didYouMeanHint } from '../kernel/did-you-mean.js';
import { apiGroup, type ObjectRef } from '../kernel/object-ref.js';
import { Findings } from './internal/findings.js';
import { ObjectReader } from './internal/object-reader.js';
import { type KubernetesObject, refOf } from './kubernetes-object.js';
import type { UnderstoodResource } from './understood-resource.js';
import { type Affected, affectedBy, partsPods } from './unmodelled-kinds.js';
import { IN_PART, READINGS, type Reading, VERSIONS } from './readings.js';

/** An object of a kind that is not modelled though it could change an answer. */
export interface Unmodelled {
  readonly ref: ObjectRef;
  readonly affects: Affected;
}

/** What became of one object. */
export interface Normalised {
  /** Undefined when the kind, or this version of it, is not modelled. Beside `unmodelled`: what little of it some answers use. */
  readonly resource: UnderstoodResource | undefined;
  readonly unmodelled: Unmodelled | undefined;
  readonly understanding: Understanding;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads one stored object: checks its fields, fills in the API's defaults, converts removed versions. Dispatches on group, version and kind, so
 * that a NetworkPolicy of another group is none. Never throws: a bad field is left out or fails closed, and is reported with its pointer.
 */
export function normaliseObject(object: KubernetesObject): Normalised {
  const found = READINGS.get(`${object.apiVersion}/${object.kind}`);
  if (!found) return { ...notModelled(object), resource: usedInPart(object) };
  const ref = scopedRef(refOf(object), found.scope);
  const findings = new Findings(ref);
  if (found.successor !== undefined) {
    findings.report('info', 'removed-api-version', '/apiVersion', `\`${object.apiVersion}\` was removed; read as \`${found.successor}\``);
  }
  const resource = found.normalise(new ObjectReader(object, findings), ref);
  const clean = findings.diagnostics.every((diagnostic) => diagnostic.severity === 'info');
  return { resource, unmodelled: undefined, understanding: clean ? 'understood' : 'partly', diagnostics: findings.diagnostics };
}

/** What some answers use of an object of a kind that counts as not modelled. */
function usedInPart(object: KubernetesObject): UnderstoodResource | undefined {
  const found = IN_PART.get(`${object.apiVersion}/${object.kind}`);
  if (!found) return undefined;
  const ref = scopedRef(refOf(object), found.scope);
  return found.normalise(new ObjectReader(object, new Findings(ref)), ref);
}

function notModelled(object: KubernetesObject): Normalised {
  const ref = refOf(object);
  const affects = affectedBy(apiGroup(ref.apiVersion), ref.kind);
  const hint = didYouMeanHint(ref.apiVersion, VERSIONS.get(ref.kind) ?? []);
  const message = `\`${ref.kind}\` of \`${ref.apiVersion}\` is kept, but not modelled`;
  const affected = affects === undefined ? message : `${message}; it could change answers about ${affects}`;
  const parts = partsPods(apiGroup(ref.apiVersion), ref.kind);
  const diagnostic: Diagnostic = {
    severity: hint === undefined && !parts ? 'info' : 'warning',
    code: 'unsupported-kind',
    message: parts ? `${message}: pods of different networks are not known to be apart` : affected,
    pointer: hint === undefined ? '/kind' : '/apiVersion',
    object: ref,
    ...(hint === undefined ? {} : { hint }),
  };
  return { resource: undefined, unmodelled: affects && { ref, affects }, understanding: 'unsupported', diagnostics: [diagnostic] };
}

/** Namespaced kinds without a namespace are in `default`, as kubectl would put them; cluster-scoped kinds have none whatever is written. */
function scopedRef(ref: ObjectRef, scope: Reading['scope']): ObjectRef {
  const { apiVersion, kind, name } = ref;
  return scope === 'cluster' ? { apiVersion, kind, name } : { apiVersion, kind, namespace: ref.namespace ?? 'default', name };
}
