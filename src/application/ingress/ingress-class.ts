import { z } from 'zod';
import {
  classOfIngress,
  INGRESS_CLASS_REASONS,
  INGRESS_CLASS_VERDICTS,
  type IngressClassResult,
} from '../../core/ingress/class-of-ingress.js';
import { qualifiedName } from '../../core/kernel/object-ref.js';
import { atParameter } from '../../core/kernel/problem-place.js';
import { ok } from '../../core/kernel/result.js';
import { defineQuestion } from '../questions/question.js';
import { qualifiedNameIn } from './qualified-name.js';

const input = z.strictObject({ ingress: z.string().min(1).max(507).describe('the Ingress, `namespace/name`') });

const result: z.ZodType<IngressClassResult> = z.object({
  ingress: z.string().describe('`namespace/name`'),
  class: z.string().nullable(),
  source: z.enum(['annotation', 'field', 'defaulted', 'none']).describe('what names the class; `defaulted`: filled in at creation'),
  handled: z.boolean().nullable().describe('whether some controller serves the Ingress; null where the model cannot tell'),
  controller: z.string().nullable(),
  dialect: z.string().nullable().describe('the rules by which its controller routes, as far as known'),
  defaultedClass: z.string().nullable().describe('the class the API server would fill in if the object were created now'),
  loadBalancer: z.array(z.string()).describe('addresses a controller has written to the status'),
});

/** Which class an Ingress belongs to, and whether anybody serves it. */
export const ingressClassQuestion = defineQuestion({
  name: 'ingress-class',
  room: 'ingress',
  title: 'Which class does an Ingress belong to, and does a controller serve it',
  input,
  result,
  verdicts: INGRESS_CLASS_VERDICTS,
  reasons: INGRESS_CLASS_REASONS,
  examples: [{ title: 'The class of the storefront', cluster: 'harbor', input: { ingress: 'shop/storefront' } }],
  ask(context, given) {
    const known = context.model.ingresses.map(({ ref }) => qualifiedName(ref));
    const named = qualifiedNameIn('ingress', 'Ingress', given.ingress, known);
    if (!named.ok) return named;
    const answer = atParameter('ingress', classOfIngress(context.model, named.value.namespace, named.value.name));
    return answer.ok ? ok({ question: { ingress: given.ingress }, answer: answer.value }) : answer;
  },
});
