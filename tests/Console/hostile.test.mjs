// What callers and models make is shown, and never does anything.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { World, python, say } from './harness/world.mjs';

const attack = (name) =>
  `<script>window.hacked="${name}"</script><img src=x onerror="window.hacked='${name}'"><svg onload="window.hacked='${name}'">"'><b>${name}</b>`;

describe('hostile content', { timeout: 300_000 }, () => {
  const world = new World();
  let run;
  const files = {};
  before(async () => {
    await world.open();
    const html = `<!doctype html><script>window.hacked="file"</script><h1>I am a page</h1>`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg"><script>window.hacked="svg"</script></svg>`;
    files.html = await world.upload('<img src=x onerror=alert(1)>.html', html);
    files.svg = await world.upload('picture.svg', svg);
    files.fake = await world.upload('chart.png', svg);
    const question = `${attack('prompt')} \u202Egnp.exe`;
    await world.model.when(
      'prompt',
      python(
        `# ${attack('code')}\nprint(${JSON.stringify(attack('output'))})\nprint("\\x1b]8;;https://evil.example\\x07click\\x1b]8;;\\x07 \\x1b[31;\\"><b>red\\x1b[0m \\x1b[999;1;31mbold")\nfrom IPython.display import display, HTML, SVG\ndisplay(HTML("<script>window.hacked='html'</script>"))\nraise ValueError(${JSON.stringify(attack('error'))})`,
        { text: attack('message') },
      ),
      say(`${attack('answer')} [x](javascript:alert(1)) ![y](https://evil.example/pixel.png) ![z](sandbox:/mnt/data/none.png)`),
    );
    const assistant = await world.assistant({ name: attack('assistant'), instructions: attack('instructions') });
    run = await world.ask(assistant, question, { files: [files.html, files.svg] });
    assert.equal(run.status, 'completed', JSON.stringify(run));
  });
  after(() => world.close());

  test('every page shows it as text', async () => {
    const visitor = await world.browser.visitor();
    const { page } = visitor;
    for (const path of ['/console', `/console/runs/${run.id}`, '/console/threads', `/console/threads/${run.thread_id}`, '/console/playground', `/console/playground?thread=${run.thread_id}`]) {
      await page.goto(path);
      await page.waitForLoadState('networkidle');
      assert.equal(await page.evaluate(() => window.hacked), undefined, path);
      assert.equal(await page.locator('main b, main script, main [onerror], main [onload], a[href^="javascript"], a[href*="evil.example"]').count(), 0, path);
      assert.match(await page.locator('main').textContent(), /<script>window\.hacked/, path);
    }
    await page.goto(`/console/runs/${run.id}`);
    const text = await page.locator('main').textContent();
    for (const name of ['prompt', 'code', 'output', 'error', 'message', 'answer', 'instructions'])
      assert.ok(text.includes(`<b>${name}</b>`), name);
    assert.ok(text.includes('⟨U+202E⟩'), 'a turn of the direction of writing is seen');
    await visitor.accessible();
    await visitor.leave();
  });

  test('files are downloads, and only raster pictures are pictures', async () => {
    const visitor = await world.browser.visitor();
    const request = visitor.context.request;
    for (const { id } of Object.values(files)) {
      const download = await request.get(`/console/files/${id}`);
      assert.equal(download.status(), 200);
      const headers = download.headers();
      assert.match(headers['content-disposition'], /^attachment/);
      assert.equal(headers['content-type'], 'application/octet-stream');
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.match(headers['content-security-policy'], /sandbox/);
      assert.equal((await request.get(`/console/pictures/${id}`)).status(), 404);
    }
    await visitor.leave();
  });

  test('every answer says what a browser may do with it', async () => {
    const visitor = await world.browser.visitor();
    for (const path of ['/console', `/console/runs/${run.id}`, '/console/none', '/console/sign-in', '/console/assets/none/console.js']) {
      const headers = (await visitor.context.request.get(path, { maxRedirects: 0 })).headers();
      const policy = headers['content-security-policy'];
      assert.match(policy, /default-src 'none'/, path);
      assert.match(policy, /frame-ancestors 'none'/, path);
      assert.doesNotMatch(policy, /unsafe|\*|https?:/, path);
      assert.equal(headers['x-content-type-options'], 'nosniff', path);
    }
    const html = await (await visitor.context.request.get(`/console/runs/${run.id}`)).text();
    assert.doesNotMatch(html, /<[^>]+\sstyle=|<style|<script(?![^>]*src=)|\son\w+="/);
    await visitor.leave();
  });
});
