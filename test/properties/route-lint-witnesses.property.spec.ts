import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { INGRESS_DIALECTS } from '../../src/core/ingress/route-request.js';
import { modelOf, objectsBelow } from '../support/model.js';
import { witnessFaults } from '../support/witnesses.js';

/** INV-ING-7 and INV-ING-9 as a user sees them: what `route-lint` gives as a witness is sent to the question `route` with nothing added, by each dialect of Ingress. */
describe('each witness of the demo fleet reaches its rule, and a suite of them covers the rules that have one', () => {
  const clusters = readdirSync('demo').filter((name) => !name.includes('.'));

  it.each(clusters)('%s', async (name) => {
    const model = modelOf(await objectsBelow(join('demo', name), (path) => path.endsWith('.yaml')));
    const found = [undefined, ...INGRESS_DIALECTS].map((dialect) => witnessFaults(model, dialect ? { dialect } : {}));
    expect(found.flatMap(({ faults }) => faults)).toEqual([]);
    expect(Math.min(...found.map(({ live }) => live))).toBeGreaterThan(0);
  });
});
