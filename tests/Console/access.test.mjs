// Who may see what: keys, cookies, forms, other projects.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { World, keys, python, say } from './harness/world.mjs';

describe('access', { timeout: 300_000 }, () => {
  const world = new World({ withKeys: true });
  const runs = {};
  const files = {};
  before(async () => {
    await world.open();
    for (const project of ['alpha', 'beta']) {
      const question = `The secret of ${project}?`;
      await world.model.when(
        question,
        python(`open("/mnt/data/${project}.txt", "w").write("secret of ${project}")\nprint("secret of ${project}")`),
        say(`Here: [${project}.txt](sandbox:/mnt/data/${project}.txt)`),
      );
      const assistant = await world.assistant({ name: `Assistant of ${project}` }, keys[project]);
      runs[project] = await world.ask(assistant, question, { key: keys[project] });
      assert.equal(runs[project].status, 'completed', JSON.stringify(runs[project]));
      files[project] = (await world.api('GET', '/v1/files', undefined, keys[project])).data[0];
    }
  });
  after(() => world.close());

  test('nobody sees a page without a key, and a key opens what was asked for', async () => {
    const visitor = await world.browser.visitor();
    const { page } = visitor;
    const wanted = `/console/runs/${runs.alpha.id}`;
    await page.goto(wanted);
    assert.match(page.url(), /sign-in\?back=/);
    await visitor.accessible();
    await visitor.picture('sign-in');
    await page.getByLabel('API key').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('not known').waitFor();
    await page.getByLabel('API key').fill(keys.alpha);
    await page.keyboard.press('Enter');
    await page.waitForURL('**' + wanted);
    await page.getByText('secret of alpha').first().waitFor();

    const cookies = await visitor.context.cookies();
    const cookie = cookies.find(({ name }) => name === 'sandbox-console');
    assert.ok(cookie.httpOnly);
    assert.equal(cookie.sameSite, 'Strict');
    assert.equal(cookie.path, '/console');
    assert.ok(!decodeURIComponent(cookie.value).includes(keys.alpha));

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL('**/console/sign-in');
    await page.goto(wanted);
    assert.match(page.url(), /sign-in/);
    await visitor.leave({ expected: [/401 \(Unauthorized\)/] });
  });

  test('a project sees nothing of another one; an admin sees all', async () => {
    const visitor = await world.browser.visitor();
    await visitor.signIn(keys.alpha);
    const list = await visitor.page.content();
    assert.match(list, /The secret of alpha/);
    assert.doesNotMatch(list, /beta/);
    const hidden = [
      `/console/runs/${runs.beta.id}`,
      `/console/runs/${runs.beta.id}/live`,
      `/console/files/${files.beta.id}`,
      `/console/pictures/${files.beta.id}`,
      `/console/threads/${runs.beta.thread_id}`,
    ];
    for (const path of hidden) {
      const answer = await visitor.context.request.get(path);
      assert.equal(answer.status(), 404, path);
      assert.doesNotMatch(await answer.text(), /secret of beta/);
    }
    for (const query of ['project=beta', `thread=${runs.beta.thread_id}`, 'q=beta', `assistant=${runs.beta.assistant_id}`]) {
      await visitor.page.goto('/console?' + query);
      assert.doesNotMatch(await visitor.page.locator('#runs').textContent(), /secret of beta/, query);
    }
    const own = await visitor.context.request.get(`/console/files/${files.alpha.id}`);
    assert.equal(await own.text(), 'secret of alpha');
    await visitor.leave();

    const admin = await world.browser.visitor();
    await admin.signIn(keys.admin);
    const all = await admin.page.content();
    assert.match(all, /The secret of alpha/);
    assert.match(all, /The secret of beta/);
    await admin.page.getByLabel('Project').selectOption('beta');
    await admin.page.waitForURL('**project=beta');
    assert.doesNotMatch(await admin.page.locator('#runs').textContent(), /secret of alpha/);
    assert.equal((await admin.page.goto(`/console/runs/${runs.beta.id}`)).status(), 200);
    await admin.leave();
  });

  test('the cookie opens the console only, and a forged one opens nothing', async () => {
    const visitor = await world.browser.visitor();
    await visitor.signIn(keys.alpha);
    assert.equal((await visitor.context.request.get('/v1/assistants')).status(), 401);
    const cookies = await visitor.context.cookies();
    const { value } = cookies.find(({ name }) => name === 'sandbox-console');
    for (const forged of ['x', value.slice(0, -4) + 'AAAA', keys.alpha]) {
      const answer = await fetch(`${world.url}/console`, {
        headers: { cookie: `sandbox-console=${forged}`, accept: 'text/html' },
        redirect: 'manual',
      });
      assert.equal(answer.status, 302);
    }
    await visitor.leave();
  });

  test('forms of other sites change nothing', async () => {
    const visitor = await world.browser.visitor();
    await visitor.signIn(keys.alpha);
    const cookies = (await visitor.context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    const token = await visitor.page.locator('input[name=form_token]').first().inputValue();
    const send = (headers, body) =>
      fetch(`${world.url}/console/sign-out`, {
        method: 'POST',
        headers: { cookie: cookies, 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body,
        redirect: 'manual',
      });
    const good = new URLSearchParams({ form_token: token });
    assert.equal((await send({ origin: 'https://evil.example' }, good)).status, 400);
    assert.equal((await send({ 'sec-fetch-site': 'cross-site' }, good)).status, 400);
    assert.equal((await send({ 'sec-fetch-site': 'same-site' }, good)).status, 400);
    assert.equal((await send({}, '')).status, 400);
    assert.equal((await send({}, new URLSearchParams({ form_token: 'made-up' }))).status, 400);
    assert.equal((await send({ origin: world.url }, good)).status, 302);
    await visitor.leave();
  });

  test('a sign-in leads to the console only, and may not be tried forever', async () => {
    const visitor = await world.browser.visitor();
    const { page } = visitor;
    for (const back of ['https://evil.example/', '//evil.example/console', '/console/../v1', '/console\\@evil.example']) {
      await page.goto('/console/sign-in?back=' + encodeURIComponent(back));
      const field = await page.locator('input[name=back]').inputValue();
      assert.ok(field === '/console' || new URL(field, world.url).origin === world.url, field);
    }
    // Tries come back with time: many, and quickly.
    await page.goto('/console/sign-in');
    const statuses = await page.evaluate(() => {
      const form = new URLSearchParams(new FormData(document.querySelector('form')));
      form.set('key', 'guess');
      const guess = () => fetch('/console/sign-in', { method: 'POST', body: form });
      return Promise.all(Array.from({ length: 30 }, () => guess().then(({ status }) => status)));
    });
    assert.deepEqual([...new Set(statuses)].sort(), [401, 429]);
    await visitor.leave({ expected: [/401 \(Unauthorized\)/, /429 \(Too Many Requests\)/] });
  });
});
