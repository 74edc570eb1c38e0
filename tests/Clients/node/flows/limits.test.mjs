// Limits that callers and operators set: what a run that meets one looks like, and that the next one works.
import assert from 'node:assert/strict';
import { ask, callsOf, completed, interpreter } from '../harness/answers.mjs';
import { waitFor } from '../harness/launch.mjs';
import { call, python, say } from '../harness/model.mjs';
import { suite } from '../harness/world.mjs';

suite('Limits of tokens', {}, ({ each }) => {
  each('a conversation over max_prompt_tokens is incomplete', async (sdk, { model, tag }) => {
    const question = `Count what you read, ${tag}.`;
    const usage = { prompt_tokens: 6000, completion_tokens: 10, total_tokens: 6010 };
    await model.when(question, python('print(6 * 7)', { usage }), say('Never asked for.'));

    const { run, thread, assistant } = await ask(sdk, question, { settings: { max_prompt_tokens: 5000 } });

    assert.equal(run.status, 'incomplete');
    assert.deepEqual(run.incomplete_details, { reason: 'max_prompt_tokens' });
    assert.equal(run.max_prompt_tokens, 5000);
    assert.equal(run.usage.prompt_tokens, 6000);
    assert.match((await callsOf(sdk, run))[0].logs, /42/, 'what was done stays');
    // The thread is not stuck.
    await model.when(`And now, ${tag}?`, say('Now it goes.'));
    const next = await ask(sdk, `And now, ${tag}?`, { assistant, thread });
    completed(next.run);
  });
});

suite('Limits of time', { settings: { Runs__LifetimeSeconds: '10', Runs__PollSeconds: '1' } }, ({ each, once }) => {
  const ended = async (sdk, run) =>
    waitFor('the run to expire', async () => {
      const now = await sdk.runs.retrieve(run.thread_id, run.id);
      return now.status === 'expired' && now;
    });

  each('a run whose tool outputs never come expires', async (sdk, { model, tag }) => {
    const question = `Ask me something, ${tag}.`;
    await model.when(question, call('look_up', { what: 'x' }), say('Never.'));
    const assistant = await interpreter(sdk, { tools: [{ type: 'function', function: { name: 'look_up' } }] });
    const { run } = await ask(sdk, question, { assistant });
    assert.equal(run.status, 'requires_action');

    const expired = await ended(sdk, run);

    assert.equal(expired.required_action, null);
    await assert.rejects(
      sdk.runs.submit(run.thread_id, run.id, [
        { tool_call_id: run.required_action.submit_tool_outputs.tool_calls[0].id, output: 'late' },
      ]),
      ({ status, message }) => status === 400 && /expired/.test(message),
    );
  });

  once('a run whose code takes too long expires, and the sandbox is there for the next', async (sdk, { model }) => {
    await model.when('Keep it.', python('kept = 42'), say('Kept.'));
    // The code is stopped shortly before the run expires; the model takes longer than what is left.
    const slowly = say('Never whole, never whole.', { chunk_size: 2, delay_ms: 1000 });
    await model.when('Sleep.', python('import time\ntime.sleep(60)'), slowly);
    await model.when('What is kept?', python('print(kept)'), say('{{last_tool_output:(.*)}}'));
    const asked = await ask(sdk, 'Keep it.');
    completed(asked.run);

    const slept = await ask(sdk, 'Sleep.', asked);
    const next = await ask(sdk, 'What is kept?', asked);

    assert.equal(slept.run.status, 'expired');

    completed(next.run);
    assert.equal(next.text.trim(), '42');
  });
});

suite('Limits of sandboxes', { limits: { most: 1, warm: 0 } }, ({ world, each }) => {
  each('a run without room is refused with a time to try again', async (sdk, { model, Sdk, tag }) => {
    const question = `Take the room, ${tag}.`;
    await model.when(question, python('import time\nprint("here", flush=True)\ntime.sleep(5)'), say('Done.'));
    await model.when(`Is there room, ${tag}?`, python('print(6 * 7)'), say('{{last_tool_output:(.*)}}'));
    const assistant = await interpreter(sdk);
    const create = (content) => sdk.threads.create({ messages: [{ role: 'user', content }] });
    const [first, second] = [await create(question), await create(`Is there room, ${tag}?`)];
    const busy = await sdk.runs.create(first.id, { assistant_id: assistant.id });

    await assert.rejects(sdk.runs.create(second.id, { assistant_id: assistant.id }), (error) => {
      assert.ok(error instanceof Sdk.module.RateLimitError, String(error));
      const after = error.headers.get?.('retry-after') ?? error.headers['retry-after'];
      assert.ok(Number(after) >= 1, `Retry-After: ${after}`);
      return true;
    });

    // What SDKs do by themselves: try again after that time.
    const patient = world.sdk(Sdk, { maxRetries: 10 });
    const run = await patient.runs.createAndPoll(second.id, { assistant_id: assistant.id });
    completed(run);
    completed(await sdk.runs.poll(first.id, busy.id));
  });
});
