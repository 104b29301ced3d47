import { isJsonObject } from '../../core/kernel/json.js';
import type { Problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { IngressClass } from '../../core/resources/ingress.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import type { Pace } from '../../manifests/pace.js';
import type { ObjectIdentity } from '../clusters/stored-object.js';
import { identityKey, identityOf } from '../imports/object-identity.js';
import { type ReadObject, readObject, type ReadRevision } from '../models/read-revision.js';
import type { CompiledRevision } from '../models/compile-revision.js';
import { refusedObject, refusedUpdate } from './api-refusal.js';
import { immutableFault } from './immutable-fields.js';
import { updatedPod } from './immutable-pod-fields.js';
import { missingNamespace } from './missing-namespace.js';
import type { ObjectChanges } from './object-changes.js';
import { OwnedObjects } from './owned-objects.js';
import { PoolsApart } from './pools-apart.js';
import { removedObjects } from './removed-objects.js';
import { type ServiceFamilies, serviceFamiliesOf, withServiceFamilies } from './service-families.js';
import { settleNodes } from './settled-nodes.js';
import { settlePools } from './settled-pools.js';
import { settleWorkload, type Update } from './settled-workloads.js';
import { staleEndpoints } from './stale-endpoints.js';
import { TakenByServices } from './taken-by-services.js';
import { templateFault } from './template-fault.js';
import { updatedObject } from './updated-object.js';

/** The objects of a state as they would be, and how many were added to it and taken away. */
export interface ChangedRevision extends ReadRevision {
  readonly added: number;
  readonly removed: number;
}

/** Where the text of an object that is there is read. */
export type StoredBody = (identity: ObjectIdentity) => Promise<string | undefined>;

const MAKE_PODS: ReadonlySet<string> = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'ReplicationController']);

/** So far apart are the ages of what was there and of what is added. */
const SECOND = 1000;

/**
 * Supposes objects gone, with what belongs to them, then others applied; what controllers would write anew of endpoints is left for the model to derive. An object that is there is updated; one that is added is younger than all there are, for it would be created now, and the API server
 * fills in the class of an Ingress and the families of a Service. Fails with `unknown-object` where an object to be gone is not there, and with `invalid-request` where the API server would refuse one that is applied.
 */
export async function changeRevision(
  compiled: CompiledRevision,
  { applied, removed }: ObjectChanges,
  bodyOf: StoredBody,
  pace: Pace,
): Promise<Result<ChangedRevision, Problem>> {
  const { revision, objects } = compiled;
  const named = await removedObjects(removed, objects, pace);
  if (!named.ok) return named;
  const needsOwners = named.value.size > 0 || applied.some(({ kind }) => MAKE_PODS.has(kind));
  const owned = await OwnedObjects.of(needsOwners ? objects : new Map(), pace);
  const gone = await owned.withDependents(named.value);
  const changed = new Map(objects);
  for (const key of gone) changed.delete(key);
  const taken = await applyAll(applied, { compiled, changed, bodyOf, pace });
  if (!taken.ok) return taken;
  const { added, updates } = taken.value;
  const nowhere = await missingNamespace(added, { before: objects, after: changed }, pace);
  if (nowhere) return err(nowhere);
  await classIngresses(added, changed, pace);
  const touched = new Set([...gone, ...updates.keys()]);
  for (const update of updates.values()) {
    for (const pod of settleWorkload(update, changed, owned)) touched.add(pod);
    if (pace.isDue) await pace.rest();
  }
  await settlePools(touched, changed, pace);
  for (const pod of await settleNodes(touched, { before: objects, objects: changed, pace })) touched.add(pod);
  for (const key of await staleEndpoints(objects, changed, touched, pace)) changed.delete(key);
  return ok({ revision, objects: changed, added: added.size, removed: gone.size });
}

/** A state in the making. */
interface Making {
  readonly compiled: CompiledRevision;
  readonly changed: Map<string, ReadObject>;
  readonly bodyOf: StoredBody;
  readonly pace: Pace;
}

interface Applied {
  readonly added: ReadonlyMap<string, KubernetesObject>;
  readonly updates: ReadonlyMap<string, Update>;
}

