// The SDKs as an application installs them. Only the order of ids in a few calls changed between the major versions:
// this file levels that, and nothing else.
import { File } from 'node:buffer';
import { readFileSync } from 'node:fs';

// What the SDK asks for on Node 18, in its own error message.
globalThis.File ??= File;

const newest = await import('openai');
const version4 = await import('openai-4');
const versionOf = (name) =>
  JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url))).version;

class Newest {
  static label = `openai ${versionOf('openai')}`;
  static module = newest;

  constructor(options) {
    this.client = new newest.OpenAI(options);
    const { assistants, threads } = this.client.beta;
    this.assistants = assistants;
    this.threads = threads;
    this.files = this.client.files;
    this.runs = {
      create: (t, body, o) => threads.runs.create(t, body, o),
      createAndPoll: (t, body, o) => threads.runs.createAndPoll(t, body, o),
      stream: (t, body, o) => threads.runs.stream(t, body, o),
      list: (t, query) => threads.runs.list(t, query),
      retrieve: (t, r) => threads.runs.retrieve(r, { thread_id: t }),
      poll: (t, r) => threads.runs.poll(r, { thread_id: t }),
      update: (t, r, body) => threads.runs.update(r, { thread_id: t, ...body }),
      cancel: (t, r) => threads.runs.cancel(r, { thread_id: t }),
      submit: (t, r, outputs) => threads.runs.submitToolOutputs(r, { thread_id: t, tool_outputs: outputs }),
      submitAndPoll: (t, r, outputs) =>
        threads.runs.submitToolOutputsAndPoll(r, { thread_id: t, tool_outputs: outputs }),
      submitStream: (t, r, outputs) => threads.runs.submitToolOutputsStream(r, { thread_id: t, tool_outputs: outputs }),
    };
    this.steps = {
      list: (t, r, query = {}) => threads.runs.steps.list(r, { thread_id: t, ...query }),
      retrieve: (t, r, s) => threads.runs.steps.retrieve(s, { thread_id: t, run_id: r }),
    };
    this.messages = {
      create: (t, body) => threads.messages.create(t, body),
      list: (t, query) => threads.messages.list(t, query),
      retrieve: (t, m) => threads.messages.retrieve(m, { thread_id: t }),
      update: (t, m, body) => threads.messages.update(m, { thread_id: t, ...body }),
      delete: (t, m) => threads.messages.delete(m, { thread_id: t }),
    };
    this.delete = (resource, id) => resource.delete(id);
  }
}

class Version4 {
  static label = `openai ${versionOf('openai-4')}`;
  static module = version4;

  constructor(options) {
    this.client = new version4.OpenAI(options);
    const { assistants, threads } = this.client.beta;
    this.assistants = assistants;
    this.threads = threads;
    this.files = this.client.files;
    this.runs = {
      create: (t, body, o) => threads.runs.create(t, body, o),
      createAndPoll: (t, body, o) => threads.runs.createAndPoll(t, body, o),
      stream: (t, body, o) => threads.runs.stream(t, body, o),
      list: (t, query) => threads.runs.list(t, query),
      retrieve: (t, r) => threads.runs.retrieve(t, r),
      poll: (t, r) => threads.runs.poll(t, r),
      update: (t, r, body) => threads.runs.update(t, r, body),
      cancel: (t, r) => threads.runs.cancel(t, r),
      submit: (t, r, outputs) => threads.runs.submitToolOutputs(t, r, { tool_outputs: outputs }),
      submitAndPoll: (t, r, outputs) => threads.runs.submitToolOutputsAndPoll(t, r, { tool_outputs: outputs }),
      submitStream: (t, r, outputs) => threads.runs.submitToolOutputsStream(t, r, { tool_outputs: outputs }),
    };
    this.steps = {
      list: (t, r, query) => threads.runs.steps.list(t, r, query),
      retrieve: (t, r, s) => threads.runs.steps.retrieve(t, r, s),
    };
    this.messages = {
      create: (t, body) => threads.messages.create(t, body),
      list: (t, query) => threads.messages.list(t, query),
      retrieve: (t, m) => threads.messages.retrieve(t, m),
      update: (t, m, body) => threads.messages.update(t, m, body),
      delete: (t, m) => threads.messages.del(t, m),
    };
    this.delete = (resource, id) => resource.del(id);
  }
}

export const sdks = [Newest, Version4];
export { Newest };
