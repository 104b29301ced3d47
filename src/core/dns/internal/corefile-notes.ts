import type { Note } from '../../kernel/answer.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { CorefileProblem } from '../../model/kubernetes-plugin.js';
import type { NodeLocalPlan } from './node-local-plan.js';
import { blockOf, type ServerPlan, serverPlan } from './server-plan.js';
import type { Walk } from './take-walk.js';

/** What of the Corefile is not understood and could change an answer of the walk: lines of the blocks that were asked, and lines between blocks. */
export function corefileNotes(model: NetworkModel, nodeLocal: NodeLocalPlan | undefined, { tried }: Walk): readonly Note[] {
  const plan = serverPlan(model);
  const names = tried.map(({ step }) => step.name.toLowerCase());
  const own = [...plan.problems, ...problemsOf(plan, names)].map((problem) => noteOf(problem, 'the Corefile'));
  const front = nodeLocal ? problemsOf(nodeLocal, names) : [];
  return [...own, ...front.map((problem) => noteOf(problem, 'NodeLocal DNSCache’s Corefile'))];
}

function problemsOf(plan: Pick<ServerPlan, 'blocks'>, names: readonly string[]): readonly CorefileProblem[] {
  return [...new Set(names.map((name) => blockOf(plan, name)))].flatMap((block) => block?.problems ?? []);
}

function noteOf({ line, plugin, message }: CorefileProblem, file: string): Note {
  return { code: 'COREFILE_NOT_UNDERSTOOD', message: line === 0 ? message : `line ${line} of ${file}, \`${plugin}\`: ${message}` };
}
