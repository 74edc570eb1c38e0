// Stopping a run, and the lock that an active run puts on its thread.
import assert from 'node:assert/strict';
import { all, ask, callsOf, completed, interpreter } from '../harness/answers.mjs';
import { waitFor } from '../harness/launch.mjs';
import { python, say } from '../harness/model.mjs';
import { suite } from '../harness/world.mjs';

suite('Cancelling', {}, ({ each }) => {
  each('a long call is stopped, and the next run works with what is left', async (sdk, { model, Sdk }) => {
    const { BadRequestError } = Sdk.module;
    await model.when('Keep this.', python('kept = "kept"'), say('Kept.'));
    await model.when('Loop for ever.', python('import time\nwhile True:\n    time.sleep(0.05)'), say('Never.'));
    await model.when('Are you there?', python('print(kept)'), say('{{last_tool_output:(.*)}}'));
    const assistant = await interpreter(sdk);
    const thread = await sdk.threads.create();
    completed((await ask(sdk, 'Keep this.', { assistant, thread })).run);
    await sdk.messages.create(thread.id, { role: 'user', content: 'Loop for ever.' });
    const run = await sdk.runs.create(thread.id, { assistant_id: assistant.id });
    assert.ok(['queued', 'in_progress'].includes(run.status));
    const running = () =>
      all(sdk.steps.list(thread.id, run.id)).then(
        (steps) => steps[0]?.step_details.tool_calls?.[0]?.code_interpreter.input,
      );
    await waitFor('the call to begin', running);

    await assert.rejects(sdk.messages.create(thread.id, { role: 'user', content: 'Too soon.' }), (error) => {
      assert.ok(error instanceof BadRequestError);
      assert.match(error.message, new RegExp(`Can't add messages to ${thread.id} while a run ${run.id} is active\\.`));
      return true;
    });
    await assert.rejects(
      sdk.runs.create(thread.id, { assistant_id: assistant.id }),
      new RegExp(`Thread ${thread.id} already has an active run ${run.id}\\.`),
    );
    const cancelling = await sdk.runs.cancel(thread.id, run.id);
    assert.ok(['cancelling', 'cancelled'].includes(cancelling.status));
    const cancelled = await sdk.runs.poll(thread.id, run.id);

    assert.equal(cancelled.status, 'cancelled');
    assert.ok(cancelled.cancelled_at >= cancelled.created_at);
    const [step] = await all(sdk.steps.list(thread.id, run.id));
    assert.equal(step.status, 'cancelled');
    await assert.rejects(sdk.runs.cancel(thread.id, run.id), /Cannot cancel run with status 'cancelled'\./);
    const next = await ask(sdk, 'Are you there?', { assistant, thread });
    completed(next.run);
    assert.equal(next.text.trim(), 'kept');
  });

  each('of two runs created at once, one wins', async (sdk, { model, Sdk }) => {
    // None of the others comes after its end.
    const winner = python('print("run")', { hold: { after: 0, name: 'race' } });
    await model.when('Race.', winner, say('{{last_tool_output:(.*)}}'));
    const assistant = await interpreter(sdk);
    const thread = await sdk.threads.create({ messages: [{ role: 'user', content: 'Race.' }] });

    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, () => sdk.runs.create(thread.id, { assistant_id: assistant.id })),
    );

    await model.release('race');
    const won = outcomes.filter(({ status }) => status === 'fulfilled');
    assert.equal(won.length, 1);
    for (const { reason } of outcomes.filter(({ status }) => status === 'rejected'))
      assert.ok(reason instanceof Sdk.module.BadRequestError, String(reason));
    const run = completed(await sdk.runs.poll(thread.id, won[0].value.id));
    assert.equal((await callsOf(sdk, run)).length, 1);
  });

  each('deleting a thread stops its run', async (sdk, { model, Sdk }) => {
    await model.when('Loop until deleted.', python('import time\nwhile True:\n    time.sleep(0.05)'), say('Never.'));
    const assistant = await interpreter(sdk);
    const thread = await sdk.threads.create({ messages: [{ role: 'user', content: 'Loop until deleted.' }] });
    const run = await sdk.runs.create(thread.id, { assistant_id: assistant.id });
    await waitFor('a step', async () => (await all(sdk.steps.list(thread.id, run.id))).length > 0);

    assert.deepEqual(await sdk.delete(sdk.threads, thread.id), {
      id: thread.id,
      object: 'thread.deleted',
      deleted: true,
    });

    await assert.rejects(sdk.threads.retrieve(thread.id), Sdk.module.NotFoundError);
    await assert.rejects(sdk.runs.retrieve(thread.id, run.id), Sdk.module.NotFoundError);
    await assert.rejects(all(sdk.messages.list(thread.id)), Sdk.module.NotFoundError);
  });
});
