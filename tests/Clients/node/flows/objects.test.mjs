// Assistants, threads, messages, runs: made, read, changed, listed, deleted.
import assert from 'node:assert/strict';
import { all, ask, completed, interpreter, textOf } from '../harness/answers.mjs';
import { say } from '../harness/model.mjs';
import { suite } from '../harness/world.mjs';

suite('Objects', {}, ({ each, once }) => {
  each('an assistant is made, read, changed and deleted', async (sdk, { Sdk }) => {
    const made = await sdk.assistants.create({
      model: 'gpt-4o',
      name: 'Ada',
      description: 'Counts.',
      instructions: 'Count.',
      tools: [{ type: 'code_interpreter' }, { type: 'function', function: { name: 'now' } }],
      metadata: { team: 'one' },
      temperature: 0.2,
      top_p: 0.9,
    });

    assert.match(made.id, /^asst_[A-Za-z0-9]{24}$/);
    assert.equal(made.object, 'assistant');
    assert.deepEqual(made.tools[0], { type: 'code_interpreter' });
    assert.equal(made.tools[1].function.name, 'now');
    assert.deepEqual(made.tool_resources, { code_interpreter: { file_ids: [] } });
    assert.equal(made.response_format, 'auto');
    assert.deepEqual(await sdk.assistants.retrieve(made.id), made);

    const changed = await sdk.assistants.update(made.id, {
      name: 'Grace',
      description: null,
      metadata: { team: 'two' },
    });
    assert.equal(changed.name, 'Grace');
    assert.equal(changed.description, null);
    assert.equal(changed.instructions, 'Count.');
    assert.deepEqual(changed.metadata, { team: 'two' });
    assert.deepEqual(changed.tools, made.tools);
    assert.deepEqual(await sdk.assistants.retrieve(made.id), changed);

    assert.deepEqual(await sdk.delete(sdk.assistants, made.id), {
      id: made.id,
      object: 'assistant.deleted',
      deleted: true,
    });
    await assert.rejects(sdk.assistants.retrieve(made.id), Sdk.module.NotFoundError);
    await assert.rejects(sdk.delete(sdk.assistants, made.id), Sdk.module.NotFoundError);
  });

  each('a bare assistant has the defaults of the real server', async (sdk) => {
    const { id, created_at: createdAt, ...bare } = await sdk.assistants.create({ model: 'gpt-4o' });
    assert.ok(Number.isInteger(createdAt));
    assert.deepEqual(bare, {
      object: 'assistant',
      name: null,
      description: null,
      model: 'gpt-4o',
      instructions: null,
      tools: [],
      top_p: 1,
      temperature: 1,
      reasoning_effort: null,
      tool_resources: {},
      metadata: {},
      response_format: 'auto',
    });
  });

  each('auto-paging walks a list in both orders without gap or repetition', async (sdk, { tag }) => {
    const made = [];
    for (let i = 0; i < 7; i++)
      made.push((await sdk.assistants.create({ model: 'gpt-4o', name: `${tag} ${i}`, metadata: { tag } })).id);
    const mine = (list) => list.filter(({ metadata }) => metadata.tag === tag).map(({ id }) => id);

    assert.deepEqual(mine(await all(sdk.assistants.list({ limit: 3, order: 'asc' }))), made);
    assert.deepEqual(
      mine(await all(sdk.assistants.list({ limit: 2, order: 'desc' }))),
      made.toReversed?.() ?? [...made].reverse(),
    );
    assert.deepEqual(
      mine((await sdk.assistants.list({ limit: 2, order: 'asc', after: made[2] })).data),
      made.slice(3, 5),
    );
    const before = await sdk.assistants.list({ limit: 100, order: 'asc', before: made[2] });
    assert.deepEqual(mine(before.data), made.slice(0, 2));
    const page = await sdk.assistants.list({ limit: 2 });
    assert.equal(page.has_more ?? page.body?.has_more, true);
    assert.equal(page.data.length, 2);
    assert.deepEqual(mine(page.data), [made[6], made[5]], 'the newest first unless told otherwise');
  });

  each('messages are made, listed in order, changed and deleted', async (sdk, { Sdk }) => {
    const thread = await sdk.threads.create({
      messages: [
        { role: 'user', content: 'zero' },
        { role: 'assistant', content: 'one' },
      ],
    });
    for (const word of ['two', 'three', 'four']) await sdk.messages.create(thread.id, { role: 'user', content: word });

    const words = ['zero', 'one', 'two', 'three', 'four'];
    const messages = await all(sdk.messages.list(thread.id, { order: 'asc', limit: 2 }));
    assert.deepEqual(messages.map(textOf), words);
    assert.deepEqual(
      (await sdk.messages.list(thread.id)).data.map(textOf),
      words.toReversed?.() ?? [...words].reverse(),
    );
    assert.deepEqual(
      messages.map(({ role }) => role),
      ['user', 'assistant', 'user', 'user', 'user'],
    );
    assert.deepEqual(
      [messages[0].status, messages[0].run_id, messages[0].assistant_id, messages[0].attachments],
      ['completed', null, null, []],
    );

    const changed = await sdk.messages.update(thread.id, messages[2].id, { metadata: { seen: 'yes' } });
    assert.deepEqual(changed.metadata, { seen: 'yes' });
    assert.deepEqual(await sdk.messages.retrieve(thread.id, messages[2].id), changed);
    assert.deepEqual(await sdk.messages.delete(thread.id, messages[3].id), {
      id: messages[3].id,
      object: 'thread.message.deleted',
      deleted: true,
    });
    assert.deepEqual((await all(sdk.messages.list(thread.id, { order: 'asc' }))).map(textOf), [
      'zero',
      'one',
      'two',
      'four',
    ]);
    await assert.rejects(sdk.messages.retrieve(thread.id, messages[3].id), Sdk.module.NotFoundError);
    const other = await sdk.threads.create();
    await assert.rejects(
      sdk.messages.retrieve(other.id, messages[0].id),
      Sdk.module.NotFoundError,
      'a message belongs to its thread',
    );
  });

  each('a thread is changed, and an empty one has an empty list', async (sdk) => {
    const thread = await sdk.threads.create();
    assert.deepEqual([thread.object, thread.metadata, thread.tool_resources], ['thread', {}, {}]);
    assert.deepEqual((await sdk.messages.list(thread.id)).data, []);
    const changed = await sdk.threads.update(thread.id, { metadata: { a: 'b' } });
    assert.deepEqual(changed, { ...thread, metadata: { a: 'b' } });
    assert.deepEqual((await sdk.threads.update(thread.id, { metadata: {} })).metadata, {});
  });

  each('runs and steps are listed, and a run gets metadata', async (sdk, { model }) => {
    await model.when('Say hello.', say('Hello.'));
    const first = await ask(sdk, 'Say hello.');
    const second = await ask(sdk, 'Say hello.', first);
    const third = await ask(sdk, 'Say hello.', first);
    [first, second, third].forEach(({ run }) => completed(run));

    const ids = [first, second, third].map(({ run }) => run.id);
    assert.deepEqual(
      (await all(sdk.runs.list(first.thread.id, { order: 'asc', limit: 1 }))).map(({ id }) => id),
      ids,
    );
    const updated = await sdk.runs.update(first.thread.id, ids[0], { metadata: { checked: 'true' } });
    assert.deepEqual(updated.metadata, { checked: 'true' });
    assert.deepEqual(await sdk.runs.retrieve(first.thread.id, ids[0]), updated);
    const ofSecond = await all(sdk.messages.list(first.thread.id, { run_id: ids[1] }));
    assert.deepEqual(
      ofSecond.map(({ run_id: run }) => run),
      [ids[1]],
    );
    const steps = await all(sdk.steps.list(first.thread.id, ids[2], { limit: 1 }));
    assert.deepEqual(
      steps.map(({ type }) => type),
      ['message_creation'],
      'no code, no tool_calls step',
    );
  });

  once(
    'an application may read what another process wrote, with a trailing slash and encoded ids',
    async (sdk, { Sdk }) => {
      const assistant = await interpreter(sdk, { name: 'Ünïcödé 😀 \u0000'.replace('\u0000', '') });
      const slashed = new Sdk({ apiKey: 'k', baseURL: `${sdk.client.baseURL}/`, maxRetries: 0 });
      assert.deepEqual(await slashed.assistants.retrieve(assistant.id), assistant);
    },
  );
});
