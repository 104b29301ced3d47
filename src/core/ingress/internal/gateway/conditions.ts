import type { Condition, GatewayStatusResult } from '../../gateway-status-result.js';

/** A condition that holds. Of which generation it is the status says that shows it ({@link aboutGeneration}). */
export function holds(type: string, reason: string, message: string): Condition {
  return { type, status: 'True', reason, message, observedGeneration: null };
}

/** A condition that does not hold. */
export function fails(type: string, reason: string, message: string): Condition {
  return { type, status: 'False', reason, message, observedGeneration: null };
}

/** A status of which every condition, of listeners and parents too, is about one generation of its object (rule G44). */
export function aboutGeneration(status: GatewayStatusResult, generation: number | undefined): GatewayStatusResult {
  const told = <T extends { readonly conditions: readonly Condition[] }>(part: T): T => ({
    ...part,
    conditions: part.conditions.map((condition) => ({ ...condition, observedGeneration: generation ?? null })),
  });
  return { ...told(status), listeners: status.listeners?.map(told) ?? null, parents: status.parents?.map(told) ?? null };
}
