// Without any upstream: the built-in model runs the Python of the user's message.
import assert from 'node:assert/strict';
import { all, ask, completed, download, imagesOf, interpreter, linkedFile } from '../harness/answers.mjs';
import { decodePng } from '../harness/png.mjs';
import { suite } from '../harness/world.mjs';

const fence = '```';
const block = (code) => `${fence}python\n${code}\n${fence}`;

suite('The built-in model', { upstream: false }, ({ each, once }) => {
  for (const name of ['builtin/python', 'gpt-4o']) {
    each(`${name} runs a fenced block and answers with its output`, async (sdk) => {
      const assistant = await interpreter(sdk, { model: name });
      const { run, text } = await ask(sdk, `Please run this:\n${block('print(6 * 7)\nprint("ünïcödé")')}`, {
        assistant,
      });
      completed(run);
      assert.match(text, /42/);
      assert.match(text, /ünïcödé/);
    });
  }

  each('charts and files come back', async (sdk) => {
    const assistant = await interpreter(sdk, { model: 'builtin/python' });
    const code =
      'import matplotlib.pyplot as plt\nplt.plot([3, 1, 2])\nplt.show()\nopen("/mnt/data/out.csv", "w").write("a,b\\n1,2\\n")';
    const { run, message } = await ask(sdk, block(code), { assistant });
    completed(run);
    decodePng(await download(sdk, imagesOf(message)[0]));
    assert.equal(String(await download(sdk, linkedFile(message, '/mnt/data/out.csv'))), 'a,b\n1,2\n');
  });

  each('an error is shown, and streaming works', async (sdk) => {
    const assistant = await interpreter(sdk, { model: 'builtin/python' });
    const thread = await sdk.threads.create({ messages: [{ role: 'user', content: block('1 / 0') }] });
    const stream = sdk.runs.stream(thread.id, { assistant_id: assistant.id });
    const run = await stream.finalRun();
    completed(run);
    const steps = await all(sdk.steps.list(thread.id, run.id, { order: 'asc' }));
    assert.match(JSON.stringify(steps[0].step_details), /ZeroDivisionError/);
  });

  once('a message without code is answered with what to do', async (sdk) => {
    const assistant = await interpreter(sdk, { model: 'builtin/python' });
    const { run, text } = await ask(sdk, 'What is the capital of France?', { assistant });
    completed(run);
    assert.match(text, /python/i);
  });

  once('chat completions say that there is no upstream', async (sdk, { Sdk }) => {
    await assert.rejects(
      sdk.client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi.' }] }),
      (error) => error instanceof Sdk.module.APIError && /OPENAI_BASE_URL|upstream/i.test(error.message),
    );
  });
});
