/** One entry of `status.conditions`, without times. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

/** A condition that holds. */
export function holds(type: string, reason: string, message: string): Condition {
  return { type, status: 'True', reason, message };
}

/** A condition that does not hold. */
export function fails(type: string, reason: string, message: string): Condition {
  return { type, status: 'False', reason, message };
}
