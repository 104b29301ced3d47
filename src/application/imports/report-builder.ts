import { compareBy, compareText } from '../../core/kernel/compare.js';
import type { Diagnostic, Understanding } from '../../core/kernel/diagnostic.js';
import { describeRef, type ObjectRef } from '../../core/kernel/object-ref.js';
import { refOf, type KubernetesObject } from '../../core/resources/kubernetes-object.js';
import type { UnderstoodResource } from '../../core/resources/understood-resource.js';
import type { DocumentPlace, LocatedDiagnostic, ManifestDocument, ObjectDocument } from '../../manifests/manifest-document.js';
import { BoundedEntries, noCounts } from './bounded-entries.js';
import type { CrossCheck } from './cross-finding.js';
import { EqualPriorities } from './equal-priorities.js';
import { HostAddresses } from './host-addresses.js';
import { OwnerLabels } from './owner-labels.js';
import type { ObjectIdentity } from '../clusters/stored-object.js';
import type { ImportEntry, ImportFinding, ImportReport, UnderstandingCounts } from './import-report.js';
import { identityKey, identityOf } from './object-identity.js';

/** The code of the warning that an import holds one object twice. */
export const DUPLICATE_OBJECT = 'duplicate-object';

/** What the model makes of an object. */
export interface Judgement {
  readonly understanding: Understanding;
  readonly diagnostics: readonly Diagnostic[];
  readonly resource: UnderstoodResource | undefined;
}

function finding({ severity, code, message, pointer, line, hint }: LocatedDiagnostic): ImportFinding {
  return { severity, code, message, pointer: pointer ?? null, line: line ?? null, hint: hint ?? null };
}

function placeKey({ file, document, pointer }: Pick<DocumentPlace, 'file' | 'document' | 'pointer'>): string {
  return JSON.stringify([file, document, pointer]);
}

/** Where nothing stands. */
const NOWHERE: DocumentPlace = { file: '', document: 0, line: 1, pointer: '' };

/** As `kubectl apply`, which calls it an error: "no objects passed to apply". */
const NOTHING: LocatedDiagnostic = {
  severity: 'warning',
  code: 'nothing-to-import',
  message: 'there is no manifest in the import: a snapshot of it is empty',
  hint: 'see whether what made the manifests failed, or the path to them is wrong',
};

/** Collects the report of one import while its documents pass by. Memory follows the number of objects by their names alone. */
export class ReportBuilder {
  private readonly entries: BoundedEntries;
  private readonly totals = noCounts();
  private readonly kinds = new Map<string, UnderstandingCounts & { apiVersion: string; kind: string }>();
  /** Where each object was seen first. */
  private readonly firstSeen = new Map<string, Pick<DocumentPlace, 'file' | 'line'> & { readonly apiVersion: string }>();
  private readonly usedNamespaces = new Set<string>();
  private readonly givenNamespaces = new Set<string>();
  private readonly files = new Set<string>();
  private readonly crossChecks: readonly CrossCheck[] = [new HostAddresses(), new EqualPriorities(), new OwnerLabels()];
  private refusedObjects = 0;
  private duplicates = 0;
  private documents = 0;

  constructor(entryLimit: number) {
    this.entries = new BoundedEntries(entryLimit);
  }

  /** Documents so far. */
  get documentCount(): number {
    return this.documents;
  }

  /** Documents so far that an API server would refuse: those that cannot be kept, objects with an error in them, and those that say again who they are. */
  get faultyCount(): number {
    return this.totals.invalid + this.refusedObjects;
  }

  /** A document that is not kept. */
  refuse(document: Extract<ManifestDocument, { outcome: 'invalid' | 'skipped' }>): void {
    this.count(document.outcome, document, document.object);
    this.list(document, document.outcome, document.object, document.diagnostics);
  }

