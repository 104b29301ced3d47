import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type Json, type JsonObject, objectsIn } from '../../core/kernel/json.js';
import type { Fault } from './api-refusal.js';
import { immutablePodField, PLACING } from './immutable-pod-fields.js';

const IMMUTABLE = 'field is immutable';

/** Members that a Job has from the beginning or never, with what one is that is missing. */
const FIXED: Readonly<Record<string, Json>> = {
  completionMode: 'NonIndexed',
  podFailurePolicy: null,
  backoffLimitPerIndex: null,
  managedBy: null,
  successPolicy: null,
};

/** What `ValidateJobSpecUpdate` refuses of what people write; a manifest that does not name a member leaves it alone. */
export function immutableJobField({ spec: now }: JsonObject, { spec: old, status }: JsonObject): Fault | undefined {
  if (!isJsonObject(now) || !isJsonObject(old)) return undefined;
  const fixed = Object.entries(FIXED).find(([name, usual]) => isGiven(now[name]) && !isDeepStrictEqual(now[name], old[name] ?? usual));
  if (fixed) return fault(`/spec/${fixed[0]}`);
  if (isJsonObject(now['selector']) && isJsonObject(old['selector']) && !isDeepStrictEqual(now['selector'], old['selector']))
    return fault('/spec/selector');
  // `AllowMutableSchedulingDirectives` of kubernetes/pkg/registry/batch/job/strategy.go: nothing of it runs yet.
  const isOpen = old['suspend'] === true && !(isJsonObject(status) && isGiven(status['startTime']));
  return completionsFault(now, old) ?? templateFault(now, old, isOpen);
}

/** `validateCompletions`: those of an indexed Job may change together with its parallelism. */
function completionsFault(now: JsonObject, old: JsonObject): Fault | undefined {
  const { completions } = now;
  const usual = old['parallelism'] === undefined ? 1 : undefined;
  if (!isGiven(completions) || completions === (old['completions'] ?? usual)) return undefined;
  const isIndexed = (now['completionMode'] ?? old['completionMode']) === 'Indexed';
  if (!isIndexed) return fault('/spec/completions');
  if (completions === (now['parallelism'] ?? old['parallelism'] ?? 1)) return undefined;
  return { pointer: '/spec/completions', message: 'can only be modified in tandem with spec.parallelism', code: 'immutable' };
}

function templateFault(now: JsonObject, old: JsonObject, isOpen: boolean): Fault | undefined {
  const [{ metadata: named, spec }, { metadata: before, spec: known }] = [templateOf(now), templateOf(old)];
  const label = isOpen ? undefined : changedLabel(labelsOf(named), labelsOf(before));
  if (label !== undefined) return fault(`/spec/template/metadata/labels/${label.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  if (!isJsonObject(spec) || !isJsonObject(known)) return undefined;
  const own = isOpen ? Object.fromEntries(Object.entries(spec).filter(([name]) => !PLACING.has(name))) : spec;
  const inPod = immutablePodField(own, known) ?? programFault(own, known);
  return inPod && fault(`/spec/template${inPod.pointer}`);
}

/** A template's containers stay what they run, too. */
function programFault(now: JsonObject, old: JsonObject): Fault | undefined {
  for (const list of ['initContainers', 'containers']) {
    const known = new Map(objectsIn(old[list]).map((one) => [one['name'], one]));
    for (const [index, container] of objectsIn(now[list]).entries()) {
      const before = known.get(container['name']);
      const name = ['image', 'command', 'args'].find((one) => isGiven(container[one]) && !isDeepStrictEqual(container[one], before?.[one]));
      if (name !== undefined) return fault(`/spec/${list}/${index}/${name}`);
    }
  }
  return undefined;
}

function changedLabel(now: JsonObject, old: JsonObject): string | undefined {
  return Object.keys(now).find((name) => now[name] !== old[name]);
}

function templateOf({ template }: JsonObject): JsonObject {
  return isJsonObject(template) ? template : {};
}

function labelsOf(metadata: Json | undefined): JsonObject {
  const labels = isJsonObject(metadata) ? metadata['labels'] : undefined;
  return isJsonObject(labels) ? labels : {};
}

function isGiven(value: Json | undefined): boolean {
  return value !== undefined && value !== null;
}

function fault(pointer: string): Fault {
  return { pointer, message: IMMUTABLE, code: 'immutable' };
}
