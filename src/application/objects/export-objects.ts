import type { Problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { type LabelSelector, selectorMatches } from '../../core/resources/label-selector.js';
import type { JsonObject } from '../../core/kernel/json.js';
import type { Coordinate, CoordinateText } from '../clusters/coordinate.js';
import { Coordinates } from '../clusters/coordinates.js';
import { RevisionStore } from '../clusters/revision-store.js';
import type { StoredObject } from '../clusters/stored-object.js';
import { kindsAt } from './kinds-at.js';
import { knownKind } from './known-kind.js';
import { planList } from './list-plan.js';
import type { ListRequest } from './list-request.js';
import { missingNamespace } from './missing-namespace.js';
import { objectLabels } from './object-labels.js';
import { yamlOfJson } from './yaml-of-json.js';

/** How an export is written: YAML documents, a JSON `List`, or one JSON object a line. */
export const EXPORT_FORMATS = ['yaml', 'json', 'ndjson'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Which objects to export; absent members admit everything. */
export interface ExportRequest extends CoordinateText, Pick<ListRequest, 'kind' | 'group' | 'namespace' | 'labelSelector'> {
  readonly format: ExportFormat;
}

/** An export: where it was read, and its text as it is read. */
export interface ObjectExport {
  readonly place: Coordinate;
  text(): AsyncGenerator<string>;
}

/** How a format begins an export, writes one object, stands between two, and ends. */
interface Writing {
  readonly head: string;
  readonly between: string;
  readonly tail: string;
  readonly write: (body: string) => string;
}

/** What is stored is JSON, and goes out as it is. */
const WRITINGS: Readonly<Record<ExportFormat, Writing>> = {
  yaml: { head: '', between: '---\n', tail: '', write: yamlOf },
  json: { head: '{"apiVersion":"v1","kind":"List","items":[\n', between: ',\n', tail: '\n]}\n', write: (body) => body },
  ndjson: { head: '', between: '', tail: '', write: (body) => `${body}\n` },
};

/** What is stored was checked when it came in. */
function yamlOf(body: string): string {
  const object: JsonObject = JSON.parse(body);
  return yamlOfJson(object);
}

/** What goes in comes out again: the objects of a cluster at a coordinate. */
export class ExportObjects {
  constructor(
    private readonly coordinates: Coordinates,
    private readonly revisions: RevisionStore,
  ) {}

  /** Fails as the coordinate does, and with `invalid-request` and `unknown-namespace`. */
  async start(cluster: string, request: ExportRequest): Promise<Result<ObjectExport, Problem>> {
    const { kind, group, namespace, labelSelector, format } = request;
    const plan = planList({ labelSelector }, { scope: [], fields: [], sorts: ['kind'] });
    if (!plan.ok) return plan;
    const place = await this.coordinates.resolve(cluster, request);
    if (!place.ok) return err(place.error);
    const { cluster: found, revision } = place.value;
    const kinds = kind === undefined ? ok(undefined) : knownKind(kind, await kindsAt(this.revisions, found, [revision]));
    if (!kinds.ok) return kinds;
    const missing = namespace === undefined ? undefined : await missingNamespace(this.revisions, found, revision, namespace);
    if (missing) return err(missing);
    const filter = { kinds: kinds.value === undefined ? undefined : [kinds.value], group, namespace };
    const batches = (): AsyncIterable<readonly StoredObject[]> => this.revisions.objectsAt(found, revision, filter);
    return ok({ place: place.value, text: () => write(batches(), plan.value.labels, WRITINGS[format]) });
  }
}

async function* write(
  batches: AsyncIterable<readonly StoredObject[]>,
  labels: LabelSelector,
  { head, between, tail, write: writeOne }: Writing,
): AsyncGenerator<string> {
  let before = head;
  for await (const batch of batches) {
    let text = '';
    for (const { body } of batch) {
      if (labels.requirements.length > 0 && !selectorMatches(labels, objectLabels(body))) continue;
      text += before + writeOne(body);
      before = between;
    }
    if (text !== '') yield text;
  }
  yield before === head ? head + tail : tail;
}
