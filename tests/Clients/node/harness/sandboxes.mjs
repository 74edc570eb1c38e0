// Where the gateway's sandboxes are, and how it is told what they may use. Settings of its own are in the environment:
// tests/cluster/with-controller has put them there, or nobody.
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { localOnly } from './local-only.mjs';
import { sdks } from './sdks.mjs';

/**
 * @typedef {object} Limits
 * @property {number} [warm] sandboxes that wait for a session
 * @property {number} [most] sandboxes that may run at once
 * @property {number} [idleSeconds] after which a session ends
 * @property {number} [callSeconds] that a call may take
 * @property {number} [memoryMiB]
 * @property {number} [diskMiB]
 */

const time = (seconds) => new Date(seconds * 1000).toISOString().slice(11, 19);
const defined = (settings) => Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
const given = (value, make) => (value === undefined ? undefined : make(value));

/** On this machine: the gateway starts them, and what they may use is its setting. */
class Processes {
  sdks = sdks;

  /** The settings of a gateway, before it starts. */
  async open({ warm, most, idleSeconds, callSeconds, memoryMiB, diskMiB }) {
    this.directory = mkdtempSync(join(tmpdir(), 'sandbox-clients-'));
    // Sandboxes run as users of their own, who have to get to their folders.
    chmodSync(this.directory, 0o755);
    return defined({
      Sandbox__Directory: this.directory,
      Sandbox__Warm: given(warm, String),
      Sandbox__MaxSandboxes: given(most, String),
      Sandbox__IdleTimeout: given(idleSeconds, time),
      Sandbox__CallTimeout: given(callSeconds, time),
      Sandbox__MemoryBytes: given(memoryMiB, (n) => String(n * 2 ** 20)),
      Sandbox__DiskBytes: given(diskMiB, (n) => String(n * 2 ** 20)),
    });
  }

  /** When the gateway has stopped. */
  async close() {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Why a flow cannot run; undefined when it can. */
  unfit() {}
}

/** In pods: the controller starts them, and what they may use says a runtime, with a pool of its own. */
class Pods {
  #turn = 0;
  #space = process.env.Sandbox__Kubernetes__Namespace;
  #runtime = null;

  /** A pod takes longer to start than a process, and does not see who asks: flows that run with every SDK take turns. */
  get sdks() {
    return [sdks[this.#turn++ % sdks.length]];
  }

  async open({ warm = 1, most, idleSeconds, callSeconds, memoryMiB, diskMiB }) {
    if (callSeconds ?? memoryMiB ?? diskMiB) {
      this.#runtime = `flows-${process.pid}`;
      const { spec } = JSON.parse(await this.#kubectl('get', 'sandboxruntime', 'default', '--output=json'));
      const memory = given(memoryMiB, (n) => `${n}Mi`) ?? spec.resources.limits.memory;
      const limits = { callTimeout: given(callSeconds, (n) => `${n}s`), disk: given(diskMiB, (n) => `${n}Mi`) };
      await this.#create('SandboxRuntime', {
        ...spec,
        resources: { ...spec.resources, limits: { ...spec.resources.limits, memory } },
        limits: { ...spec.limits, ...defined(limits) },
      });
      await this.#create('SandboxPool', { runtimeRef: { name: this.#runtime }, replicas: warm });
    }
    return defined({
      Sandbox__Kubernetes__Runtime: this.#runtime ?? undefined,
      Sandbox__Kubernetes__Sessions: given(most, String),
      Sandbox__Kubernetes__IdleTimeout: given(idleSeconds, time),
    });
  }

  async close() {
    // They would outlive their gateway, and fill the node.
    await this.#kubectl('delete', 'sandboxsessions', '--all', '--wait=false');
    if (this.#runtime) await this.#kubectl('delete', 'sandboxpool,sandboxruntime', this.#runtime, '--wait=false');
    this.#runtime = null;
  }

  unfit(name) {
    return localOnly[name];
  }

  async #create(kind, spec) {
    const metadata = { name: this.#runtime, namespace: this.#space };
    await this.#kubectl('create', { apiVersion: 'sandboxoperator.dev/v1alpha1', kind, metadata, spec });
  }

  async #kubectl(...args) {
    const input = args.filter((arg) => typeof arg === 'object').map((object) => JSON.stringify(object));
    const words = args.map((arg) => (typeof arg === 'object' ? '--filename=-' : arg));
    const running = promisify(execFile)('kubectl', ['--namespace', this.#space, ...words]);
    running.child.stdin.end(input.join());
    return (await running).stdout;
  }
}

export const sandboxes = process.env.Sandbox__Backend === 'kubernetes' ? new Pods() : new Processes();
