import { readFile } from 'node:fs/promises';
import { defineConfig } from 'rolldown';

/**
 * Puts what the compiler wrote into `dist/` together, for a server that starts sooner: reading some 1,800 modules one by one costs a second of CPU. Packages stay
 * where npm installed them, so each of them is loaded once, whoever asks for it. The pieces stand in `dist/` itself: `import.meta.url` of the files of `src/` leads
 * from there to what lies beside them.
 */
export default defineConfig({
  input: { portolan: 'dist/main.js' },
  platform: 'node',
  external: /^[^./]/,
  plugins: [{ name: 'maps-of-the-compiler', load }],
  output: { dir: 'dist', format: 'esm', sourcemap: true, keepNames: true, chunkFileNames: 'portolan.[name].js' },
});

/** The maps of the compiler are followed to the sources, for stack traces that name them. */
async function load(id) {
  if (!id.endsWith('.js')) return null;
  const [code, map] = await Promise.all([readFile(id, 'utf8'), readFile(`${id}.map`, 'utf8')]);
  return { code, map: JSON.parse(map) };
}
