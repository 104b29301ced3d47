import {
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isLeafType,
  isListType,
  isObjectType,
} from 'graphql';

/** A document that asks one field below `Cluster` for everything it has, with its arguments as variables. */
export function documentFor(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>, given: readonly string[]): string {
  const args = field.args.filter(({ name }) => given.includes(name));
  const variables = args.map(({ name, type }) => `, $${name}: ${type.toString()}`).join('');
  const passed = args.length === 0 ? '' : `(${args.map(({ name }) => `${name}: $${name}`).join(', ')})`;
  return `query Everything($cluster: String!${variables}) { cluster(name: $cluster) { ${field.name}${passed} ${selectionOf(schema, field.type, [])} } }`;
}

/** A connection of Relay leads on to something else: it is no part of an answer. */
function isConnection({ type }: GraphQLField<unknown, unknown>): boolean {
  const named = getNamedType(type);
  return isObjectType(named) && 'pageInfo' in named.getFields();
}

/** Every field of a type, every member of an abstract one, down to the leaves; a type that contains itself ends the branch. */
function selectionOf(schema: GraphQLSchema, type: GraphQLOutputType, above: readonly string[]): string {
  const named = getNamedType(type);
  if (isLeafType(named)) return '';
  if (above.includes(named.name)) throw new Error(`${named.name} contains itself: it cannot be selected as a whole`);
  const path = [...above, named.name];
  if (isObjectType(named)) return `{ ${fieldsOf(schema, named, path)} }`;
  const members = schema
    .getPossibleTypes(named)
    .map((member) => `... on ${member.name} { ${fieldsOf(schema, member, path, `${member.name}_`)} }`);
  return `{ __typename ${members.join(' ')} }`;
}

/** Fields of the members of an abstract type get names of their own: two members may have a field of one name and different types. */
function fieldsOf(schema: GraphQLSchema, type: GraphQLObjectType, path: readonly string[], prefix = ''): string {
  return Object.values(type.getFields())
    .filter((field) => !isConnection(field))
    .map((field) => `${prefix === '' ? '' : `${prefix}${field.name}: `}${field.name} ${selectionOf(schema, field.type, path)}`)
    .join(' ');
}

/** What was selected, as REST writes it: enum values by what they stand for, the names of members taken off again. */
export function asRest(schema: GraphQLSchema, type: GraphQLOutputType, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  const nullable = getNullableType(type);
  if (isListType(nullable)) return (value as unknown[]).map((item) => asRest(schema, nullable.ofType, item));
  if (isEnumType(nullable)) return nullable.getValue(value as string)?.value;
  if (isLeafType(nullable)) return value;
  const object = value as Readonly<Record<string, unknown>>;
  const member = isAbstractType(nullable) ? schema.getType(String(object['__typename'])) : nullable;
  if (!isObjectType(member)) throw new Error(`${String(object['__typename'])} is no type`);
  const prefix = isAbstractType(nullable) ? `${member.name}_` : '';
  return Object.fromEntries(
    Object.values(member.getFields())
      .filter((field) => !isConnection(field))
      .map((field) => [field.name, asRest(schema, field.type, object[prefix + field.name])]),
  );
}
