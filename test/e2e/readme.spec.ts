import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Product, takeProduct } from '../conformance/product.js';

const run = promisify(execFile);

/** Every command of the README that talks to the server, with what its last comment says it prints. */
const COMMANDS = [...readFileSync('README.md', 'utf8').matchAll(/```sh\n(curl [\s\S]*?)```/g)].map(([, block = '']) => ({
  command: block.replace(/^#.*$/gm, '').trim(),
  prints: /^# → (.+)$/m.exec(block)?.[1] ?? '',
}));

describe('the README', () => {
  let product: Product;
  beforeAll(async () => {
    product = await takeProduct(undefined, { PORTOLAN_DEMO: '1' });
  });
  afterAll(() => product.stop());

  it('shows commands, and says of each what it prints', () => {
    expect(COMMANDS.length).toBeGreaterThanOrEqual(8);
    expect(COMMANDS.filter(({ prints }) => prints === '')).toEqual([]);
  });

  it.each(COMMANDS)('$command', async ({ command, prints }) => {
    const here = command.replaceAll('http://127.0.0.1:7878', product.url);
    const { stdout } = await run('bash', ['-c', here], { env: { ...process.env, PORTOLAN_TOKEN: product.token } });
    expect(stdout).toContain(prints);
  });
});
