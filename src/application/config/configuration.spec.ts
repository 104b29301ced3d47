import { describe, expect, it } from 'vitest';
import { readConfiguration, SETTINGS } from './configuration.js';

describe('configuration', () => {
  it('needs nothing: every setting has a default or may be missing', () => {
    const read = readConfiguration({ HOME: '/root', PATH: '/bin' });
    expect(read).toMatchObject({
      ok: true,
      value: { PORTOLAN_HOST: '127.0.0.1', PORTOLAN_PORT: 7878, PORTOLAN_DEMO: true, DATABASE_URL: undefined },
    });
  });

  it('shows each default as it is read', () => {
    const shown = Object.fromEntries(Object.entries(SETTINGS).map(([name, { byDefault }]) => [name, byDefault]));
    expect(readConfiguration(shown)).toEqual(readConfiguration({}));
  });

  it.each([
    [
      'PORTOLAN_PORT',
      'http',
      'PORTOLAN_PORT is the TCP port the server listens on, 0 for a free one: it must be a whole number from 0 to 65535, not `http`',
    ],
    [
      'PORTOLAN_PORT',
      '70000',
      'PORTOLAN_PORT is the TCP port the server listens on, 0 for a free one: it must be a whole number from 0 to 65535, not `70000`',
    ],
    [
      'PORTOLAN_PORT',
      '-1',
      'PORTOLAN_PORT is the TCP port the server listens on, 0 for a free one: it must be a whole number from 0 to 65535, not `-1`',
    ],
    ['PORTOLAN_DEMO', 'yes', 'PORTOLAN_DEMO is whether an empty database gets the demo fleet: it must be 0 or 1, not `yes`'],
    [
      'PORTOLAN_LOG_LEVEL',
      'loud',
      'PORTOLAN_LOG_LEVEL is the least grave messages of the log: it must be one of fatal, error, warn, info, debug, trace, silent, not `loud`',
    ],
    ['PORTOLAN_PROT', '80', 'PORTOLAN_PROT is no setting of this server: did you mean `PORTOLAN_PORT`?'],
    ['PORTOLAN_XYZZYFOO', '80', 'PORTOLAN_XYZZYFOO is no setting of this server: see docs/CONFIGURATION.md'],
    [
      'DATABASE_URL',
      'mysql://u:hunter2@h/d',
      'DATABASE_URL is the PostgreSQL to use instead of the embedded one: it must be a URL `postgresql://user:password@host:port/database`',
    ],
    ...['harbor', 'harbor:', ':5353', 'harbor:70000', 'harbor:5353,harbor:5354', 'harbor:5353,atoll:5353', 'harbor:5353,', 'Harbor:1'].map(
      (value): [string, string, string] => [
        'PORTOLAN_DNS',
        value,
        `PORTOLAN_DNS is the clusters whose names are served as real DNS, over UDP and TCP and without a token, each on its port: it must be clusters with ports, such as \`harbor:5353,atoll:5354\`, none of them twice; port 0 is a free one, not \`${value}\``,
      ],
    ),
    [
      'PORTOLAN_DNS_HOST',
      'localhost',
      'PORTOLAN_DNS_HOST is the address DNS is answered on: whoever reaches it can ask for every name: it must be an IP address, not `localhost`',
    ],
  ])('%s=%s', (name, value, line) => {
    expect(readConfiguration({ [name]: value })).toEqual({ ok: false, error: [line] });
  });

  it('serves the names of no cluster unless told to, and of several on ports of their own', () => {
    const read = (PORTOLAN_DNS?: string) => {
      const configuration = readConfiguration({ PORTOLAN_DNS });
      return configuration.ok ? configuration.value.PORTOLAN_DNS : configuration.error;
    };
    expect([read(), read('')]).toEqual([[], []]);
    expect(read('harbor:5353, atoll:0,fjord:0')).toEqual([
      { cluster: 'harbor', port: 5353 },
      { cluster: 'atoll', port: 0 },
      { cluster: 'fjord', port: 0 },
    ]);
    expect(readConfiguration({})).toMatchObject({ value: { PORTOLAN_DNS_HOST: '127.0.0.1' } });
  });

  it('never repeats a secret', () => {
    const read = readConfiguration({ PORTOLAN_BOOTSTRAP_TOKEN: 'hunter2', PORTOLAN_SECRET_KEY: 'hunter2', DATABASE_URL: 'hunter2' });
    expect(read.ok).toBe(false);
    expect(JSON.stringify(read)).not.toContain('hunter2');
  });

  it('takes empty text as not set, and leaves the variables of other tools alone', () => {
    expect(readConfiguration({ PORTOLAN_PORT: '', PORTOLAN_TOKEN: 'x', PORTOLAN_URL: 'y', PORTOLAN_SHARED: 'z' })).toEqual(
      readConfiguration({}),
    );
  });

  it('names every wrong variable at once', () => {
    const read = readConfiguration({ PORTOLAN_PORT: 'x', PORTOLAN_DEMO: 'x', PORTOLAN_HOTS: 'x' });
    expect(read.ok ? [] : read.error.map((line) => line.split(' ')[0])).toEqual(['PORTOLAN_DEMO', 'PORTOLAN_HOTS', 'PORTOLAN_PORT']);
  });
});
