import { ByteBudget } from './byte-budget.js';
import type { ManifestDocument, ManifestFile, ObjectDocument } from './manifest-document.js';
import type { ManifestLimits } from './manifest-limits.js';
import { Pace } from './pace.js';
import { awaitsDefinition, definedScope, placeInNamespace, type FindScope } from './place-in-namespace.js';
import { printable } from './printable.js';
import { readFile } from './read-file.js';
import type { Scope } from './object-scope.js';
import type { SecretHasher } from './secret-hasher.js';

/** What an import says about its manifests. */
export interface ReadOptions {
  /** Where objects go that name no namespace and belong in one. */
  readonly defaultNamespace: string;
  readonly limits: ManifestLimits;
  readonly hasher: SecretHasher;
  /** Scope of custom kinds that the cluster already defines; the import's own definitions come first. */
  readonly findScope?: FindScope;
}

/** Objects that wait for their definition are few; past this many they are placed by what is known. */
const MAX_WAITING = 10_000;

/**
 * Reads manifests from text to objects: every format that kubectl, helm and kustomize print. One pass, each document alone; memory follows
 * the largest document, not the file. Rests often enough that other requests are served meanwhile.
 */
export class ManifestReader {
  private readonly budget: ByteBudget;
  private readonly scopes = new Map<string, Scope>();
  private readonly waiting: ObjectDocument[] = [];

  constructor(private readonly options: ReadOptions) {
    this.budget = new ByteBudget(options.limits);
  }

  /** Decompressed bytes read so far. */
  get bytesRead(): number {
    return this.budget.spent;
  }

  /**
   * The documents of all files, in order; custom resources whose scope is not known yet come last, so that a definition counts wherever it
   * stands in the import. Empty documents leave no trace. Throws `payload-too-large` (a ProblemError) and what the file streams throw.
   */
  async *read(files: AsyncIterable<ManifestFile> | Iterable<ManifestFile>): AsyncGenerator<ManifestDocument> {
    const { limits, hasher } = this.options;
    const pace = new Pace();
    for await (const file of files) {
      const named = { name: printable(file.name), content: file.content };
      for await (const documents of readFile(named, { limits, hasher, budget: this.budget })) {
        for (const document of documents) {
          const placed = this.accept(document);
          if (placed) yield placed;
          if (pace.isDue) await pace.rest();
        }
      }
    }
    for (const document of this.waiting) yield this.place(document);
  }

  /** Undefined where the document has to wait. */
  private accept(document: ManifestDocument): ManifestDocument | undefined {
    if (document.outcome !== 'object') return document;
    const defined = definedScope(document.object);
    if (defined) this.scopes.set(`${defined.group}/${defined.kind}`, defined.scope);
    if (!awaitsDefinition(document.object) || this.waiting.length >= MAX_WAITING) return this.place(document);
    // Its text is not kept meanwhile: the line of the object has to do for its fields.
    this.waiting.push({ ...document, lineOf: () => document.line });
    return undefined;
  }

  private place(document: ObjectDocument): ObjectDocument {
    const findScope: FindScope = (group, kind) => this.scopes.get(`${group}/${kind}`) ?? this.options.findScope?.(group, kind);
    const { object, diagnostics } = placeInNamespace(document.object, this.options.defaultNamespace, findScope);
    return { ...document, object, diagnostics: [...document.diagnostics, ...diagnostics] };
  }
}
