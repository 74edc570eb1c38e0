// What is not ours goes to the upstream as it is.
import assert from 'node:assert/strict';
import { all } from '../harness/answers.mjs';
import { say } from '../harness/model.mjs';
import { suite } from '../harness/world.mjs';

suite('Forwarding', {}, ({ each }) => {
  each('models are listed and found, aliases and the built-in one among them', async (sdk) => {
    const ids = (await all(sdk.client.models.list())).map(({ id }) => id);
    assert.ok(ids.includes('scripted-model'), ids.join());
    assert.ok(ids.includes('builtin/python'), ids.join());
    for (const id of ['scripted-model', 'builtin/python']) {
      const model = await sdk.client.models.retrieve(id);
      assert.deepEqual([model.id, model.object], [id, 'model']);
    }
  });

  each('chat completions are forwarded', async (sdk, { model }) => {
    await model.when('Say it whole.', say('As a whole.'));
    const completion = await sdk.client.chat.completions.create({
      model: 'scripted-model',
      messages: [{ role: 'user', content: 'Say it whole.' }],
      user: 'somebody',
    });
    assert.equal(completion.choices[0].message.content, 'As a whole.');
    const { headers, body } = (await model.asked('Say it whole.')).at(-1);
    assert.equal(headers.authorization, 'Bearer upstream-key', "the upstream's key is ours, never the caller's");
    assert.equal(body.user, 'somebody');
  });

  each('chat completions are streamed through', async (sdk, { model }) => {
    await model.when('Say it in pieces.', say('In several pieces.', { chunk_size: 4 }));
    const stream = await sdk.client.chat.completions.create({
      model: 'scripted-model',
      messages: [{ role: 'user', content: 'Say it in pieces.' }],
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await all(stream);
    const pieces = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').filter(Boolean);
    assert.equal(pieces.join(''), 'In several pieces.');
    assert.ok(pieces.length > 3);
    assert.ok(chunks.at(-1).usage.total_tokens > 0);
  });

  each("the upstream's errors come through", async (sdk, { model, Sdk }) => {
    await model.when(
      'Too fast.',
      say('-', { fault: { status: 429, times: 0, retry_after: '1', message: 'Slow down.', type: 'rate_limit_error' } }),
    );
    await assert.rejects(
      sdk.client.chat.completions.create({
        model: 'scripted-model',
        messages: [{ role: 'user', content: 'Too fast.' }],
      }),
      (error) => error instanceof Sdk.module.RateLimitError && /Slow down/.test(error.message),
    );
  });

  each('embeddings are forwarded', async (sdk) => {
    const answer = await sdk.client.embeddings.create({
      model: 'scripted-model',
      input: 'text',
      encoding_format: 'float',
    });
    assert.deepEqual(answer.data[0].embedding, [0.25, 0.5]);
  });
});
