import { z } from 'zod';
import type { NumberOperation, NumberWorld } from '../../core/ipam/simulate-numbers.js';

/** AS numbers have 32 bits. */
const number = z.coerce.number().int().min(0).max(4_294_967_295);
const repeat = z.coerce.number().int().min(1).max(200_000).default(1);

/** The numbers that are given out. */
export const numberWorldSchema: z.ZodType<NumberWorld> = z.strictObject({
  first: number.default(1),
  last: number.default(4094).describe('the default is the last VLAN id'),
  used: z.array(number).max(100_000).default([]),
});

/** One step. */
export const numberOperationSchema: z.ZodType<NumberOperation> = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('allocate'), count: z.coerce.number().int().min(1).max(100_000).default(1), repeat }),
  z.strictObject({ op: z.literal('release'), number, repeat }),
  z.strictObject({ op: z.literal('free'), repeat }),
]);
