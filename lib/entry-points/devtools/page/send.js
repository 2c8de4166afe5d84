import { base } from './dom.js';

const READY_TIMEOUT = 4_000;
const RESULT_TIMEOUT = 15_000;

/** Whether a browser reaches this server under the name: `*.localhost` needs no DNS. */
const isLoopback = (hostname) => /^((.+\.)?localhost|127(\.\d{1,3}){3})$/.test(hostname);

/** Whether this server has another origin on this machine. */
export const canSend = isLoopback(location.hostname);

const at = (hostname) => `${location.protocol}//${hostname}${location.port === '' ? '' : `:${location.port}`}`;

/** The origin of real requests where the form names an origin that this server does not have. */
export const defaultSender = at(location.hostname === 'sender.localhost' ? 'localhost' : 'sender.localhost');

/** The origin that a request of the form is really sent from: its own where this server has that origin. */
export function senderFor(origin) {
  let url;
  try {
    url = new URL(origin);
  } catch {
    return defaultSender;
  }
  const isSibling = url.protocol === location.protocol && url.port === location.port && isLoopback(url.hostname);
  return isSibling && url.origin === origin && origin !== location.origin ? origin : defaultSender;
}

/** Sends a request from a page of `origin`, and returns what the browser lets the script read. */
export async function reallySend(origin, request) {
  const frame = document.createElement('iframe');
  frame.hidden = true;
  frame.title = 'Sends the request';
  const src = new URL('sender', base);
  src.host = new URL(origin).host;
  src.search = new URLSearchParams({
    page: location.origin,
    ticket: document.documentElement.dataset.ticket,
  }).toString();
  frame.src = src.href;
  const next = messagesFrom(frame, origin);
  document.body.append(frame);
  try {
    await next('ready', READY_TIMEOUT, `This browser did not open ${src.origin}: it may not know that name.`);
    const { method, path, headers, credentials } = request;
    frame.contentWindow.postMessage({ type: 'send', method, path, headers, credentials }, origin);
    const { outcome } = await next('result', RESULT_TIMEOUT, 'The sending page did not respond.');
    return outcome;
  } finally {
    next.stop();
    frame.remove();
  }
}

function messagesFrom(frame, origin) {
  const arrived = [];
  let wake = () => {};
  const listen = (event) => {
    if (event.source === frame.contentWindow && event.origin === origin) {
      arrived.push(event.data);
      wake();
    }
  };
  addEventListener('message', listen);
  const next = async (type, timeout, otherwise) => {
    const deadline = Date.now() + timeout;
    for (;;) {
      const found = arrived.find((message) => message?.type === type);
      if (found !== undefined) {
        return found;
      }
      if (Date.now() >= deadline) {
        throw new Error(otherwise);
      }
      await new Promise((resolve) => {
        wake = resolve;
        setTimeout(resolve, deadline - Date.now());
      });
    }
  };
  next.stop = () => removeEventListener('message', listen);
  return next;
}
