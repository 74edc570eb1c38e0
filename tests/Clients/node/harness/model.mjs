// What the scripted upstream model says. Its code is real: a real sandbox runs it.
const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A turn that runs Python; `more` may say text before it, or how the turn is cut into chunks. */
export const python = (code, more = {}) => ({ tool_calls: [{ python: code }], chunk_size: 16, ...more });
/** A turn that answers. `{{last_tool_output}}` stands for what the last call printed. */
export const say = (text, more = {}) => ({ text, chunk_size: 16, ...more });
/** A turn that calls a function of the application. */
export const call = (name, args, more = {}) => ({ tool_calls: [{ name, arguments: args }], chunk_size: 16, ...more });

export class Model {
  constructor(url) {
    this.url = url;
  }

  /** Answers a user message that contains `question` with these turns, one per request to the model. */
  when(question, ...turns) {
    return this.#post('/script', { match: escape(question), turns });
  }

  /** Lets a turn go on that rests: `hold: { after: chunks, name }` says where. */
  release(name) {
    return this.#post(`/release?name=${encodeURIComponent(name)}`, {});
  }

  /** The chat requests so far whose messages contain `text`. */
  async asked(text) {
    const response = await fetch(`${this.url}/requests`);
    const requests = await response.json();
    return requests
      .filter(({ path }) => path.endsWith('/chat/completions'))
      .filter(({ body }) => JSON.stringify(body?.messages ?? '').includes(JSON.stringify(text).slice(1, -1)));
  }

  async #post(path, body) {
    const response = await fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`The scripted upstream refused ${path}: ${await response.text()}`);
  }
}
