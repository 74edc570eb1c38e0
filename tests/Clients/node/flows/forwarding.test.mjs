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

  each('moderations are forwarded', async (sdk) => {
    const answer = await sdk.client.moderations.create({ model: 'gpt-4o', input: 'text' });
    assert.equal(answer.model, 'scripted-model', 'the alias counts here too');
    assert.equal(answer.results[0].flagged, false);
  });

  each('pictures are made and changed', async (sdk, { Sdk }) => {
    const says = ({ data }) => Buffer.from(data[0].b64_json, 'base64').toString();
    const made = await sdk.client.images.generate({ model: 'dall-e-2', prompt: 'a kettle' });
    assert.equal(says(made), 'scripted-model: a kettle');
    const changed = await sdk.client.images.edit({
      model: 'dall-e-2',
      prompt: 'a red one',
      image: await Sdk.module.toFile(Buffer.alloc(200_000, 1), 'kettle.png', { type: 'image/png' }),
    });
    assert.equal(says(changed), 'scripted-model: a red one, image kettle.png of 200000 bytes');
  });

  each('sound is made and heard', async (sdk, { Sdk }) => {
    const spoken = await sdk.client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'Hello.' });
    assert.equal(await spoken.text(), 'scripted-model: Hello.');
    const heard = await sdk.client.audio.transcriptions.create({
      model: 'whisper-1',
      file: await Sdk.module.toFile(Buffer.alloc(3_000_000, 2), 'größer.mp3'),
    });
    assert.equal(heard.text, 'scripted-model: file größer.mp3 of 3000000 bytes');
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
