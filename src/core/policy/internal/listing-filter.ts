import type { Note } from '../../kernel/answer.js';
import type { Problem } from '../../kernel/problem.js';
import { err, ok, type Result } from '../../kernel/result.js';
import type { Steps } from '../../kernel/steps.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { ConnectivityQuestion } from '../connectivity-result.js';
import { askedAt, behindServiceOnly, parseAskedPort, unknownPortName } from './asked-ports.js';
import { type ConnectionSet, NO_CONNECTIONS, unionConnections } from './connection-set.js';
import { type Group, type GroupClass, GroupBuilder, listingGroups } from './listing-groups.js';
import { isOut } from './parties.js';
import type { PolicyIndex } from './policy-index.js';
import { serviceTargets } from './service-targets.js';

/** What a listing is cut to. */
export interface ListingFilter {
  /** The destinations, where services name them; otherwise undefined. */
  readonly groups: readonly Group[] | undefined;
  /** What is asked for at a destination; undefined: everything. */
  readonly askedOf: (destination: GroupClass) => ConnectionSet | undefined;
  readonly warnings: readonly Note[];
}

/** Reads protocol, port and services of the question. */
export function* askedOfListing(
  model: NetworkModel,
  index: PolicyIndex,
  question: ConnectivityQuestion,
): Steps<Result<ListingFilter, Problem>> {
  const { protocol, to } = question;
  const port = parseAskedPort(to?.port ?? question.port);
  if (!port.ok) return port;
  const refused = to && behindServiceOnly(to, protocol);
  if (refused) return err(refused);
  if (to && to.services.length > 0) return behindServices(model, index, question, port.value);
  if (protocol === undefined && port.value === undefined) return ok({ groups: undefined, askedOf: () => undefined, warnings: [] });
  const askedOf = ({ class: one }: GroupClass) => askedAt(one.endpoint, protocol, port.value) ?? NO_CONNECTIONS;
  if (typeof port.value === 'string' && to) {
    const classes = (yield* listingGroups(model, index, question, 'to', to)).flatMap((group) => [...group.classes.values()]);
    const offered = classes.some((one) => askedAt(one.class.endpoint, protocol, port.value) !== undefined);
    if (!offered) {
      return err(
        unknownPortName(
          port.value,
          classes.map((one) => one.class.endpoint),
        ),
      );
    }
  }
  return ok({ groups: undefined, askedOf, warnings: [] });
}

/** A service stands for its endpoints and their target ports. */
function behindServices(
  model: NetworkModel,
  index: PolicyIndex,
  { protocol, to, level, port: written }: ConnectivityQuestion,
  port: number | string | undefined,
): Result<ListingFilter, Problem> {
  const builder = new GroupBuilder();
  const asked = new Map<number, ConnectionSet>();
  const warnings: Note[] = [];
  for (const key of to?.services ?? []) {
    const service = model.services.get(key);
    if (!service) continue;
    const targets = serviceTargets(model, index, service, protocol, port);
    if (!targets.ok) return targets;
    const seen = new Set<string>();
    for (const target of targets.value) {
      const { pod, name, owner, node } = target.member;
      if (pod && isOut(model, pod)) continue;
      const group = level === 'workload' ? owner : level === 'namespace' && pod ? `Namespace ${pod.namespace}` : name;
      if (!seen.has(`${target.class.id} ${name}`)) builder.add(group, [target.class], node, pod === undefined && node === undefined);
      seen.add(`${target.class.id} ${name}`);
      asked.set(target.class.id, unionConnections(asked.get(target.class.id) ?? NO_CONNECTIONS, target.asked));
    }
    if (targets.value.length === 0) warnings.push({ code: 'SERVICE_WITHOUT_ENDPOINTS', message: `Service ${key} has no ready endpoint` });
  }
  // Without a port the listing is of all connections to the pods behind.
  const cut = port !== undefined || written !== undefined;
  return ok({ groups: builder.list(), askedOf: ({ class: one }) => (cut ? asked.get(one.id) : undefined), warnings });
}
