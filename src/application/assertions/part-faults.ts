import { z } from 'zod';
import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { isJsonObject, type Json } from '../../core/kernel/json.js';
import type { ProblemDetail } from '../../core/kernel/problem.js';
import { parseInput } from '../input/parse-input.js';

/** What no value of the schema can have in common with a part of one: a member that there is not, or a value that stands nowhere. */
export function partFaults(schema: unknown, part: Json, pointer: string): readonly ProblemDetail[] {
  if (schema instanceof z.ZodNullable && part === null) return [];
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return partFaults(schema.unwrap(), part, pointer);
  if (schema instanceof z.ZodUnion) return fewest(schema.options.map((option) => partFaults(option, part, pointer)));
  if (schema instanceof z.ZodObject && isJsonObject(part)) return memberFaults(schema, part, pointer);
  if (schema instanceof z.ZodRecord && isJsonObject(part))
    return Object.entries(part).flatMap(([name, value]) => partFaults(schema.valueType, value ?? null, below(pointer, name)));
  if (schema instanceof z.ZodArray && Array.isArray(part)) return elementFaults(schema, part, pointer);
  if (schema instanceof z.ZodObject || schema instanceof z.ZodRecord) return [wrong(pointer, 'an object', part)];
  return schema instanceof z.ZodType ? valueFaults(schema, part, pointer) : [];
}

function memberFaults({ shape, def }: z.ZodObject, part: Readonly<Record<string, Json | undefined>>, pointer: string) {
  return Object.entries(part).flatMap(([name, value]) => {
    const member: unknown = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (member !== undefined) return partFaults(member, value ?? null, below(pointer, name));
    return def.catchall === undefined || def.catchall instanceof z.ZodNever ? [unknownMember(Object.keys(shape), name, pointer)] : [];
  });
}

function elementFaults({ element }: z.ZodArray, part: readonly Json[], pointer: string): readonly ProblemDetail[] {
  return part.flatMap((value, index) => partFaults(element, value, below(pointer, String(index))));
}

/** Those of the option that is nearest. */
function fewest(options: readonly (readonly ProblemDetail[])[]): readonly ProblemDetail[] {
  return options.reduce((best, faults) => (faults.length < best.length ? faults : best));
}

function valueFaults(schema: z.ZodType, value: Json, pointer: string): readonly ProblemDetail[] {
  const read = parseInput(schema, value, pointer);
  if (read.ok) return [];
  const errors = read.error.errors ?? [];
  return errors.map((detail) => ({ ...detail, message: detail.message.replace(/^the input: /, () => `\`${pointer}\`: `) }));
}

function wrong(pointer: string, expected: string, value: Json): ProblemDetail {
  const text = JSON.stringify(value);
  const message = `\`${pointer}\`: expected ${expected}, got \`${text.length > 80 ? `${text.slice(0, 80)}…` : text}\``;
  return { pointer, code: 'invalid-value', message };
}

function unknownMember(names: readonly string[], name: string, pointer: string): ProblemDetail {
  const hint = didYouMeanHint(name, names) ?? `there are ${names.map((one) => `\`${one}\``).join(', ')}`;
  const message = `an answer has no \`${name.slice(0, 80)}\` at \`${pointer}\``;
  return { pointer: below(pointer, name), code: 'unknown-member', message, hint };
}

/** The pointer of a member. */
export function below(pointer: string, name: string): string {
  return `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
