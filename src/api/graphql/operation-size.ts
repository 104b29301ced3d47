import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** How large an operation is once its fragments are written out. What `@skip` and `@include` leave out counts. */
export interface OperationSize {
  /** Fields that lie inside one another. */
  readonly depth: number;
  /** Fields that are given another name. */
  readonly aliases: number;
  readonly fields: number;
  /** A field costs 1, an answer to a question 20, a run of assertions 2,000, and what stands in a connection as often as `first` says. */
  readonly cost: number;
  /** The variables say nothing about the size. */
  readonly constant: boolean;
}

/** An answer runs an engine. */
const COST_OF_ANSWER = 20;

/** A run asks up to a thousand questions, mostly cheap ones. */
const COST_OF_RUN = 2_000;
const RUNS: ReadonlySet<string> = new Set(['assertionRun', 'assertionRuns', 'assertionDraftRun']);

const NOTHING: OperationSize = { depth: 0, aliases: 0, fields: 0, cost: 0, constant: true };

/** What a page is taken for whose variables are not known. */
const LARGEST_PAGE = 1_000;

/** Measures an operation of a valid document; without variables, as the largest that they can make it. */
export function operationSize(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>> | undefined,
): OperationSize {
  const fragments = new Map(
    document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [])),
  );
  return new Measure(schema, fragments, variables).selection(operation.selectionSet, schema.getRootType(operation.operation) ?? undefined);
}

/** Each fragment is measured once, so that fragments which spread one another many times cost no time though they count in full. */
class Measure {
  private readonly known = new Map<string, OperationSize>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    private readonly variables: Readonly<Record<string, unknown>> | undefined,
  ) {}

  selection(set: SelectionSetNode | undefined, parent: GraphQLNamedType | undefined): OperationSize {
    let size = NOTHING;
    for (const node of set?.selections ?? []) {
      if (node.kind === Kind.FIELD) size = sum(size, this.field(node, parent));
      else if (node.kind === Kind.FRAGMENT_SPREAD) size = sum(size, this.fragment(node.name.value));
      else
        size = sum(
          size,
          this.selection(node.selectionSet, node.typeCondition ? this.schema.getType(node.typeCondition.name.value) : parent),
        );
    }
    return size;
  }

  private fragment(name: string): OperationSize {
    const definition = this.fragments.get(name);
    const size =
      this.known.get(name) ??
      this.selection(definition?.selectionSet, definition && this.schema.getType(definition.typeCondition.name.value));
    this.known.set(name, size);
    return size;
  }

  private field(node: FieldNode, parent: GraphQLNamedType | undefined): OperationSize {
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    const type = field && getNamedType(field.type);
    const inner = this.selection(node.selectionSet, type);
    const { times, constant } = type?.name.endsWith('Connection') ? this.pageSize(node, field) : { times: 1, constant: true };
    return {
      depth: inner.depth + 1,
      aliases: inner.aliases + (node.alias ? 1 : 0),
      fields: inner.fields + 1,
      cost: (RUNS.has(node.name.value) && parent?.name === 'Cluster' ? COST_OF_RUN : ownCost(type)) + times * inner.cost,
      constant: constant && inner.constant,
    };
  }

  /** How many nodes a connection is asked for. */
  private pageSize(
    node: FieldNode,
    field: GraphQLField<unknown, unknown> | undefined,
  ): { readonly times: number; readonly constant: boolean } {
    const given = node.arguments?.find(({ name }) => name.value === 'first')?.value;
    const otherwise = Number(field?.args.find(({ name }) => name === 'first')?.defaultValue ?? 1);
    const isVariable = given?.kind === Kind.VARIABLE;
    const asked = isVariable
      ? Number(this.variables ? (this.variables[given.name.value] ?? otherwise) : LARGEST_PAGE)
      : given?.kind === Kind.INT
        ? Number(given.value)
        : otherwise;
    return { times: Math.max(1, asked || 1), constant: !isVariable };
  }
}

function ownCost(type: GraphQLNamedType | undefined): number {
  return isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Answer') ? COST_OF_ANSWER : 1;
}

function sum(a: OperationSize, b: OperationSize): OperationSize {
  return {
    depth: Math.max(a.depth, b.depth),
    aliases: a.aliases + b.aliases,
    fields: a.fields + b.fields,
    cost: a.cost + b.cost,
    constant: a.constant && b.constant,
  };
}
