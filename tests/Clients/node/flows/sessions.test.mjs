// A session ends when nobody used it for a while: its variables are gone, its files come back, and the model is told.
import assert from 'node:assert/strict';
import { ask, completed, download, linkedFile } from '../harness/answers.mjs';
import { waitFor } from '../harness/launch.mjs';
import { python, say } from '../harness/model.mjs';
import { suite } from '../harness/world.mjs';

suite('Sessions', { limits: { idleSeconds: 12 } }, ({ world, each }) => {
  each('files return in a new session, variables do not', async (sdk, { model, Sdk }) => {
    await model.when(
      'Begin.',
      python(
        'x = 1\nopen("made.txt", "w").write("made")\nopen("unlinked.txt", "w").write("gone")\nprint(open("given.txt").read())',
      ),
      say('{{last_tool_output:(.*)}} sandbox:/mnt/data/made.txt'),
    );
    const look =
      'import os\nprint("x" in globals(), open("given.txt").read(), open("made.txt").read(), os.path.exists("unlinked.txt"))';
    await model.when('Go on.', python(look), say('{{last_tool_output:((?:True|False).*)}}'));
    const given = await sdk.files.create({
      file: await Sdk.module.toFile(Buffer.from('given'), 'given.txt'),
      purpose: 'assistants',
    });

    const first = await ask(sdk, 'Begin.', { files: [given] });
    completed(first.run);
    assert.match(first.text, /^given/);
    const ended = (sessions) => sessions.every(({ thread_id: thread }) => thread !== first.thread.id);
    await waitFor('the session to end', () => world.sessions().then(ended));
    const second = await ask(sdk, 'Go on.', first);

    completed(second.run);
    assert.match(second.text, /False given made False/);
    assert.equal(String(await download(sdk, linkedFile(first.message, '/mnt/data/made.txt'))), 'made');
    const told = (await model.asked('Go on.')).map(({ body }) => JSON.stringify(body.messages)).join();
    assert.match(
      told,
      /variables[^.]{0,80}(lost|gone)|(lost|gone)[^.]{0,80}variables/i,
      'the model is told that variables are lost',
    );
  });
});

suite('Sessions as operators see them', {}, ({ world, once }) => {
  once('a session is shown, and when it is ended its thread goes on', async (sdk, { model }) => {
    await model.when('Begin here.', python('x = 1\nprint("begun")'), say('Begun.'));
    await model.when('Look again.', python('print("x" in globals())'), say('{{last_tool_output:((?:True|False).*)}}'));
    const first = await ask(sdk, 'Begin here.');
    completed(first.run);

    const shown = (await world.sessions()).find(({ thread_id: thread }) => thread === first.thread.id);
    assert.equal(shown.state, 'running');
    assert.match(shown.launch, /^(warm|cold)$/);
    assert.ok(shown.expires_at > shown.created_at, JSON.stringify(shown));
    const found = await world.session(shown.id);
    assert.deepEqual([found.status, found.body.id, found.body.thread_id], [200, shown.id, first.thread.id]);

    const ended = await world.session(shown.id, 'DELETE');
    assert.deepEqual(ended, {
      status: 200,
      body: { id: shown.id, object: 'sandbox.session.deleted', deleted: true },
    });
    await waitFor('the session to be gone', async () => (await world.session(shown.id)).status === 404);

    const second = await ask(sdk, 'Look again.', first);
    completed(second.run);
    assert.match(second.text, /False/);
  });
});
