// `npm run check`: the judges, then the tests. `--tested`: the tests have just run, and are not run again.
import { spawnSync } from 'node:child_process';

const scripts = process.argv.includes('--tested') ? ['judges'] : ['judges', 'test'];
for (const script of scripts) {
  const { status } = spawnSync('npm', ['run', script], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
