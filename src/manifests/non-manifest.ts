import { isJsonObject, type JsonObject } from '../core/kernel/json.js';

const BY_FILE_NAME: readonly (readonly [RegExp, string])[] = [
  [/^Chart\.ya?ml$/i, "a Helm chart's description"],
  [/^values[^/]*\.ya?ml$|[-_.]values\.ya?ml$/i, 'Helm values'],
  [/^(?:kustomization|kustomizeconfig)\.ya?ml$/i, 'a file of kustomize'],
  [/^(?:package|package-lock|tsconfig)\.json$/i, 'a file of a JavaScript project'],
  [/^(?:docker-)?compose[^/]*\.ya?ml$/i, 'a Compose file'],
  [/^skaffold[^/]*\.ya?ml$/i, 'a Skaffold file'],
];

const BY_MEMBERS: readonly (readonly [readonly string[], string])[] = [
  [['swagger', 'paths'], 'an OpenAPI description'],
  [['openapi', 'paths'], 'an OpenAPI description'],
  [['panels', 'schemaVersion'], 'a Grafana dashboard'],
  [['services', 'version'], 'a Compose file'],
  [['dependencies', 'name'], 'a package description'],
  [['resources', 'images'], 'a file of kustomize'],
];

/** What a document is that has no kind, as far as its file's name or its members tell: `Helm values`, `a text`. */
export function describeNonManifest(file: string, value: unknown): string {
  const name = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
  const named = BY_FILE_NAME.find(([pattern]) => pattern.test(name));
  if (named) return named[1];
  if (Array.isArray(value)) return 'a list of things without kind';
  if (!isJsonObject(value)) return `a ${value === null ? 'null' : typeof value === 'string' ? 'text' : typeof value}`;
  return (
    BY_MEMBERS.find(([members]) => members.every((member) => Object.hasOwn(value, member)))?.[1] ??
    'something without `kind` and `apiVersion`'
  );
}

/** Whether a document without kind looks like an object whose kind and apiVersion were dropped, as client-go does. */
export function looksLikeObject(value: JsonObject): boolean {
  const metadata = value['metadata'];
  return isJsonObject(metadata) && ['name', 'uid', 'namespace', 'creationTimestamp'].some((member) => Object.hasOwn(metadata, member));
}
