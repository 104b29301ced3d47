import { isOut } from '../parties.js';
import type { LintDrafts } from './draft.js';
import type { Effects } from './effects.js';
import { countOf, type LintContext } from './lint-context.js';

/** Workloads of which a pod is selected by no policy: everybody may reach it, and it may reach everybody. */
export function* uncoveredWorkloads({ model, index, namespace }: LintContext, { covered }: Effects): LintDrafts {
  for (const workload of model.workloads) {
    yield;
    if (namespace !== undefined && workload.namespace !== namespace) continue;
    let open = 0;
    for (const id of workload.pods) {
      const pod = model.pods[id];
      if (!pod || isOut(model, pod) || index.isHost(pod)) continue;
      if (!index.classesOf(pod).some((one) => covered.has(one.id))) open++;
    }
    if (open === 0) continue;
    const message = `no policy selects ${open === workload.pods.length ? `its ${countOf(open, 'pod')}` : `${open} of its ${workload.pods.length} pods`}: everybody may reach them, and they may reach everybody`;
    yield { code: 'POL-UNCOVERED-WORKLOAD', object: workload.ref, pointer: '', message };
  }
}
