// The console works without this script; with it, pages follow what happens. No text from the server is ever run: pieces
// of pages are made by the server, and the page's policy allows no script but this file.

/** Replaces the element of the same id, or adds it at the end of `parent`; keeps the focus where it was. */
function place(html, parent) {
  const piece = new DOMParser().parseFromString(html, 'text/html').body.firstElementChild;
  if (!piece) return;
  const old = document.getElementById(piece.id);
  if (!old) {
    parent?.append(piece);
    return;
  }
  if (old.outerHTML === piece.outerHTML) return;
  const focus = old.contains(document.activeElement) ? pathOf(document.activeElement, old) : null;
  const scrolls = [...old.querySelectorAll('pre')].map((pre) => [pre.scrollTop, pre.scrollTop + pre.clientHeight >= pre.scrollHeight - 4]);
  old.replaceWith(piece);
  [...piece.querySelectorAll('pre')].forEach((pre, index) => {
    const [top, atEnd] = scrolls[index] ?? [0, true];
    pre.scrollTop = atEnd && piece.classList.contains('open') ? pre.scrollHeight : top;
  });
  if (focus) focus.reduce((node, index) => node?.children[index], piece)?.focus?.({ preventScroll: true });
}

/** The way from `root` to `node`, as indexes of children. */
function pathOf(node, root) {
  const path = [];
  for (; node !== root; node = node.parentElement) path.unshift([...node.parentElement.children].indexOf(node));
  return path;
}

const nearEnd = () => window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 160;

/** Shows a piece of a page; a reader at its end stays there. */
function show({ html, parent }, follow) {
  const stick = follow && nearEnd();
  place(html, parent && document.getElementById(parent));
  if (stick) window.scrollTo({ top: document.documentElement.scrollHeight });
}

// Lists that are read again every few seconds, while somebody looks.
for (const region of document.querySelectorAll('[data-refresh][data-refresh-if]')) {
  const id = region.id;
  const again = async () => {
    const current = document.getElementById(id);
    const busy = current.contains(document.activeElement) && document.activeElement.matches('button, input, select');
    if (document.visibilityState === 'visible' && !busy) {
      try {
        const response = await fetch(location.href, { headers: { accept: 'text/html' }, redirect: 'error' });
        if (response.ok) {
          const page = new DOMParser().parseFromString(await response.text(), 'text/html');
          const fresh = page.getElementById(id);
          if (fresh && fresh.innerHTML !== current.innerHTML) place(fresh.outerHTML);
        }
      } catch {
        // The gateway is away for a moment; the next attempt will tell.
      }
    }
    setTimeout(again, Number(region.dataset.refresh) * 1000);
  };
  setTimeout(again, Number(region.dataset.refresh) * 1000);
}

// A run that goes on.
for (const region of document.querySelectorAll('[data-live]')) {
  const source = new EventSource(region.dataset.live);
  source.addEventListener('piece', ({ data }) => show(JSON.parse(data), region.id === 'conversation'));
  source.addEventListener('end', () => {
    source.close();
    document.dispatchEvent(new Event('run-ended'));
  });
  window.addEventListener('pagehide', () => source.close());
}

// Questions before what cannot be undone.
for (const form of document.querySelectorAll('form[data-confirm]')) askBefore(form);
new MutationObserver(() => document.querySelectorAll('form[data-confirm]').forEach(askBefore)).observe(document.body, {
  childList: true,
  subtree: true,
});

function askBefore(form) {
  if (form.dataset.asks) return;
  form.dataset.asks = 'yes';
  form.addEventListener('submit', (event) => {
    if (!confirm(form.dataset.confirm)) event.preventDefault();
  });
}

// Choices that act at once.
for (const select of document.querySelectorAll('select[data-submit]'))
  select.addEventListener('change', () => select.form.requestSubmit());

// Empty fields stay out of the address.
for (const form of document.querySelectorAll('form[method=get]'))
  form.addEventListener('submit', () => {
    for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
    setTimeout(() => [...form.elements].forEach((field) => (field.disabled = false)));
  });

