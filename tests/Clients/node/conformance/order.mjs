// The rules an Assistants event stream keeps beyond the shape of each event: what may follow what.
import assert from 'node:assert/strict';

const endsOfRun = ['requires_action', 'completed', 'failed', 'cancelled', 'expired', 'incomplete'].map(
  (s) => `thread.run.${s}`,
);
const endsOfStep = ['completed', 'failed', 'cancelled', 'expired'].map((s) => `thread.run.step.${s}`);
const endsOfMessage = ['completed', 'incomplete'].map((s) => `thread.message.${s}`);

/** Checks the order of the frames; `submitted` says that the stream answers a submission of tool outputs. */
export function checkOrder(frames, submitted) {
  const names = frames.map((frame) => frame.event);
  assert.equal(names.at(-1), 'done', 'the last frame is done');
  assert.equal(frames.at(-1).data, '[DONE]');
  assert.equal(names.filter((name) => name === 'done').length, 1, 'done comes once');
  const events = frames.slice(0, -1).map((frame) => ({ event: frame.event, data: JSON.parse(frame.data) }));

  const runs = events.filter(({ event }) => /^thread\.run\.(?!step)/.test(event));
  const endings = runs.filter(({ event }) => endsOfRun.includes(event));
  if (events.at(-1).event !== 'error') {
    assert.equal(endings.length, 1, `one event ends the run: ${names.join(' ')}`);
    assert.equal(events.at(-1).event, endings[0].event, 'nothing but done follows the end of the run');
  }
  assert.equal(
    runs.some(({ event }) => event === 'thread.run.created'),
    !submitted,
    'thread.run.created is for a new run',
  );
  assert.equal(new Set(runs.map(({ data }) => data.id)).size, 1, 'a stream is about one run');
  for (const { event, data } of runs) {
    if (event !== 'thread.run.created')
      assert.equal(`thread.run.${data.status}`, event, 'the run says what its event says');
  }

  checkLifetimes(events, 'thread.run.step', endsOfStep, submitted);
  checkLifetimes(events, 'thread.message', endsOfMessage, false);
  checkMessages(events);
  checkSteps(events);
}

/** One object of a kind at a time, created once, its deltas within its lifetime, ended before the next. */
function checkLifetimes(events, kind, endings, mayEndFirst) {
  const seen = new Set();
  let open = null;
  for (const { event, data } of events.filter(({ event }) => event.startsWith(`${kind}.`))) {
    if (event === `${kind}.created`) {
      assert.equal(open, null, `${kind} ${data.id} begins while ${open} is open`);
      assert.ok(data.id && !seen.has(data.id), `${kind} id ${data.id} is new`);
      seen.add((open = data.id));
    } else if (mayEndFirst && seen.size === 0 && endings.includes(event)) {
      continue;
    } else {
      assert.equal(data.id, open, `${event} is about the open ${kind}`);
      if (endings.includes(event)) open = null;
    }
  }
}

/** Deltas, put together, give the object that the ending event repeats. */
function checkMessages(events) {
  const texts = new Map();
  for (const { event, data } of events) {
    if (event === 'thread.message.delta') {
      for (const part of data.delta.content ?? []) {
        assert.equal(typeof part.index, 'number', 'a content delta has an index');
        if (part.type !== 'text') continue;
        const parts = texts.get(data.id) ?? texts.set(data.id, []).get(data.id);
        parts[part.index] = (parts[part.index] ?? '') + (part.text?.value ?? '');
      }
    } else if (event === 'thread.message.completed') {
      const streamed = (texts.get(data.id) ?? []).filter((text) => text !== undefined);
      const stored = data.content.filter((part) => part.type === 'text').map((part) => part.text.value);
      assert.deepEqual(streamed, stored, 'the streamed text is the stored text');
    }
  }
}

function checkSteps(events) {
  const code = new Map();
  for (const { event, data } of events) {
    if (event === 'thread.run.step.delta') {
      for (const call of data.delta.step_details?.tool_calls ?? []) {
        assert.equal(typeof call.index, 'number', 'a tool call delta has an index');
        const calls = code.get(data.id) ?? code.set(data.id, []).get(data.id);
        calls[call.index] =
          (calls[call.index] ?? '') + (call.code_interpreter?.input ?? call.function?.arguments ?? '');
      }
    } else if (event === 'thread.run.step.completed' && data.type === 'tool_calls' && code.has(data.id)) {
      const stored = data.step_details.tool_calls.map(
        (call) => call.code_interpreter?.input ?? call.function?.arguments,
      );
      assert.deepEqual(code.get(data.id), stored, 'the streamed code is the stored code');
      assert.ok(data.usage, 'a completed step has its usage');
    }
  }
}
