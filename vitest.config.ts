import { defineConfig } from 'vitest/config';

/**
 * Two kinds of tests. `unit` needs neither Nest nor PostgreSQL; `integration` shares one throw-away PostgreSQL (or `DATABASE_URL`).
 * Vite 8 reads experimentalDecorators and emitDecoratorMetadata from tsconfig.json: no plugin is needed.
 */
const shared = { setupFiles: ['reflect-metadata', './test/support/property-seed.ts'], pool: 'forks' as const };

export default defineConfig({
  resolve: { alias: { graphql: 'graphql/index.js' } },
  test: {
    maxWorkers: 2,
    reporters: ['default', './test/support/closing-line.ts'],
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          name: 'unit',
          include: ['src/**/*.spec.ts', 'test/{properties,scenarios,architecture,unit,real}/**/*.spec.ts'],
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'integration',
          include: ['test/{integration,e2e}/**/*.spec.ts'],
          globalSetup: ['test/support/database.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
