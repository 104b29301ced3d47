import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** The only files that are served, all from installed packages. */
const FILES: ReadonlySet<string> = new Set(
  [
    'graphiql.min.js',
    'graphiql.min.css',
    'react.production.min.js',
    'react-dom.production.min.js',
    'swagger-ui-bundle.js',
    'swagger-ui.css',
  ].map((name) => `/${name}`),
);

/** Serves what the pages load, so that they ask no other server. */
export async function addStaticAssets(server: FastifyInstance): Promise<void> {
  const require = createRequire(import.meta.url);
  const folder = (name: string) => dirname(require.resolve(`${name}/package.json`));
  await server.register(fastifyStatic, {
    root: [folder('graphiql'), join(folder('react'), 'umd'), join(folder('react-dom'), 'umd'), folder('swagger-ui-dist')],
    prefix: '/assets/',
    index: false,
    decorateReply: false,
    maxAge: '1h',
    allowedPath: (path) => FILES.has(path),
  });
}
