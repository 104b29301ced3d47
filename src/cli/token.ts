import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { withTokens } from '../with-tokens.js';
import { type Role, ROLES } from '../application/access/principal.js';

const USAGE = `Issues a token and prints it once.

  npm run token -- [--name NAME] [--role viewer|editor|admin] [--cluster NAME]… [--days N]

  --name     whose it is; default: cli
  --role     what it may do; default: admin
  --cluster  limits it to this cluster; may be given several times
  --days     how long it lasts; default: for ever
`;

const DAY_MS = 86_400_000;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      name: { type: 'string', default: 'cli' },
      role: { type: 'string', default: 'admin' },
      cluster: { type: 'string', multiple: true },
      days: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return void process.stdout.write(USAGE);
  const role = ROLES.find((known) => known === values.role);
  if (!role) throw new Error(`\`${values.role}\` is no role: it must be one of ${ROLES.join(', ')}`);
  const days = values.days === undefined ? undefined : Number(values.days);
  if (days !== undefined && !(days > 0 && days <= 36_500))
    throw new Error(`\`${values.days}\` is no number of days: it must be more than 0`);
  const secret = await issue(values.name, role, values.cluster ?? null, days === undefined ? null : new Date(Date.now() + days * DAY_MS));
  process.stdout.write(`${secret}\n`);
}

async function issue(name: string, role: Role, clusters: readonly string[] | null, expiresAt: Date | null): Promise<string> {
  return withTokens(async (tokens) => (await tokens.create({ name, role, clusters, expiresAt }, 'cli')).secret);
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
