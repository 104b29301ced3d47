import type { Diagnostic } from '../core/kernel/diagnostic.js';
import { isJsonObject } from '../core/kernel/json.js';
import type { ObjectRef } from '../core/kernel/object-ref.js';
import type { Candidate } from './expand-list.js';
import { cleanObject } from './clean-object.js';
import type { LocatedDiagnostic, ManifestDocument } from './manifest-document.js';
import type { ParsedValue, ParseFailure } from './parsed-value.js';
import { printable } from './printable.js';
import { recogniseObject } from './recognise-object.js';
import { redactObject } from './redact-object.js';
import type { SecretHasher } from './secret-hasher.js';
import type { Suspicions } from './suspicions.js';

/** Where a parsed text stands. `pointer` is that of its value within the document. */
export interface TextPlace {
  readonly file: string;
  readonly document: number;
  readonly pointer: string;
}

function printableRef(ref: ObjectRef): ObjectRef {
  return { ...ref, name: printable(ref.name), ...(ref.namespace === undefined ? {} : { namespace: printable(ref.namespace) }) };
}

function locate(diagnostics: readonly Diagnostic[], lineOf: (pointer: string) => number): LocatedDiagnostic[] {
  return diagnostics.map((diagnostic) => {
    const { pointer } = diagnostic;
    return pointer === undefined ? diagnostic : { ...diagnostic, pointer: printable(pointer), line: lineOf(pointer) };
  });
}

/** Members of the candidate that stood there more than once, as warnings. */
function duplicateKeys(parsed: ParsedValue, candidate: Candidate): LocatedDiagnostic[] {
  const inside = parsed.duplicates.filter(({ pointer }) => pointer.startsWith(`${candidate.pointer}/`));
  return inside.map(({ pointer, line }) => {
    const relative = pointer.slice(candidate.pointer.length);
    return {
      severity: 'warning',
      code: 'duplicate-key',
      message: `\`${relative.slice(1)}\` stands here again; the last one counts`,
      pointer: relative,
      line,
    };
  });
}

/** Makes a document of a value: the object, cleaned of noise and secrets and not yet placed in a namespace, or the reason why it is none. */
export function buildDocument(
  place: TextPlace,
  parsed: ParsedValue,
  candidate: Candidate,
  suspicions: Suspicions,
  hasher: SecretHasher,
): ManifestDocument {
  const lineOf = (pointer: string) => parsed.lineOf(candidate.pointer + pointer);
  const line = candidate.pointer === '' ? parsed.line : lineOf('');
  const where = { file: place.file, document: place.document, line, pointer: place.pointer + candidate.pointer };
  // Secrets go first: nothing that is said about the object afterwards can quote one.
  const value = isJsonObject(candidate.value) ? cleanObject(redactObject(candidate.value, suspicions, hasher)) : candidate.value;
  const recognised = recogniseObject(place.file, value, suspicions);
  if (recognised.outcome !== 'object') {
    return {
      ...where,
      outcome: recognised.outcome,
      object: recognised.ref && printableRef(recognised.ref),
      diagnostics: locate([recognised.reason], lineOf),
    };
  }
  const { object } = recognised;
  return {
    ...where,
    outcome: 'object',
    object,
    lineOf,
    diagnostics: [...locate(recognised.diagnostics, lineOf), ...duplicateKeys(parsed, candidate)],
  };
}

/** The document that a text which cannot be read leaves in the report. */
export function unreadableDocument(place: TextPlace, failure: ParseFailure): ManifestDocument {
  const { code, message, line, hint } = failure;
  const reason: LocatedDiagnostic = { severity: 'error', code, message, line, ...(hint === undefined ? {} : { hint }) };
  return {
    file: place.file,
    document: place.document,
    line,
    pointer: place.pointer,
    outcome: 'invalid',
    object: undefined,
    diagnostics: [reason],
  };
}

/** One document for a whole list of things none of which has a kind. */
export function kindlessList(place: TextPlace, line: number, count: number): ManifestDocument {
  const reason: LocatedDiagnostic = {
    severity: 'warning',
    code: 'no-kind',
    message: `this is a list of ${count} things without \`kind\`, no manifest`,
    line,
  };
  return {
    file: place.file,
    document: place.document,
    line,
    pointer: place.pointer,
    outcome: 'skipped',
    object: undefined,
    diagnostics: [reason],
  };
}

/** What is said of a list whose `kind` is missing or misspelt beside its `apiVersion`: its items are taken, and the list is wrong all the same. */
export function misnamedList(place: TextPlace, line: number): ManifestDocument {
  const message = 'the list has an `apiVersion` and no `kind`, such as `List` or `PodList`; its items are read';
  const reason: LocatedDiagnostic = { severity: 'error', code: 'no-kind', message, line };
  const { file, document, pointer } = place;
  return { file, document, line, pointer, outcome: 'invalid', object: undefined, diagnostics: [reason] };
}
