import {
  type DocumentNode,
  type FieldNode,
  getNamedType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isLeafType,
  isObjectType,
  Kind,
  OperationTypeNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { QUESTIONS } from '../../application/questions/registry.js';

/** The leaves of a cluster that say nothing but what its coordinate says. */
const OWN_LEAVES: ReadonlySet<string> = new Set(['__typename', 'name', 'revision']);

/** The fields of questions whose answers also depend on what was handed out meanwhile, or on another revision, to which a tag may have moved. */
const READING_MORE: ReadonlySet<string> = new Set(
  QUESTIONS.filter((question) => question.readsAllocations ?? question.comparesWith !== undefined).map(({ name }) =>
    name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
  ),
);

const known = new WeakMap<DocumentNode, boolean>();

/**
 * Whether a document asks the newest revision of clusters questions, and nothing else: then what it answers is a function of the coordinate and of the variables, as
 * the answers are.
 */
export function isPureOperation(schema: GraphQLSchema, document: DocumentNode): boolean {
  let pure = known.get(document);
  if (pure === undefined) {
    pure = isOneQuery(document) && everyField(schema, document, isPureField);
    known.set(document, pure);
  }
  return pure;
}

function isOneQuery({ definitions }: DocumentNode): boolean {
  const operations = definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  return operations.length === 1 && operations[0]?.operation === OperationTypeNode.QUERY;
}

function isPureField(node: FieldNode, parent: string, type: GraphQLNamedType | undefined): boolean {
  const name = node.name.value;
  if (parent === 'Query') return name === 'cluster' && !node.arguments?.some((argument) => argument.name.value === 'at');
  if (parent === 'Cluster') return isLeafType(type) ? OWN_LEAVES.has(name) : isAnswer(type) && !READING_MORE.has(name);
  return true; // part of an answer: nothing else leads there
}

function isAnswer(type: GraphQLNamedType | undefined): boolean {
  return isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Answer');
}

function everyField(
  schema: GraphQLSchema,
  document: DocumentNode,
  holds: (node: FieldNode, parent: string, type: GraphQLNamedType | undefined) => boolean,
): boolean {
  const types = new TypeInfo(schema);
  let all = true;
  visit(
    document,
    visitWithTypeInfo(types, {
      Field: (node) => {
        const type = types.getType();
        all &&= holds(node, types.getParentType()?.name ?? '', type ? getNamedType(type) : undefined);
      },
    }),
  );
  return all;
}
