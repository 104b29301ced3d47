import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { format, timed } from './measure.js';
import { modelOf, textsOf } from './model-of.js';
import { comparedFigure, plainFigure, type Section } from './section.js';
import { SIZES } from './synthetic-cluster.js';

/** Bytes on the heap after everything unreachable was given back. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

/** Compiling the model of a revision, and what the model weighs: `ModelCache` reckons with that weight. */
export async function benchCompile(): Promise<Section> {
  const figures = [];
  for (const size of [SIZES.S, SIZES.M]) {
    const texts = textsOf(size);
    const characters = texts.reduce((sum, { length }) => sum + length, 0);
    const parsed = await timed(() => texts.reduce((sum, text) => sum + Object.keys(JSON.parse(text) as object).length, 0));
    const before = heapBytes();
    const compiled = await timed(() => modelOf(texts));
    const bytes = heapBytes() - before;
    figures.push(
      comparedFigure(`${size.name}: parse, normalise, compile`, 's', compiled.seconds, parsed.seconds),
      plainFigure(
        `${size.name}: memory of the model of ${compiled.value.pods.length.toLocaleString('en')} pods`,
        `${format(bytes / 2 ** 20, 'MiB')}, ${format(bytes / characters)} bytes for each character of ${format(characters / 1e6, 'MB')} of JSON`,
      ),
    );
  }
  return {
    title: 'Compiling a model',
    about: 'From the stored texts to the immutable model, in process and in one go. Reference: `JSON.parse` of the same texts.',
    figures,
  };
}
