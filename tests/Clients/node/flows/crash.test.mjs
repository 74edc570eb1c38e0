// The gateway killed in the middle of its work and started again on the same data.
import assert from 'node:assert/strict';
import { all, ask, callsOf, completed, download, interpreter, lastMessage, textOf } from '../harness/answers.mjs';
import { waitFor } from '../harness/launch.mjs';
import { python, say } from '../harness/model.mjs';
import { suite } from '../harness/world.mjs';

const count = `import os
n = int(open("/mnt/data/counter").read()) if os.path.exists("/mnt/data/counter") else 0
open("/mnt/data/counter", "w").write(str(n + 1))`;

suite('Crashes', {}, ({ world, each }) => {
  each('a call in progress is finished, once, and its run goes on', async (sdk, { model }) => {
    const question = 'Count, slowly.';
    await model.when(
      question,
      python(
        `${count}\nimport time\nprint("counted", flush=True)\ntime.sleep(6)\nkept = "variables too"\nprint("slept")`,
      ),
      say('{{last_tool_output:(slept)}}'),
    );
    await model.when(
      'How often did you count?',
      python('print(open("/mnt/data/counter").read(), kept)'),
      say('{{last_tool_output:(.*)}}'),
    );
    const assistant = await interpreter(sdk);
    const thread = await sdk.threads.create({ messages: [{ role: 'user', content: question }] });
    let run;
    let logs = '';
    const stream = sdk.runs.stream(thread.id, { assistant_id: assistant.id });
    stream.on('error', () => {});
    stream.on('event', ({ event, data }) => event === 'thread.run.created' && (run = data));
    stream.on('toolCallDelta', (delta) =>
      delta.code_interpreter.outputs?.forEach((output) => (logs += output.logs ?? '')),
    );
    await waitFor('the call to begin', () => logs.includes('counted'));

    await world.gateway.kill();
    await world.startGateway();
    const finished = completed(await sdk.runs.poll(thread.id, run.id));

    const [call] = await callsOf(sdk, finished);
    assert.match(call.logs, /counted\s+slept/);
    assert.match(textOf(await lastMessage(sdk, thread.id)), /slept/);
    const next = await ask(sdk, 'How often did you count?', { assistant, thread });
    completed(next.run);
    assert.equal(next.text.trim(), '1 variables too', 'the sandbox was adopted, the call was made once');
  });

  each('a turn of the model that was cut is asked again under the same ids', async (sdk, { model }) => {
    const question = 'Talk for a long time.';
    const cut = { chunk_size: 6, fault: { hang_after: 10 } };
    await model.when(question, say('A long story, told slowly. '.repeat(12), cut));
    const assistant = await interpreter(sdk);
    const thread = await sdk.threads.create({ messages: [{ role: 'user', content: question }] });
    const run = await sdk.runs.create(thread.id, { assistant_id: assistant.id });
    const [step] = await waitFor('the message to begin', async () => {
      const steps = await all(sdk.steps.list(thread.id, run.id));
      return steps.length > 0 && steps;
    });

    await world.gateway.kill();
    await world.startGateway();
    const finished = completed(await sdk.runs.poll(thread.id, run.id));

    const steps = await all(sdk.steps.list(thread.id, finished.id));
    assert.deepEqual(
      steps.map(({ id }) => id),
      [step.id],
    );
    const messages = await all(sdk.messages.list(thread.id, { order: 'asc' }));
    assert.deepEqual(messages.map(textOf), [question, 'A long story, told slowly. '.repeat(12)]);
  });

  each('what was acknowledged is there after a kill at any moment', async (sdk, { model, Sdk }) => {
    await model.when('Quickly.', python('print("quick")'), say('{{last_tool_output:(.*)}}'));
    const assistant = await interpreter(sdk);
    const acknowledged = { threads: [], messages: [], files: [], runs: [] };
    const stop = { now: false };
    const work = async () => {
      while (!stop.now) {
        const thread = await sdk.threads.create();
        acknowledged.threads.push(thread);
        const file = await sdk.files.create({
          file: await Sdk.module.toFile(Buffer.from(thread.id), 'id.txt'),
          purpose: 'user_data',
        });
        acknowledged.files.push({ ...file, content: thread.id });
        acknowledged.messages.push(await sdk.messages.create(thread.id, { role: 'user', content: 'Quickly.' }));
        acknowledged.runs.push(await sdk.runs.create(thread.id, { assistant_id: assistant.id }));
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
    };
    const workers = [work(), work()].map((worker) => worker.catch(() => {}));
    await waitFor('a run', () => acknowledged.runs.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 500 + Math.random() * 500));
    await world.gateway.kill();
    stop.now = true;
    await Promise.all(workers);
    await world.startGateway();

    for (const { id } of acknowledged.threads) assert.equal((await sdk.threads.retrieve(id)).id, id);
    for (const message of acknowledged.messages)
      assert.deepEqual(await sdk.messages.retrieve(message.thread_id, message.id), message);
    for (const { id, content } of acknowledged.files) assert.equal(String(await download(sdk, id)), content);
    for (const run of acknowledged.runs) {
      const finished = completed(await sdk.runs.poll(run.thread_id, run.id));
      assert.equal((await callsOf(sdk, finished)).length, 1);
    }
  });

  each('a clean stop tells who listens, and the next gateway ends the run', async (sdk, { model, Sdk }) => {
    const question = 'Talk until I stop you.';
    const unfinished = { chunk_size: 6, fault: { hang_after: 5 } };
    await model.when(question, say('A story without haste. '.repeat(10), unfinished));
    const assistant = await interpreter(sdk);
    const thread = await sdk.threads.create({ messages: [{ role: 'user', content: question }] });
    let run;
    let text = '';
    const stream = sdk.runs.stream(thread.id, { assistant_id: assistant.id });
    stream.on('event', ({ event, data }) => event === 'thread.run.created' && (run = data));
    stream.on('textDelta', (delta) => (text += delta.value ?? ''));
    const end = assert.rejects(stream.done(), (error) => error instanceof Sdk.module.APIError);
    await waitFor('the answer to begin', () => text.length > 0);

    assert.equal(await world.gateway.stop(), 0);
    await end;
    await world.startGateway();

    completed(await sdk.runs.poll(thread.id, run.id));
    assert.equal(textOf(await lastMessage(sdk, thread.id)), 'A story without haste. '.repeat(10));
  });

  each('a clean stop and a new start go on with the same data', async (sdk, { model }) => {
    await model.when('Before.', say('Before it was.'));
    const { thread, assistant } = await ask(sdk, 'Before.');

    assert.equal(await world.gateway.stop(), 0);
    await world.startGateway();

    assert.deepEqual((await all(sdk.messages.list(thread.id, { order: 'asc' }))).map(textOf), [
      'Before.',
      'Before it was.',
    ]);
    const next = await ask(sdk, 'Before.', { thread, assistant });
    completed(next.run);
  });
});
