/** Where the instances and the pages are: known once the service has started, which takes longer than serving this page. */
export async function settings() {
  for (;;) {
    const response = await fetch('/settings.json');
    if (response.ok) {
      return response.json();
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 500);
    });
  }
}

export const byId = (id) => document.getElementById(id);

export function element(name, properties, ...children) {
  const created = Object.assign(document.createElement(name), properties);
  created.append(...children);
  return created;
}

/** Links to the pages of the sample. @param kind what the page of a tenant is */
export function showPages({ shops, console }, kind) {
  const pages = [...shops.map(({ tenant, origin }) => [`${tenant}'s ${kind}`, origin]), ['Console', console]];
  byId('own-origin').textContent = location.origin;
  byId('pages').replaceChildren(
    ...pages.map(([name, origin]) => {
      const link = element('a', { href: origin }, name);
      if (origin === location.origin) {
        link.setAttribute('aria-current', 'page');
      }
      return link;
    }),
  );
}

/** Sends one request and tells what a script gets of its answer. */
export async function attempt(url, init) {
  try {
    const response = await fetch(url, { credentials: 'include', ...init });
    return { outcome: 'read', verdict: `Read ${response.status}`, body: await response.json() };
  } catch {
    return (await answers(url))
      ? { outcome: 'refused', verdict: 'Refused' }
      : { outcome: 'unanswered', verdict: 'No answer' };
  }
}

/** Whether anybody answers at all: `fetch` rejects in the same words when nobody does. A no-cors answer cannot be read. */
export const answers = (url) =>
  fetch(new URL(url).origin, { mode: 'no-cors' }).then(
    () => true,
    () => false,
  );

/** A verdict as it is shown: a mark for the eye, and the words for everybody. */
export function verdictText({ outcome, verdict }) {
  return [element('span', { ariaHidden: 'true' }, outcome === 'read' ? '✓ ' : '✗ '), verdict];
}

/** Lets a person choose the instance that is asked; calls `choose` with its index. */
export function showInstances(instances, choose) {
  byId('instances').append(
    ...instances.map((_, index) => {
      const choice = element('input', { type: 'radio', name: 'instance', checked: index === 0 });
      choice.addEventListener('change', () => choose(index));
      return element('label', { className: 'check' }, choice, ` Instance ${index + 1}`);
    }),
  );
}
