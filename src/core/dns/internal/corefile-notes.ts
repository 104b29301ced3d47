import type { Note } from '../../kernel/answer.js';
import type { NetworkModel } from '../../model/network-model.js';
import { blockOf, serverPlan } from './server-plan.js';
import type { Walk } from './take-walk.js';

/** What of the Corefile is not understood and could change an answer of the walk: lines of the blocks that were asked, and lines between blocks. */
export function corefileNotes(model: NetworkModel, { tried }: Walk): readonly Note[] {
  const plan = serverPlan(model);
  const blocks = new Set(tried.map(({ step }) => blockOf(plan, step.name.toLowerCase())));
  const problems = [...plan.problems, ...[...blocks].flatMap((block) => block?.problems ?? [])];
  return problems.map(({ line, plugin, message }) => ({
    code: 'COREFILE_NOT_UNDERSTOOD',
    message: `line ${line} of the Corefile, \`${plugin}\`: ${message}`,
  }));
}