async function applyAll(
  applied: readonly KubernetesObject[],
  { compiled, changed, bodyOf, pace }: Making,
): Promise<Result<Applied, Problem>> {
  const { objects, model } = compiled;
  const now = await youngest(objects, pace);
  const families = serviceFamiliesOf(model);
  const services = await TakenByServices.of(applied.some(({ kind }) => kind === 'Service') ? changed : new Map(), model, pace);
  const pools = await PoolsApart.of(applied.some(({ kind }) => kind === 'IPPool') ? changed : new Map(), pace);
  const added = new Map<string, KubernetesObject>();
  const updates = new Map<string, Update>();
  for (const object of applied) {
    const identity = identityOf(object);
    const key = identityKey(identity);
    const known = updates.get(key)?.next ?? (changed.has(key) ? await storedObject(identity, bodyOf) : undefined);
    const completed = completedObject(known ? updatedObject(object, known) : createdAt(object, now), known, families);
    if (!completed.ok) return completed;
    const refused = known && immutableFault(completed.value, known);
    if (refused) return err(refused);
    const next = known ? updatedPod(completed.value, known) : completed.value;
    const read = readObject(JSON.stringify(next));
    const fault =
      services.replace(changed.get(key)?.resource, read.resource) ??
      templateFault(read) ??
      (known ? undefined : pools.faultOf(read.resource));
    if (fault) return err(refusedObject(next, fault));
    pools.take(read.resource);
    if (!known || added.has(key)) added.set(key, next);
    changed.set(key, read);
    updates.set(key, { key, before: objects.get(key), next });
    if (pace.isDue) await pace.rest();
  }
  return ok({ added, updates });
}

async function storedObject(identity: ObjectIdentity, bodyOf: StoredBody): Promise<KubernetesObject | undefined> {
  const body = await bodyOf(identity);
  if (body === undefined) return undefined;
  const object: KubernetesObject = JSON.parse(body); // what is stored was checked when it came in
  return object;
}

/** A Service has the families that the API server gives it. */
function completedObject(
  object: KubernetesObject,
  before: KubernetesObject | undefined,
  families: ServiceFamilies,
): Result<KubernetesObject, Problem> {
  const [now, old] = [object['spec'], before?.['spec']];
  if (object.apiVersion !== 'v1' || object.kind !== 'Service' || !isJsonObject(now)) return ok(object);
  const spec = withServiceFamilies(now, isJsonObject(old) ? old : undefined, families);
  if (spec.ok) return ok({ ...object, spec: spec.value });
  return err(before ? refusedUpdate(object, spec.error) : refusedObject(object, spec.error));
}

/** Whatever age it says itself: the API server knows better (`rest.FillObjectMetaSystemFields`). Undefined: nobody knows any. */
function createdAt(object: KubernetesObject, at: string | undefined): KubernetesObject {
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

async function classIngresses(added: Applied['added'], changed: Map<string, ReadObject>, pace: Pace): Promise<void> {
  const usual = await defaultClass(changed, pace);
  for (const [key, object] of usual ? added : []) {
    const classed = usual && withClass(object, changed.get(key), usual);
    if (classed) changed.set(key, readObject(JSON.stringify(classed)));
    if (pace.isDue) await pace.rest();
  }
}

/** The class that the API server fills in at creation (rule A2): of several default ones the newest, then the first by name (`plugin/pkg/admission/network/defaultingressclass`). */
async function defaultClass(objects: ReadRevision['objects'], pace: Pace): Promise<IngressClass | undefined> {
  let usual: IngressClass | undefined;
  for (const { resource } of objects.values()) {
    if (resource?.kind === 'IngressClass' && resource.isDefault && (!usual || newestFirst(resource, usual) < 0)) usual = resource;
    if (pace.isDue) await pace.rest();
  }
  return usual;
}

function newestFirst(a: IngressClass, b: IngressClass): number {
  const age = ({ createdAt: at }: IngressClass) => (at === undefined ? 0 : Date.parse(at) || 0);
  return age(b) - age(a) || (a.ref.name < b.ref.name ? -1 : 1);
}

/** Undefined where the object is no Ingress, or names a class itself. */
function withClass(object: KubernetesObject, read: ReadObject | undefined, { ref }: IngressClass): KubernetesObject | undefined {
  const { resource } = read ?? {};
  const spec = object['spec'];
  if (object.apiVersion !== 'networking.k8s.io/v1' || resource?.kind !== 'Ingress' || !isJsonObject(spec)) return undefined;
  if (resource.className !== undefined || resource.annotations['kubernetes.io/ingress.class'] !== undefined) return undefined;
  return { ...object, spec: { ...spec, ingressClassName: ref.name } };
}
