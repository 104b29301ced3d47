import { err } from '../kernel/result.js';
import type { MakeTest } from './finding.js';

/** A matcher that takes from `least` to `most` values, and refuses another number of them. */
export function taking(least: number, most: number, make: MakeTest): MakeTest {
  return (values) => {
    if (values.length >= least && values.length <= most) return make(values);
    const wanted = least === most ? `${least}` : `${least} or ${most}`;
    const hint = most === 1 ? 'join several with `||`, as in ``Path(`/a`) || Path(`/b`)``' : undefined;
    return err({ message: `it takes ${wanted} value${most === 1 ? '' : 's'}, not ${values.length}`, hint });
  };
}
