// Talking to an assistant in the browser, and the pages of threads and sessions that come of it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { World, python, rest, say, waitFor } from './harness/world.mjs';

describe('playground', { timeout: 300_000 }, () => {
  const world = new World();
  before(() => world.open());
  after(() => world.close());

  test('an assistant is made, a CSV is uploaded, and code, output and chart appear as they stream', async () => {
    const question = 'Plot the temperatures, please.';
    await world.model.when(
      question,
      python(
        `import pandas as pd, matplotlib.pyplot as plt
import os, time
table = pd.read_csv("/mnt/data/temperatures.csv")
print(table.describe().round(1))
print("part 1", flush=True)
${rest('chart')}
print("part 2", flush=True)
figure, axes = plt.subplots(figsize=(7, 3.4))
axes.plot(table["day"], table["celsius"], color="#0f766e", linewidth=2)
axes.set_title("Temperature")
axes.set_xlabel("day")
axes.set_ylabel("°C")
axes.spines[["top", "right"]].set_visible(False)
plt.tight_layout()
plt.show()
`,
        { text: 'I look at the file first.', chunk_size: 12, delay_ms: 25, hold: { after: 10, name: 'chart' } },
      ),
      say('It rises from 11 °C to 24 °C over the month.', { chunk_size: 3, delay_ms: 40, hold: { after: 5, name: 'answer' } }),
    );
    const visitor = await world.browser.visitor({ height: 1500 });
    const { page } = visitor;
    await page.goto('/console/playground');
    await page.getByText('Make an assistant first').waitFor();
    await visitor.accessible();
    await page.getByLabel('Name').fill('Weather woman');
    await page.getByLabel('Model').fill('gpt-4o');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.waitForURL('**/console/playground?assistant=asst_*');

    const days = Array.from({ length: 30 }, (_, i) => `${i + 1},${(11 + i * 0.45 + 2 * Math.sin(i)).toFixed(1)}`);
    await page.getByLabel('Add files').setInputFiles([
      { name: 'temperatures.csv', mimeType: 'text/csv', buffer: Buffer.from('day,celsius\n' + days.join('\n') + '\n') },
      { name: 'not this one.txt', mimeType: 'text/plain', buffer: Buffer.from('x') },
    ]);
    await page.getByRole('button', { name: 'Do not send not this one.txt' }).click();
    await page.getByLabel('Question').fill(question);
    await page.keyboard.press('Enter');

    // Code is seen while the model writes it, output while it runs, the answer while it is said.
    const call = page.getByRole('article', { name: 'Call 1' });
    await page.waitForFunction(() => {
      const code = document.querySelector('.call .code')?.textContent ?? '';
      return code.includes('import pandas') && !code.includes('plt.show');
    });
    await world.model.release('chart');
    await call.locator('.output', { hasText: 'part 1' }).waitFor();
    assert.doesNotMatch(await call.locator('.output').first().textContent(), /part 2/);
    world.goOn('chart');
    await call.locator('.output', { hasText: 'part 2' }).waitFor();
    await page.waitForFunction(() => {
      const said = [...document.querySelectorAll('.message .prose')].at(-1)?.textContent ?? '';
      return said.startsWith('It rises') && !said.includes('month');
    });
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await world.model.release('answer');
    await page.getByText('It rises from 11 °C to 24 °C over the month.').waitFor();
    await page.locator('.conversation-foot .status.good').waitFor();
    const chart = call.getByRole('img', { name: 'Picture made by call 1' });
    await chart.scrollIntoViewIfNeeded();
    await page.waitForFunction(() => document.querySelector('.call .picture img').naturalWidth > 100);
    await page.getByRole('article', { name: 'Prompt' }).getByRole('link', { name: /temperatures\.csv/ }).waitFor();
    assert.equal(await page.getByText('not this one.txt').count(), 0);
    await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'hidden' });
    await visitor.accessible();
    await page.evaluate(() => scrollTo(0, 0));
    await visitor.picture('playground-light', { fullPage: true });
    await page.setViewportSize({ width: 1440, height: 1080 });
    await visitor.picture('playground');
    await page.setViewportSize({ width: 1440, height: 1500 });

    // A reload shows the same, and the conversation goes on.
    const before = await page.locator('#conversation .entry').allTextContents();
    await page.reload();
    assert.deepEqual(await page.locator('#conversation .entry').allTextContents(), before);
    await world.model.when('And in Fahrenheit?', say('From **52 °F** to 75 °F.', { chunk_size: 3, delay_ms: 20 }));
    await page.getByLabel('Question').fill('And in Fahrenheit?');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('From 52 °F to 75 °F.').waitFor();
    assert.equal(await page.locator('.message strong').last().textContent(), '52 °F');
    assert.equal(await page.locator('.conversation-turn').count(), 2);
    await visitor.leave();
  });

  test('a run is stopped', async () => {
    await world.model.when('Sleep for long', python('import time\nprint("asleep", flush=True)\ntime.sleep(60)'), say('Awake.'));
    const visitor = await world.browser.visitor();
    const { page } = visitor;
    await page.goto('/console/playground');
    await page.getByLabel('Question').fill('Sleep for long');
    await page.keyboard.press('Enter');
    await page.locator('.output', { hasText: 'asleep' }).waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.locator('.conversation-foot', { hasText: 'cancelled' }).waitFor();
    await page.getByRole('button', { name: 'Send' }).click(); // an empty question is not sent
    assert.equal(await page.locator('.conversation-turn').count(), 1);
    await visitor.leave();
  });

  test('what cannot be done is said', async () => {
    await world.model.when('One', python('import time\ntime.sleep(3)'), say('One.'));
    const visitor = await world.browser.visitor();
    const { page } = visitor;
    await page.goto('/console/playground');
    await page.getByLabel('Add files').setInputFiles([{ name: 'empty.csv', mimeType: 'text/csv', buffer: Buffer.alloc(0) }]);
    await page.getByLabel('Question').fill('One');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('The file is empty').waitFor();
    assert.equal(await page.getByLabel('Question').inputValue(), 'One', 'the question is kept');
    await page.getByRole('button', { name: 'Do not send empty.csv' }).click();
    await page.keyboard.press('Tab');
    await page.getByLabel('Question').focus();
    await page.keyboard.press('Enter');
    await page.getByText('One.', { exact: true }).waitFor();
    await visitor.leave({ expected: [/400 \(Bad Request\)/] });
  });

  for (const theme of ['light', 'dark'])
    test(`threads and sessions, ${theme}`, async () => {
      const visitor = await world.browser.visitor({ theme });
      const { page } = visitor;
      await page.goto('/console/threads');
      await visitor.accessible();
      await visitor.picture(`threads-${theme}`);
      await page.getByRole('link', { name: 'Plot the temperatures' }).click();
      await page.getByText('From 52 °F to 75 °F.').waitFor();
      assert.equal(await page.getByRole('complementary').locator('a[href*="/runs/"]').count(), 2);
      await page.getByText('Session 1').waitFor();
      await visitor.accessible();
      await visitor.picture(`thread-${theme}`);
      await page.getByRole('link', { name: 'Go on in the playground' }).click();
      await page.waitForURL('**/console/playground?thread=*');
      await visitor.accessible();
      await visitor.picture(`playground-${theme}-conversation`);
      await page.goto('/console/sessions');
      await page.locator('#sessions .status.good', { hasText: 'running' }).first().waitFor();
      await visitor.accessible();
      await visitor.picture(`sessions-${theme}`);
      await visitor.leave();
    });

  test('a session is ended, after a question', async () => {
    const visitor = await world.browser.visitor();
    const { page } = visitor;
    await page.goto('/console/sessions');
    const buttons = page.getByRole('button', { name: /^End session/ });
    const before = await buttons.count();
    assert.ok(before > 0);
    page.removeAllListeners('dialog');
    page.once('dialog', (dialog) => dialog.dismiss());
    await buttons.first().click();
    assert.equal(await buttons.count(), before);
    page.once('dialog', (dialog) => dialog.accept());
    await buttons.first().click();
    await waitFor('the session to be gone', async () => (await buttons.count()) === before - 1);
    await visitor.leave();
  });

  test('a list follows what happens', async () => {
    const visitor = await world.browser.visitor();
    const { page } = visitor;
    await page.goto('/console');
    await world.model.when('Something new', say('New.'));
    const assistant = await world.assistant();
    await world.ask(assistant, 'Something new');
    await page.getByRole('link', { name: 'Something new' }).waitFor();
    await visitor.leave();
  });

  test('all of it is readable on a phone', async () => {
    const visitor = await world.browser.visitor({ width: 390, height: 844 });
    for (const path of ['playground', 'threads', 'sessions', 'costs']) {
      await visitor.page.goto(`/console/${path}`);
      await visitor.fits();
      await visitor.accessible();
      await visitor.picture(`${path}-phone`);
    }
    await visitor.leave();
  });
});
