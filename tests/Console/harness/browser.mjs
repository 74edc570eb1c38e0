// Debian's Chromium, and what every page is held to: no error in its console, no request that leaves the machine.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const pictures = process.env.PICTURES ?? resolve(here, '../../../artifacts/console');

export class Browser {
  static async start(url) {
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-dev-shm-usage', '--force-color-profile=srgb'],
    });
    return new Browser(browser, url);
  }

  constructor(browser, url) {
    this.browser = browser;
    this.url = url;
  }

  stop() {
    return this.browser.close();
  }

  /** A visitor with cookies of their own. `width` is the window's. */
  async visitor({ theme = 'light', width = 1440, height = 900, ...options } = {}) {
    const context = await this.browser.newContext({
      baseURL: this.url,
      colorScheme: theme,
      viewport: { width, height },
      reducedMotion: 'reduce',
      ...options,
    });
    context.setDefaultTimeout(60_000);
    return new Visitor(context, await context.newPage(), this.url);
  }
}

export class Visitor {
  /** What went wrong, and where the page asked for something. */
  problems = [];
  expected = [];

  constructor(context, page, url) {
    this.context = context;
    this.page = page;
    this.url = url;
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.problems.push(`${message.type()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.problems.push(`thrown: ${error}`));
    page.on('dialog', (dialog) => {
      this.problems.push(`dialog: ${dialog.message()}`);
      dialog.dismiss();
    });
    context.on('request', (request) => {
      const to = request.url();
      if (!to.startsWith(url) && !to.startsWith('data:') && !to.startsWith('blob:')) this.problems.push(`request: ${to}`);
    });
  }

  async signIn(key) {
    await this.page.goto('/console/sign-in');
    await this.page.getByLabel('API key').fill(key);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.page.waitForURL('**/console');
  }

  /** Ends the visit. Problems that a test expects are matched by `expected`, each by a regular expression. */
  async leave({ expected = [] } = {}) {
    await this.context.close();
    const others = this.problems.filter((problem) => !expected.some((pattern) => pattern.test(problem)));
    assert.deepEqual(others, []);
  }

  /** WCAG 2.2 A and AA, as far as a program can tell. */
  async accessible() {
    await this.page.evaluate(axe);
    const found = await this.page.evaluate(() =>
      axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }),
    );
    assert.deepEqual(
      found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`),
      [],
    );
  }

  /** Nothing is wider than the window. */
  async fits() {
    const [content, frame] = await this.page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    assert.ok(content <= frame, `The page is ${content} px wide in a window of ${frame} px.`);
  }

  /** Keeps a picture for people to look at. */
  async picture(name, options = {}) {
    mkdirSync(pictures, { recursive: true });
    await this.page.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled', ...options });
  }
}
