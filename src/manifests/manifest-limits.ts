/** How much an import may ask of the server. Sizes are bytes of decompressed text. */
export interface ManifestLimits {
  /** All files of one import together; beyond it the import ends with `payload-too-large`. */
  readonly maxBytes: number;
  /** One YAML document, or one item of a list; beyond it the import ends with `payload-too-large`. */
  readonly maxDocumentBytes: number;
  /** Nesting of objects and lists; a deeper document is invalid, the others of its file are not. */
  readonly maxDepth: number;
  /** Values of one document after its YAML aliases are expanded; a larger document is invalid. */
  readonly maxExpandedValues: number;
}

const MIB = 2 ** 20;

/** What the server allows unless it is configured otherwise. */
export const DEFAULT_MANIFEST_LIMITS: ManifestLimits = {
  maxBytes: 1024 * MIB,
  maxDocumentBytes: 64 * MIB,
  maxDepth: 256,
  maxExpandedValues: 1_000_000,
};
