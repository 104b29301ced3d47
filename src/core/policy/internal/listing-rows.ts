import type { Note } from '../../kernel/answer.js';
import { firstFew } from '../../kernel/first-few.js';
import type { Steps } from '../../kernel/steps.js';
import { connectionBoxes } from './connection-boxes.js';
import { coversConnections, type ConnectionSet, connectionsOf, formatConnections, noConnections } from './connection-set.js';
import type { AllowedConnection, ConnectivityQuestion } from '../connectivity-result.js';
import type { NetworkModel } from '../../model/network-model.js';
import { focusedPairs } from './listing-focus.js';
import type { ListedPair } from './compare-groups.js';
import { netpolGroups } from './netpol-groups.js';
import { ingressControllerPairs } from './netpol-ingress.js';
import type { PolicyIndex } from './policy-index.js';

/** A row of the table. */
export function connectionRow({ from, to, connections, asked, partial }: ListedPair, enforced: boolean, boxed = false): AllowedConnection {
  const policyConnection = formatConnections(connections);
  const everything = formatConnections(asked);
  return {
    from: from.name,
    to: to.name,
    connection: enforced ? policyConnection : everything,
    policyConnection,
    partial: enforced && partial,
    boxes: boxed ? connectionBoxes(enforced ? connections : asked) : null,
  };
}

/** A connection as netpol-analyzer lists it, before it is written. */
export interface NamedConnection {
  readonly from: string;
  readonly to: string;
  readonly connections: ConnectionSet;
}

/** `[source, destination, connections]`; without the third where the listing is focused on a connection, and then only what includes it. */
export function netpolRows(pairs: readonly NamedConnection[], { connection }: ConnectivityQuestion): readonly (readonly string[])[] {
  const wanted = connection && connectionsOf(connection.protocol, connection.port, connection.port);
  return pairs
    .filter(({ connections }) => !noConnections(connections) && (!wanted || coversConnections(connections, wanted)))
    .map(({ from, to, connections }) => (wanted ? [from, to] : [from, to, formatConnections(connections)]));
}

/** The name netpol-analyzer gives a pair. */
export function namedConnection({ from, to, connections }: ListedPair): NamedConnection {
  return { from: from.name, to: to.name, connections };
}

/** How many workloads a note names. */
const FEW = 5;

/** Workloads of which nothing is listed though an Ingress or a Route names them: nobody knows whether policies let its controller in. */
export function blockedBackends(served: readonly NamedConnection[]): readonly Note[] {
  const blocked = served.filter(({ connections }) => noConnections(connections)).map(({ to }) => to);
  if (blocked.length === 0) return [];
  const message = `an Ingress or Route serves ${firstFew(blocked, FEW)}, and policies let in no arbitrary pod: \`{ingress-controller}\` is not listed with them, though they may let the real one in by its labels`;
  return [{ code: 'INGRESS_BLOCKED', message }];
}

/** What the serving pods of Ingresses and Routes reach, as far as the listing is not cut to something else. */
export function* servedConnections(
  model: NetworkModel,
  index: PolicyIndex,
  question: ConnectivityQuestion,
): Steps<readonly NamedConnection[]> {
  const pairs = yield* ingressControllerPairs(model, index);
  if (question.workload === undefined) return pairs;
  const focus = focusedPairs(question, yield* netpolGroups(model, index, 'to'));
  return focus.ok ? pairs.filter(({ from, to }) => focus.value?.(from, to) !== false) : [];
}
