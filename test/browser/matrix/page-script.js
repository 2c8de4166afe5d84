// Runs in every page and frame of the matrix, as `makeRequests()`; page-script.ts has the types of what goes in and out.

/** The body that a script sends. */
function bodyOf(body) {
  switch (body?.kind) {
    case 'text':
      return body.text;
    case 'form':
      return new URLSearchParams(body.text);
    case 'multipart': {
      const form = new FormData();
      form.append('field', body.text);
      return form;
    }
    case 'blob':
      return new Blob([body.text]);
    case 'json-blob':
      return new Blob([body.text], { type: 'application/json' });
    case 'bytes':
      return new TextEncoder().encode(body.text);
    default:
      return undefined;
  }
}

async function byFetch(url, { body, ...init }) {
  const response = await fetch(url, { ...init, body: bodyOf(body) });
  const { type, status, redirected, url: last, headers } = response;
  return { type, status, redirected, url: last, headerNames: [...headers.keys()], body: await response.text() };
}

function byXhr(url, { method, withCredentials, uploadListener, headers = [], body }) {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open(method, url);
    xhr.withCredentials = withCredentials;
    for (const [name, value] of headers) {
      xhr.setRequestHeader(name, value);
    }
    if (uploadListener) {
      xhr.upload.addEventListener('progress', () => undefined);
    }
    xhr.addEventListener('error', () => reject(new Error('network error')));
    xhr.addEventListener('load', () => {
      const lines = xhr.getAllResponseHeaders().split('\r\n');
      const headerNames = lines.filter((line) => line !== '').map((line) => line.slice(0, line.indexOf(':')));
      resolve({ status: xhr.status, url: xhr.responseURL, headerNames, body: xhr.responseText });
    });
    xhr.send(bodyOf(body));
  });
}

/** Makes the requests one after the other, each URL's calls in their order; nothing seen: an exception or a network error. */
globalThis.makeRequests = async (orders) => {
  const results = [];
  for (const { url, calls } of orders) {
    const seen = [];
    for (const call of calls) {
      try {
        seen.push(await (call.via === 'fetch' ? byFetch(url, call.init) : byXhr(url, call.init)));
      } catch {
        seen.push(undefined);
      }
    }
    results.push(seen);
  }
  return results;
};
