import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../conformance/free-port.js';
import { type Product, takeProduct } from '../conformance/product.js';

const run = promisify(execFile);

const DIG = spawnSync('dig', ['-v']).error === undefined;

/** Every command of the README that talks to the server, with what its last comment says it prints. */
const COMMANDS = [...readFileSync('README.md', 'utf8').matchAll(/```sh\n((?:curl|dig) [\s\S]*?)```/g)].map(([, block = '']) => ({
  command: block.replace(/^#.*$/gm, '').trim(),
  prints: /^# → (.+)$/m.exec(block)?.[1] ?? '',
}));

describe('the README', () => {
  let product: Product;
  let dns: number;
  beforeAll(async () => {
    dns = await freePort();
    product = await takeProduct(undefined, { PORTOLAN_DEMO: '1', PORTOLAN_DNS: `harbor:${dns}` });
  });
  afterAll(() => product.stop());

  it('shows commands, and says of each what it prints', () => {
    expect(COMMANDS.length).toBeGreaterThanOrEqual(8);
    expect(COMMANDS.filter(({ prints }) => prints === '')).toEqual([]);
  });

  const isDig = ({ command }: { readonly command: string }): boolean => command.startsWith('dig');

  async function prints(command: string): Promise<string> {
    const here = command.replaceAll('http://127.0.0.1:7878', product.url).replaceAll('-p 5353', `-p ${dns}`);
    const { stdout } = await run('bash', ['-c', here], { env: { ...process.env, PORTOLAN_TOKEN: product.token } });
    return stdout;
  }

  it.each(COMMANDS.filter((one) => !isDig(one)))('$command', async ({ command, prints: expected }) => {
    expect(await prints(command)).toContain(expected);
  });

  it.skipIf(!DIG).each(COMMANDS.filter(isDig))('$command (skipped where dig is not installed)', async ({ command, prints: expected }) => {
    expect(await prints(command)).toContain(expected);
  });
});
