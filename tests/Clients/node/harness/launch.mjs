// Starts a program, keeps what it prints, and ends it by its own process id.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const children = new Set();
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));

/** Waits until `condition` answers something truthy, and returns it; fails after `seconds` naming `what`. */
export async function waitFor(what, condition, seconds = 150, pauseMs = 50) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`Waited ${seconds} s in vain for ${what}.`);
    await sleep(pauseMs);
  }
}

/** Where a gateway listens that was told `PORT=0`, when it is ready. */
export async function readyAt(gateway) {
  const [, url] = await gateway.ready('saying where it listens', () => gateway.output.match(/ready at (\S+)\/v1\n/));
  await gateway.ready('being ready', async () => (await fetch(`${url}/readyz`).catch(() => null))?.ok);
  return url;
}

export class Program {
  #child;
  #output = '';
  #exited;

  constructor(name, command, args, env) {
    this.name = name;
    this.#child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    children.add(this.#child);
    const keep = (chunk) => (this.#output = (this.#output + chunk).slice(-2_000_000));
    this.#child.stdout.setEncoding('utf8').on('data', keep);
    this.#child.stderr.setEncoding('utf8').on('data', keep);
    this.#exited = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(String(error)));
      this.#child.once('exit', (code, signal) => resolve(signal ?? code));
    }).then((how) => {
      children.delete(this.#child);
      this.ended = how;
      return how;
    });
  }

  get output() {
    return this.#output;
  }

  /** Where the kept output ends now: pass it to `outputSince` later. */
  get mark() {
    return this.#output.length;
  }

  outputSince(mark, max = 8000) {
    return this.#output.slice(mark).slice(-max);
  }

  async ready(what, condition, seconds = 60) {
    return waitFor(
      `${this.name} ${what}`,
      () => {
        if (this.ended !== undefined) throw new Error(`${this.name} ended with ${this.ended}.`);
        return condition();
      },
      seconds,
    ).catch((error) => {
      throw new Error(`${error.message}\n${this.#output.slice(-8000)}`);
    });
  }

  async kill() {
    this.#child.kill('SIGKILL');
    return this.#exited;
  }

  /** Asks it to end, and insists after `seconds`. Returns how it ended: an exit code or a signal's name. */
  async stop(seconds = 50) {
    if (this.ended !== undefined) return this.ended;
    this.#child.kill('SIGTERM');
    const insist = setTimeout(() => this.#child.kill('SIGKILL'), seconds * 1000);
    const how = await this.#exited;
    clearTimeout(insist);
    return how;
  }
}
