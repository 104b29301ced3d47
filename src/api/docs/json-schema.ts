import { z } from 'zod';

/** A JSON Schema of draft 2020-12, which is OpenAPI 3.1's own. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Turns zod schemas into JSON Schema; those with an id are collected to be referred to, and so are responses that operations share. */
export class SchemaWriter {
  readonly components = { schemas: {} as Record<string, JsonSchema>, responses: {} as Record<string, JsonSchema> };

  /** What a client sends (`input`) or receives (`output`). */
  write(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const {
      $schema: _,
      $defs,
      ...json
    } = z.toJSONSchema(schema, { io, unrepresentable: 'any', override: ({ jsonSchema }) => void delete jsonSchema.id });
    for (const [id, definition] of Object.entries($defs ?? {})) this.components.schemas[id] ??= relinked(definition);
    return relinked(json);
  }

  /** A parameter as text or number: what comes out of a schema that coerces tells more than what may go in. */
  writeParameter(schema: z.ZodType): JsonSchema {
    const input = this.write(schema, 'input');
    return isTelling(input) ? input : { ...this.write(schema, 'output'), ...input };
  }
}

function isTelling(json: JsonSchema): boolean {
  return ['type', 'enum', 'const', 'anyOf', 'oneOf', '$ref', 'allOf'].some((keyword) => keyword in json);
}

/** References to `$defs` lead to the components of the document. */
function relinked(json: object): JsonSchema {
  const text = JSON.stringify(json).replaceAll('"#/$defs/', '"#/components/schemas/');
  const linked: JsonSchema = JSON.parse(text);
  return linked;
}
