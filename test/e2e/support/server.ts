import { readdirSync } from 'node:fs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import request from 'supertest';
import { readConfiguration } from '../../../src/application/config/configuration.js';
import { Tokens } from '../../../src/application/access/tokens.js';
import type { Role } from '../../../src/application/access/principal.js';
import { createApplication } from '../../../src/create-application.js';
import { freshDatabase } from '../../support/fresh-database.js';

/** The administrator's token of every server that tests start. */
export const ADMIN = 'test-administrator-token';

/** The JSON body of an answer, taken to be what the test says. */
export function bodyOf<T>(answer: { readonly body: unknown }): T {
  const { body }: { readonly body?: T } = Object(answer);
  return body!;
}

/** A server in this process over a database of its own. */
export interface TestServer {
  readonly app: NestFastifyApplication;
  /** Sends a request as the administrator, or as whoever `token` is; null: nobody. */
  send(method: 'get' | 'post' | 'put' | 'patch' | 'delete', path: string, token?: string | null): request.Test;
  /** Issues a token and returns its secret. */
  issue(role: Role, clusters?: readonly string[] | null): Promise<string>;
  stop(): Promise<void>;
}

/** Starts the whole server without a port of its own; settings as in the environment. */
export async function startServer(settings: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const database = await freshDatabase();
  const configuration = readConfiguration(settings);
  if (!configuration.ok) throw new Error(configuration.error.join('\n'));
  const migrations = readdirSync('prisma/migrations').filter((name) => /^\d/.test(name));
  const installation = {
    configuration: configuration.value,
    databaseUrl: database.url,
    migrations,
    version: '0.0.0-test',
    secretKey: Buffer.alloc(32, 1),
  };
  const app = await createApplication(installation, pino({ level: 'silent' }));
  await app.get(Tokens).bootstrap(ADMIN);
  return {
    app,
    send: (method, path, token = ADMIN) => {
      const test = request(app.getHttpServer())[method](path);
      return token === null ? test : test.set('authorization', `Bearer ${token}`);
    },
    issue: async (role, clusters = null) => (await app.get(Tokens).create({ name: role, role, clusters, expiresAt: null }, 'test')).secret,
    stop: async () => {
      await app.close();
      await database.drop();
    },
  };
}
