// With keys configured: who is let in, and what each project sees.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { all } from '../harness/answers.mjs';
import { suite } from '../harness/world.mjs';

const settings = {
  Keys__0__Key: 'sk-red-0123456789',
  Keys__0__Project: 'red',
  Keys__1__Key: `sha256:${createHash('sha256').update('sk-blue-0123456789').digest('hex')}`,
  Keys__1__Project: 'blue',
};

suite('Keys', { settings }, ({ world, each, once }) => {
  const red = (Sdk) => world.sdk(Sdk, { apiKey: 'sk-red-0123456789' });
  const blue = (Sdk) => world.sdk(Sdk, { apiKey: 'sk-blue-0123456789' });

  each('a wrong key is an authentication error', async (_, { Sdk }) => {
    const wrong = world.sdk(Sdk, { apiKey: 'sk-wrong-0123456789' });
    const requests = [
      () => wrong.assistants.list(),
      () => wrong.client.models.list(),
      () => wrong.files.list(),
      () => wrong.threads.create(),
    ];
    for (const request of requests) {
      await assert.rejects(request, (error) => {
        assert.ok(error instanceof Sdk.module.AuthenticationError, `${error.constructor.name}: ${error.message}`);
        assert.equal(error.code, 'invalid_api_key');
        assert.match(error.message, /Incorrect API key provided/);
        assert.doesNotMatch(error.message, /wrong-01234/, 'the key is not repeated in full');
        return true;
      });
    }
  });

  once('no key is an error that says how to send one', async () => {
    const response = await fetch(`${world.url}/v1/models`);
    assert.equal(response.status, 401);
    assert.match((await response.json()).error.message, /You didn't provide an API key/);
  });

  each("a project sees its own objects only; another's ids are not found", async (_, { Sdk }) => {
    const { NotFoundError, toFile } = Sdk.module;
    const ours = red(Sdk);
    const theirs = blue(Sdk);
    const assistant = await ours.assistants.create({ model: 'gpt-4o' });
    const thread = await ours.threads.create({ messages: [{ role: 'user', content: 'Ours.' }] });
    const file = await ours.files.create({
      file: await toFile(Buffer.from('ours'), 'ours.txt'),
      purpose: 'assistants',
    });
    const upload = await ours.client.uploads.create({
      filename: 'a',
      purpose: 'assistants',
      bytes: 1,
      mime_type: 'text/plain',
    });

    assert.equal((await ours.assistants.retrieve(assistant.id)).id, assistant.id);
    await assert.rejects(theirs.assistants.retrieve(assistant.id), NotFoundError);
    await assert.rejects(theirs.assistants.update(assistant.id, { name: 'stolen' }), NotFoundError);
    await assert.rejects(theirs.delete(theirs.assistants, assistant.id), NotFoundError);
    await assert.rejects(theirs.threads.retrieve(thread.id), NotFoundError);
    await assert.rejects(all(theirs.messages.list(thread.id)), NotFoundError);
    await assert.rejects(theirs.runs.create(thread.id, { assistant_id: assistant.id }), NotFoundError);
    await assert.rejects(theirs.files.retrieve(file.id), NotFoundError);
    await assert.rejects(theirs.files.content(file.id), NotFoundError);
    await assert.rejects(theirs.delete(theirs.files, file.id), NotFoundError);
    await assert.rejects(theirs.client.uploads.cancel(upload.id), NotFoundError);
    const mine = await theirs.threads.create();
    await assert.rejects(theirs.runs.create(mine.id, { assistant_id: assistant.id }), NotFoundError);
    await assert.rejects(
      theirs.messages.create(mine.id, {
        role: 'user',
        content: 'x',
        attachments: [{ file_id: file.id, tools: [{ type: 'code_interpreter' }] }],
      }),
      Sdk.module.APIError,
    );
    assert.ok((await all(theirs.assistants.list())).every(({ id }) => id !== assistant.id));
    assert.ok((await all(theirs.files.list())).every(({ id }) => id !== file.id));
    assert.equal((await ours.files.retrieve(file.id)).id, file.id);
  });
});
