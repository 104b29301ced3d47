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
  const granted = inMap(byReferrer, grants, () => grantedTo(grants)).get(referrerKey(namespace, from));
  return granted !== undefined && (granted.has(targetKey(to, undefined)) || granted.has(targetKey(to, to.name)));
}

type Grants = GatewayObjects['grants'];
type Target = Pick<ObjectReference, 'group' | 'kind'>;

/** What may be referred to in a namespace, by the namespace and who refers: references are many, and so may grants be. */
const byReferrer = new WeakMap<Grants, ReadonlyMap<string, ReadonlySet<string>>>();

function grantedTo(grants: Grants): ReadonlyMap<string, ReadonlySet<string>> {
  const granted = new Map<string, Set<string>>();
  for (const { namespace, from, to } of grants)
    for (const referrer of from) {
      const targets = inMap(granted, referrerKey(namespace, referrer), () => new Set<string>());
      for (const target of to) targets.add(targetKey(target, target.name));
    }
  return granted;
}

const referrerKey = (namespace: string, from: Referrer) => JSON.stringify([namespace, from.group, from.kind, from.namespace]);

/** Without a name: every object of the kind. */
const targetKey = ({ group, kind }: Target, name: string | undefined) => JSON.stringify([group, kind, name]);
