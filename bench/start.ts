import { rmSync } from 'node:fs';
import { startEmbeddedPostgres } from '../src/persistence/embedded-postgres.js';
import { startProduct } from '../test/conformance/product.js';
import { median, timed } from './measure.js';
import { comparedFigure, type Section } from './section.js';
import { temporaryFolder } from './temporary-folder.js';

const ROUNDS = 3;

/** From the start of the process to `/readyz`, on the embedded database with the demo fleet in it. */
export async function benchStart(): Promise<Section> {
  const home = temporaryFolder();
  const start = () => startProduct({ PORTOLAN_DATA_DIR: home, PORTOLAN_DEMO: '1' });
  const ready: number[] = [];
  const alone: number[] = [];
  try {
    const first = await timed(start);
    await first.value.stop();
    for (let round = 0; round < ROUNDS; round++) {
      const again = await timed(start);
      await again.value.stop();
      ready.push(again.seconds);
      const database = await timed(() => startEmbeddedPostgres(home, 'portolan'));
      await database.value.stop();
      alone.push(database.seconds);
    }
    return {
      title: 'Start',
      about: `From the start of the process to the first 200 of \`/readyz\`, median of ${ROUNDS}. Reference: the embedded PostgreSQL alone, on the same data.`,
      figures: [
        comparedFigure('on an existing database', 's', median(ready), median(alone), '≤ 3 s'),
        comparedFigure('on an empty one, the demo fleet imported', 's', first.seconds, median(alone)),
      ],
    };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
