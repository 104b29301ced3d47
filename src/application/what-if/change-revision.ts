import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { isJsonObject } from '../../core/kernel/json.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { IngressClass } from '../../core/resources/ingress.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import { identityKey, identityOf } from '../imports/object-identity.js';
import { type ReadObject, readObject, type ReadRevision } from '../models/read-revision.js';
import type { Pace } from '../../manifests/pace.js';
import type { NamedObject, ObjectChanges } from './object-changes.js';

/** The objects of a state as they would be, and how many were added by it. */
export interface ChangedRevision extends ReadRevision {
  readonly added: number;
}

/** So far apart are the ages of what was there and of what is added. */
const SECOND = 1000;

/**
 * Supposes objects applied and gone. An object that is there keeps its age; one that is added is younger than all there are, for it would be created now. The API server
 * fills in the class of an Ingress that is added. Fails with `unknown-object` where an object to be gone is not there.
 */
export async function changeRevision(
  { revision, objects }: ReadRevision,
  { applied, removed }: ObjectChanges,
  pace: Pace,
): Promise<Result<ChangedRevision, Problem>> {
  const changed = new Map(objects);
  for (const one of removed) {
    const found = keysOf(one, objects);
    if (found.length === 0) return err(unknown(one, objects));
    for (const key of found) changed.delete(key);
    if (pace.isDue) await pace.rest();
  }
  const now = await youngest(objects, pace);
  let added = 0;
  for (const object of applied) {
    const key = identityKey(identityOf(object));
    const known = objects.get(key)?.resource;
    if (!objects.has(key)) added++;
    changed.set(key, readObject(JSON.stringify(created(object, known ? known.createdAt : now))));
    if (pace.isDue) await pace.rest();
  }
  for (const object of applied) {
    const key = identityKey(identityOf(object));
    const named = objects.has(key) ? undefined : withDefaultClass(object, changed);
    if (named) changed.set(key, readObject(JSON.stringify(created(named, now))));
  }
  return ok({ revision, objects: changed, added });
}

/** Whatever age it says itself: the API server knows better (`rest.FillObjectMetaSystemFields`). Undefined: nobody knows any. */
function created(object: KubernetesObject, at: string | undefined): KubernetesObject {
  const { metadata } = object;
  return at === undefined ? object : { ...object, metadata: { ...metadata, creationTimestamp: at } };
}

/** A second after the last object was created; undefined where no age is known. */
async function youngest(objects: ReadRevision['objects'], pace: Pace): Promise<string | undefined> {
  let last = Number.NEGATIVE_INFINITY;
  for (const { resource } of objects.values()) {
    const at = resource?.createdAt === undefined ? Number.NaN : Date.parse(resource.createdAt);
    if (at > last) last = at;
    if (pace.isDue) await pace.rest();
  }
  return Number.isFinite(last) ? new Date(last + SECOND).toISOString().replace('.000Z', 'Z') : undefined;
}

/** The class that the API server fills in at creation (rule A2): of several default ones the newest, then the first by name (`plugin/pkg/admission/network/defaultingressclass`). */
function withDefaultClass(object: KubernetesObject, objects: ReadRevision['objects']): KubernetesObject | undefined {
  if (object.apiVersion !== 'networking.k8s.io/v1' || object.kind !== 'Ingress') return undefined;
  const read = readObject(JSON.stringify(object)).resource;
  if (read?.kind !== 'Ingress' || read.className !== undefined || read.annotations['kubernetes.io/ingress.class'] !== undefined)
    return undefined;
  const [usual] = [...objects.values()].flatMap(({ resource }) => (isDefaultClass(resource) ? [resource] : [])).sort(newestFirst);
  const spec = object['spec'];
  if (!usual || !isJsonObject(spec)) return undefined;
  return { ...object, spec: { ...spec, ingressClassName: usual.ref.name } };
}

function isDefaultClass(resource: ReadObject['resource']): resource is IngressClass {
  return resource?.kind === 'IngressClass' && resource.isDefault;
}

function newestFirst(a: IngressClass, b: IngressClass): number {
  const age = ({ createdAt }: IngressClass) => (createdAt === undefined ? 0 : Date.parse(createdAt) || 0);
  return age(b) - age(a) || (a.ref.name < b.ref.name ? -1 : 1);
}

/** The keys of what a text names; of several groups where it does not say which. */
function keysOf({ group, kind, namespace, name }: NamedObject, objects: ReadRevision['objects']): readonly string[] {
  const end = `/${kind}/${namespace}/${name}`;
  if (group !== undefined) return objects.has(`${group}${end}`) ? [`${group}${end}`] : [];
  return [...objects.keys()].filter((key) => key.endsWith(end) && key.indexOf('/') === key.length - end.length);
}

function unknown({ text, kind }: NamedObject, objects: ReadRevision['objects']): Problem {
  const known = [...objects.keys()].flatMap((key) => {
    const [, ofKind, namespace, name] = key.split('/');
    return ofKind?.toLowerCase() === kind.toLowerCase() ? [`${ofKind} ${namespace === '' ? '' : `${namespace}/`}${name}`] : [];
  });
  const hint = didYouMeanHint(text, known);
  const told = hint === undefined ? {} : { hint };
  const message = `no object \`${text}\` is there to be deleted`;
  return problem('unknown-object', message, { ...told, errors: [{ pointer: '/delete', code: 'unknown-object', message, ...told }] });
}
