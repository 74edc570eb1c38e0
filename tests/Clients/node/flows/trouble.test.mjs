// Bad luck of every kind: the run reaches its end, the model and the caller read what happened, and the next call works.
import assert from 'node:assert/strict';
import { ask, callsOf, completed } from '../harness/answers.mjs';
import { call, python, say } from '../harness/model.mjs';
import { suite } from '../harness/world.mjs';

/** A test: the model does something bad, reads what came of it, and calls again. */
function misdeed(name, code, told) {
  return [
    `${name}: the model is told, and the next call works`,
    async (sdk, { model }) => {
      const question = `Do this: ${name}.`;
      await model.when(question, python(code), python('print("still", 6 * 7)'), say('{{last_tool_output:(.*)}}'));

      const { run } = await ask(sdk, question);

      completed(run);
      const [first, second] = await callsOf(sdk, run);
      assert.match(second.logs, /still 42/, `after ${JSON.stringify(first.logs.slice(-500))}`);
      const asked = (await model.asked(question)).at(-1).body.messages;
      const output = asked.filter(({ role }) => role === 'tool').at(-2).content;
      if (told) assert.match(output, told);
      assert.ok(output.length < 200_000, `${output.length} characters went to the model`);
    },
  ];
}

suite('Trouble in the sandbox', { limits: { callSeconds: 5, memoryMiB: 512, diskMiB: 256 } }, ({ once }) => {
  const misdeeds = [
    ['os._exit', 'import os\nos._exit(3)', /exit|ended|died|killed|lost/i],
    ['sys.exit', 'import sys\nsys.exit(3)', null],
    ['SIGKILL to itself', 'import os, signal\nos.kill(os.getpid(), signal.SIGKILL)', /kill|died|ended|lost/i],
    ['an endless loop', 'while True:\n    pass', /longer than 5 s/],
    [
      'a loop that catches everything',
      'import time\nwhile True:\n    try:\n        time.sleep(1)\n    except BaseException:\n        pass',
      /longer than 5 s/,
    ],
    ['10 GB of output', 'line = "x" * 1023 + "\\n"\nfor _ in range(10 * 1024 * 1024):\n    print(line, end="")', null],
    ['endless forking', 'import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass', /./],
  ];
  for (const [name, code, told] of misdeeds) once(...misdeed(name, code, told));

  once('a full disk is an error of the code, and the next call works', async (sdk, { model }) => {
    const code = 'with open("big", "wb") as out:\n    for _ in range(20_000):\n        out.write(b"x" * 1024 * 1024)';
    await model.when(
      'Fill the disk.',
      python(code),
      python('import os\nos.path.exists("big") and os.remove("big")\nprint("still", 6 * 7)'),
      say('{{last_tool_output:(.*)}}'),
    );
    const { run } = await ask(sdk, 'Fill the disk.');
    completed(run);
    const calls = await callsOf(sdk, run);
    assert.match(calls.at(-1).logs, /still 42/);
  });
});

// Without the short time limit above: a busy machine needs seconds to find so many pages.
suite('Too much memory', { limits: { memoryMiB: 512 } }, ({ once }) => {
  const code = 'rows = []\nwhile True:\n    rows.append(bytearray(16 * 1024 * 1024))';
  once(...misdeed('too much memory', code, /memory/i));
});

suite('Trouble with the model', { settings: { Runs__MaxRounds: '6' } }, ({ each, once }) => {
  once('a rate limit is waited out', async (sdk, { model }) => {
    await model.when('Be busy once.', say('At last.', { fault: { status: 429, times: 1, retry_after: '1' } }));
    const { run, text } = await ask(sdk, 'Be busy once.');
    completed(run);
    assert.equal(text, 'At last.');
  });

  once('a broken server is asked again', async (sdk, { model }) => {
    await model.when('Break twice.', say('Mended.', { fault: { status: 500, times: 2 } }));
    const { run, text } = await ask(sdk, 'Break twice.');
    completed(run);
    assert.equal(text, 'Mended.');
  });

  const ends = [
    [
      'a stream that is cut after its beginning',
      say('Never whole, never whole.', { chunk_size: 4, fault: { cut_after: 3, times: 0 } }),
    ],
    [
      'a stream that ends without an end',
      say('Never whole, never whole.', { chunk_size: 4, fault: { end_after: 3, times: 0 } }),
    ],
    [
      'an error within the stream',
      say('Never whole, never whole.', { chunk_size: 4, fault: { error_after: 3, times: 0 } }),
    ],
    ['a request that is refused', say('-', { fault: { status: 400, times: 0, message: 'No.' } })],
    ['an invalid key', say('-', { fault: { status: 401, times: 0, message: 'Bad upstream key.' } })],
  ];
  for (const [name, turn] of ends) {
    once(`${name} fails the run`, async (sdk, { model }) => {
      const question = `Give me ${name}.`;
      await model.when(question, turn);
      const { run } = await ask(sdk, question);
      assert.equal(run.status, 'failed');
      assert.ok(
        ['server_error', 'rate_limit_exceeded', 'invalid_prompt'].includes(run.last_error.code),
        run.last_error.code,
      );
      assert.ok(run.last_error.message.length > 10);
      assert.ok(run.failed_at);
    });
  }

  once('an unknown finish_reason does not matter', async (sdk, { model }) => {
    await model.when('Finish strangely.', say('Strange.', { finish_reason: 'eos' }));
    const { run, text } = await ask(sdk, 'Finish strangely.');
    completed(run);
    assert.equal(text, 'Strange.');
  });

  once('arguments that are not JSON are taken as code', async (sdk, { model }) => {
    await model.when('Send plain code.', call('python', 'print("plain", 6 * 7)'), say('{{last_tool_output:(.*)}}'));
    const { run, text } = await ask(sdk, 'Send plain code.');
    completed(run);
    assert.equal(text.trim(), 'plain 42');
  });

  once('an unknown tool is answered, and the model goes on', async (sdk, { model }) => {
    await model.when('Call what is not there.', call('browser', { url: 'x' }), say('I see: {{last_tool_output}}'));
    const { run, text } = await ask(sdk, 'Call what is not there.');
    completed(run);
    assert.match(text, /browser/);
  });

  once('a model that never stops calling is stopped', async (sdk, { model }) => {
    await model.when('Never stop.', ...Array.from({ length: 60 }, (_, i) => python(`print(${i})`)));
    const { run } = await ask(sdk, 'Never stop.');
    assert.ok(['failed', 'incomplete'].includes(run.status), run.status);
  });
});
