import type { ObjectRef } from '../../../kernel/object-ref.js';
import { LINT_CODES, type LintCodeName } from '../../lint-codes.js';
import type { LintFinding, LintFix, RelatedRule } from '../../lint-result.js';
import type { Direction } from '../direction.js';

/** The findings of a check, one after the other; nothing now and then, as a pause. */
export type LintDrafts = Generator<LintDraft | undefined, void>;

/** A finding as a check makes it. */
export interface LintDraft {
  readonly code: LintCodeName;
  readonly object: ObjectRef;
  readonly pointer: string;
  readonly message: string;
  readonly direction?: Direction | undefined;
  readonly related?: readonly RelatedRule[] | undefined;
  readonly fix?: LintFix | undefined;
  /** Looks for a fix where that takes long: asked of those alone that are told. */
  readonly mend?: () => LintFix | undefined;
}

const RULE = /^\/spec\/(ingress|egress)\/(\d+)(?:\/|$)/;

/** Fills in what follows from the code and the pointer. */
export function findingOf(draft: LintDraft): LintFinding {
  const { code, object, pointer, message, related, fix, mend } = draft;
  const [, , position] = RULE.exec(pointer) ?? [];
  const where = directionOf(draft);
  return {
    code,
    severity: LINT_CODES[code].severity,
    object,
    pointer,
    rule: position === undefined ? null : Number(position),
    direction: where,
    message,
    related: related ?? [],
    fix: fix ?? mend?.() ?? null,
    fingerprint: [code, object.kind, object.namespace ?? '', object.name, pointer, where ?? ''].join(' '),
  };
}

/** The direction that it is about, if it is about one. */
export function directionOf({ pointer, direction }: LintDraft): Direction | null {
  const [, side] = RULE.exec(pointer) ?? [];
  return direction ?? (side === 'ingress' || side === 'egress' ? side : null);
}
