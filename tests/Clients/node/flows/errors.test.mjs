// What mistakes get: the SDK's own error classes, with the parameter and the code that say what was wrong.
import assert from 'node:assert/strict';
import { ask, interpreter } from '../harness/answers.mjs';
import { say } from '../harness/model.mjs';
import { suite } from '../harness/world.mjs';

suite('Errors', {}, ({ world, each, once }) => {
  async function refused(promise, type, expected) {
    await assert.rejects(promise, (error) => {
      assert.ok(error instanceof type, `${error.constructor.name}: ${error.message}`);
      assert.match(error.request_id ?? error.requestID, /^req_/);
      for (const [key, value] of Object.entries(expected)) {
        if (value instanceof RegExp) assert.match(error[key], value);
        else assert.equal(error[key], value, `${key} of ${error.message}`);
      }
      return true;
    });
  }

  each('unknown ids are not found', async (sdk, { Sdk, model }) => {
    const { NotFoundError } = Sdk.module;
    await model.when('Anything.', say('Something.'));
    const { thread, run } = await ask(sdk, 'Anything.');
    const missing = (message) => ({ status: 404, type: 'invalid_request_error', message });

    await refused(sdk.assistants.retrieve('asst_x'), NotFoundError, missing(/No assistant found with id 'asst_x'\./));
    await refused(sdk.threads.retrieve('thread_x'), NotFoundError, missing(/No thread found with id 'thread_x'\./));
    await refused(
      sdk.messages.retrieve(thread.id, 'msg_x'),
      NotFoundError,
      missing(/No message found with id 'msg_x'\./),
    );
    await refused(sdk.runs.retrieve(thread.id, 'run_x'), NotFoundError, missing(/No run found with id 'run_x'\./));
    await refused(
      sdk.steps.retrieve(thread.id, run.id, 'step_x'),
      NotFoundError,
      missing(/No run step found with id 'step_x'\./),
    );
    await refused(sdk.files.retrieve('file-x'), NotFoundError, {
      ...missing(/No such File object: file-x/),
      param: 'id',
    });
    await refused(sdk.messages.create('thread_x', { role: 'user', content: 'x' }), NotFoundError, missing(/thread_x/));
    await refused(sdk.runs.create(thread.id, { assistant_id: 'asst_x' }), NotFoundError, missing(/asst_x/));
    await refused(sdk.runs.create('thread_x', { assistant_id: 'asst_x' }), NotFoundError, missing(/_x/));
    await refused(sdk.client.models.retrieve('no-such-model'), NotFoundError, { code: 'model_not_found' });
    await refused(sdk.runs.retrieve('thread_x', run.id), NotFoundError, missing(/./));
  });

  each('wrong parameters are named', async (sdk, { Sdk }) => {
    const { BadRequestError } = Sdk.module;
    const bad = (param, code, message = /./) => ({ status: 400, type: 'invalid_request_error', param, code, message });
    const create = (body) => sdk.assistants.create({ model: 'gpt-4o', ...body });

    await refused(
      create({ model: undefined }),
      BadRequestError,
      bad('model', 'missing_required_parameter', /Missing required parameter: 'model'/),
    );
    await refused(
      create({ nonsense: 1 }),
      BadRequestError,
      bad('nonsense', 'unknown_parameter', /Unknown parameter: 'nonsense'/),
    );
    await refused(
      create({ name: 7 }),
      BadRequestError,
      bad('name', 'invalid_type', /expected a string, but got an integer/),
    );
    await refused(create({ name: 'x'.repeat(257) }), BadRequestError, bad('name', 'string_above_max_length'));
    await refused(
      create({ instructions: 'x'.repeat(256_001) }),
      BadRequestError,
      bad('instructions', 'string_above_max_length'),
    );
    await refused(create({ temperature: 3 }), BadRequestError, bad('temperature', 'decimal_above_max_value'));
    await refused(create({ tools: [{ type: 'magic' }] }), BadRequestError, bad('tools[0].type', 'invalid_value'));
    await refused(create({ tools: [{ type: 'file_search' }] }), BadRequestError, {
      status: 400,
      message: /file_search/,
    });
    await refused(
      create({ tools: [{ type: 'function', function: { name: 'python' } }, { type: 'code_interpreter' }] }),
      BadRequestError,
      { status: 400, message: /python/ },
    );
    await refused(create({ tools: [{ type: 'function', function: { name: 'bad name!' } }] }), BadRequestError, {
      status: 400,
    });
    await refused(
      create({ tools: Array(129).fill({ type: 'code_interpreter' }) }),
      BadRequestError,
      bad('tools', 'array_above_max_length'),
    );
    await refused(
      create({ metadata: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, 'v'])) }),
      BadRequestError,
      { status: 400, param: /^metadata/ },
    );
    await refused(create({ metadata: { ['k'.repeat(65)]: 'v' } }), BadRequestError, {
      status: 400,
      param: /^metadata/,
    });
    await refused(create({ metadata: { k: 'v'.repeat(513) } }), BadRequestError, { status: 400, param: /^metadata/ });
    await refused(create({ metadata: { k: 1 } }), BadRequestError, { status: 400, param: /^metadata/ });
    await refused(
      create({ tool_resources: { code_interpreter: { file_ids: Array(21).fill('file-x') } } }),
      BadRequestError,
      bad('tool_resources.code_interpreter.file_ids', 'array_above_max_length'),
    );
    await refused(create({ tool_resources: { code_interpreter: { file_ids: ['file-x'] } } }), Sdk.module.APIError, {
      message: /file-x/,
    });
    await refused(sdk.assistants.list({ limit: 101 }), BadRequestError, bad('limit', 'integer_above_max_value'));
    await refused(sdk.assistants.list({ limit: 0 }), BadRequestError, bad('limit', 'integer_below_min_value'));
    await refused(sdk.assistants.list({ order: 'sideways' }), BadRequestError, bad('order', 'invalid_value'));
    const thread = await sdk.threads.create();
    const message = (body) => sdk.messages.create(thread.id, { role: 'user', content: 'x', ...body });
    await refused(message({ role: 'system' }), BadRequestError, bad('role', 'invalid_value'));
    await refused(
      message({ content: 'x'.repeat(256_001) }),
      BadRequestError,
      bad('content', 'string_above_max_length'),
    );
    await refused(message({ content: undefined }), BadRequestError, bad('content', 'missing_required_parameter'));
    await refused(message({ content: [] }), BadRequestError, { status: 400, param: 'content' });
    await refused(message({ content: [{ type: 'sound' }] }), BadRequestError, bad('content[0].type', 'invalid_value'));
    await refused(
      message({ attachments: [{ file_id: 'file-x', tools: [{ type: 'code_interpreter' }] }] }),
      Sdk.module.APIError,
      { message: /file-x/ },
    );
    const assistant = await interpreter(sdk);
    const run = (body) => sdk.runs.create(thread.id, { assistant_id: assistant.id, ...body });
    await refused(run({ assistant_id: undefined }), BadRequestError, bad('assistant_id', 'missing_required_parameter'));
    await refused(
      run({ max_completion_tokens: 10 }),
      BadRequestError,
      bad('max_completion_tokens', 'integer_below_min_value'),
    );
    await refused(run({ tool_choice: 'sometimes' }), BadRequestError, { status: 400, param: /^tool_choice/ });
    await refused(
      run({ truncation_strategy: { type: 'some' } }),
      BadRequestError,
      bad('truncation_strategy.type', 'invalid_value'),
    );
    await refused(run({ response_format: { type: 'xml' } }), BadRequestError, {
      status: 400,
      param: /^response_format/,
    });
  });

  each('files are refused with a reason', async (sdk, { Sdk }) => {
    const { BadRequestError, toFile } = Sdk.module;
    await refused(
      sdk.files.create({ file: await toFile(Buffer.from('x'), 'a.txt'), purpose: 'world_domination' }),
      BadRequestError,
      { param: 'purpose', message: /'world_domination' is not one of/ },
    );
    await refused(
      sdk.files.create({ file: await toFile(Buffer.alloc(0), 'empty.txt'), purpose: 'assistants' }),
      BadRequestError,
      { status: 400, message: /empty/i },
    );
    await refused(
      sdk.client.uploads.create({ filename: 'a', purpose: 'assistants', bytes: -1, mime_type: 'text/plain' }),
      BadRequestError,
      { param: 'bytes' },
    );
    await refused(
      sdk.client.uploads.create({ filename: 'a', purpose: 'assistants', bytes: 9e12, mime_type: 'text/plain' }),
      BadRequestError,
      { param: 'bytes' },
    );
  });

  each('file names keep their last part, and impossible ones are refused', async (sdk, { Sdk }) => {
    const create = async (name) =>
      sdk.files.create({ file: await Sdk.module.toFile(Buffer.from('x'), name), purpose: 'assistants' });
    for (const [given, kept] of [
      ['../../etc/passwd', 'passwd'],
      ['a\\b\\c.txt', 'c.txt'],
      ['with space; and=signs&.txt', 'with space; and=signs&.txt'],
    ]) {
      assert.equal((await create(given)).filename, kept);
    }
    const { BadRequestError } = Sdk.module;
    await refused(create('n'.repeat(300) + '.csv'), BadRequestError, { param: 'file', message: /255/ });
    await refused(create('a"b.txt'), BadRequestError, { param: 'file', message: /quotation mark/ });
  });

  once('a body that is no JSON, or no object, gets 400', async () => {
    for (const body of ['{', '[]', '"x"', '7', 'null x', '{"model":"gpt-4o"}}', '\u0000']) {
      const response = await world.json('POST', '/v1/assistants', body);
      assert.equal(response.status, 400, body);
      assert.equal((await response.json()).error.type, 'invalid_request_error');
    }
    const deep = await world.json('POST', '/v1/threads', '{"metadata":'.repeat(5000) + '1' + '}'.repeat(5000));
    assert.equal(deep.status, 400);
    await deep.text();
  });

  once('an empty body is an empty object', async () => {
    const response = await world.fetch('/v1/threads', { method: 'POST' });
    assert.equal(response.status, 200);
    assert.match((await response.json()).id, /^thread_/);
  });

  once('unknown routes and methods get an OpenAI-shaped 404 or 405', async () => {
    for (const [method, path] of [
      ['POST', '/v1/xyz'],
      ['GET', '/v1/threads'],
      ['PUT', '/v1/assistants'],
      ['GET', '/v1/vector_stores'],
      ['DELETE', '/v1/threads/thread_x/runs/run_x'],
    ]) {
      const response = await world.fetch(path, { method });
      assert.ok([400, 404, 405].includes(response.status), `${method} ${path}: ${response.status}`);
      assert.equal(typeof (await response.json()).error.message, 'string');
    }
    const xyz = await world.fetch('/v1/xyz', { method: 'POST' });
    assert.equal((await xyz.json()).error.message, 'Invalid URL (POST /v1/xyz)');
  });

  once('HEAD and OPTIONS never break the server', async () => {
    for (const method of ['HEAD', 'OPTIONS']) {
      const response = await world.fetch('/v1/models', {
        method,
        headers: { origin: 'https://example.com', 'access-control-request-method': 'GET' },
      });
      assert.ok(response.status < 500, `${method}: ${response.status}`);
      await response.text();
    }
  });

  once('a multipart upload that is none is refused', async () => {
    for (const [type, body] of [
      ['multipart/form-data; boundary=x', 'nonsense'],
      ['multipart/form-data', 'nonsense'],
      ['application/json', '{"purpose":"assistants"}'],
      [
        'multipart/form-data; boundary=x',
        '--x\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nassistants\r\n--x--\r\n',
      ],
      [
        'multipart/form-data; boundary=x',
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc\r\n--x--\r\n',
      ],
      [
        'multipart/form-data; boundary=x',
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc',
      ],
    ]) {
      const response = await world.fetch('/v1/files', { method: 'POST', body, headers: { 'content-type': type } });
      assert.equal(response.status, 400, `${type} ${body}`);
      await response.text();
    }
  });

  once('both orders of the parts of an upload are taken, quoted names or not', async () => {
    const purpose = 'Content-Disposition: form-data; name="purpose"\r\n\r\nassistants';
    const file = 'Content-Disposition: form-data; name="file"; filename="ä.txt"\r\nContent-Type: text/plain\r\n\r\nabc';
    const unquoted =
      "Content-Disposition: form-data; name=file; filename=a.txt; filename*=utf-8''%C3%A4.txt\r\n\r\nabc";
    for (const parts of [
      [purpose, file],
      [file, purpose],
      [unquoted, purpose],
    ]) {
      const body = parts.map((part) => `--x\r\n${part}\r\n`).join('') + '--x--\r\n';
      const response = await world.fetch('/v1/files', {
        method: 'POST',
        body,
        headers: { 'content-type': 'multipart/form-data; boundary="x"' },
      });
      const answer = await response.json();
      assert.equal(response.status, 200, JSON.stringify(answer));
      assert.deepEqual([answer.filename, answer.bytes], ['ä.txt', 3]);
    }
  });
});
