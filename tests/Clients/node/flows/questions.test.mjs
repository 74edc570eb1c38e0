// Questions that need computing: asked, computed in a sandbox, answered.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import { all, ask, callsOf, completed, interpreter, lastMessage, textOf } from '../harness/answers.mjs';
import { python, say } from '../harness/model.mjs';
import { suite } from '../harness/world.mjs';

suite('Questions', {}, ({ each, once }) => {
  each('a standard deviation is computed and polled for', async (sdk, { model }) => {
    const numbers = [2, 4, 4, 4, 5, 5, 7, 9];
    const mean = numbers.reduce((a, b) => a + b) / numbers.length;
    const deviation = Math.sqrt(numbers.reduce((sum, n) => sum + (n - mean) ** 2, 0) / (numbers.length - 1));
    const question = `What is the sample standard deviation of ${numbers.join(', ')}?`;
    await model.when(
      question,
      python(`import statistics\nprint(round(statistics.stdev([${numbers}]), 9))`),
      say('The sample standard deviation is {{last_tool_output:([0-9.]+)}}.'),
    );

    const { run, message, text, thread, assistant } = await ask(sdk, question);

    completed(run);
    assert.equal(text, `The sample standard deviation is ${deviation.toFixed(9)}.`);
    assert.equal(message.role, 'assistant');
    assert.equal(message.run_id, run.id);
    assert.equal(message.assistant_id, assistant.id);
    assert.equal(message.thread_id, thread.id);
    assert.equal(message.status, 'completed');
    assert.ok(run.completed_at >= run.started_at && run.started_at >= run.created_at);
    assert.equal(run.expires_at, null);
    const steps = await all(sdk.steps.list(thread.id, run.id, { order: 'asc' }));
    assert.deepEqual(
      steps.map(({ type, status }) => [type, status]),
      [
        ['tool_calls', 'completed'],
        ['message_creation', 'completed'],
      ],
    );
    assert.equal(steps[1].step_details.message_creation.message_id, message.id);
    for (const kind of ['prompt_tokens', 'completion_tokens', 'total_tokens']) {
      assert.equal(
        run.usage[kind],
        steps.reduce((sum, step) => sum + step.usage[kind], 0),
        `${kind} of the run is the sum of its steps`,
      );
    }
    const same = await sdk.steps.retrieve(thread.id, run.id, steps[0].id);
    assert.deepEqual(same.step_details, steps[0].step_details);
    const [{ input, logs }] = await callsOf(sdk, run);
    assert.match(input, /statistics\.stdev/);
    assert.equal(logs.trim(), deviation.toFixed(9));
  });

  each('a thread and its run are created at once', async (sdk, { model }) => {
    await model.when(
      'How many primes are below 1000?',
      python('from sympy import primepi\nprint(primepi(999))'),
      say('There are {{last_tool_output}}.'),
    );
    const assistant = await interpreter(sdk);

    const run = await sdk.threads.createAndRunPoll({
      assistant_id: assistant.id,
      thread: {
        messages: [{ role: 'user', content: 'How many primes are below 1000?' }],
        metadata: { source: 'test' },
      },
    });

    completed(run);
    assert.match(textOf(await lastMessage(sdk, run.thread_id)), /168/);
    const thread = await sdk.threads.retrieve(run.thread_id);
    assert.deepEqual(thread.metadata, { source: 'test' });
  });

  each('a KeyError is read by the model and corrected', async (sdk, { model }) => {
    const question = 'What is the mean of the Revenue column?';
    const frame = 'import pandas as pd\ndf = pd.DataFrame({"revenue": [10, 20, 60]})\n';
    await model.when(
      question,
      python(`${frame}print(df["Revenue"].mean())`),
      python('print(df["revenue"].mean())', {
        text: 'The column is called revenue.',
        if_tool_output: 'KeyError',
        else: say('I saw no error.'),
      }),
      say('The mean is {{last_tool_output:([0-9.]+)}}.'),
    );

    const { run, text, thread } = await ask(sdk, question);

    completed(run);
    assert.equal(text, 'The mean is 30.0.');
    const [first, second] = await callsOf(sdk, run);
    assert.match(first.logs, /Traceback/);
    assert.match(first.logs, /KeyError: 'Revenue'/);
    assert.doesNotMatch(first.logs, /\u001b\[/, 'a traceback for readers has no terminal colours');
    assert.equal(second.logs.trim(), '30.0');
    const steps = await all(sdk.steps.list(thread.id, run.id, { order: 'asc' }));
    assert.deepEqual(
      steps.map(({ type }) => type),
      ['tool_calls', 'message_creation', 'tool_calls', 'message_creation'],
    );
    assert.deepEqual([...new Set(steps.map(({ status }) => status))], ['completed']);
    const messages = await all(sdk.messages.list(thread.id, { order: 'asc' }));
    assert.deepEqual(messages.map(textOf), [question, 'The column is called revenue.', 'The mean is 30.0.']);
  });

  each('variables and files stay between the runs of a thread', async (sdk, { model }) => {
    await model.when(
      'Remember the number 41.',
      python('n = 41\nopen("note.txt", "w").write("kept")'),
      say('Remembered.'),
    );
    await model.when(
      'Add one to it.',
      python('print(n + 1, open("/mnt/data/note.txt").read())'),
      say('{{last_tool_output:(.*)}}'),
    );

    const first = await ask(sdk, 'Remember the number 41.');
    const second = await ask(sdk, 'Add one to it.', first);

    completed(second.run);
    assert.equal(second.text.trim(), '42 kept');
  });

  each('two threads of one assistant share nothing', async (sdk, { model }) => {
    const look =
      'import os\nprint("secret" in globals(), sorted(os.listdir("/mnt/data")), os.path.exists("/tmp/secret.txt"))';
    await model.when(
      'Keep a secret.',
      python(
        'secret = "s3cr3t"\nopen("secret.txt", "w").write(secret)\nopen("/tmp/secret.txt", "w").write(secret)\nprint("kept")',
      ),
      say('{{last_tool_output:(.*)}}'),
    );
    await model.when('Tell me the secret.', python(look), say('{{last_tool_output:(.*)}}'));
    const assistant = await interpreter(sdk);

    const kept = await ask(sdk, 'Keep a secret.', { assistant });
    const [other, another] = await Promise.all([
      ask(sdk, 'Tell me the secret.', { assistant }),
      ask(sdk, 'Tell me the secret.', { assistant }),
    ]);

    assert.equal(kept.text.trim(), 'kept');
    for (const { text } of [other, another]) assert.equal(text.trim(), 'False [] False');
  });

  each('a JSON answer is checked against its schema in the sandbox', async (sdk, { model }) => {
    const schema = {
      type: 'object',
      properties: {
        name: { type: 'string' },
        age: { type: 'integer', minimum: 0 },
        tags: { type: 'array', items: { type: 'string' } },
      },
      required: ['name', 'age', 'tags'],
      additionalProperties: false,
    };
    const question = 'Extract the person: "Ada, thirty-six, likes engines".';
    const check = (candidate) => `import json, jsonschema
candidate = json.loads('''${JSON.stringify(candidate)}''')
try:
    jsonschema.validate(candidate, json.loads('''${JSON.stringify(schema)}'''))
    print("VALID " + json.dumps(candidate))
except jsonschema.ValidationError as error:
    print("INVALID: " + error.message)`;
    await model.when(
      question,
      python(check({ name: 'Ada', age: '36', tags: ['engines'] })),
      python(check({ name: 'Ada', age: 36, tags: ['engines'] }), {
        if_tool_output: "INVALID: '36' is not of type 'integer'",
        else: say('{}'),
      }),
      say('{{last_tool_output:VALID (.*)}}'),
    );

    const { run, text } = await ask(sdk, question, {
      settings: { response_format: { type: 'json_schema', json_schema: { name: 'person', schema, strict: true } } },
    });

    completed(run);
    assert.ok(new Ajv().compile(schema)(JSON.parse(text)), text);
    assert.equal(run.response_format.json_schema.name, 'person');
    const [asked] = await model.asked(question);
    assert.deepEqual(asked.body.response_format, {
      type: 'json_schema',
      json_schema: { name: 'person', schema, strict: true },
    });
  });

  each('what the caller says reaches the model', async (sdk, { model }) => {
    const question = 'What do you see?';
    await model.when(question, say('Nothing.'));
    const assistant = await interpreter(sdk, { temperature: 0.3, instructions: 'Assistant instructions.' });
    const thread = await sdk.threads.create({ messages: [{ role: 'user', content: 'An earlier message.' }] });

    const run = await sdk.runs.createAndPoll(thread.id, {
      assistant_id: assistant.id,
      additional_instructions: 'Additional instructions.',
      additional_messages: [
        { role: 'assistant', content: 'An earlier answer.' },
        { role: 'user', content: question },
      ],
      top_p: 0.5,
      tool_choice: { type: 'code_interpreter' },
      parallel_tool_calls: false,
      max_completion_tokens: 1000,
      metadata: { trial: 'one' },
    });

    completed(run);
    assert.deepEqual(run.metadata, { trial: 'one' });
    assert.equal(run.temperature, 0.3);
    assert.equal(run.top_p, 0.5);
    assert.equal(run.max_completion_tokens, 1000);
    const { body } = (await model.asked('An earlier answer.')).at(-1);
    const system = body.messages
      .filter(({ role }) => role === 'system' || role === 'developer')
      .map(({ content }) => JSON.stringify(content))
      .join();
    assert.match(system, /Assistant instructions\./);
    assert.match(system, /Additional instructions\./);
    const said = body.messages.filter(({ role }) => role === 'user' || role === 'assistant').map(({ role }) => role);
    assert.deepEqual(said, ['user', 'assistant', 'user']);
    assert.equal(body.temperature, 0.3);
    assert.equal(body.top_p, 0.5);
    assert.equal(body.parallel_tool_calls, false);
    assert.deepEqual(body.tool_choice, { type: 'function', function: { name: 'python' } });
    assert.deepEqual(
      body.tools.map((tool) => tool.function.name),
      ['python'],
    );
  });

  each('instructions and tools of a run replace those of the assistant', async (sdk, { model }) => {
    await model.when('Who are you now?', say('Somebody else.'));
    const { run } = await ask(sdk, 'Who are you now?', {
      settings: { instructions: 'You are somebody else.', tools: [] },
    });

    completed(run);
    const { body } = (await model.asked('You are somebody else.')).at(-1);
    assert.doesNotMatch(JSON.stringify(body), /Answer with numbers you computed/);
    assert.equal(body.tools, undefined);
    assert.equal(body.temperature, undefined, 'what nobody set is not sent');
    assert.equal(body.tool_choice, undefined);
  });

  each('a token budget ends a run as incomplete', async (sdk, { model }) => {
    const question = 'Tell me everything, at length.';
    await model.when(question, say('Once upon a time '.repeat(20), { finish_reason: 'length' }));

    const { run, thread } = await ask(sdk, question, { settings: { max_completion_tokens: 256 } });

    assert.equal(run.status, 'incomplete');
    assert.deepEqual(run.incomplete_details, { reason: 'max_completion_tokens' });
    const message = await lastMessage(sdk, thread.id);
    assert.equal(message.status, 'incomplete');
    assert.deepEqual(message.incomplete_details, { reason: 'max_tokens' });
  });

  once('the value of the last expression is seen without print', async (sdk, { model }) => {
    await model.when('Just evaluate 6*7.', python('x = 6\nx * 7'), say('{{last_tool_output:(.*)}}'));
    const { text } = await ask(sdk, 'Just evaluate 6*7.');
    assert.match(text, /42/);
  });

  once('the libraries a data analyst expects can be imported', async (sdk, { model }) => {
    const lines = readFileSync(new URL('../../../../runtime-image/libraries.txt', import.meta.url), 'utf8').split('\n');
    const listed = lines.filter((line) => /^\w/.test(line)).map((line) => line.split(/\s+/));
    const names = listed.filter(([, , kind]) => kind !== 'optional').map(([, module]) => module);
    assert.ok(names.length > 20);
    await model.when(
      'Import everything.',
      python(
        `import importlib\nfor name in "${names.join(' ')}".split():\n    importlib.import_module(name)\nprint("all there")`,
      ),
      say('{{last_tool_output:(.*)}}'),
    );
    const { text } = await ask(sdk, 'Import everything.');
    assert.equal(text.trim(), 'all there');
  });

  once('there is no network', async (sdk, { model }) => {
    const code = `import socket
for family, address in ((socket.AF_INET, ("1.1.1.1", 53)), (socket.AF_INET, ("127.0.0.1", 80)), (socket.AF_INET6, ("::1", 80))):
    try:
        socket.socket(family).connect(address)
        print("CONNECTED")
    except OSError as error:
        print("refused")
try:
    socket.getaddrinfo("example.com", 80)
    print("RESOLVED")
except OSError:
    print("refused")`;
    await model.when('Call home.', python(code), say('{{last_tool_output:((?:\\w+\\n?)+)}}'));
    const { text } = await ask(sdk, 'Call home.');
    assert.equal(text.trim(), 'refused\nrefused\nrefused\nrefused');
  });
});
