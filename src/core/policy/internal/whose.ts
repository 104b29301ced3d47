import type { PolicyEndpoint } from './policy-endpoint.js';

type Tells = (kind: PolicyEndpoint['kind'], onNode: boolean) => boolean;

const WHOSE = {
  everybody: () => true,
  'all but its own node': (kind, onNode) => kind !== 'host' || !onNode,
  'its own node': (kind, onNode) => kind === 'host' && onNode,
  'all but pods': (kind) => kind !== 'pod',
  pods: (kind) => kind === 'pod',
  'pods of other nodes': (kind, onNode) => kind === 'pod' && !onNode,
  'other nodes and outside': (kind, onNode) => kind !== 'pod' && !onNode,
  'other nodes and their pods': (kind, onNode) => kind !== 'address' && !onNode,
  outside: (kind) => kind === 'address',
} as const satisfies Readonly<Record<string, Tells>>;

/** Whose packets pass somewhere, seen from an endpoint: that hangs on what the other side is, and on whether both are on one node. */
export type Whose = keyof typeof WHOSE;

/** Whether packets of such another side pass there. */
export function isAmong(whose: Whose, kind: PolicyEndpoint['kind'], onNode: boolean): boolean {
  return WHOSE[whose](kind, onNode);
}

/** The node of an endpoint, or the one that it is, as far as is known. */
export function nodeOf(endpoint: PolicyEndpoint): string | undefined {
  return endpoint.kind === 'address' ? undefined : endpoint.node;
}

/** Whether the two are on one node, or one of them is that of the other, as far as is known. */
export function onNodeOf(endpoint: PolicyEndpoint, other: PolicyEndpoint): boolean {
  const node = nodeOf(endpoint);
  return node !== undefined && node === nodeOf(other);
}
