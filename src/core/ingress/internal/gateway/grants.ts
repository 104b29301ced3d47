import { inMap } from '../../../kernel/in-map.js';
import type { GatewayObjects } from '../../../model/gateway-objects.js';
import type { ObjectReference } from '../../../resources/gateway-reference.js';

/** Who refers to something. */
export interface Referrer {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
}

/** Whether an object may refer to another: always within a namespace, else by a ReferenceGrant in the other's (rule G27; `apis/v1/referencegrant_types.go`). */
export function isGranted({ grants }: GatewayObjects, from: Referrer, to: ObjectReference): boolean {
  const namespace = to.namespace ?? from.namespace;
  if (namespace === from.namespace) return true;
  const index = inMap(indexes, grants, () => indexOf(grants));
  const referrer = referrerKey(namespace, from);
  return [undefined, to.name].some((name) => areJoined(index, referrer, targetKey(to, name)));
}

type Grants = GatewayObjects['grants'];
type Target = Pick<ObjectReference, 'group' | 'kind'>;
type GrantsByKey = Map<string, Set<Grants[number]>>;

/** Grants by the namespace and who refers, and by what is referred to: references are many, and so may grants be, and their entries. */
interface GrantIndex {
  readonly byReferrer: GrantsByKey;
  readonly byTarget: GrantsByKey;
  /** What was found of a referrer and a target. */
  readonly found: Map<string, boolean>;
}

const indexes = new WeakMap<Grants, GrantIndex>();

function indexOf(grants: Grants): GrantIndex {
  const index: GrantIndex = { byReferrer: new Map(), byTarget: new Map(), found: new Map() };
  const add = (map: GrantsByKey, key: string, grant: Grants[number]) => inMap(map, key, () => new Set<Grants[number]>()).add(grant);
  for (const grant of grants) {
    for (const referrer of grant.from) add(index.byReferrer, referrerKey(grant.namespace, referrer), grant);
    for (const target of grant.to) add(index.byTarget, targetKey(target, target.name), grant);
  }
  return index;
}

/** Whether one grant has both; the shorter list is gone through. */
function areJoined({ byReferrer, byTarget, found }: GrantIndex, referrer: string, target: string): boolean {
  const key = `${referrer} ${target}`;
  const known = found.get(key);
  if (known !== undefined) return known;
  const [of = NONE, to = NONE] = [byReferrer.get(referrer), byTarget.get(target)];
  const [few, many] = of.size < to.size ? [of, to] : [to, of];
  const joined = [...few].some((grant) => many.has(grant));
  found.set(key, joined);
  return joined;
}

const NONE: ReadonlySet<Grants[number]> = new Set();

const referrerKey = (namespace: string, from: Referrer) => JSON.stringify([namespace, from.group, from.kind, from.namespace]);

/** Without a name: every object of the kind. */
const targetKey = ({ group, kind }: Target, name: string | undefined) => JSON.stringify([group, kind, name]);
