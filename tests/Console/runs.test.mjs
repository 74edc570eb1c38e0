// The list of runs and the page of one.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { report, salesStory } from './harness/stories.mjs';
import { World, keys, python, rest, say } from './harness/world.mjs';

describe('runs', { timeout: 300_000 }, () => {
  const world = new World();
  let story;
  before(async () => {
    await world.open();
    story = await salesStory(world);
    assert.equal(story.run.status, 'completed', JSON.stringify(story.run));
  });
  after(() => world.close());

  for (const theme of ['light', 'dark'])
    test(`the page of a run shows what happened, ${theme}`, async () => {
      const visitor = await world.browser.visitor({ theme, height: 1800 });
      const { page } = visitor;
      await page.goto('/console');
      await page.getByRole('link', { name: story.question.slice(0, 40) }).click();
      await page.waitForURL('**/console/runs/*');

      await page.getByRole('article', { name: 'Prompt' }).getByText('orders.csv').waitFor();
      const [failed, corrected, chart] = [1, 2, 3].map((n) => page.getByRole('article', { name: `Call ${n}` }));
      await failed.getByText('KeyError').first().waitFor();
      assert.match(await failed.locator('.status').textContent(), /error/);
      const diff = corrected.getByRole('group', { name: 'What was changed' });
      assert.match(await diff.locator('.removed').textContent(), /groupby\("area"\)/);
      assert.match(await diff.locator('.added').textContent(), /groupby\("region"\)/);
      assert.equal(await corrected.locator('.code .k', { hasText: 'import' }).first().textContent(), 'import');
      await chart.locator('.fg2', { hasText: '+35.0%' }).waitFor();
      const picture = chart.getByRole('img', { name: 'Picture made by call 3' });
      await picture.scrollIntoViewIfNeeded();
      await page.waitForFunction(() => [...document.querySelectorAll('.picture img')].every((image) => image.naturalWidth > 100));

      const download = page.waitForEvent('download');
      await page.getByRole('complementary').getByRole('link', { name: 'revenue.xlsx' }).click();
      assert.equal((await download).suggestedFilename(), 'revenue.xlsx');
      await page.getByRole('img', { name: /^Where the time went:.*Call 3/ }).waitFor();
      await visitor.accessible();
      await page.evaluate(() => scrollTo(0, 0));
      await visitor.picture(`run-${theme}`, { fullPage: true });
      // docs/images/console has this one and the playground's, for README.
      if (theme === 'light') await visitor.picture('run', { fullPage: true, clip: { x: 0, y: 0, width: 1440, height: 1560 } });
      await visitor.leave();
    });

  test('runs are found by text, status, assistant, thread and time', async () => {
    await world.model.when('What is 6 times 7?', python('answer = 6 * 7\nprint(answer)'), say('It is 42.'));
    const other = await world.assistant({ name: 'Calculator' });
    const run = await world.ask(other, 'What is 6 times 7?');
    const visitor = await world.browser.visitor();
    const { page } = visitor;
    const rows = page.locator('tbody tr');

    for (const [query, expected] of [
      ['', 2],
      ['?q=' + encodeURIComponent('6 times'), 1],
      ['?q=' + encodeURIComponent('answer = 6'), 1],
      ['?q=100%25', 0],
      [`?q=${run.id}`, 1],
      [`?assistant=${other.id}`, 1],
      [`?thread=${run.thread_id}`, 1],
      ['?status=completed&since=1h', 2],
      ['?status=failed', 0],
    ]) {
      await page.goto('/console' + query);
      assert.equal(await rows.count(), expected, query);
    }

    await page.goto('/console');
    await page.getByLabel('Assistant').selectOption({ label: 'Calculator' });
    await page.waitForURL(`**/console?assistant=${other.id}`);
    assert.equal(await rows.count(), 1);
    await page.getByRole('link', { name: 'Clear' }).click();
    await page.waitForURL('**/console');
    await visitor.leave();
  });

  test('the page of a run that goes on follows it', async () => {
    await world.model.when(
      'Count slowly',
      python(`import os, time
for i in range(2):
    print("step", i, flush=True)
${rest('counting')}
for i in range(2, 25):
    print("step", i, flush=True)
    time.sleep(0.1)
`),
      say('Counted to the end, slowly.', { delay_ms: 30, chunk_size: 2 }),
    );
    const run = await world.ask(story.assistant, 'Count slowly', { wait: false });
    const visitor = await world.browser.visitor();
    const { page } = visitor;
    await page.goto(`/console/runs/${run.id}`);
    const call = page.getByRole('article', { name: 'Call 1' });
    await call.getByText('step 1').waitFor();
    assert.match(await call.locator('.status').textContent(), /in progress/);
    world.goOn('counting');
    await page.getByText('Counted to the end, slowly.').waitFor();
    await page.locator('#run-head .status.good').waitFor();
    assert.match(await call.locator('.output').textContent(), /step 0\nstep 1[^]*step 24/);
    assert.equal(await page.locator('.entry.open').count(), 0);
    await visitor.leave();
  });

  test('the list and a run are readable on a phone', async () => {
    const visitor = await world.browser.visitor({ width: 390, height: 844 });
    const { page } = visitor;
    await page.goto('/console');
    await visitor.fits();
    await visitor.accessible();
    await visitor.picture('runs-phone');
    await page.goto(`/console/runs/${story.run.id}`);
    await visitor.fits();
    await visitor.accessible();
    await visitor.picture('run-phone');
    await visitor.leave();
  });

  test('an answer in Markdown is headings, lists, tables and code', async () => {
    await world.model.when('Write a report', say(report));
    const run = await world.ask(story.assistant, 'Write a report');
    for (const [name, options] of [
      ['light', {}],
      ['dark', { theme: 'dark' }],
      ['phone', { width: 390, height: 844 }],
    ]) {
      const visitor = await world.browser.visitor(options);
      const { page } = visitor;
      await page.goto(`/console/runs/${run.id}`);
      const answer = page.getByRole('article', { name: 'Message' });
      await answer.getByRole('heading', { name: 'Revenue by region', level: 3 }).waitFor();
      await answer.getByRole('heading', { name: 'How it was computed', level: 4 }).waitFor();
      assert.equal(await answer.locator('ul ul li').count(), 2);
      assert.equal(await answer.getByRole('columnheader').count(), 6);
      assert.equal(await answer.getByRole('cell', { name: '+35 %' }).evaluate((cell) => getComputedStyle(cell).textAlign), 'right');
      assert.equal(await answer.locator('pre .k').first().textContent(), 'import');
      assert.match(await answer.textContent(), /\[the source\]\(https:\/\/example\.org\/orders\)/);
      assert.equal(await answer.locator('a, img').count(), 0);
      await visitor.fits();
      await visitor.accessible();
      await visitor.picture(`markdown-${name}`, { fullPage: true });
      await visitor.leave();
    }
  });

  test('the list in light and dark, and the switch between them', async () => {
    for (const theme of ['light', 'dark']) {
      const visitor = await world.browser.visitor({ theme });
      await visitor.page.goto('/console');
      await visitor.accessible();
      await visitor.picture(`runs-${theme}`);
      if (theme === 'light') {
        const background = () => visitor.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        const before = await background();
        await visitor.page.getByRole('button', { name: 'Theme: switch between light and dark' }).click();
        assert.notEqual(await background(), before);
        await visitor.page.reload();
        assert.notEqual(await background(), before, 'the choice is remembered');
      }
      await visitor.leave();
    }
  });

  test('all of it can be reached with the keyboard', async () => {
    const visitor = await world.browser.visitor();
    const { page } = visitor;
    await page.goto('/console');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
    for (let i = 0; i < 30 && !(await page.evaluate(() => document.activeElement.closest('td.main'))); i++)
      await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/console/runs/*');
    // What scrolls can be scrolled.
    assert.ok(await page.evaluate(() => [...document.querySelectorAll('pre')].every((pre) => pre.tabIndex === 0)));
    await visitor.leave();
  });

  test('what is not there is said', async () => {
    const visitor = await world.browser.visitor();
    for (const path of ['/console/runs/run_none', '/console/nothing/here', '/console/files/file-none']) {
      const response = await visitor.page.goto(path);
      assert.equal(response.status(), 404, path);
      await visitor.page.getByRole('heading', { name: 'Not found' }).waitFor();
    }
    await visitor.accessible();
    await visitor.leave({ expected: [/404 \(Not Found\)/] });
  });
});
