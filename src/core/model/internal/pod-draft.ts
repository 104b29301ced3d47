import type { ModelPod } from '../network-model.js';

/** A model pod in the making: the compiler's steps fill in node, addresses and, at the end, the numbers. */
export type PodDraft = { -readonly [K in keyof ModelPod]: ModelPod[K] };

/** Stands for a number that is not known yet. */
export const UNNUMBERED = -1;