  /** An object, and what the model makes of it. */
  accept(document: ObjectDocument, judgement: Judgement): void {
    const found: LocatedDiagnostic[] = [
      ...document.diagnostics,
      ...judgement.diagnostics.map((diagnostic) => ({
        ...diagnostic,
        ...(diagnostic.pointer === undefined ? {} : { line: document.lineOf(diagnostic.pointer) }),
      })),
      ...this.noteObject(document),
    ];
    const hasErrors = found.some(({ severity }) => severity === 'error');
    if (hasErrors || found.some(({ code }) => code === DUPLICATE_OBJECT)) this.refusedObjects++;
    const understanding = hasErrors && judgement.understanding === 'understood' ? 'partly' : judgement.understanding;
    for (const check of this.crossChecks) check.note(document, judgement.resource, understanding);
    const ref = refOf(document.object);
    this.count(understanding, document, ref);
    if (understanding !== 'understood' || found.some(({ severity }) => severity !== 'info')) this.list(document, understanding, ref, found);
  }

  /** Namespaces that objects of this import are in and that neither it nor `known` describes. */
  impliedNamespaces(known: ReadonlySet<string>): string[] {
    return [...this.usedNamespaces].filter((name) => !this.givenNamespaces.has(name) && !known.has(name)).sort(compareText);
  }

  /** An object of this import as it was written. */
  refOf(identity: ObjectIdentity): ObjectRef {
    const { kind, namespace, name } = identity;
    const apiVersion = this.firstSeen.get(identityKey(identity))?.apiVersion ?? identity.group;
    return { apiVersion, kind, ...(namespace === '' ? {} : { namespace }), name };
  }

  /** The report, once every document has passed: what shows only over several documents stands at the end of its entries. */
  build(more: Pick<ImportReport, 'bytes' | 'impliedNamespaces'>): ImportReport {
    this.listCrossFindings();
    if (this.documents === 0) this.list(NOWHERE, 'skipped', undefined, [NOTHING]);
    return {
      files: this.files.size,
      bytes: more.bytes,
      documents: this.documents,
      objects: this.firstSeen.size,
      totals: { ...this.totals },
      kinds: [...this.kinds.values()].sort(
        compareBy(
          ({ kind }) => kind,
          ({ apiVersion }) => apiVersion,
        ),
      ),
      entries: this.entries.list(),
      omitted: this.entries.omitted,
      duplicates: this.duplicates,
      impliedNamespaces: more.impliedNamespaces,
      notFound: [],
    };
  }

  /** A document that is listed already is not listed again. */
  private listCrossFindings(): void {
    const listed = new Map(this.entries.list().map((entry) => [placeKey(entry), entry]));
    for (const { place, understanding, object, diagnostic } of this.crossChecks.flatMap((check) => check.findings())) {
      const known = listed.get(placeKey(place));
      if (known) known.findings.push(finding(diagnostic));
      else this.list(place, understanding, object, [diagnostic]);
    }
  }

  private count(understanding: Understanding, place: DocumentPlace, ref: ObjectRef | undefined): void {
    this.documents++;
    this.files.add(place.file);
    this.totals[understanding]++;
    if (!ref) return;
    const key = `${ref.apiVersion} ${ref.kind}`;
    const counts = this.kinds.get(key) ?? { apiVersion: ref.apiVersion, kind: ref.kind, ...noCounts() };
    counts[understanding]++;
    this.kinds.set(key, counts);
  }

  private list(
    place: DocumentPlace,
    understanding: Understanding,
    object: ObjectRef | undefined,
    diagnostics: readonly LocatedDiagnostic[],
  ): void {
    const { file, document, line, pointer } = place;
    const entry: ImportEntry = { file, document, line, pointer, understanding, object: object ?? null, findings: diagnostics.map(finding) };
    this.entries.add(entry);
  }

  /** Remembers the object and its namespace; says where it stood before, if it did. */
  private noteObject({ object, file, line }: ObjectDocument): LocatedDiagnostic[] {
    this.noteNamespace(object);
    const key = identityKey(identityOf(object));
    const before = this.firstSeen.get(key);
    this.firstSeen.set(key, { file, line, apiVersion: object.apiVersion });
    if (!before) return [];
    this.duplicates++;
    const message = `${describeRef(refOf(object))} also stands at line ${before.line} of \`${before.file}\`; the last one counts`;
    return [{ severity: 'warning', code: DUPLICATE_OBJECT, message, line }];
  }

  private noteNamespace(object: KubernetesObject): void {
    if (object.kind === 'Namespace' && object.apiVersion === 'v1') this.givenNamespaces.add(object.metadata.name);
    else if (object.metadata.namespace !== undefined) this.usedNamespaces.add(object.metadata.namespace);
  }
}
