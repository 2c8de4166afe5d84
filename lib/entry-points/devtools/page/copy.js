import { byId } from './dom.js';

/** Makes the buttons copy the request of the form. `typed` returns it. */
export function startCopying(typed) {
  byId('copy-curl').addEventListener('click', () => copy(curlOf(typed())));
  byId('copy-fetch').addEventListener('click', () => copy(fetchOf(typed())));
}

/** A shell takes everything between single quotes as it is. */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

const urlOf = ({ path, host }) => `${location.protocol}//${host ?? location.host}${path}`;

/** What a browser sends, without its cookies: a preflight of its own has to be asked for. */
function curlOf({ method, path, host, origin, headers }) {
  const lines = [
    `curl -i -X ${quoted(method)} ${quoted(urlOf({ path, host }))}`,
    `-H ${quoted(`Origin: ${origin}`)}`,
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
  ];
  return lines.join(' \\\n  ');
}

function fetchOf({ method, path, host, headers, credentials }) {
  const init = {
    ...(method === 'GET' ? {} : { method }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(credentials ? { credentials: 'include' } : {}),
  };
  const url = JSON.stringify(urlOf({ path, host }));
  return Object.keys(init).length === 0
    ? `await fetch(${url});`
    : `await fetch(${url}, ${JSON.stringify(init, undefined, 2)});`;
}

/** Shows the text as well: a page without TLS on another host has no clipboard. */
async function copy(text) {
  const shown = byId('copied');
  shown.querySelector('code').textContent = text;
  shown.hidden = false;
  let sentence = 'Copied:';
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    sentence = 'Copy it from here:';
  }
  shown.querySelector('p').textContent = sentence;
}
