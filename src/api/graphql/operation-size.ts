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
  OperationTypeNode,
  type SelectionSetNode,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql';

/** How large an operation is once its fragments are written out. What `@skip` and `@include` leave out counts. */
export interface OperationSize {
  /** Fields that lie inside one another. */
  readonly depth: number;
  /** Fields that are given another name. */
  readonly aliases: number;
  readonly fields: number;
  /** A field costs 1, an answer to a question 20, one of a state as it would be 1,000, a run of assertions 2,000, a hundred characters that a query gives a field 1, and what stands in a connection as often as `first` says. */
  readonly cost: number;
  /** The variables say nothing about the size. */
  readonly constant: boolean;
}

/** An answer runs an engine. */
const COST_OF_ANSWER = 20;

/** Fields of these types run an engine, though they are no answers. */
const COST_LIKE_ANSWERS: ReadonlySet<string> = new Set(['IpAddress', 'IpHistory']);

/** A run asks up to a thousand questions, mostly cheap ones. */
const COST_OF_RUN = 2_000;
const RUNS: ReadonlySet<string> = new Set(['assertionRun', 'assertionRuns', 'assertionDraftRun']);

/** A state as it would be is compiled for the one answer. */
const COST_OF_SUPPOSING = 1_000;
const SUPPOSE: ReadonlySet<string> = new Set(['apply', 'delete']);

/** Text is read, looked up and told by every field that is given it: one variable may be given to many. A mutation is given manifests. */
const CHARACTERS_OF_A_POINT = 100;

const NOTHING: OperationSize = { depth: 0, aliases: 0, fields: 0, cost: 0, constant: true };

/** What a page is taken for whose variables are not known. */
const LARGEST_PAGE = 1_000;

/** Sizes of selections that no variable changes, of documents that are kept parsed. */
export type KnownSizes = WeakMap<SelectionSetNode, OperationSize>;

/**
 * Measures an operation of a valid document; without variables, as the largest that they can make it. What is measured once and for all is remembered in `known`, which
 * is for one kind of operations: in queries texts count.
 */
export function operationSize(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>> | undefined,
  known: KnownSizes,
): OperationSize {
  const countsText = operation.operation === OperationTypeNode.QUERY;
  const values = { sent: variables, byDefault: defaultsOf(operation) };
  return new Measure(schema, fragmentsOf(document), values, countsText, known).selection(
    operation.selectionSet,
    schema.getRootType(operation.operation) ?? undefined,
  );
}

/** The same of a document of which nothing is known but that its fragments have no cycles: what neither types nor variables say. */
export function operationShape(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Pick<OperationSize, 'depth' | 'aliases' | 'fields'> {
  const measure = new Measure(schema, fragmentsOf(document), { sent: {}, byDefault: {} }, false, new WeakMap());
  return measure.selection(operation.selectionSet, undefined);
}

function fragmentsOf({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  return new Map(definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [])));
}

/** What variables stand for; `sent` is undefined where it is not known yet. */
interface Values {
  readonly sent: Readonly<Record<string, unknown>> | undefined;
  readonly byDefault: Readonly<Record<string, unknown>>;
}

function defaultsOf({ variableDefinitions = [] }: OperationDefinitionNode): Values['byDefault'] {
  return Object.fromEntries(
    variableDefinitions.flatMap(({ variable, defaultValue }) =>
      defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)] as const] : [],
    ),
  );
}

