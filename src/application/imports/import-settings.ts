import type { ManifestLimits } from '../../manifests/manifest-limits.js';
import type { SecretHasher } from '../../manifests/secret-hasher.js';

/** How this server imports. */
export class ImportSettings {
  constructor(
    readonly limits: ManifestLimits,
    readonly hasher: SecretHasher,
    /** How many documents a report lists; those beyond it are counted. */
    readonly maxEntries = 10_000,
  ) {}
}