// Light and dark.
for (const button of document.querySelectorAll('[data-theme-toggle]'))
  button.addEventListener('click', () => {
    const root = document.documentElement;
    const now = root.dataset.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
    root.dataset.theme = now === 'dark' ? 'light' : 'dark';
    document.cookie = `sandbox-console-theme=${root.dataset.theme}; path=/console; max-age=31536000; samesite=strict`;
  });

// The playground.
const composer = document.getElementById('composer');
if (composer) {
  const at = (id) => document.getElementById(id);
  const [question, files, chosen, problem, send, stop] = ['question', 'files', 'composer-files', 'composer-problem', 'send', 'stop'].map(at);
  const token = document.querySelector('meta[name=form-token]').content;
  let waiting = [];
  let run = composer.dataset.run ?? null;

  const post = (path, body, headers = {}) => fetch(path, { method: 'POST', body, headers: { 'X-Console-Token': token, ...headers } });

  const busy = (is) => {
    send.disabled = is;
    stop.hidden = !is;
    at('conversation').setAttribute('aria-busy', String(is));
  };

  const complain = (text) => {
    problem.textContent = text;
    problem.hidden = !text;
  };

  /** The server's words for an error; they are plain text, or the API's JSON. */
  const reason = async (response) => {
    const text = await response.text();
    try {
      return JSON.parse(text).error.message;
    } catch {
      return text || `The gateway answered ${response.status}.`;
    }
  };

  const list = () => {
    chosen.replaceChildren(
      ...waiting.map((file) => {
        const item = document.createElement('li');
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'chip';
        button.textContent = `${file.name} ✕`;
        button.setAttribute('aria-label', `Do not send ${file.name}`);
        button.addEventListener('click', () => {
          waiting = waiting.filter((other) => other !== file);
          list();
        });
        item.append(button);
        return item;
      }),
    );
  };

  files.addEventListener('change', () => {
    waiting.push(...files.files);
    files.value = '';
    list();
  });

  question.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (!send.disabled) composer.requestSubmit();
    }
  });

  /** Hands the events of a stream over as they come. */
  const read = async (body, onEvent) => {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += value;
      let end;
      while ((end = text.indexOf('\n\n')) >= 0) {
        const lines = text.slice(0, end).split('\n');
        text = text.slice(end + 2);
        const field = (name) => lines.find((line) => line.startsWith(name + ': '))?.slice(name.length + 2);
        if (field('event')) onEvent(field('event'), JSON.parse(field('data') ?? '{}'));
      }
    }
  };

  composer.addEventListener('submit', async (event) => {
    event.preventDefault();
    const text = question.value.trim();
    if (!text) return question.focus();
    complain('');
    busy(true);
    try {
      const sent = [];
      for (const file of waiting) {
        const form = new FormData();
        form.append('purpose', 'assistants');
        form.append('file', file);
        const response = await post('/console/playground/files', form);
        if (!response.ok) throw new Error(`${file.name}: ${await reason(response)}`);
        sent.push({ id: (await response.json()).id });
      }
      const response = await post(
        '/console/playground/messages',
        JSON.stringify({ assistant: composer.elements.assistant.value, thread: composer.dataset.thread || null, text, files: sent }),
        { 'content-type': 'application/json' },
      );
      if (!response.ok) throw new Error(await reason(response));
      run = response.headers.get('X-Console-Run');
      composer.dataset.thread = response.headers.get('X-Console-Thread');
      history.replaceState(null, '', `/console/playground?thread=${composer.dataset.thread}`);
      question.value = '';
      waiting = [];
      list();
      window.scrollTo({ top: document.documentElement.scrollHeight });
      let ended = false;
      await read(response.body, (name, data) => {
        if (name === 'piece') show(data, true);
        if (name === 'end') ended = true;
      });
      if (!ended) complain('The connection was cut. The run goes on; reload the page to see it.');
    } catch (error) {
      complain(error.message);
    }
    run = null;
    busy(false);
    question.focus();
  });

  stop.addEventListener('click', async () => {
    if (!run) return;
    const response = await post(`/console/runs/${run}/cancel`);
    if (!response.ok) complain(await reason(response));
  });

  if (run) busy(true);
  document.addEventListener('run-ended', () => {
    run = null;
    busy(false);
  });
}