/** Each fragment is measured once, so that fragments which spread one another many times cost no time though they count in full. */
class Measure {
  private readonly ofFragments = new Map<string, OperationSize>();
  private readonly lengths = new Map<string, number>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    private readonly values: Values,
    private readonly countsText: boolean,
    private readonly known: KnownSizes,
  ) {}

  selection(set: SelectionSetNode | undefined, parent: GraphQLNamedType | undefined): OperationSize {
    if (!set) return NOTHING;
    const known = this.known.get(set);
    if (known) return known;
    const size = this.sumOf(set, parent);
    if (size.constant) this.known.set(set, size);
    return size;
  }

  private sumOf({ selections }: SelectionSetNode, parent: GraphQLNamedType | undefined): OperationSize {
    let size = NOTHING;
    for (const node of selections) {
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
      this.ofFragments.get(name) ??
      this.selection(definition?.selectionSet, definition && this.schema.getType(definition.typeCondition.name.value));
    this.ofFragments.set(name, size);
    return size;
  }

  private field(node: FieldNode, parent: GraphQLNamedType | undefined): OperationSize {
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    const type = field && getNamedType(field.type);
    const inner = this.selection(node.selectionSet, type);
    const { times, constant } = type?.name.endsWith('Connection') ? this.pageSize(node, field) : { times: 1, constant: true };
    const given = node.arguments?.map(({ value }) => value) ?? [];
    const own = RUNS.has(node.name.value) && parent?.name === 'Cluster' ? COST_OF_RUN : this.ownCost(node, type);
    return {
      depth: inner.depth + 1,
      aliases: inner.aliases + (node.alias ? 1 : 0),
      fields: inner.fields + 1,
      cost: own + this.textCost(given) + times * inner.cost,
      constant: constant && inner.constant && !(this.countsText && given.some(namesVariable)),
    };
  }

  private ownCost({ arguments: given = [] }: FieldNode, type: GraphQLNamedType | undefined): number {
    if (type && COST_LIKE_ANSWERS.has(type.name)) return COST_OF_ANSWER;
    if (!isObjectType(type) || !type.getInterfaces().some(({ name }) => name === 'Answer')) return 1;
    return given.some(({ name, value }) => SUPPOSE.has(name.value) && this.isGiven(value)) ? COST_OF_SUPPOSING : COST_OF_ANSWER;
  }

  private isGiven(value: ValueNode): boolean {
    if (value.kind !== Kind.VARIABLE) return value.kind !== Kind.NULL;
    const { sent, byDefault } = this.values;
    const name = value.name.value;
    return sent === undefined || (name in sent ? sent[name] : byDefault[name]) != null;
  }

  private textCost(given: readonly ValueNode[]): number {
    return this.countsText ? Math.floor(given.reduce((length, value) => length + this.lengthOf(value), 0) / CHARACTERS_OF_A_POINT) : 0;
  }

  private lengthOf(value: ValueNode): number {
    if (value.kind === Kind.STRING) return value.value.length;
    if (value.kind === Kind.VARIABLE) return this.lengthOfVariable(value.name.value);
    return partsOf(value).reduce((length, part) => length + this.lengthOf(part), 0);
  }

  private lengthOfVariable(name: string): number {
    const length = this.lengths.get(name) ?? charactersOf(this.values.sent?.[name] ?? this.values.byDefault[name]);
    this.lengths.set(name, length);
    return length;
  }

  /** How many nodes a connection is asked for. */
  private pageSize(
    node: FieldNode,
    field: GraphQLField<unknown, unknown> | undefined,
  ): { readonly times: number; readonly constant: boolean } {
    const given = node.arguments?.find(({ name }) => name.value === 'first')?.value;
    const otherwise = Number(field?.args.find(({ name }) => name === 'first')?.defaultValue ?? 1);
    const { sent, byDefault } = this.values;
    const isVariable = given?.kind === Kind.VARIABLE;
    const asked = isVariable
      ? Number(sent ? (sent[given.name.value] ?? byDefault[given.name.value] ?? otherwise) : LARGEST_PAGE)
      : given?.kind === Kind.INT
        ? Number(given.value)
        : otherwise;
    return { times: Math.max(1, asked || 1), constant: !isVariable };
  }
}

function namesVariable(value: ValueNode): boolean {
  return value.kind === Kind.VARIABLE || partsOf(value).some(namesVariable);
}

function partsOf(value: ValueNode): readonly ValueNode[] {
  if (value.kind === Kind.LIST) return value.values;
  return value.kind === Kind.OBJECT ? value.fields.map((field) => field.value) : [];
}

/** How many characters the texts inside of a value have, names of members included. */
function charactersOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.reduce((length: number, part: unknown) => length + charactersOf(part), 0);
  return Object.entries(value).reduce((length, [name, part]: [string, unknown]) => length + name.length + charactersOf(part), 0);
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
