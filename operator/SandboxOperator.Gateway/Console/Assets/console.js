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

/** Does what an event of a run says. */
export function apply(event, parent, follow) {
  const stick = follow && nearEnd();
  if (event.html) place(event.html, parent);
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
for (const timeline of document.querySelectorAll('[data-live]')) {
  const source = new EventSource(timeline.dataset.live);
  source.addEventListener('piece', ({ data }) => apply(JSON.parse(data), document.getElementById('timeline'), true));
  source.addEventListener('end', () => source.close());
  window.addEventListener('pagehide', () => source.close());
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
