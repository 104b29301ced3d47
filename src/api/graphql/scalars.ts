import { GraphQLError, GraphQLScalarType, Kind, type ValueNode, valueFromASTUntyped } from 'graphql';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/i;

/** Resolvers of the scalars that GraphQL does not know by itself. */
export const SCALARS = {
  JSON: scalar('JSON', (value) => value),
  DateTime: scalar('DateTime', (value) => {
    if (typeof value === 'string' && INSTANT.test(value) && !Number.isNaN(Date.parse(value))) return value;
    throw new GraphQLError(`\`${String(value)}\` is no time as RFC 3339 writes it, \`2026-03-01T14:00:00Z\``);
  }),
  BigInt: scalar(
    'BigInt',
    (value) => {
      if (/^-?\d+$/.test(String(value))) return String(value);
      throw new GraphQLError(`\`${String(value)}\` is no whole number`);
    },
    String,
  ),
  Port: scalar('Port', (value) => {
    if ((typeof value === 'number' && Number.isInteger(value)) || typeof value === 'string') return value;
    throw new GraphQLError(`\`${String(value)}\` is neither the number nor the name of a port`);
  }),
};

/** Times become text, the rest stays as it is. */
function asSent(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : value;
}

/** A scalar whose values pass through `read` on the way in and `write` on the way out. */
function scalar(name: string, read: (value: unknown) => unknown, write: (value: unknown) => unknown = asSent): GraphQLScalarType {
  return new GraphQLScalarType({
    name,
    serialize: write,
    parseValue: read,
    parseLiteral: (node: ValueNode, variables) => read(node.kind === Kind.INT ? Number(node.value) : valueFromASTUntyped(node, variables)),
  });
}
