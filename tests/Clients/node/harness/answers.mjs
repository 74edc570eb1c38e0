// Reading what came back, as an application does.
import assert from 'node:assert/strict';

/** The newest message of a thread. */
export async function lastMessage(sdk, threadId) {
  const page = await sdk.messages.list(threadId, { limit: 1 });
  checkAnnotations(page.data[0]);
  return page.data[0];
}

export function textOf(message) {
  return message.content
    .filter((part) => part.type === 'text')
    .map((part) => part.text.value)
    .join('\n');
}

export function imagesOf(message) {
  return message.content.filter((part) => part.type === 'image_file').map((part) => part.image_file.file_id);
}

/** The file a `sandbox:` link of the message stands for. */
export function linkedFile(message, path) {
  const annotations = message.content.flatMap((part) => part.text?.annotations ?? []);
  const annotation = annotations.find(({ text }) => text === `sandbox:${path}`);
  assert.ok(annotation, `${path} is linked in ${JSON.stringify(message.content)}`);
  assert.equal(annotation.type, 'file_path');
  return annotation.file_path.file_id;
}

/** An annotation names the characters it stands for, counted in code points. */
export function checkAnnotations(message) {
  for (const { text } of message.content.filter((part) => part.type === 'text')) {
    for (const annotation of text.annotations) {
      const span = [...text.value].slice(annotation.start_index, annotation.end_index).join('');
      assert.equal(span, annotation.text);
    }
  }
}

export async function download(sdk, fileId) {
  const response = await sdk.files.content(fileId);
  return Buffer.from(await response.arrayBuffer());
}

/** All items of an auto-paging list. */
export async function all(list) {
  const items = [];
  for await (const item of list) items.push(item);
  return items;
}

/** The code interpreter calls of a run, oldest first. */
export async function callsOf(sdk, run) {
  const steps = await all(sdk.steps.list(run.thread_id, run.id, { order: 'asc' }));
  return steps
    .filter((step) => step.type === 'tool_calls')
    .flatMap((step) => step.step_details.tool_calls)
    .filter((call) => call.type === 'code_interpreter')
    .map(({ code_interpreter: { input, outputs } }) => ({
      input,
      outputs,
      logs: outputs
        .filter((output) => output.type === 'logs')
        .map((output) => output.logs)
        .join(''),
    }));
}

export function completed(run) {
  assert.equal(run.status, 'completed', JSON.stringify(run.last_error ?? run.incomplete_details ?? run));
  return run;
}

/** An assistant with the code interpreter. */
export function interpreter(sdk, more = {}) {
  return sdk.assistants.create({
    name: 'Data analyst',
    instructions: 'Answer with numbers you computed.',
    model: 'gpt-4o',
    tools: [{ type: 'code_interpreter' }],
    ...more,
  });
}

/** Asks in a new thread, or the one given, and waits for the answer; `settings` are the run's. */
export async function ask(sdk, question, { assistant, thread, files = [], settings = {} } = {}) {
  assistant ??= await interpreter(sdk);
  thread ??= await sdk.threads.create();
  await sdk.messages.create(thread.id, {
    role: 'user',
    content: question,
    attachments: files.map((file) => ({ file_id: file.id, tools: [{ type: 'code_interpreter' }] })),
  });
  const finished = await sdk.runs.createAndPoll(thread.id, { assistant_id: assistant.id, ...settings });
  const message = finished.status === 'completed' ? await lastMessage(sdk, thread.id) : null;
  return { assistant, thread, run: finished, message, text: message && textOf(message) };
}
