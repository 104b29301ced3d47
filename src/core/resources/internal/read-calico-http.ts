import type { CalicoHttpMatch } from '../calico-policy.js';
import type { ObjectReader } from './object-reader.js';

const FIELDS: ReadonlySet<string> = new Set(['methods', 'paths']);
const PATH_FIELDS: ReadonlySet<string> = new Set(['exact', 'prefix']);
/** "MaxItems=20" of methods and paths, "MaxLength=1024" of a path. */
const MOST = 20;
const LONGEST = 1024;

/** Reads what an HTTP request must be (`libcalico-go/lib/validator/v3`, `validateHTTPRule`). */
export function readCalicoHttp(rule: ObjectReader): CalicoHttpMatch | undefined {
  const reader = rule.object('http');
  if (!reader) return undefined;
  reader.expectOnly(FIELDS);
  const methods = reader.texts('methods');
  const paths = reader.objects('paths');
  if (new Set(methods).size < methods.length) reader.error('invalid-value', 'methods', 'a method is named twice');
  for (const [field, { length }] of [
    ['methods', methods],
    ['paths', paths],
  ] as const) {
    if (length > MOST) reader.error('too-many', field, `at most ${MOST} ${field} are allowed, there are ${length}`);
  }
  return { methods, paths: paths.flatMap(readPath) };
}

function readPath(reader: ObjectReader): CalicoHttpMatch['paths'] {
  reader.expectOnly(PATH_FIELDS);
  const [exact, prefix] = [reader.filledText('exact'), reader.filledText('prefix')];
  const path = exact ?? prefix;
  if (path === undefined || (exact !== undefined && prefix !== undefined)) {
    reader.findings.report('error', 'invalid-value', reader.pointer, 'a path needs either `exact` or `prefix`');
    return [];
  }
  const type = exact === undefined ? 'prefix' : 'exact';
  if (!path.startsWith('/') || /[? #]/.test(path)) {
    reader.error('invalid-value', type, `\`${path}\` is no path: it starts with \`/\` and holds no \`?\`, \`#\` or blank`);
  }
  if (path.length > LONGEST) reader.error('out-of-range', type, `the path is longer than ${LONGEST} characters`);
  return [{ type, path }];
}
