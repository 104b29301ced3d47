import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

/**
 * Property tests try the same cases on every run, so that whoever changes nothing breaks nothing and a red run can be repeated. `PORTOLAN_PROPERTY_SEED=<integer>`
 * tries others, `PORTOLAN_PROPERTY_SEED=random` what fast-check likes (a failure prints its seed).
 */
const SEED = 20_261_126;

const { testPath } = expect.getState();
const asked = process.env['PORTOLAN_PROPERTY_SEED'];
// loading fast-check takes longer than most specs, and few of them use it
if (asked !== 'random' && testPath !== undefined && readFileSync(testPath, 'utf8').includes("from 'fast-check'")) {
  const seed = asked === undefined ? SEED : Number(asked);
  if (!Number.isInteger(seed)) throw new Error(`PORTOLAN_PROPERTY_SEED is \`${asked}\`; it must be an integer or \`random\``);
  const { configureGlobal } = await import('fast-check');
  configureGlobal({ seed });
}
