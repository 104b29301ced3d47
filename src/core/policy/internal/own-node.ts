import { ALL_CONNECTIONS, type ConnectionSet, NO_CONNECTIONS } from './connection-set.js';
import type { Direction } from './direction.js';
import type { PolicyBook } from './policy-book.js';
import type { PolicyEndpoint } from './policy-endpoint.js';

/** What one side's policies leave between a node and a pod that runs on it, where none of them is asked (`judgeDirection` names why); undefined: they decide. */
export function ownNodeAllows(
  { settings, calico }: Pick<PolicyBook, 'calico' | 'settings'>,
  direction: Direction,
  subject: PolicyEndpoint,
): ConnectionSet | undefined {
  if (subject.kind === 'pod') return direction === 'ingress' && settings.nodeToOwnPod ? ALL_CONNECTIONS : undefined;
  if (!calico || subject.kind === 'address') return undefined;
  return direction === 'ingress' && calico.hosts.endpointToHost(subject.node).drops ? NO_CONNECTIONS : ALL_CONNECTIONS;
}
