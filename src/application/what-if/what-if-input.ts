import { z } from 'zod';

/** The most text that is supposed to be applied. */
const MOST_CHARACTERS = 262_144;

/** Parameters of every question that is asked of a model: each can be asked of a state as it would be. */
export const whatIfInput = {
  apply: z
    .string()
    .min(1)
    .max(MOST_CHARACTERS)
    .optional()
    .describe('what if these manifests were applied: YAML or JSON, as an import takes them; nothing is stored'),
  delete: z
    .preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.string().min(1).max(600)).min(1).max(1000))
    .optional()
    .describe(
      'what if these objects were gone: `Ingress shop/web`, `IngressClass nginx`, with their group where several have the kind, `Gateway.gateway.networking.k8s.io shop/edge`; with a `Namespace` goes all that is in it, with an owner what belongs to it',
    ),
};

/** The same for a question that compares a state with one that is supposed. */
export const comparedWhatIfInput: typeof whatIfInput = {
  apply: whatIfInput.apply.describe(
    'the second side is a state to which these manifests were applied: YAML or JSON, as an import takes them; nothing is stored',
  ),
  delete: whatIfInput.delete.describe(
    'the second side is a state without these objects: `Ingress shop/web`; with a `Namespace` goes all that is in it',
  ),
};

/** What is supposed of a state before a question is asked of it. */
export interface Supposed {
  readonly apply: string | undefined;
  readonly delete: readonly string[];
}

/** What the input of a question supposes; undefined: nothing. */
export function supposedOf({ apply, delete: gone }: Readonly<Record<string, unknown>>): Supposed | undefined {
  if (apply === undefined && gone === undefined) return undefined;
  return { apply: typeof apply === 'string' ? apply : undefined, delete: Array.isArray(gone) ? gone.map(String) : [] };
}

/** The input without what it supposes: no question reads that itself. */
export function withoutSupposed<T extends Readonly<Record<string, unknown>>>(input: T): Omit<T, 'apply' | 'delete'> {
  const { apply: _, delete: __, ...own } = input;
  return own;
}

/** What is supposed, as the question that was understood repeats it. */
export function supposedText({ apply, delete: gone }: Supposed): Readonly<Record<string, unknown>> {
  return { apply: apply ?? null, delete: gone.length === 0 ? null : gone };
}
