import { defineMappingTag, defineScalarTag, mergeTag, NOT_RESOLVED, Schema, seqTag, strTag } from 'js-yaml';
import { resolvePlainScalar } from './yaml-scalar.js';

/** The reason js-yaml gives when a mapping is used as a key: what an unrendered template looks like. */
export const MAP_AS_KEY = 'a mapping is used as a key';

const never = () => false;

function explicitScalar(name: string, resolve: (source: string) => unknown) {
  return defineScalarTag(`tag:yaml.org,2002:${name}`, { resolve, identify: never });
}

function typed(type: 'number' | 'boolean' | 'null') {
  return (source: string) => {
    const value = resolvePlainScalar(source);
    return (value === null ? 'null' : typeof value) === type ? value : NOT_RESOLVED;
  };
}

const EXPLICIT_SCALARS = [
  explicitScalar('int', typed('number')),
  explicitScalar('float', typed('number')),
  explicitScalar('bool', typed('boolean')),
  explicitScalar('null', typed('null')),
  explicitScalar('timestamp', (source) => source),
  explicitScalar('binary', (source) => Buffer.from(source, 'base64').toString('utf8')),
  // An application's own tag says nothing to kubectl: its scalar is text.
  defineScalarTag('!', { matchByTagPrefix: true, resolve: (source) => source, identify: never }),
];

const PLAIN_SCALAR = defineScalarTag('tag:portolan,2024:plain', {
  implicit: true,
  implicitFirstChars: ['', ...Array.from('0123456789+-.yYnNtTfFoO~')],
  resolve: (source) => {
    const value = resolvePlainScalar(source);
    return typeof value === 'string' ? NOT_RESOLVED : value;
  },
  identify: never,
});

/** Keys that are numbers or booleans become text, as in kubectl. */
function keyText(key: unknown): string {
  return typeof key === 'string' ? key : JSON.stringify(key);
}

/** A mapping as kubectl reads it: keys become text, the last of equal keys wins, a key `__proto__` is a key like any other. */
const MAPPING = defineMappingTag<Record<string, unknown>>('tag:yaml.org,2002:map', {
  create: () => ({}),
  addPair: (carrier, key, value) => {
    if (typeof key === 'object') return key === null ? 'null is used as a key' : MAP_AS_KEY;
    const name = keyText(key);
    if (name === '__proto__') Object.defineProperty(carrier, name, { value, enumerable: true, configurable: true, writable: true });
    else carrier[name] = value;
    return '';
  },
  has: (carrier, key) => Object.hasOwn(carrier, keyText(key)),
  keys: (carrier) => Object.keys(carrier),
  get: (carrier, key) => carrier[keyText(key)],
  identify: never,
});

/** What kubectl understands of YAML's types (kubernetes-sigs/yaml): YAML 1.1 with the exceptions of `resolvePlainScalar`. */
export const KUBECTL_SCHEMA = new Schema([strTag, seqTag, MAPPING, mergeTag, PLAIN_SCALAR, ...EXPLICIT_SCALARS]);
