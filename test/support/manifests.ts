import { DEFAULT_MANIFEST_LIMITS, type ManifestLimits } from '../../src/manifests/manifest-limits.js';
import type { ManifestDocument, ManifestFile } from '../../src/manifests/manifest-document.js';
import { ManifestReader } from '../../src/manifests/read-manifests.js';
import { SecretHasher } from '../../src/manifests/secret-hasher.js';

/** A hasher with a fixed key, so that expectations can be written down. */
export const TEST_HASHER = new SecretHasher(Buffer.alloc(32, 7));

/** The bytes as a stream of chunks of a given size. */
async function* inChunks(content: string | Buffer, size = 65_536): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** A file of an import, from text or bytes. */
export function fileOf(content: string | Buffer, name = 'manifests.yaml', chunkSize?: number): ManifestFile {
  return { name, content: inChunks(content, chunkSize) };
}

/** Reads files to the end. */
export async function readAll(
  files: Iterable<ManifestFile>,
  options: { namespace?: string; limits?: Partial<ManifestLimits> } = {},
): Promise<ManifestDocument[]> {
  const limits = { ...DEFAULT_MANIFEST_LIMITS, ...options.limits };
  const reader = new ManifestReader({ defaultNamespace: options.namespace ?? 'default', limits, hasher: TEST_HASHER });
  const documents: ManifestDocument[] = [];
  for await (const document of reader.read(files)) documents.push(document);
  return documents;
}

/** Reads one text as one file. */
export async function readText(
  content: string | Buffer,
  name?: string,
  options?: Parameters<typeof readAll>[1],
): Promise<ManifestDocument[]> {
  return readAll([fileOf(content, name)], options);
}

/**
 * One line a document, in kubectl's words: `Service shop/web`, or `invalid syntax-error @3`; warnings follow as ` !code /pointer @line`. Expectations
 * are lists of such lines.
 */
export function tell(documents: readonly ManifestDocument[]): string[] {
  return documents.map((document) => {
    const notes = document.diagnostics.map(
      ({ code, pointer, line }) => ` !${code}${pointer === undefined ? '' : ` ${pointer}`}${line === undefined ? '' : ` @${line}`}`,
    );
    const place = `${document.line}${document.pointer}`;
    if (document.outcome !== 'object') return `${place} ${document.outcome}${notes.join('')}`;
    const { kind, metadata } = document.object;
    return `${place} ${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}${notes.join('')}`;
  });
}
