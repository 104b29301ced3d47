import { didYouMeanHint } from '../../kernel/did-you-mean.js';
import { type Problem, problem } from '../../kernel/problem.js';
import { err, ok, type Result } from '../../kernel/result.js';
import type { Group } from './listing-groups.js';

/** What netpol-analyzer calls the pods that serve Ingresses, where it is focused on. */
export const INGRESS_CONTROLLER = 'ingress-controller';

/** `Deployment shop/web`, or `shop/web[Deployment]` as netpol-analyzer writes it. */
const QUALIFIED = /^(?:\S+ )?([^\s[]+\/[^\s[]+)(?:\[.*\])?$/;

/** The workload that a listing is cut to: "keep edges with that workload as source or destination (`name` or `ns/name`)". */
export function focusOn(workload: string, groups: readonly Group[]): Result<(name: string) => boolean, Problem> {
  const focused = new Set<string>();
  const known = new Set<string>();
  for (const { name, external } of groups) {
    const qualified = external ? undefined : QUALIFIED.exec(name)?.[1];
    if (qualified === undefined) continue;
    known.add(qualified);
    if (qualified === workload || qualified.slice(qualified.indexOf('/') + 1) === workload) focused.add(name);
  }
  if (focused.size > 0) return ok((name) => focused.has(name));
  const hint = didYouMeanHint(workload, [...known]) ?? 'expected `<name>` or `<namespace>/<name>` of a workload or pod';
  const message = `there is no workload or pod \`${workload}\``;
  return err(problem('unknown-workload', message, { hint, errors: [{ pointer: '/workload', code: 'unknown-workload', message, hint }] }));
}
