import { z } from 'zod';

const OBJECT_REF = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string().optional().describe('absent for cluster-scoped kinds'),
  name: z.string(),
});

const UNDERSTANDING = z
  .enum(['understood', 'partly', 'unsupported', 'invalid', 'skipped'])
  .describe(
    '`partly`: kept, but a field was unusable; `unsupported`: kept, the kind is not modelled; `invalid`: not kept; `skipped`: no manifest, or one that never runs',
  );

const FINDING = z.object({
  severity: z.enum(['error', 'warning', 'info']),
  code: z.string().describe('stable, kebab-case'),
  message: z.string(),
  pointer: z.string().nullable().describe('JSON pointer into the object'),
  line: z.int().nullable().describe('line of the file on which the field stands, counted from 1'),
  hint: z.string().nullable().describe('the nearest right thing'),
});

const ENTRY = z.object({
  file: z.string(),
  document: z.int().describe("position among the file's documents, counted from 1"),
  line: z.int().describe('line of the file on which the document or the list item starts, counted from 1'),
  pointer: z.string().describe('JSON pointer within the document: empty, or `/items/3` for an item of a list'),
  understanding: UNDERSTANDING,
  object: OBJECT_REF.nullable().describe('null where the document does not tell'),
  findings: z.array(FINDING).describe('why the document is listed; the first is the reason for `invalid` and `skipped`'),
});

const COUNTS = z.object({ understood: z.int(), partly: z.int(), unsupported: z.int(), invalid: z.int(), skipped: z.int() });

/** What an import made of its input: kept with the revision, and the body of the answer. */
export const IMPORT_REPORT = z.object({
  files: z.int(),
  bytes: z.int().describe('decompressed text'),
  documents: z.int().describe('documents and list items, empty ones not counted'),
  objects: z.int().describe('documents that are objects and were kept; of equal names the last'),
  totals: COUNTS,
  kinds: z.array(COUNTS.extend({ apiVersion: z.string(), kind: z.string() })).describe('by kind, then apiVersion'),
  entries: z
    .array(ENTRY)
    .describe(
      'every document that was not wholly understood or that has a warning, in the order of the input, then what shows only over several documents (`host-ip-differs`, `same-priority`, `owner-labels-differ`), unless the document is listed already; the gravest ones where there are too many',
    ),
  omitted: COUNTS.describe('how many such documents are not listed, because there were too many'),
  duplicates: z.int().describe('documents that repeat an object of the same import; the last one counts'),
  impliedNamespaces: z
    .array(z.string())
    .describe('namespaces that objects are in and no Namespace object describes; the model has them all the same'),
  notFound: z.array(OBJECT_REF).describe('of a removal: objects that were named and not there'),
});

/** How many documents came to what. */
export type UnderstandingCounts = z.infer<typeof COUNTS>;
/** A document of the report. */
export type ImportEntry = z.infer<typeof ENTRY>;
/** Something found in a document. */
export type ImportFinding = z.infer<typeof FINDING>;
/** The report of an import. */
export type ImportReport = z.infer<typeof IMPORT_REPORT>;
