import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { Pace } from '../../manifests/pace.js';
import type { ReadRevision } from '../models/read-revision.js';
import type { NamedObject } from './object-changes.js';

type Objects = ReadRevision['objects'];

/**
 * The keys of what goes with the objects that are named: of each group where a text does not say which, and with a namespace all that is in it. Objects are gone through twice at most, however
 * many are named. Fails with `unknown-object` where one is not there.
 */
export async function removedObjects(
  removed: readonly NamedObject[],
  objects: Objects,
  pace: Pace,
): Promise<Result<ReadonlySet<string>, Problem>> {
  const keys = new Set<string>();
  if (removed.length === 0) return ok(keys);
  const wanted = byPlace(removed);
  const found = new Set<NamedObject>();
  for (const key of objects.keys()) {
    for (const one of wanted.get(key.slice(key.indexOf('/'))) ?? []) {
      if (one.group !== undefined && !key.startsWith(`${one.group}/`)) continue;
      found.add(one);
      keys.add(key);
    }
    if (pace.isDue) await pace.rest();
  }
  const missing = removed.find((one) => !found.has(one));
  if (missing) return err(unknown(missing, objects));
  const namespaces = new Set([...keys].flatMap((key) => (key.startsWith(NAMESPACE) ? [key.slice(NAMESPACE.length)] : [])));
  if (namespaces.size === 0) return ok(keys);
  for (const key of objects.keys()) {
    if (namespaces.has(namespaceOf(key))) keys.add(key);
    if (pace.isDue) await pace.rest();
  }
  return ok(keys);
}

function byPlace(removed: readonly NamedObject[]): ReadonlyMap<string, readonly NamedObject[]> {
  const all = new Map<string, NamedObject[]>();
  for (const one of removed) {
    const there = all.get(placeOf(one));
    if (there) there.push(one);
    else all.set(placeOf(one), [one]);
  }
  return all;
}

/** How the key of a namespace begins, before its name. */
const NAMESPACE = '/Namespace//';

/** The end of a key, behind the group. */
function placeOf({ kind, namespace, name }: NamedObject): string {
  return `/${kind}/${namespace}/${name}`;
}

function namespaceOf(key: string): string {
  const [, , namespace = ''] = key.split('/', 3);
  return namespace;
}

function kindOf(key: string): string {
  return key.split('/', 2)[1] ?? '';
}

function unknown({ text, kind, namespace, name }: NamedObject, objects: Objects): Problem {
  const known = [...objects.keys()].flatMap((key) => {
    const [, ofKind, place, own] = key.split('/');
    return ofKind?.toLowerCase() === kind.toLowerCase() ? [`${ofKind} ${place === '' ? '' : `${place}/`}${own}`] : [];
  });
  // Who names no namespace means an object of that name somewhere. Of a kind that nothing has, the kind is what was mistaken.
  const elsewhere = namespace === '' ? known.find((one) => one.endsWith(`/${name}`)) : undefined;
  if (elsewhere !== undefined) return notThere(text, `did you mean \`${elsewhere}\`?`);
  const hint = known.length > 0 ? didYouMeanHint(text, known) : didYouMeanHint(kind, new Set([...objects.keys()].map(kindOf)));
  return notThere(text, hint);
}

function notThere(text: string, hint: string | undefined): Problem {
  const told = hint === undefined ? {} : { hint };
  const message = `no object \`${text}\` is there to be deleted`;
  return problem('unknown-object', message, { ...told, errors: [{ pointer: '/delete', code: 'unknown-object', message, ...told }] });
}
