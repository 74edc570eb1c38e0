// What was spent, by day.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { World, python, say } from './harness/world.mjs';

describe('costs', { timeout: 300_000 }, () => {
  const world = new World({
    settings: { Budgets__0__Project: 'default', Budgets__0__Period: 'month', Budgets__0__Dollars: '5' },
  });
  before(async () => {
    await world.open();
    await world.model.when('Compute', python('print(1)'), say('1'));
    await world.ask(await world.assistant(), 'Compute');
  });
  after(() => world.close());

  for (const theme of ['light', 'dark'])
    test(`the page of costs, ${theme}`, async () => {
      const visitor = await world.browser.visitor({ theme });
      const { page } = visitor;
      await page.goto('/console/costs');
      await page.getByRole('row', { name: /code interpreter/ }).getByText('$0.0300').waitFor();
      await page.getByRole('row', { name: /scripted-model, output/ }).waitFor();
      await page.getByRole('img', { name: /Dollars by day: .* \$0\.03/ }).waitFor();
      await page.getByRole('progressbar', { name: 'default, a month' }).waitFor();
      await visitor.accessible();
      await visitor.picture(`costs-${theme}`);
      await page.getByLabel('Time').selectOption('7');
      await page.waitForURL('**/console/costs?days=7');
      assert.match(await page.locator('main').textContent(), /code interpreter/);
      await visitor.leave();
    });
});
