import { compareBy } from '../kernel/compare.js';
import type { Severity } from '../kernel/diagnostic.js';
import type { JsonObject } from '../kernel/json.js';
import type { ObjectRef } from '../kernel/object-ref.js';
import type { PatchStep } from '../kernel/patch-step.js';
import { FINDING_CODE_NAMES, FINDING_CODES, type FindingCodeName } from './finding-codes.js';

/** A change that makes the finding go away: objects to be patched and created as they would be in Git. */
export interface FindingFix {
  readonly message: string;
  /** The object that the patch is for: that of the finding, or the workload that makes its pods. */
  readonly object: ObjectRef;
  /** Empty where objects are created only. */
  readonly patch: readonly PatchStep[];
  /** Manifests of objects to be created beside. */
  readonly create: readonly JsonObject[];
}

/** A place of an object. */
export interface FindingPlace {
  readonly object: ObjectRef;
  /** JSON pointer; empty: the object as a whole. */
  readonly pointer: string;
}

/** Something wrong or suspicious about a service or a name. */
export interface Finding extends FindingPlace {
  readonly code: FindingCodeName;
  /** That of the code; `error` where it is what a request fails of. */
  readonly severity: Severity;
  readonly message: string;
  /** The pods, policies or services that it is about beside, the first few of many. */
  readonly related: readonly FindingPlace[];
  /** Null where no patch mends it. */
  readonly fix: FindingFix | null;
  /** Stays the same while code, object and place do. */
  readonly fingerprint: string;
}

/** A finding as a check makes it. */
export interface FindingDraft extends FindingPlace {
  readonly code: FindingCodeName;
  readonly message: string;
  readonly severity?: Severity | undefined;
  readonly related?: readonly FindingPlace[] | undefined;
  readonly fix?: FindingFix | undefined;
}

/** How many related places a finding names. */
const MOST_RELATED = 5;

/** Fills in what follows from the code and the place. */
export function findingOf({ code, object, pointer, message, severity, related, fix }: FindingDraft): Finding {
  return {
    code,
    severity: severity ?? FINDING_CODES[code].severity,
    object,
    pointer,
    message,
    related: (related ?? []).slice(0, MOST_RELATED),
    fix: fix ?? null,
    fingerprint: [code, object.kind, object.namespace ?? '', object.name, pointer].join(' '),
  };
}

/** From the gravest to the least. */
export const GRAVITY: readonly Severity[] = ['error', 'warning', 'info'];

/** Gravest first, then in the order of the codes and objects. */
export const inOrderOfGravity = compareBy<Finding>(
  ({ severity }) => GRAVITY.indexOf(severity),
  ({ code }) => FINDING_CODE_NAMES.indexOf(code),
  ({ object }) => object.kind,
  ({ object }) => object.namespace ?? '',
  ({ object }) => object.name,
  ({ pointer }) => pointer.replaceAll(/\d+/g, (digits) => digits.padStart(6, '0')),
);
