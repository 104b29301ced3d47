import { z } from 'zod';

/** The most text that is supposed to be applied. */
const MOST_CHARACTERS = 262_144;

/** Parameters of a question that can be asked of a state as it would be. */
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
      'what if these objects were gone: `Ingress shop/web`, `IngressClass nginx`, with their group where several have the kind, `Gateway.gateway.networking.k8s.io shop/edge`; with a `Namespace` goes all that is in it, and what controllers would do then is not supposed',
    ),
};

/** What is supposed of a state before a question is asked of it. */
export interface Supposed {
  readonly apply: string | undefined;
  readonly delete: readonly string[];
  /** The state that is asked, or the one that it is compared with. */
  readonly of: 'asked' | 'compared';
}

type WhatIf = { readonly apply?: string | undefined; readonly delete?: readonly string[] | undefined };

/** What is supposed, as the question that was understood repeats it; nothing where nothing is. */
export function supposedText({ apply, delete: gone }: WhatIf): {
  readonly apply?: string | null;
  readonly delete?: readonly string[] | null;
} {
  return apply === undefined && gone === undefined ? {} : { apply: apply ?? null, delete: gone ?? null };
}

/** What the parameters of a question suppose; undefined: nothing. */
export function supposedOf({ apply, delete: gone = [] }: WhatIf, of: Supposed['of']): Supposed | undefined {
  return apply === undefined && gone.length === 0 ? undefined : { apply, delete: gone, of };
}
