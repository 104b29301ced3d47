import { describeJson } from './describe-json.js';
import type { CalicoPort } from '../calico-policy.js';
import type { ObjectReader } from './object-reader.js';

const RANGE = /^(\d+)(?::(\d+))?$/;
const NAME = /^[a-zA-Z0-9_.-]{1,128}$/;
const LAST = 65535;

/** Most ports of one list ("MaxItems=50"). */
const MOST = 50;

/** Reads a list of ports: numbers, ranges `100:200` and names (projectcalico/calico `numorstring.Port`). What is none is an error, and is left out. */
export function readCalicoPorts(reader: ObjectReader, field: string): readonly CalicoPort[] {
  const list = reader.raw(field);
  if (list === undefined) return [];
  if (!Array.isArray(list)) {
    reader.error('wrong-type', field, `expected a list of ports, found ${describeJson(list)}`);
    return [];
  }
  if (list.length > MOST) reader.error('too-many', field, `at most ${MOST} ports are allowed, there are ${list.length}`);
  return list.flatMap((port, index): readonly CalicoPort[] => {
    const pointer = `${reader.at(field)}/${index}`;
    const found = typeof port === 'number' || typeof port === 'string' ? portOf(`${port}`, pointer) : undefined;
    if (found) return [found];
    const message = `${describeJson(port)} is no port: a number 1…${LAST}, a range such as \`100:200\`, or a name`;
    reader.findings.report('error', 'invalid-value', pointer, message);
    return [];
  });
}

function portOf(text: string, pointer: string): CalicoPort | undefined {
  const [, first, last = first] = RANGE.exec(text) ?? [];
  if (first === undefined) return NAME.test(text) && !/^[\d.]+$/.test(text) ? { type: 'name', pointer, name: text } : undefined;
  const [from, to] = [Number(first), Number(last)];
  return from >= 1 && to <= LAST && from <= to ? { type: 'range', pointer, from, to } : undefined;
}
