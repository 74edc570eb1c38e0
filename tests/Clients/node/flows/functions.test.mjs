// The application's own functions beside the code interpreter.
import assert from 'node:assert/strict';
import { all, ask, callsOf, completed, interpreter, lastMessage, textOf } from '../harness/answers.mjs';
import { call, python, say } from '../harness/model.mjs';
import { suite } from '../harness/world.mjs';

const rate = {
  type: 'function',
  function: {
    name: 'exchange_rate',
    description: 'The rate between two currencies.',
    parameters: {
      type: 'object',
      properties: { from: { type: 'string' }, to: { type: 'string' } },
      required: ['from', 'to'],
    },
  },
};

const both = (sdk) => interpreter(sdk, { tools: [{ type: 'code_interpreter' }, rate] });

suite('Functions', {}, ({ each }) => {
  each('a function and the interpreter work in one run', async (sdk, { model }) => {
    const question = 'How many euros are 250 dollars?';
    await model.when(
      question,
      {
        text: 'Let me look.',
        chunk_size: 8,
        tool_calls: [
          { python: 'amount = 250\nprint("amount", amount)' },
          { name: 'exchange_rate', arguments: { from: 'USD', to: 'EUR' } },
        ],
      },
      python('print(f"{amount * {{last_tool_output}}:.2f}")'),
      say('{{last_tool_output:([0-9.]+)}} €'),
    );

    const assistant = await both(sdk);
    const { run, thread } = await ask(sdk, question, { assistant });

    assert.equal(run.status, 'requires_action');
    assert.equal(run.required_action.type, 'submit_tool_outputs');
    const calls = run.required_action.submit_tool_outputs.tool_calls;
    assert.deepEqual(
      calls.map(({ type, function: { name, arguments: args } }) => [type, name, JSON.parse(args)]),
      [['function', 'exchange_rate', { from: 'USD', to: 'EUR' }]],
    );
    const waiting = await all(sdk.steps.list(thread.id, run.id, { order: 'asc' }));
    assert.deepEqual(
      waiting.map(({ type, status }) => [type, status]),
      [
        ['message_creation', 'completed'],
        ['tool_calls', 'completed'],
        ['tool_calls', 'in_progress'],
      ],
    );

    const finished = await sdk.runs.submitAndPoll(thread.id, run.id, [{ tool_call_id: calls[0].id, output: '0.9' }]);

    completed(finished);
    assert.equal(finished.required_action, null);
    assert.equal(textOf(await lastMessage(sdk, thread.id)), '225.00 €');
    assert.deepEqual(
      (await callsOf(sdk, finished)).map(({ logs }) => logs.trim()),
      ['amount 250', '225.00'],
    );
    const last = (await model.asked(question)).at(-1);
    assert.equal(last.problem, null);
  });

  each('all outputs are asked for at once', async (sdk, { model, Sdk }) => {
    const { BadRequestError } = Sdk.module;
    const question = 'Compare two rates.';
    await model.when(
      question,
      { tool_calls: ['CHF', 'SEK'].map((to) => ({ name: 'exchange_rate', arguments: { from: 'EUR', to } })) },
      say('Compared.'),
    );
    const assistant = await both(sdk);
    const { run, thread } = await ask(sdk, question, { assistant });
    const [first, second] = run.required_action.submit_tool_outputs.tool_calls;

    await assert.rejects(sdk.runs.submit(thread.id, run.id, [{ tool_call_id: first.id, output: '1' }]), (error) => {
      assert.ok(error instanceof BadRequestError);
      assert.match(error.message, new RegExp(`Expected tool outputs for call_ids .*${second.id}`));
      return true;
    });
    await assert.rejects(
      sdk.runs.submit(thread.id, run.id, [{ tool_call_id: 'call_other', output: '1' }]),
      BadRequestError,
    );
    const queued = await sdk.runs.submit(
      thread.id,
      run.id,
      [first, second].map(({ id }) => ({ tool_call_id: id, output: '1' })),
    );
    assert.equal(queued.required_action, null);
    const finished = await sdk.runs.poll(thread.id, run.id);

    completed(finished);
    const [step] = await all(sdk.steps.list(thread.id, run.id, { order: 'asc' }));
    assert.deepEqual(
      step.step_details.tool_calls.map((toolCall) => toolCall.function.output),
      ['1', '1'],
    );
    await assert.rejects(
      sdk.runs.submit(thread.id, run.id, [{ tool_call_id: first.id, output: '1' }]),
      /Runs in status "completed" do not accept tool outputs\./,
    );
  });

  each('a run that waits for a function can be cancelled', async (sdk, { model }) => {
    await model.when('Ask me for a rate.', call('exchange_rate', { from: 'EUR', to: 'USD' }));
    await model.when('Never mind.', say('All right.'));
    const assistant = await both(sdk);
    const { run, thread } = await ask(sdk, 'Ask me for a rate.', { assistant });
    assert.equal(run.status, 'requires_action');

    await sdk.runs.cancel(thread.id, run.id);
    const cancelled = await sdk.runs.poll(thread.id, run.id);

    assert.equal(cancelled.status, 'cancelled');
    assert.ok(cancelled.cancelled_at);
    const next = await ask(sdk, 'Never mind.', { assistant, thread });
    completed(next.run);
    assert.equal(next.text, 'All right.');
  });

  each('a forced function is called once, not for ever', async (sdk, { model }) => {
    await model.when('Use the function.', call('exchange_rate', { from: 'EUR', to: 'USD' }), say('Used.'));
    const assistant = await both(sdk);
    const { run, thread } = await ask(sdk, 'Use the function.', {
      assistant,
      settings: { tool_choice: { type: 'function', function: { name: 'exchange_rate' } } },
    });
    const [{ id }] = run.required_action.submit_tool_outputs.tool_calls;

    completed(await sdk.runs.submitAndPoll(thread.id, run.id, [{ tool_call_id: id, output: '1.1' }]));

    const [first, second] = (await model.asked('Use the function.')).slice(-2);
    assert.deepEqual(first.body.tool_choice, { type: 'function', function: { name: 'exchange_rate' } });
    assert.notDeepEqual(second.body.tool_choice, first.body.tool_choice);
  });
});
