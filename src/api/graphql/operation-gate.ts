import { type DocumentNode, getOperationAST, type GraphQLSchema, Kind, type OperationDefinitionNode, OperationTypeNode } from 'graphql';
import { problem, ProblemError } from '../../core/kernel/problem.js';
import { type Caller, demandPrincipal } from '../http/caller.js';
import { type KnownSizes, operationShape, type OperationSize, operationSize } from './operation-size.js';

/** How much one operation may ask. */
export interface OperationLimits {
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxFields: number;
  readonly maxCost: number;
}

/** What stands in `extensions.cost` of an answer. */
export interface OperationCost {
  readonly requested: number;
  readonly maximum: number;
}

/** A client's own question about the schema has no alias and about a hundred fields. */
const MAX_SCHEMA_ALIASES = 5;
const MAX_SCHEMA_FIELDS = 400;

/** Lets an operation in, or not, before anything of it runs. */
export class OperationGate {
  /** What does not depend on variables is measured once. */
  private readonly known: Readonly<Record<OperationTypeNode, KnownSizes>> = {
    query: new WeakMap(),
    mutation: new WeakMap(),
    subscription: new WeakMap(),
  };

  constructor(private readonly limits: OperationLimits) {}

  /**
   * The cost of the operation. Throws `missing-token` and `invalid-token` unless only the schema is asked for, which is public, and `query-too-complex`.
   */
  admit(
    asked: { readonly schema: GraphQLSchema; readonly document: DocumentNode; readonly operationName: string | undefined },
    variables: Readonly<Record<string, unknown>>,
    caller: Caller,
  ): OperationCost | undefined {
    const operation = getOperationAST(asked.document, asked.operationName);
    if (!operation) return undefined; // the execution says so itself
    return this.admitOperation(asked, operation, variables, caller);
  }

  /** Every operation of a document of which it is not known yet which one will run, whatever its variables say. Throws as {@link admit}. */
  admitAll(asked: { readonly schema: GraphQLSchema; readonly document: DocumentNode }, caller: Caller): void {
    for (const node of asked.document.definitions) {
      if (node.kind === Kind.OPERATION_DEFINITION) this.admitOperation(asked, node, undefined, caller);
    }
  }

  /** Refuses what is too large whatever it asks, before it is validated, which compares what fragments write out. Throws `query-too-complex`. */
  demandBounded(schema: GraphQLSchema, document: DocumentNode): void {
    for (const node of document.definitions) {
      if (node.kind === Kind.OPERATION_DEFINITION) this.demandShape(operationShape(schema, document, node), isIntrospection(node));
    }
  }

  private admitOperation(
    asked: { readonly schema: GraphQLSchema; readonly document: DocumentNode },
    operation: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>> | undefined,
    caller: Caller,
  ): OperationCost {
    if (caller === 'unknown' || !isIntrospection(operation)) demandPrincipal(caller);
    const size = operationSize(asked.schema, asked.document, operation, variables, this.known[operation.operation]);
    this.demand(size, isIntrospection(operation));
    return { requested: size.cost, maximum: this.limits.maxCost };
  }

  private demand(size: OperationSize, isIntrospection: boolean): void {
    this.demandShape(size, isIntrospection);
    if (!isIntrospection) atMost(size.cost, this.limits.maxCost, `the document costs ${size.cost} points`);
  }

  private demandShape({ depth, aliases, fields }: Pick<OperationSize, 'depth' | 'aliases' | 'fields'>, isIntrospection: boolean): void {
    const { maxDepth, maxAliases, maxFields } = this.limits;
    atMost(aliases, maxAliases, `the document has ${aliases} aliases`);
    atMost(fields, maxFields, `the document has ${fields} fields`);
    if (isIntrospection) {
      // Everybody may ask, and the whole schema is a lot: once is enough.
      atMost(aliases, MAX_SCHEMA_ALIASES, `the question about the schema has ${aliases} aliases`);
      atMost(fields, MAX_SCHEMA_FIELDS, `the question about the schema has ${fields} fields`);
      return;
    }
    atMost(depth, maxDepth, `the document nests ${depth} levels deep`);
  }
}

/** Throws `query-too-complex`. */
export function atMost(size: number, maximum: number, message: string): void {
  if (size <= maximum) return;
  const hint = 'ask for less at once, or in several documents';
  throw new ProblemError(problem('query-too-complex', `${message}; at most ${maximum} are allowed`, { hint, extra: { size, maximum } }));
}

/** Whether only the schema is asked for. */
export function isIntrospection({ operation, selectionSet }: OperationDefinitionNode): boolean {
  return (
    operation === OperationTypeNode.QUERY &&
    selectionSet.selections.every((node) => node.kind === Kind.FIELD && node.name.value.startsWith('__'))
  );
}
