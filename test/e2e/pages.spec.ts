import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLE_TABS } from '../../src/api/pages/example-tabs.js';
import { loadDemoFleet } from '../../src/load-demo-fleet.js';
import { ADMIN, bodyOf, startServer, type TestServer } from './support/server.js';

const PAGES = ['/', '/docs', '/playground', '/docs/problems', '/docs/problems/unknown-pod'];
const CHROMIUM = '/usr/bin/chromium';
/** All that a test has: where everything is slow a page may be as well. Swagger UI alone works for half a minute of a processor before it shows the first operation. */
const PATIENCE_MS = 600_000;
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
];

describe('pages', () => {
  let server: TestServer;
  let origin: string;
  beforeAll(async () => {
    server = await startServer();
    await loadDemoFleet(server.app, 'demo');
    await server.app.listen(0, '127.0.0.1');
    origin = (await server.app.getUrl()).replace('[::1]', '127.0.0.1');
  });
  afterAll(() => server.stop());

  it.each(PAGES)('%s is HTML that may load nothing from elsewhere', async (path) => {
    const { headers, text } = await server.send('get', path, null).expect(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    expect(headers['x-frame-options']).toBe('DENY');
    const loaded = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url = '']) => url);
    expect(loaded.filter((url) => !/^(?:\/(?!\/)|data:|#)/.test(url))).toEqual([]);
    expect(text).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>/);
  });

  it('loads what pages name, and every link leads somewhere', async () => {
    for (const page of PAGES) {
      const { text } = await server.send('get', page, null);
      for (const [, path = ''] of text.matchAll(/(?:src|href)="(\/[^"]*)"/g)) await server.send('get', path, null).expect(200);
    }
  });

  it('leads from every question to the operation that asks it', async () => {
    const { paths } = bodyOf<{
      readonly paths: Readonly<Record<string, { readonly get?: { readonly operationId: string; readonly tags: readonly string[] } }>>;
    }>(await server.send('get', '/openapi.json', null));
    const asked = Object.entries(paths).flatMap(([path, { get }]) =>
      path.includes('/queries/') && get ? [`/docs#/${get.tags[0]}/${get.operationId}`] : [],
    );
    const { text } = await server.send('get', '/', null);
    const linked = [...text.matchAll(/href="(\/docs#[^"]+)"/g)].map(([, link = '']) => link);
    expect(asked.length).toBeGreaterThan(0);
    expect(linked.toSorted()).toEqual(asked.toSorted());
  });

  it('serves no other file of the packages', async () => {
    for (const file of ['package.json', '..%2fpackage.json', 'LICENSE', 'index.html', 'swagger-initializer.js']) {
      await server.send('get', `/assets/${file}`, null).expect(404);
    }
  });

  it('suggests the nearest kind of problem', async () => {
    const { body } = await server.send('get', '/docs/problems/unknown-pods', null).expect(404);
    expect(body).toMatchObject({ code: 'unknown-route', hint: 'did you mean `unknown-pod`?' });
  });

  describe.skipIf(!existsSync(CHROMIUM))(`in a browser (skipped where ${CHROMIUM} is missing)`, { timeout: PATIENCE_MS }, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
    });
    afterAll(() => browser.close());

    /** Opens a page and collects what it asks of other servers and what goes wrong. */
    async function open(path: string, viewport = { width: 1280, height: 800 }) {
      const context = await browser.newContext({ viewport });
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE_MS);
      const trouble: string[] = [];
      page.on('request', (request) => {
        if (!request.url().startsWith(origin) && !/^(?:data|blob):/.test(request.url())) trouble.push(`asked ${request.url()}`);
      });
      page.on('pageerror', (error) => trouble.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') trouble.push(message.text());
      });
      await page.goto(origin + path);
      return { page, trouble, close: () => context.close() };
    }

    it('shows the API', async () => {
      const { page, trouble, close } = await open('/docs');
      await page.waitForSelector('.opblock-tag-section');
      expect(await page.locator('.info .title').innerText()).toContain('Portolan');
      expect(trouble).toEqual([]);
      await close();
    });

    it('opens the operation that a question leads to', async () => {
      const { page, trouble, close } = await open('/');
      await page.click('a[href$="/askPolicyVerdict"]');
      await page.waitForSelector('#operations-policy-askPolicyVerdict.is-open');
      expect(trouble).toEqual([]);
      await close();
    });

    it('runs every example of the playground', async () => {
      const { page, trouble, close } = await open('/playground');
      await page.fill('#token', ADMIN);
      await page.press('#token', 'Enter');
      await page.locator('#state', { hasText: 'accepted' }).waitFor();
      const tabs = page.locator('.graphiql-tab-button');
      expect(await tabs.count()).toBe(EXAMPLE_TABS.length);
      for (const [index, { query }] of EXAMPLE_TABS.entries()) {
        await tabs.nth(index).click();
        const name = /^query (\w+)/.exec(query)?.[1] ?? '';
        const run = async (): Promise<object> => {
          const [answer] = await Promise.all([
            page.waitForResponse((response) => (response.request().postData() ?? '').includes(`query ${name} {`)),
            page.click('.graphiql-execute-button'),
          ]);
          return Object(await answer.json());
        };
        // GraphiQL learns some moments after a click on a tab which operation stands in it
        await expect.poll(run, { timeout: 20_000, message: name }).not.toHaveProperty('errors');
      }
      expect(trouble.filter((text) => !text.includes('status of 400'))).toEqual([]); // what was asked before it had learned
      await close();
    });

    it('says that a token is not known', async () => {
      const { page, close } = await open('/playground');
      await page.fill('#token', 'ptl_nobody');
      await page.press('#token', 'Enter');
      await page.locator('#state', { hasText: 'not known' }).waitFor();
      await close();
    });

    it('runs a document in the playground, with the token of its field', async () => {
      const { page, trouble, close } = await open('/playground');
      await page.fill('#token', ADMIN);
      await page.waitForSelector('.graphiql-execute-button');
      await page.keyboard.press('Escape');
      const [answer] = await Promise.all([
        page.waitForResponse(
          (response) => response.url().endsWith('/graphql') && (response.request().postData() ?? '').includes('cluster('),
        ),
        page.click('.graphiql-execute-button'),
      ]);
      expect(answer.request().headers()['authorization']).toBe(`Bearer ${ADMIN}`);
      expect(await page.locator('.graphiql-tab-button').count()).toBeGreaterThan(2);
      expect(trouble).toEqual([]);
      await close();
    });

    it.each(['/', '/docs', '/playground'])('has room for %s on a narrow screen', async (path) => {
      const { page, close } = await open(path, { width: 390, height: 800 });
      if (path === '/playground') {
        const editor = await page.locator('.graphiql-query-editor').boundingBox();
        expect(editor?.width).toBeGreaterThan(200);
      }
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
      await close();
    });

    it('shows the landing page without scripts', async () => {
      const context = await browser.newContext({ javaScriptEnabled: false });
      const page = await context.newPage();
      await page.goto(`${origin}/`);
      expect(await page.locator('h1').innerText()).toBe('Ask how your cluster networks behave.');
      await context.close();
    });
  });
});
