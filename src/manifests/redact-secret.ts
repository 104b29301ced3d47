import { isJsonObject, type Json, type JsonObject } from '../core/kernel/json.js';
import type { SecretHasher } from './secret-hasher.js';

/** Members of a Secret that hold no secret. Whatever else stands beside them is taken for one. */
const OPEN_MEMBERS = new Set(['apiVersion', 'kind', 'metadata', 'type', 'immutable']);
const PRIVATE_KEY = /PRIVATE KEY-----/;
/** Shorter values are not looked for in annotations: they would be found in any text. */
const SHORTEST_TRACE = 6;

/** What base64 stands for; undefined where the text is none. */
function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  const compact = text.replace(/[\s=]+/g, '');
  return bytes.toString('base64').replace(/=+$/, '') === compact ? bytes : undefined;
}

function isPublicCertificate(key: string, bytes: Buffer): boolean {
  return key === 'tls.crt' && !PRIVATE_KEY.test(bytes.toString('latin1'));
}

/** Collects what must not be found anywhere else in the object. */
class Redaction {
  readonly traces: string[] = [];

  constructor(private readonly hasher: SecretHasher) {}

  data(key: string, value: Json | undefined): Json {
    if (typeof value !== 'string') return this.leaves(value);
    if (this.hasher.isHash(value)) return value;
    const bytes = decodeBase64(value) ?? Buffer.from(value);
    if (isPublicCertificate(key, bytes)) return value;
    this.remember(value, bytes.toString('utf8'));
    return this.hasher.hash(bytes);
  }

  stringData(key: string, value: Json | undefined): Json {
    if (typeof value !== 'string' || this.hasher.isHash(value)) return this.leaves(value);
    const bytes = Buffer.from(value);
    if (isPublicCertificate(key, bytes)) return bytes.toString('base64');
    this.remember(value, bytes.toString('base64'));
    return this.hasher.hash(bytes);
  }

  /** Hashes every text and number in a value of no expected shape. */
  leaves(value: Json | undefined): Json {
    if (value === undefined || value === null) return null;
    if (Array.isArray(value)) return value.map((item: Json) => this.leaves(item));
    if (isJsonObject(value)) return mapMembers(value, (child) => this.leaves(child));
    if (typeof value === 'string' && this.hasher.isHash(value)) return value;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    this.remember(text);
    return this.hasher.hash(text);
  }

  /** Annotations that repeat a secret, whoever wrote them. */
  annotations(annotations: JsonObject): JsonObject {
    const repeats = (text: string) =>
      this.traces.some((trace) => text.includes(trace) || text.includes(JSON.stringify(trace).slice(1, -1)));
    return mapMembers(annotations, (value) => (typeof value === 'string' && repeats(value) ? this.hasher.hash(value) : value));
  }

  private remember(...texts: string[]): void {
    this.traces.push(...texts.filter((text) => text.length >= SHORTEST_TRACE));
  }
}

function mapMembers(object: JsonObject, map: (value: Json | undefined, key: string) => Json | undefined): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]));
}

/**
 * A Secret without its secrets: each value is replaced by its hash, `stringData` is folded into `data` as the API server does (so that either
 * spelling of one value has one hash), `tls.crt` is kept where it holds certificates only.
 */
export function redactSecret(secret: JsonObject, hasher: SecretHasher): JsonObject {
  const redaction = new Redaction(hasher);
  const { data, stringData, ...others } = secret;
  const open = mapMembers(others, (value, key) => (OPEN_MEMBERS.has(key) ? value : redaction.leaves(value)));
  const folded = {
    ...(isJsonObject(data) ? mapMembers(data, (value, key) => redaction.data(key, value)) : {}),
    ...(isJsonObject(stringData) ? mapMembers(stringData, (value, key) => redaction.stringData(key, value)) : {}),
  };
  const values =
    isJsonObject(data) || isJsonObject(stringData) || (data ?? stringData) == null ? folded : redaction.leaves(data ?? stringData);
  const metadata = open['metadata'];
  const annotations = isJsonObject(metadata) ? metadata['annotations'] : undefined;
  const clean =
    isJsonObject(annotations) && isJsonObject(metadata) ? { ...metadata, annotations: redaction.annotations(annotations) } : metadata;
  return {
    ...open,
    ...(metadata === undefined ? {} : { metadata: clean }),
    ...(data === undefined && stringData === undefined ? {} : { data: values }),
  };
}
