import { compareText } from '../kernel/compare.js';
import type { ObjectRef } from '../kernel/object-ref.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readResource } from './internal/read-resource.js';
import type { Secret } from './secret.js';

/** Reads a v1 Secret: the names of its keys and its certificate. Values were hashed before the object came here. */
export function normaliseSecret(root: ObjectReader, ref: ObjectRef): Secret {
  const fields = ['data', 'stringData'].flatMap((field) => root.object(field)?.fields() ?? []);
  const encoded = root.object('data')?.raw('tls.crt');
  const plain = root.object('stringData')?.raw('tls.crt');
  return {
    ...readResource(root, ref),
    kind: 'Secret',
    namespace: ref.namespace ?? 'default',
    type: root.filledText('type') ?? root.default('type', 'Opaque'),
    keys: [...new Set(fields)].sort(compareText),
    tlsCertificate: typeof plain === 'string' ? plain : typeof encoded === 'string' ? decodeBase64(encoded) : undefined,
  };
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** PEM is ASCII, so one byte is one character. The core has no Buffer and no atob. */
function decodeBase64(text: string): string {
  let bits = 0;
  let width = 0;
  let decoded = '';
  for (const character of text) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) continue;
    bits = ((bits << 6) | value) & 0xffff;
    width += 6;
    if (width < 8) continue;
    width -= 8;
    decoded += String.fromCharCode((bits >> width) & 0xff);
  }
  return decoded;
}
