import { problem, ProblemError } from '../core/kernel/problem.js';
import type { ManifestLimits } from './manifest-limits.js';

/** `64 MiB`, or the number of bytes where it is no whole number of MiB. */
function formatBytes(bytes: number): string {
  return bytes % 2 ** 20 === 0 ? `${bytes / 2 ** 20} MiB` : `${bytes} bytes`;
}

/** The import's text, once decompressed, exceeds what the server takes in one import. */
export function importTooLarge(file: string, limits: ManifestLimits): ProblemError {
  return new ProblemError(
    problem('payload-too-large', `the import exceeds ${formatBytes(limits.maxBytes)} of decompressed text while reading \`${file}\``, {
      hint: 'import it in parts, each under its own `source`, or raise PORTOLAN_IMPORT_MAX_BYTES',
      extra: { maximum: limits.maxBytes, unit: 'bytes' },
    }),
  );
}

/** One document or one item of a list exceeds what the server parses at once. */
export function documentTooLarge(file: string, line: number, limits: ManifestLimits): ProblemError {
  return new ProblemError(
    problem('payload-too-large', `the document at line ${line} of \`${file}\` exceeds ${formatBytes(limits.maxDocumentBytes)}`, {
      hint: 'send its objects as a `List`, as JSON lines, or as documents of their own: each is then read alone',
      extra: { maximum: limits.maxDocumentBytes, unit: 'bytes' },
    }),
  );
}
