// What was used and what it costs, as finance reads it with the SDK's admin client, and on the run itself.
import assert from 'node:assert/strict';
import { ask, completed } from '../harness/answers.mjs';
import { python, say } from '../harness/model.mjs';
import { suite } from '../harness/world.mjs';

const settings = {
  Keys__0__Key: 'sk-team-0123456789',
  Keys__0__Project: 'team',
  Keys__1__Key: 'sk-finance-0123456789',
  Keys__1__Role: 'admin',
  'Prices__Models__scripted-model__Input': '1',
  'Prices__Models__scripted-model__Output': '2',
};

suite('Usage and costs', { settings }, ({ world, once }) => {
  once('a run is on the bill of its project, session and tokens', async (_, { model, Sdk }) => {
    await model.when('What is 6 * 7?', python('print(6 * 7)'), say('{{last_tool_output:(\\d+)}}'));
    const team = world.sdk(Sdk, { apiKey: 'sk-team-0123456789' });
    const { run, text } = await ask(team, 'What is 6 * 7?');
    completed(run);
    assert.equal(text, '42');
    const tokens = (run.usage.prompt_tokens + 2 * run.usage.completion_tokens) / 1e6;
    assert.equal(run.sandbox.session_cost, 0.03);
    assert.ok(Math.abs(run.sandbox.token_cost - tokens) < 1e-9, JSON.stringify(run.sandbox));

    const { usage } = world.sdk(Sdk, { apiKey: null, adminAPIKey: 'sk-finance-0123456789' }).client.admin.organization;
    const range = { start_time: run.created_at - 86400, end_time: run.created_at + 86400 };
    const results = ({ data }) => data.flatMap(({ results }) => results);

    const [sessions] = results(await usage.codeInterpreterSessions({ ...range, group_by: ['project_id'] }));
    assert.deepEqual([sessions.num_sessions, sessions.project_id], [1, 'team']);
    const [used] = results(
      await usage.completions({ ...range, bucket_width: '1h', limit: 168, group_by: ['model', 'project_id'] }),
    );
    assert.deepEqual(
      [used.input_tokens, used.output_tokens, used.num_model_requests, used.model, used.project_id],
      [run.usage.prompt_tokens, run.usage.completion_tokens, 2, 'scripted-model', 'team'],
    );
    const lines = results(await usage.costs({ ...range, group_by: ['line_item'], project_ids: ['team'] }));
    assert.deepEqual(
      lines.map(({ line_item }) => line_item),
      ['code interpreter', 'scripted-model, input', 'scripted-model, output'],
    );
    const total = lines.reduce((sum, { amount }) => sum + amount.value, 0);
    assert.ok(Math.abs(total - 0.03 - tokens) < 1e-9, JSON.stringify(lines));

    // Page by page it is the same.
    const pages = [];
    for (let page; ; ) {
      const answer = await usage.costs({ ...range, limit: 1, ...(page && { page }) });
      pages.push(...results(answer));
      if (!answer.has_more) break;
      page = answer.next_page;
    }
    assert.equal(pages.length, 1);
    assert.ok(Math.abs(pages[0].amount.value - total) < 1e-9);
  });

  once("a project's key does not see the bill", async (_, { Sdk }) => {
    const { usage } = world.sdk(Sdk, { apiKey: null, adminAPIKey: 'sk-team-0123456789' }).client.admin.organization;
    await assert.rejects(
      () => usage.costs({ start_time: 1 }),
      (error) => {
        assert.ok(error instanceof Sdk.module.PermissionDeniedError, `${error.constructor.name}: ${error.message}`);
        assert.equal(error.code, 'insufficient_permissions');
        return true;
      },
    );
    const { usage: admin } = world.sdk(Sdk, { apiKey: null, adminAPIKey: 'sk-finance-0123456789' }).client.admin
      .organization;
    await assert.rejects(
      () => admin.completions({ start_time: 1, group_by: ['colour'] }),
      (error) => error instanceof Sdk.module.BadRequestError && error.param === 'group_by',
    );
  });
});

suite('Budgets', { settings: { Budgets__0__Project: 'default', Budgets__0__Dollars: '0.03' } }, ({ once }) => {
  once('a run over budget is refused, and not repeated by the SDK', async (sdk, { model, Sdk }) => {
    await model.when('What is 1 + 1?', python('print(1 + 1)'), say('{{last_tool_output:(\\d+)}}'));
    const { run, thread } = await ask(sdk, 'What is 1 + 1?');
    completed(run);
    await assert.rejects(
      () => sdk.runs.create(thread.id, { assistant_id: run.assistant_id }, { maxRetries: 5 }),
      (error) => {
        assert.ok(error instanceof Sdk.module.RateLimitError, `${error.constructor.name}: ${error.message}`);
        assert.equal(error.code, 'insufficient_quota');
        assert.match(error.message, /budget/);
        return true;
      },
    );
  });
});
