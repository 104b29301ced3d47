import type { Note } from '../../core/kernel/answer.js';
import { firstFew } from '../../core/kernel/first-few.js';
import { identityKey, identityOf } from '../imports/object-identity.js';
import type { ChangedRevision } from './change-revision.js';
import type { ObjectChanges } from './object-changes.js';

/** So many kinds are told. */
const MOST_TOLD = 3;

/** What an answer says of the state that it is about. */
export function whatIfNote({ applied }: ObjectChanges, { added, removed, revision, objects }: ChangedRevision): Note {
  const kinds = unmodelledKinds(applied, objects);
  const parts = [
    ...(applied.length === 0 ? [] : [`${applied.length} applied (${added} of them new, and younger than all there are)`]),
    ...(removed === 0 ? [] : [`${removed} deleted`]),
    ...(kinds.length === 0 ? [] : [`of which ${firstFew(kinds, MOST_TOLD)} is not modelled and changes no answer`]),
  ];
  return {
    code: 'WHAT_IF',
    message: `revision ${revision} as it would be with objects changed, ${parts.join(', ')}: nothing of it is stored`,
  };
}

function unmodelledKinds(applied: ObjectChanges['applied'], objects: ChangedRevision['objects']): readonly string[] {
  const kinds = applied.flatMap((object) => {
    const identity = identityOf(object);
    const { kind, group } = identity;
    return objects.get(identityKey(identity))?.resource ? [] : [`\`${group === '' ? kind : `${kind}.${group}`}\``];
  });
  return [...new Set(kinds)];
}
