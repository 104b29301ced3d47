import type { Question } from './question.js';

/** Every question the product answers, by name. Both doors, OpenAPI and the parity test read this list. */
export const QUESTIONS: readonly Question[] = [];
