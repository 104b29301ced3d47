import type { ObjectRef } from '../kernel/object-ref.js';
import { type Finding, findingOf } from './finding.js';

/** A request that a proxy refuses for its path. */
export interface RefusedPathOfRequest {
  readonly policy: ObjectRef;
  /** Pointer to the list of HTTP rules. */
  readonly pointer: string;
  readonly message: string;
  /** As the request has it. */
  readonly path: string;
}

/** "A layer 7 request is permitted if at least one of the rules matches" (cilium layer7.rst): one more rule lets it through. */
export function requestFinding({ policy, pointer, message, path }: RefusedPathOfRequest): Finding {
  const value = { path: path.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`) };
  const patch = [{ op: 'add' as const, path: `${pointer}/-`, value }];
  return findingOf({
    code: 'POLICY_DENIED',
    object: policy,
    pointer,
    message,
    fix: { message: `let requests for ${path} through`, object: policy, patch, create: [] },
  });
}
