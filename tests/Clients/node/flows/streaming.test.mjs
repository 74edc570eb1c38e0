// Answers as they come, through the SDK's stream helpers.
import assert from 'node:assert/strict';
import { all, download, interpreter, linkedFile } from '../harness/answers.mjs';
import { waitFor } from '../harness/launch.mjs';
import { call, python, say } from '../harness/model.mjs';
import { decodePng } from '../harness/png.mjs';
import { suite } from '../harness/world.mjs';

async function threadWith(sdk, question) {
  return sdk.threads.create({ messages: [{ role: 'user', content: question }] });
}

/** A part as it is stored: version 4 of the SDK leaves the indices of the deltas in what it puts together. */
function withoutIndex({ index, ...part }) {
  const annotations = part.text?.annotations.map(({ index: at, ...annotation }) => annotation);
  return annotations ? { ...part, text: { ...part.text, annotations } } : part;
}

suite('Streaming', {}, ({ each, once }) => {
  each('code, output and text arrive through the events of the helper', async (sdk, { model }) => {
    const question = 'Stream me the sum of 1 to 100.';
    const code = 'total = sum(range(1, 101))\nprint("adding")\nprint(total)';
    await model.when(
      question,
      // What comes in a burst is shown together: the rest waits until the beginning was seen.
      python(code, { chunk_size: 8, hold: { after: 4, name: 'code' } }),
      say('The sum of the numbers is {{last_tool_output:(\\d{4})}}.', { chunk_size: 8, hold: { after: 2, name: 'textDelta' } }),
    );
    const assistant = await interpreter(sdk);
    const thread = await threadWith(sdk, question);

    const seen = [];
    const see = (event) => {
      if (['code', 'textDelta'].includes(event) && !seen.includes(event)) model.release(event);
      seen.push(event);
    };
    let typed = '';
    let text = '';
    let logs = '';
    const stream = sdk.runs
      .stream(thread.id, { assistant_id: assistant.id })
      .on('textCreated', () => seen.push('textCreated'))
      .on('textDelta', (delta) => ((text += delta.value ?? ''), see('textDelta')))
      .on('textDone', (done) => (assert.equal(done.value, text), seen.push('textDone')))
      .on(
        'toolCallCreated',
        (toolCall) => (assert.equal(toolCall.type, 'code_interpreter'), seen.push('toolCallCreated')),
      )
      .on('toolCallDelta', (delta) => {
        typed += delta.code_interpreter.input ?? '';
        for (const output of delta.code_interpreter.outputs ?? []) logs += output.logs ?? '';
        see(delta.code_interpreter.outputs?.length ? 'output' : 'code');
      })
      .on('toolCallDone', () => seen.push('toolCallDone'))
      .on('runStepDone', (step) => (assert.equal(step.status, 'completed'), seen.push('runStepDone')))
      .on('messageDone', () => seen.push('messageDone'))
      .on('end', () => seen.push('end'));
    const run = await stream.finalRun();
    const [message] = await stream.finalMessages();
    const steps = await stream.finalRunSteps();

    assert.equal(run.status, 'completed');
    assert.ok(run.usage.total_tokens > 0);
    assert.equal(text, 'The sum of the numbers is 5050.');
    assert.equal(message.content[0].text.value, text);
    assert.equal(typed, code);
    assert.equal(logs.trim(), 'adding\n5050');
    assert.ok(seen.filter((event) => event === 'code').length >= 2, 'the code comes in pieces');
    assert.ok(seen.filter((event) => event === 'textDelta').length >= 2, 'the text comes in pieces');
    assert.ok(seen.lastIndexOf('code') < seen.indexOf('output'), `the code before its output: ${seen}`);
    assert.ok(seen.lastIndexOf('output') < seen.indexOf('textCreated'), `the output before the answer: ${seen}`);
    assert.deepEqual(
      steps.map(({ type }) => type),
      ['tool_calls', 'message_creation'],
    );
    const stored = await all(sdk.steps.list(thread.id, run.id, { order: 'asc' }));
    assert.deepEqual(
      stored.map(({ id, status, step_details, usage }) => ({ id, status, step_details, usage })),
      steps.map(({ id, status, step_details, usage }) => ({ id, status, step_details, usage })),
    );
  });

  each('the code is seen while the model still writes it', async (sdk, { model }) => {
    const question = 'Write code and never end.';
    await model.when(
      question,
      python('print("a beginning")\nprint("that has no end")', { chunk_size: 4, fault: { hang_after: 14, times: 0 } }),
    );
    const assistant = await interpreter(sdk);
    const thread = await threadWith(sdk, question);

    let typed = '';
    let run;
    const stream = sdk.runs.stream(thread.id, { assistant_id: assistant.id });
    stream.on('event', ({ event, data }) => event === 'thread.run.created' && (run = data));
    stream.on('toolCallDelta', (delta) => (typed += delta.code_interpreter.input ?? ''));
    await waitFor('the beginning of the code', () => typed.includes('begin'));
    await sdk.runs.cancel(thread.id, run.id);
    const cancelled = await stream.finalRun();

    assert.equal(cancelled.status, 'cancelled');
    assert.ok('print("a beginning")\nprint("that has no end")'.startsWith(typed), typed);
  });

  each('output is seen while the code still runs', async (sdk, { model }) => {
    const question = 'Count until I say stop.';
    await model.when(
      question,
      python('import time\nn = 0\nwhile True:\n    n += 1\n    print("tick", n, flush=True)\n    time.sleep(0.2)'),
      say('Stopped.'),
    );
    const assistant = await interpreter(sdk);
    const thread = await threadWith(sdk, question);

    let logs = '';
    let run;
    const stream = sdk.runs.stream(thread.id, { assistant_id: assistant.id });
    stream.on('event', ({ event, data }) => event === 'thread.run.created' && (run = data));
    stream.on('toolCallDelta', (delta) =>
      delta.code_interpreter.outputs?.forEach((output) => (logs += output.logs ?? '')),
    );
    await waitFor('two ticks', () => logs.includes('tick 2'));
    await sdk.runs.cancel(thread.id, run.id);

    assert.equal((await stream.finalRun()).status, 'cancelled');
    const [step] = await all(sdk.steps.list(thread.id, run.id));
    assert.equal(step.status, 'cancelled');
  });

  each('a chart and a file arrive in a stream', async (sdk, { model }) => {
    const question = 'Stream a chart and a file.';
    await model.when(
      question,
      python('import matplotlib.pyplot as plt\nplt.plot([1, 4, 9])\nplt.show()\nopen("data.txt", "w").write("1 4 9")'),
      say('Grüße 😀: [data.txt](sandbox:/mnt/data/data.txt) is yours.', { chunk_size: 3 }),
    );
    const assistant = await interpreter(sdk);
    const images = [];

    const stream = sdk.threads.createAndRunStream({
      assistant_id: assistant.id,
      thread: { messages: [{ role: 'user', content: question }] },
    });
    stream.on('imageFileDone', (image) => images.push(image.file_id));
    const run = await stream.finalRun();
    const [message] = await stream.finalMessages();

    assert.equal(run.status, 'completed', JSON.stringify(run.last_error));
    assert.deepEqual(
      message.content.map(({ type }) => type),
      ['image_file', 'text'],
    );
    assert.deepEqual(images, [message.content[0].image_file.file_id]);
    decodePng(await download(sdk, images[0]));
    assert.equal(String(await download(sdk, linkedFile(message, '/mnt/data/data.txt'))), '1 4 9');
    const stored = await sdk.messages.retrieve(run.thread_id, message.id);
    assert.deepEqual(stored.content, message.content.map(withoutIndex));
  });

  each('a function call ends a stream, and its outputs begin the next', async (sdk, { model }) => {
    const question = 'What is the weather in Zürich, streamed?';
    await model.when(
      question,
      call('weather', { city: 'Zürich' }, { chunk_size: 4 }),
      say('It is {{last_tool_output}} in Zürich.'),
    );
    const assistant = await sdk.assistants.create({
      model: 'gpt-4o',
      tools: [
        {
          type: 'function',
          function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
        },
      ],
    });
    const thread = await threadWith(sdk, question);

    const asked = await sdk.runs.stream(thread.id, { assistant_id: assistant.id }).finalRun();
    assert.equal(asked.status, 'requires_action');
    const [toolCall] = asked.required_action.submit_tool_outputs.tool_calls;
    assert.deepEqual(JSON.parse(toolCall.function.arguments), { city: 'Zürich' });
    const stream = sdk.runs.submitStream(thread.id, asked.id, [{ tool_call_id: toolCall.id, output: 'sunny' }]);
    const done = await stream.finalRun();

    assert.equal(done.status, 'completed');
    const [message] = await stream.finalMessages();
    assert.equal(message.content[0].text.value, 'It is sunny in Zürich.');
    const steps = await all(sdk.steps.list(thread.id, done.id, { order: 'asc' }));
    assert.equal(steps[0].step_details.tool_calls[0].function.output, 'sunny');
  });

  each('a client that goes away does not stop its run', async (sdk, { model }) => {
    const question = 'Work on without me.';
    await model.when(
      question,
      python('import time\ntime.sleep(1)\nprint("worked on")'),
      say('{{last_tool_output:(.*)}}'),
    );
    const assistant = await interpreter(sdk);
    const thread = await threadWith(sdk, question);

    let run;
    const stream = sdk.runs.stream(thread.id, { assistant_id: assistant.id });
    stream.on('error', () => {});
    stream.on('abort', () => {});
    stream.on('event', ({ event, data }) => event === 'thread.run.created' && (run = data));
    await waitFor('the run', () => run);
    stream.abort();
    await stream.done().catch(() => {});
    const finished = await sdk.runs.poll(thread.id, run.id);

    assert.equal(finished.status, 'completed');
  });

  once('a failure of the model ends the stream with a failed run', async (sdk, { model }) => {
    const question = 'Fail, please.';
    await model.when(question, say('Never said.', { fault: { status: 400, times: 0, message: 'Scripted refusal.' } }));
    const assistant = await interpreter(sdk);
    const thread = await threadWith(sdk, question);

    const run = await sdk.runs.stream(thread.id, { assistant_id: assistant.id }).finalRun();

    assert.equal(run.status, 'failed');
    assert.ok(run.last_error.message.length > 0);
  });
});
