/*
 * Runs in a hidden frame on another origin than the devtools' page, because a page cannot send a cross-origin request to
 * its own origin. It takes jobs from that page alone, and sends to that page's origin alone.
 */
const page = document.documentElement.dataset.page;
const TIMEOUT = 10_000;

addEventListener('message', async ({ origin, source, data }) => {
  if (origin === page && source === parent && data?.type === 'send') {
    parent.postMessage({ type: 'result', outcome: await send(data) }, page);
  }
});
parent.postMessage({ type: 'ready' }, page);

async function send({ method, path, headers, credentials }) {
  let request;
  const aborter = new AbortController();
  try {
    request = new Request(page + path, {
      method,
      headers,
      credentials: credentials ? 'include' : 'omit',
      mode: 'cors',
      cache: 'no-store',
      signal: aborter.signal,
    });
  } catch (error) {
    return { kind: 'not-sendable', message: String(error) };
  }
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    aborter.abort();
  }, TIMEOUT);
  try {
    const response = await fetch(request);
    const { status, redirected, url } = response;
    return { kind: 'read', status, headers: Object.fromEntries(response.headers), redirected, url };
  } catch (error) {
    return timedOut ? { kind: 'timed-out' } : { kind: 'unreadable', message: String(error) };
  } finally {
    clearTimeout(timer);
    // Only the headers are compared, and a body may be an endless stream.
    aborter.abort();
  }
}
