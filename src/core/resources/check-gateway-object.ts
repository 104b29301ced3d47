import { isJsonObject } from '../kernel/json.js';
import type { ObjectRef } from '../kernel/object-ref.js';
import { checkShape } from './internal/crd-shape.js';
import { GATEWAY_RULES } from './internal/gateway-rules.js';
import { shapeOf } from './internal/gateway-shapes.js';
import type { ObjectReader } from './internal/object-reader.js';

/** Reports what the API server refuses of an object of the Gateway API, beyond what its reader reported: the schema of its CRD, and the rules in it. */
export function checkGatewayObject(root: ObjectReader, ref: ObjectRef): void {
  const { diagnostics, refused } = root.findings;
  const before = diagnostics.length;
  check(root, ref);
  for (const { severity, pointer = '', message } of diagnostics.slice(before))
    if (severity === 'error' && refused.length < MOST_REFUSALS) refused.push({ pointer, message });
}

/** So many reasons are kept beside the object; the diagnostics have all. */
const MOST_REFUSALS = 10;

function check(root: ObjectReader, { apiVersion, kind }: ObjectRef): void {
  const shape = shapeOf(kind, apiVersion.slice(apiVersion.indexOf('/') + 1));
  const spec = isJsonObject(root.raw('spec')) ? root.object('spec') : undefined;
  if (!spec) {
    if (!root.has('spec')) root.error('missing-field', 'spec', `a ${kind} needs a spec`);
    return;
  }
  if (shape) checkShape(spec, shape);
  for (const rule of GATEWAY_RULES[kind] ?? []) rule(spec);
}
