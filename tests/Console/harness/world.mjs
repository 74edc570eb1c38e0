// One gateway with its data, the scripted upstream model behind it, and a browser in front of it.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Program, readyAt, waitFor } from '../../Clients/node/harness/launch.mjs';
import { Model } from '../../Clients/node/harness/model.mjs';
import { Browser } from './browser.mjs';

export { python, say, call } from '../../Clients/node/harness/model.mjs';
export { waitFor };

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const built = (variable, path) => process.env[variable] ?? join(repository, 'artifacts', path);

/** Python that rests until `goOn(name)`. */
export const rest = (name) => `while not os.path.exists("/tmp/${name}"):\n    time.sleep(0.1)`;

/** A project's key, another project's, and an admin's. */
export const keys = { alpha: 'key-of-alpha-0123456789', beta: 'key-of-beta-0123456789', admin: 'key-of-admin-0123456789' };

export class World {
  #settings;
  #upstream;

  constructor({ settings = {}, withKeys = false } = {}) {
    this.withKeys = withKeys;
    this.#settings = settings;
    if (withKeys)
      Object.entries(keys).forEach(([project, key], index) => {
        this.#settings[`Keys__${index}__Key`] = key;
        this.#settings[`Keys__${index}__Project`] = project;
        this.#settings[`Keys__${index}__Role`] = project === 'admin' ? 'admin' : 'project';
      });
  }

  async open() {
    this.data = mkdtempSync(join(tmpdir(), 'sandbox-console-'));
    this.sandboxes = mkdtempSync(join(tmpdir(), 'sandbox-console-'));
    // Sandboxes run as users of their own, who have to get to their folders.
    chmodSync(this.sandboxes, 0o755);
    this.#upstream = new Program('The scripted upstream', built('UPSTREAM', 'scripted-upstream/SandboxOperator.ScriptedUpstream'), []);
    await this.#upstream.ready('printing its URL', () => this.#upstream.output.includes('\n'));
    this.model = new Model(this.#upstream.output.split('\n')[0].trim());
    this.gateway = new Program('The gateway', built('GATEWAY', 'gateway/sandbox-gateway'), [], {
      PORT: '0',
      DATA_DIR: this.data,
      OPENAI_BASE_URL: `${this.model.url}/v1`,
      OPENAI_API_KEY: 'upstream-key',
      'Upstream__Models__*': 'scripted-model',
      Sandbox__AgentPath: built('AGENT', 'agent/sandbox-agent'),
      Sandbox__Directory: this.sandboxes,
      Sandbox__Warm: '1',
      'Prices__Models__scripted-model__Input': '2.50',
      'Prices__Models__scripted-model__Output': '10',
      ...this.#settings,
    });
    this.url = await readyAt(this.gateway);
    this.browser = await Browser.start(this.url);
  }

  async close() {
    await this.browser?.stop();
    const how = await this.gateway?.stop();
    await this.#upstream?.stop();
    rmSync(this.sandboxes, { recursive: true, force: true });
    rmSync(this.data, { recursive: true, force: true });
    if (how) throw new Error(`The gateway ended with ${how}:\n${this.gateway.output.slice(-8000)}`);
  }

  /** Lets code go on that rests. */
  goOn(name) {
    const sandboxes = join(this.sandboxes, 's');
    for (const sandbox of readdirSync(sandboxes)) {
      const temporary = join(sandboxes, sandbox, 'tmp');
      if (existsSync(temporary)) writeFileSync(join(temporary, name), '');
    }
  }

  /** A request to the API, as an application sends it. */
  async api(method, path, body, key = keys.alpha) {
    const form = body instanceof FormData;
    const response = await fetch(this.url + path, {
      method,
      body: form || body === undefined ? body : JSON.stringify(body),
      headers: { authorization: `Bearer ${key}`, ...(form ? {} : { 'content-type': 'application/json' }) },
    });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }

  assistant(more = {}, key = keys.alpha) {
    return this.api(
      'POST',
      '/v1/assistants',
      {
        name: 'Data analyst',
        instructions: 'Answer with numbers you computed. Show a chart when it helps.',
        model: 'gpt-4o',
        tools: [{ type: 'code_interpreter' }],
        ...more,
      },
      key,
    );
  }

  upload(name, content, key = keys.alpha) {
    const form = new FormData();
    form.append('purpose', 'assistants');
    form.append('file', new Blob([content]), name);
    return this.api('POST', '/v1/files', form, key);
  }

  /** Asks in a new thread, or the one given; returns the run when it has ended, or at once when `wait` is false. */
  async ask(assistant, question, { files = [], thread, key = keys.alpha, wait = true } = {}) {
    thread ??= await this.api('POST', '/v1/threads', {}, key);
    await this.api(
      'POST',
      `/v1/threads/${thread.id}/messages`,
      {
        role: 'user',
        content: question,
        attachments: files.map(({ id }) => ({ file_id: id, tools: [{ type: 'code_interpreter' }] })),
      },
      key,
    );
    const run = await this.api('POST', `/v1/threads/${thread.id}/runs`, { assistant_id: assistant.id }, key);
    return wait ? this.ended(run, key) : run;
  }

  ended(run, key = keys.alpha) {
    return waitFor(`the end of ${run.id}`, async () => {
      const now = await this.api('GET', `/v1/threads/${run.thread_id}/runs/${run.id}`, undefined, key);
      return ['completed', 'failed', 'cancelled', 'expired', 'incomplete', 'requires_action'].includes(now.status) && now;
    });
  }
}
