import { describe, expect, it } from 'vitest';
import { welcome } from './welcome.js';

const url = 'http://127.0.0.1:7878';

describe('the welcome', () => {
  it('shows a token that was made now, and asks with it', () => {
    const lines = welcome({ url, secret: 'ptl_new', demo: true }).join('\n');
    expect(lines).toContain('bootstrap token, shown this once:\n  ptl_new\n');
    expect(lines).toContain('Bearer ptl_new');
    expect(lines).toContain(`${url}/api/v1/clusters/harbor/queries/policy-verdict?`);
  });

  it('says how to get another token where it has none to show', () => {
    const lines = welcome({ url, secret: undefined, demo: true }).join('\n');
    expect(lines).toContain('`npm run token` issues another');
    expect(lines).toContain('Bearer $PORTOLAN_TOKEN');
  });

  it('asks nothing about a demo that is not there, but shows the first import', () => {
    const lines = welcome({ url, secret: 'ptl_new', demo: false }).join('\n');
    expect(lines).not.toContain('harbor');
    expect(lines).toContain('--data-binary @cluster.yaml http://127.0.0.1:7878/api/v1/clusters/mine/snapshots');
  });
});
