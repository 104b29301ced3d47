import { compareBy } from '../../core/kernel/compare.js';
import type { KindCount, ObjectChange, RevisionStatistics } from './revision.js';

/** How many objects of a kind a write changed in one way. */
export interface ChangeCount extends KindCount {
  readonly change: ObjectChange['change'];
}

/** The statistics of a revision: those of its parent, and what the write changed. */
export function countChanges(parent: readonly KindCount[], changes: readonly ChangeCount[]): RevisionStatistics {
  const counts = new Map(parent.map((count) => [`${count.kind}/${count.group}`, count.objects]));
  const total = { added: 0, changed: 0, removed: 0 };
  for (const { group, kind, change, objects } of changes) {
    total[change] += objects;
    const difference = change === 'added' ? objects : change === 'removed' ? -objects : 0;
    const key = `${kind}/${group}`;
    counts.set(key, (counts.get(key) ?? 0) + difference);
  }
  const kinds = [...counts].flatMap(([key, objects]): KindCount[] => {
    const slash = key.indexOf('/');
    return objects === 0 ? [] : [{ group: key.slice(slash + 1), kind: key.slice(0, slash), objects }];
  });
  kinds.sort(
    compareBy(
      ({ kind }) => kind,
      ({ group }) => group,
    ),
  );
  const objects = kinds.reduce((sum, count) => sum + count.objects, 0);
  return { objects, ...total, unchanged: objects - total.added - total.changed, kinds };
}
