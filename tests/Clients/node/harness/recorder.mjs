// A plain HTTP proxy between an unmodified SDK and the gateway. It passes every byte on as it comes and writes each
// exchange as a line of JSON, which the conformance suite holds against the published schema afterwards.
import { appendFileSync, mkdirSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import { join } from 'node:path';

const folder = process.env.RECORDINGS;
const recordable = /^(application\/json|text\/event-stream)/;

export class Recorder {
  #server;
  #agent = new Agent({ keepAlive: true });
  /** Which test is running, written beside each exchange. */
  test = '';
  /** The gateway's URL. It may change: a gateway that starts again has another port. */
  target;

  static async start() {
    const recorder = new Recorder();
    recorder.#server = createServer((incoming, outgoing) => recorder.#pass(incoming, outgoing));
    recorder.#server.requestTimeout = 0;
    await new Promise((resolve) => recorder.#server.listen(0, '127.0.0.1', resolve));
    return recorder;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  stop() {
    this.#server.closeAllConnections();
    this.#server.close();
    this.#agent.destroy();
  }

  #pass(incoming, outgoing) {
    const test = this.test;
    const { hostname, port } = new URL(this.target);
    const onward = request({
      port,
      host: hostname,
      method: incoming.method,
      path: incoming.url,
      headers: incoming.headers,
      agent: this.#agent,
    });
    incoming.pipe(onward);
    outgoing.once('close', () => outgoing.writableFinished || onward.destroy());
    onward.once('error', () => outgoing.destroy());
    onward.once('response', (response) => {
      outgoing.writeHead(response.statusCode, response.statusMessage, response.rawHeaders);
      outgoing.flushHeaders();
      const keep = recordable.test(response.headers['content-type'] ?? '');
      const chunks = [];
      response.on('data', (chunk) => keep && chunks.push(chunk));
      response.pipe(outgoing);
      response.once('error', () => outgoing.destroy());
      response.once('close', () => {
        if (!response.complete) outgoing.destroy();
        write({
          test,
          sdk: incoming.headers['user-agent'],
          method: incoming.method,
          url: incoming.url,
          status: response.statusCode,
          headers: response.headers,
          complete: response.complete,
          body: keep ? Buffer.concat(chunks).toString('utf8') : null,
        });
      });
    });
  }
}

function write(exchange) {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  appendFileSync(join(folder, `node-${process.pid}.jsonl`), JSON.stringify(exchange) + '\n');
}
