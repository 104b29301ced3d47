import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { KubernetesObject } from '../../core/resources/kubernetes-object.js';
import { normaliseObject } from '../../core/resources/normalise-object.js';
import type { ManifestDocument } from '../../manifests/manifest-document.js';
import { ManifestReader } from '../../manifests/read-manifests.js';
import type { ImportSettings } from '../imports/import-settings.js';
import type { NamedObject, ObjectChanges } from './object-changes.js';
import type { Supposed } from './what-if-input.js';

/** As many objects are supposed to be applied. */
const MOST_OBJECTS = 1000;

/** `Kind name`, `Kind namespace/name`, `Kind.group namespace/name`. */
const NAMED = /^([A-Za-z][A-Za-z0-9]*)(?:\.([a-z0-9.-]+))? +(?:([^/\s]+)\/)?([^/\s]+)$/;

/** Reads what a question supposes, as an import reads manifests: secrets are hashed, and what the API server would refuse is refused. */
export class ChangeReader {
  constructor(private readonly settings: ImportSettings) {}

  /** Fails with `invalid-request`, about `apply` or `delete`. */
  async read({ apply, delete: gone }: Supposed): Promise<Result<ObjectChanges, Problem>> {
    const removed: NamedObject[] = [];
    for (const text of gone) {
      const [, kind, group, namespace = '', name] = NAMED.exec(text.trim()) ?? [];
      if (kind === undefined || name === undefined)
        return err(
          wrong(
            'delete',
            'invalid-name',
            `\`${text}\` names no object`,
            'write `Ingress shop/web`: the kind, a space, and `namespace/name`',
          ),
        );
      removed.push({ text: text.trim(), group, kind, namespace, name });
    }
    const applied = await this.objectsOf(apply);
    return applied.ok ? ok({ applied: applied.value, removed }) : applied;
  }

  private async objectsOf(text: string | undefined): Promise<Result<readonly KubernetesObject[], Problem>> {
    const objects: KubernetesObject[] = [];
    if (text === undefined) return ok(objects);
    const { limits, hasher } = this.settings;
    const reader = new ManifestReader({ defaultNamespace: 'default', limits, hasher });
    for await (const document of reader.read([{ name: 'apply', content: bytesOf(text) }])) {
      const fault = faultOf(document);
      if (fault !== undefined) return err(fault);
      if (document.outcome !== 'object') continue;
      if (objects.length >= MOST_OBJECTS) return err(wrong('apply', 'too-many', `more than ${MOST_OBJECTS} objects`));
      objects.push(document.object);
    }
    return objects.length > 0 ? ok(objects) : err(wrong('apply', 'empty', 'there is no manifest in it'));
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- the text of a request as the file of an import
async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** What the API server would not take; what is read in part of a kind that is not modelled is no fault. */
function faultOf(document: ManifestDocument): Problem | undefined {
  if (document.outcome === 'skipped') return undefined;
  const own = document.outcome === 'object' ? normaliseObject(document.object).diagnostics : [];
  const all = [...document.diagnostics, ...own];
  const fault = all.find(({ severity }) => severity === 'error') ?? (document.outcome === 'invalid' ? all[0] : undefined);
  if (!fault && document.outcome === 'object') return undefined;
  const { pointer = '', message = 'no manifest', code = 'invalid', hint } = fault ?? {};
  const line = document.outcome === 'object' ? document.lineOf(pointer) : document.line;
  return wrong('apply', code, `line ${line}: ${message}`, hint);
}

function wrong(parameter: 'apply' | 'delete', code: string, message: string, hint?: string): Problem {
  const told = hint === undefined ? {} : { hint };
  return problem('invalid-request', message, { ...told, errors: [{ pointer: `/${parameter}`, code, message, ...told }] });
}
