import type { Resource } from './resource.js';

/** A Secret. Its values were replaced by hashes before anything was stored; only `tls.crt` is kept. */
export interface Secret extends Resource {
  readonly kind: 'Secret';
  readonly namespace: string;
  readonly type: string;
  readonly keys: readonly string[];
  /** PEM text of `tls.crt`. */
  readonly tlsCertificate: string | undefined;
}
