import { isJsonObject } from '../core/kernel/json.js';
import type { Result } from '../core/kernel/result.js';
import { buildDocument, kindlessList, misnamedList, unreadableDocument, type TextPlace } from './build-document.js';
import type { ByteBudget } from './byte-budget.js';
import type { YamlText } from './cut-yaml.js';
import { type Candidate, expandList, isMisnamed, type ListType, listTypeOf, namesItemKind, typedItem } from './expand-list.js';
import type { JsonSlice } from './json-slice.js';
import type { ManifestDocument, ManifestFile } from './manifest-document.js';
import type { ManifestLimits } from './manifest-limits.js';
import { UnreadableFile } from './open-text.js';
import type { ParsedValue, ParseFailure } from './parsed-value.js';
import { documentTooLarge } from './payload-too-large.js';
import { decodeText, readJsonText, readYamlText } from './read-text.js';
import type { SecretHasher } from './secret-hasher.js';
import { splitFile } from './split-file.js';
import { suspicionsOf } from './suspicions.js';

/** What reading a file needs to know. */
export interface ReadingContext {
  readonly limits: ManifestLimits;
  readonly budget: ByteBudget;
  readonly hasher: SecretHasher;
}

type ReadText = (text: string, line: number, limits: ManifestLimits) => Result<readonly ParsedValue[], ParseFailure>;

const NO_TYPE: ListType = { kind: undefined, apiVersion: undefined };

function hasKind(value: unknown): boolean {
  return isJsonObject(value) && value['kind'] !== undefined;
}

/** Turns the parts of one file into documents. Keeps the items of a list whose kind is still to come until it is known. */
class FileReading {
  private list: ListType = NO_TYPE;
  private emitted = 0;
  private waiting: JsonSlice[] = [];
  private waitingBytes = 0;

  constructor(
    private readonly file: string,
    private readonly context: ReadingContext,
  ) {}

  yaml(text: YamlText): readonly ManifestDocument[] {
    return this.documents({ file: this.file, document: text.document, pointer: '' }, text.bytes, text.line, readYamlText);
  }

  json(slice: JsonSlice): readonly ManifestDocument[] {
    const place = { file: this.file, document: slice.document, pointer: slice.pointer };
    if (slice.type === 'head') return this.startList(slice);
    if (slice.tooDeep)
      return [
        unreadableDocument(place, {
          code: 'too-deep',
          message: `nests deeper than ${this.context.limits.maxDepth} levels`,
          line: slice.line,
        }),
      ];
    if (slice.type === 'frame') return this.endList(slice, place);
    if (slice.type === 'element') return this.element(slice, place);
    if (slice.type === 'value') return this.documents(place, slice.bytes, slice.line, readJsonText);
    const items = this.releaseWaiting();
    return [
      ...items,
      unreadableDocument(place, { code: 'syntax-error', message: 'the JSON text ends before what it opens is closed', line: slice.line }),
    ];
  }

  /** What precedes the items may already tell the list's kind. */
  private startList(slice: JsonSlice): readonly ManifestDocument[] {
    this.list = NO_TYPE;
    this.emitted = 0;
    const text = slice.bytes.toString('utf8');
    if (text.startsWith('{')) this.list = this.frameType(`${text}]}`) ?? NO_TYPE;
    return [];
  }

  private frameType(text: string): ListType | undefined {
    try {
      return listTypeOf(JSON.parse(text));
    } catch {
      return undefined;
    }
  }

  private element(slice: JsonSlice, place: TextPlace): readonly ManifestDocument[] {
    const list = this.list;
    let kindless = false;
    const documents = this.documents(place, slice.bytes, slice.line, readJsonText, (value) => {
      const item = typedItem(value, list);
      kindless = !hasKind(item) && !Array.isArray(item) && !listTypeOf(item);
      return item;
    });
    if (!kindless) {
      this.emitted++;
      return documents;
    }
    this.waiting.push(slice);
    this.waitingBytes += slice.bytes.length;
    if (this.waitingBytes > this.context.limits.maxDocumentBytes) throw documentTooLarge(this.file, slice.line, this.context.limits);
    return [];
  }

  private endList(slice: JsonSlice, place: TextPlace): readonly ManifestDocument[] {
    const text = slice.bytes.toString('utf8');
    const parsed = readJsonText(text, slice.line, this.context.limits);
    if (!parsed.ok) return [...this.releaseWaiting(), unreadableDocument(place, parsed.error)];
    this.list = listTypeOf(parsed.value[0]?.value) ?? NO_TYPE;
    const wrong = isMisnamed(this.list) ? [misnamedList(place, slice.line)] : [];
    if (namesItemKind(this.list) || this.emitted > 0) return [...this.releaseWaiting(), ...wrong];
    const count = this.waiting.length;
    this.releaseWaiting();
    return count === 0 ? wrong : [kindlessList(place, slice.line, count), ...wrong];
  }

  private releaseWaiting(): readonly ManifestDocument[] {
    const { list, waiting } = this;
    this.waiting = [];
    this.waitingBytes = 0;
    return waiting.flatMap((slice) => {
      const place = { file: this.file, document: slice.document, pointer: slice.pointer };
      return this.documents(place, slice.bytes, slice.line, readJsonText, (value) => typedItem(value, list));
    });
  }

  private documents(
    place: TextPlace,
    bytes: Buffer,
    line: number,
    read: ReadText,
    adapt = (value: unknown) => value,
  ): readonly ManifestDocument[] {
    const text = decodeText(bytes, line);
    if (!text.ok) return [unreadableDocument(place, text.error)];
    const parsed = read(text.value, line, this.context.limits);
    if (!parsed.ok) return [unreadableDocument(place, parsed.error)];
    const suspicions = suspicionsOf(text.value);
    return parsed.value.flatMap((value) => {
      const adapted = adapt(value.value);
      const candidates = expandList(adapted);
      const wrong = isMisnamed(listTypeOf(adapted)) ? [misnamedList(place, value.line)] : [];
      if (this.isKindlessList(candidates)) return [kindlessList(place, value.line, candidates.length), ...wrong];
      return [...candidates.map((candidate) => buildDocument(place, value, candidate, suspicions, this.context.hasher)), ...wrong];
    });
  }

  private isKindlessList(candidates: readonly Candidate[]): boolean {
    return candidates.some(({ pointer }) => pointer !== '') && !candidates.some(({ value }) => hasKind(value));
  }
}

/** The documents of one file in order. Throws the problem `payload-too-large`; everything else that may be wrong is a document that says so. */
export async function* readFile(file: ManifestFile, context: ReadingContext): AsyncGenerator<readonly ManifestDocument[]> {
  const reading = new FileReading(file.name, context);
  try {
    for await (const part of splitFile(file, context.limits, context.budget)) {
      yield part.format === 'yaml' ? reading.yaml(part.text) : reading.json(part.slice);
    }
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    const { code, message, hint } = error;
    const outcome = code === 'not-text' ? 'skipped' : 'invalid';
    const severity = code === 'not-text' ? 'info' : 'error';
    yield [
      { file: file.name, document: 1, line: 1, pointer: '', outcome, object: undefined, diagnostics: [{ severity, code, message, hint }] },
    ];
  }
}
