import { isJsonObject, type Json, type JsonObject } from '../core/kernel/json.js';
import { groupOf } from './group-of.js';
import { redactSecret } from './redact-secret.js';
import type { SecretHasher } from './secret-hasher.js';
import type { Suspicions } from './suspicions.js';

const PEM_KEY = /-----BEGIN ([A-Z0-9 ]*)PRIVATE KEY-----[\s\S]*?(?:-----END \1PRIVATE KEY-----|$)/g;
/** base64 of `-----BEGIN`, as kubeconfigs and webhooks embed PEM. */
const ENCODED_PEM = /LS0tLS1CRUdJTi[A-Za-z0-9+/=]+/g;

/** Rewrites every text and every object of a tree, objects before what is in them. */
class Rewriting {
  constructor(
    private readonly text: (value: string) => string,
    private readonly object: (value: JsonObject) => JsonObject,
  ) {}

  value(value: Json | undefined): Json | undefined {
    if (typeof value === 'string') return this.text(value);
    if (isJsonObject(value)) return this.members(value);
    return Array.isArray(value) ? value.map((item: Json) => this.value(item) ?? null) : value;
  }

  members(object: JsonObject): JsonObject {
    return Object.fromEntries(Object.entries(this.object(object)).map(([key, child]) => [key, this.value(child)]));
  }
}

function withoutPrivateKeys(text: string, hasher: SecretHasher): string {
  const decoded = (encoded: string) => Buffer.from(encoded, 'base64').toString('latin1');
  return text
    .replace(PEM_KEY, (key) => hasher.hash(key))
    .replace(ENCODED_PEM, (encoded) =>
      decoded(encoded).includes('PRIVATE KEY-----') ? hasher.hash(Buffer.from(encoded, 'base64')) : encoded,
    );
}

function isSecret(object: JsonObject): boolean {
  return (
    object['kind'] === 'Secret' && (object['apiVersion'] === 'v1' || object['data'] !== undefined || object['stringData'] !== undefined)
  );
}

/** Helm keeps whole releases, rendered Secrets included: version 2 in ConfigMaps (`OWNER: TILLER`), version 3 in Secrets or ConfigMaps (`owner: helm`). */
function isHelmRelease(object: JsonObject): boolean {
  const metadata = object['metadata'];
  const labels = isJsonObject(metadata) ? metadata['labels'] : undefined;
  return object['kind'] === 'ConfigMap' && isJsonObject(labels) && (labels['OWNER'] === 'TILLER' || labels['owner'] === 'helm');
}

/** TokenRequest and TokenReview answers carry a bearer token. */
function redactToken(object: JsonObject, hasher: SecretHasher): JsonObject {
  const hashed = (member: 'spec' | 'status') => {
    const part = object[member];
    return isJsonObject(part) && typeof part['token'] === 'string' ? { [member]: { ...part, token: hasher.hash(part['token']) } } : {};
  };
  return { ...object, ...hashed('spec'), ...hashed('status') };
}

/**
 * The object without what must not be stored: values of Secrets (also of one nested in another object, such as a template), Helm's release
 * records, tokens, and private keys in PEM wherever they stand. Plain `value`s of container environments stay as they are.
 */
export function redactObject(object: JsonObject, suspicions: Suspicions, hasher: SecretHasher): JsonObject {
  if (isSecret(object)) return redactSecret(object, hasher);
  let clean = object;
  if (isHelmRelease(object)) clean = { ...object, data: redactSecret({ data: object['data'] }, hasher)['data'] };
  if (groupOf(object) === 'authentication.k8s.io') clean = redactToken(object, hasher);
  if (!suspicions.privateKey && !suspicions.secret) return clean;
  const text = (value: string) => withoutPrivateKeys(value, hasher);
  const nested = (value: JsonObject) => (isSecret(value) ? redactSecret(value, hasher) : value);
  return new Rewriting(text, nested).members(clean);
}
