import { didYouMeanHint } from '../../kernel/did-you-mean.js';
import { type Problem, problem } from '../../kernel/problem.js';
import { err, ok, type Result } from '../../kernel/result.js';
import type { ConnectivityQuestion } from '../connectivity-result.js';
import type { Group } from './listing-groups.js';

/** What netpol-analyzer calls the pods that serve Ingresses, where it is focused on. */
const INGRESS_CONTROLLER = 'ingress-controller';
/** The same in a listing: "an unlabelled pod in a namespace without user labels and that no policy selects". */
export const CONTROLLER_ROW = '{ingress-controller}';

/** `Deployment shop/web`, or `shop/web[Deployment]` as netpol-analyzer writes it. */
const QUALIFIED = /^(?:\S+ )?([^\s[]+\/[^\s[]+)(?:\[.*\])?$/;

/** What a listing may be cut to, as netpol-analyzer's options are. */
export type Focus = Pick<ConnectivityQuestion, 'workload' | 'peer' | 'direction' | 'format'>;

/** The workloads of a list of names, `web`, `shop/web`, with commas between. Fails with `unknown-workload` where one does not exist. */
export function focusOn(workload: string, groups: readonly Group[], pointer = '/workload'): Result<(name: string) => boolean, Problem> {
  const byName = new Map<string, string[]>();
  const known = new Set<string>();
  for (const { name, external } of groups) {
    const qualified = external ? undefined : QUALIFIED.exec(name)?.[1];
    if (qualified === undefined) continue;
    known.add(qualified);
    for (const one of [qualified, qualified.slice(qualified.indexOf('/') + 1)]) byName.set(one, [...(byName.get(one) ?? []), name]);
  }
  const focused = new Set<string>();
  for (const one of namesIn(workload)) {
    const found = byName.get(one);
    if (!found) return err(unknownWorkload(one, [...known], pointer));
    for (const name of found) focused.add(name);
  }
  return ok((name) => focused.has(name));
}

/**
 * Which pairs are listed: one side is among the workloads, and the other among their peers, where these are named; with a direction the workloads are what
 * receives, or what sends (netpol-analyzer `pkg/netpol/connlist/connlist.go`, `includePairOfWorkloads`). Undefined: all of them.
 */
export function focusedPairs(
  { workload, peer, direction, format }: Focus,
  groups: readonly Group[],
): Result<((from: string, to: string) => boolean) | undefined, Problem> {
  if (workload === undefined) return ok(undefined);
  const netpol = format === 'netpol-analyzer';
  const focus = sideOf(workload, groups, netpol, '/workload');
  if (!focus.ok) return focus;
  const peers = peer === undefined ? ok(() => true) : sideOf(peer, groups, netpol, '/peer');
  if (!peers.ok) return peers;
  return ok((from, to) => {
    if (direction === 'ingress' && !focus.value(to)) return false;
    if (direction === 'egress' && !focus.value(from)) return false;
    return (focus.value(from) && peers.value(to)) || (focus.value(to) && peers.value(from));
  });
}

/** The same, with the ingress controller, whose rows do not come from groups. */
function sideOf(names: string, groups: readonly Group[], netpol: boolean, pointer: string): Result<(name: string) => boolean, Problem> {
  const others = namesIn(names).filter((one) => !netpol || one !== INGRESS_CONTROLLER);
  const controller = others.length < namesIn(names).length;
  if (others.length === 0) return ok((name) => name === CONTROLLER_ROW);
  const found = focusOn(others.join(), groups, pointer);
  return found.ok ? ok((name) => found.value(name) || (controller && name === CONTROLLER_ROW)) : found;
}

function namesIn(list: string): readonly string[] {
  return list.split(',').map((name) => name.trim());
}

function unknownWorkload(name: string, known: readonly string[], pointer: string): Problem {
  const hint = didYouMeanHint(name, known) ?? 'expected `<name>` or `<namespace>/<name>` of a workload or pod';
  const message = `there is no workload or pod \`${name}\``;
  return problem('unknown-workload', message, { hint, errors: [{ pointer, code: 'unknown-workload', message, hint }] });
}
