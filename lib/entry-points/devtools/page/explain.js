import { startCopying } from './copy.js';
import { byId, element, linesOf, read } from './dom.js';
import { comparisonView, explanationView } from './explanation.js';
import { canSend, defaultSender, reallySend, senderFor } from './send.js';

const form = () => byId('form');

/** Makes the form explain the request that is entered, and send it for real. */
export function startForm() {
  const { origin, host } = form().elements;
  origin.value = canSend ? defaultSender : 'https://app.example.com';
  host.value = location.host;
  form().addEventListener('submit', (event) => {
    event.preventDefault();
    void answer(explain);
  });
  startCopying(typedRequest);
  byId('send').addEventListener('click', () => void answer(sendAndCompare));
  byId('send').disabled = !canSend;
  origin.addEventListener('input', showSender);
  showSender();
}

/** Puts a route, or a decision, into the form. */
export function fillForm({ method, path, origin }) {
  const { elements } = form();
  elements.method.value = method;
  elements.path.value = path;
  if (origin !== undefined) {
    elements.origin.value = origin;
  }
  elements.headers.value = '';
  elements.credentials.checked = false;
  markProblems('', []);
  byId('result').replaceChildren();
  byId('copied').hidden = true;
  showSender();
  byId('explain').scrollIntoView({ block: 'nearest' });
  // One key from here to the explanation.
  form().querySelector('button').focus();
}

function showSender() {
  const typed = form().elements.origin.value;
  const sender = senderFor(typed);
  byId('sent-from').replaceChildren(
    ...(canSend
      ? [
          element('b', {}, '“Really send”'),
          ' runs the handler. It sends from ',
          element('code', {}, sender),
          ` to ${location.origin}`,
          sender === typed ? '.' : ': a browser can send from no other origin than those where this server is found.',
        ]
      : [
          'To really send, open this page on localhost or 127.0.0.1. Under this host, the server has no second origin.',
        ]),
  );
}

function typedRequest() {
  const { method, path, origin, host, headers, credentials } = form().elements;
  return {
    method: method.value.trim(),
    path: path.value.trim(),
    origin: origin.value.trim(),
    host: host.value.trim() === '' ? undefined : host.value.trim(),
    headers: linesOf(headers.value),
    credentials: credentials.checked,
  };
}

const explained = (request) => read('explanation', { request: JSON.stringify(request) });

async function explain(request) {
  return [explanationView(await explained(request))];
}

/**
 * The headers that the browser lets a script set, and the names of those that it leaves out.
 * @see https://fetch.spec.whatwg.org/#forbidden-request-header
 */
function settable(headers) {
  try {
    const kept = new Request(location.href, { headers }).headers;
    return {
      headers: Object.fromEntries(kept),
      left: Object.keys(headers).filter((name) => !kept.has(name)),
    };
  } catch {
    // Send no headers: the server reports the wrong line.
    return { headers, left: [] };
  }
}

/** The browser sends to this page's own origin, from the sender's: that is the request to explain beside it. */
async function sendAndCompare(request) {
  const sent = { ...request, origin: senderFor(request.origin), host: location.host };
  const explanation = await explained(sent);
  const outcome = await reallySend(sent.origin, explanation.request);
  return [comparisonView(explanation, outcome), explanationView(explanation)];
}

async function answer(work) {
  if (byId('result').hasAttribute('aria-busy')) {
    return;
  }
  markProblems('', []);
  const buttons = form().querySelectorAll('.buttons button');
  byId('result').setAttribute('aria-busy', 'true');
  buttons.forEach((button) => button.setAttribute('aria-disabled', 'true'));
  try {
    const typed = typedRequest();
    const { headers, left } = settable(typed.headers);
    const views = await work({ ...typed, headers });
    const note = element('p', { class: 'aside' }, `No script can set ${left.join(', ')}: the browser leaves it out.`);
    byId('result').replaceChildren(...views, ...(left.length > 0 ? [note] : []));
  } catch (error) {
    byId('result').replaceChildren();
    markProblems(error.message, error.fields ?? []);
  } finally {
    byId('result').removeAttribute('aria-busy');
    buttons.forEach((button) => button.removeAttribute('aria-disabled'));
  }
}

function markProblems(message, fields) {
  byId('problem').textContent = message;
  for (const control of form().elements) {
    if (control.name) {
      control.setAttribute('aria-invalid', String(fields.includes(control.name)));
    }
  }
}
