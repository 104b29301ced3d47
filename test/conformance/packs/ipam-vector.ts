/** A value of the pack: text, numbers (those beyond 2^53 as text), lists. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };

/** A value as the pack writes it in text: what is no text is JSON. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** What must hold of a call or a step (the pack's README, "expect"). */
export interface Expectation {
  readonly ok?: true;
  readonly error?: string;
  readonly message?: string;
  readonly messagePrefix?: string;
  readonly messageContains?: string;
  readonly value?: Json;
  /** Code of a warning that comes with the value. */
  readonly warning?: string;
  readonly match?: { readonly [name: string]: Json };
  readonly count?: number;
  readonly first?: Json;
  readonly distinct?: true;
  readonly set?: readonly Json[];
  readonly in?: readonly Json[];
  readonly notIn?: readonly Json[];
  readonly sameAs?: string;
  readonly notSameAs?: string;
  readonly notSameAsAny?: readonly string[];
  readonly sameAsOneOf?: readonly string[];
  readonly sameSequenceAs?: string;
  readonly hasAll?: readonly string[] | string;
  readonly failures?: number;
  readonly attempts?: number;
  readonly state?: { readonly [name: string]: Json };
  readonly available?: { readonly [name: string]: Json };
  readonly contains?: readonly Json[];
  readonly excludes?: readonly Json[];
  readonly v4?: FamilyExpectation;
  readonly v6?: FamilyExpectation;
  readonly unallocated?: readonly Json[];
  readonly released?: number;
  readonly byHandle?: { readonly [handle: string]: Json };
  readonly status?: number;
  readonly claimed?: number;
  readonly failed?: number;
}

/** What must hold of the addresses of one family. */
export interface FamilyExpectation {
  readonly count?: number;
  readonly messages?: readonly string[];
  readonly in?: readonly Json[];
  readonly notIn?: readonly Json[];
}

/** One step of a sequence; its further members are arguments. */
export interface Step {
  readonly op: string;
  readonly expect: Expectation;
  readonly repeat?: number;
  readonly as?: string;
  readonly [argument: string]: unknown;
}

/** One case: a call of a function, or operations on a fresh world. */
export type Vector = { readonly id: string } & (
  | { readonly kind: 'eval'; readonly fn: string; readonly input: { readonly [name: string]: Json }; readonly expect: Expectation }
  | {
      readonly kind: 'sequence';
      readonly model: string;
      readonly world: { readonly [name: string]: Json };
      readonly steps: readonly Step[];
    }
);

/** What a call or a step came to. */
export interface Actual {
  readonly results: readonly Json[];
  readonly error: { readonly code: string; readonly message: string } | null;
  /** Codes. */
  readonly warnings?: readonly string[];
  readonly failures?: number;
  readonly attempts?: number;
  readonly state?: { readonly [name: string]: Json };
  /** Of the last result. */
  readonly members?: { readonly [name: string]: Json | undefined } | undefined;
  /** What each run gave of each family. */
  readonly families?: Readonly<Record<'v4' | 'v6', readonly { readonly [name: string]: Json | undefined }[]>>;
  /** Lists that later steps may refer to, `$step.name`. */
  readonly named?: { readonly [name: string]: readonly Json[] };
}

/** Operations on a fresh world. */
export type Sequence = Extract<Vector, { kind: 'sequence' }>;
/** Results of earlier steps, by the names that later ones refer to. */
export type Earlier = ReadonlyMap<string, readonly Json[]>;
