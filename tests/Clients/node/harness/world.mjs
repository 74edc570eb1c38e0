// One gateway with its data, the scripted upstream model behind it, and a recorder in front of it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Program, readyAt } from './launch.mjs';
import { Model } from './model.mjs';
import { Recorder } from './recorder.mjs';
import { sandboxes } from './sandboxes.mjs';
import { sdks } from './sdks.mjs';

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../../../..');

// Both are what `make build` and `tests/Clients/run` make; the variables are for trying another build.
const gatewayProgram = process.env.GATEWAY ?? join(repository, 'artifacts/gateway/sandbox-gateway');
const agentProgram = process.env.AGENT ?? join(repository, 'artifacts/agent/sandbox-agent');
const upstreamProgram = join(repository, 'artifacts/scripted-upstream/SandboxOperator.ScriptedUpstream');

export class World {
  #settings;
  #limits;
  #upstream;
  #recorder;

  constructor({ settings = {}, limits = {}, upstream = true } = {}) {
    this.#settings = settings;
    this.#limits = limits;
    this.hasUpstream = upstream;
  }

  async open() {
    this.dataDirectory = mkdtempSync(join(tmpdir(), 'sandbox-clients-'));
    this.#settings = { ...this.#settings, ...(await sandboxes.open(this.#limits)) };
    if (this.hasUpstream) {
      this.#upstream = new Program('The scripted upstream', upstreamProgram, []);
      await this.#upstream.ready('printing its URL', () => this.#upstream.output.includes('\n'));
      this.model = new Model(this.#upstream.output.split('\n')[0].trim());
    }
    this.#recorder = await Recorder.start();
    await this.startGateway();
  }

  async startGateway(settings = {}) {
    this.gateway = new Program('The gateway', gatewayProgram, [], {
      PORT: '0',
      DATA_DIR: this.dataDirectory,
      OPENAI_BASE_URL: this.model ? `${this.model.url}/v1` : '',
      OPENAI_API_KEY: this.model ? 'upstream-key' : '',
      // Applications say gpt-4o; the scripted model has another name.
      'Upstream__Models__*': this.model ? 'scripted-model' : '',
      Sandbox__AgentPath: agentProgram,
      ...this.#settings,
      ...settings,
    });
    this.#recorder.target = await readyAt(this.gateway);
  }

  async close() {
    const how = await this.gateway?.stop();
    await this.#upstream?.stop();
    this.#recorder?.stop();
    await sandboxes.close();
    rmSync(this.dataDirectory, { recursive: true, force: true });
    if (how !== undefined && how !== 0)
      throw new Error(`The gateway ended with ${how}:\n${this.gateway.output.slice(-8000)}`);
  }

  get url() {
    return this.#recorder.url;
  }

  set test(name) {
    this.#recorder.test = name;
  }

  sdk(Sdk, options = {}) {
    return new Sdk({ apiKey: 'any-key', baseURL: `${this.url}/v1`, maxRetries: 0, timeout: 60_000, ...options });
  }

  /** A request without an SDK, recorded like the others. */
  fetch(path, options = {}) {
    return fetch(this.url + path, {
      ...options,
      headers: { authorization: 'Bearer any-key', 'openai-beta': 'assistants=v2', ...options.headers },
    });
  }

  /** The sessions that run. No SDK knows of them, so this is not recorded. */
  async sessions() {
    const response = await fetch(`${this.#recorder.target}/v1/sandbox/sessions`);
    return (await response.json()).data;
  }

  /** One of them, looked at or ended: status and body. */
  async session(id, method = 'GET') {
    const response = await fetch(`${this.#recorder.target}/v1/sandbox/sessions/${id}`, { method });
    return { status: response.status, body: await response.json() };
  }

  json(method, path, body) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return this.fetch(path, { method, body: text, headers: { 'content-type': 'application/json' } });
  }
}

/** Runs a test and adds the gateway's log of that time to its failure. */
function flow(world, name, body, skip) {
  test(name, { timeout: 180_000, skip }, async (t) => {
    world.test = name;
    const mark = world.gateway.mark;
    try {
      await body(t);
    } catch (error) {
      if (error instanceof Error) error.stack += `\n--- gateway log ---\n${world.gateway.outputSince(mark)}`;
      throw error;
    }
  });
}

/**
 * A suite with a world of its own. `settings` are the gateway's, `limits` those of its sandboxes. `define` gets the world
 * and two ways to write a test: `each` runs it once with every SDK, `once` with the newest.
 */
export function suite(title, options, define) {
  describe(title, () => {
    const world = new World(options);
    before(() => world.open(), { timeout: 200_000 });
    after(() => world.close(), { timeout: 120_000 });
    define({
      world,
      each(name, body) {
        for (const Sdk of sandboxes.sdks) {
          flow(
            world,
            `${name} [${Sdk.label}]`,
            (t) => body(world.sdk(Sdk), { t, model: world.model, Sdk, tag: Sdk.label }),
            sandboxes.unfit(name),
          );
        }
      },
      once(name, body) {
        flow(
          world,
          name,
          (t) => body(world.sdk(sdks[0]), { t, model: world.model, Sdk: sdks[0], tag: sdks[0].label }),
          sandboxes.unfit(name),
        );
      },
    });
  });
}
