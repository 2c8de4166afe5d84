import { byId, element, read } from './dom.js';
import { fillForm, startForm } from './explain.js';
import { showFeed } from './feed.js';
import { clearSearch, showRoutes } from './routes.js';
import { fillHandshake, showSockets } from './sockets.js';

byId('host').textContent = location.host;
startForm();
showFeed((entry) => (entry.kind === 'handshake' ? fillHandshake(entry) : fillForm(entry)));
const [routes, findings] = await Promise.all([read('routes'), read('audit'), showSockets()]);
showRoutes(routes, (route) =>
  fillForm({ method: route.method === '*' ? 'GET' : route.method, path: concrete(route.path) }),
);
showFindings(findings);
document.documentElement.dataset.ready = 'true';

document.addEventListener('keydown', (event) => {
  const isTyping = event.target.closest('input, textarea, select') !== null;
  if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    byId('search').focus();
    byId('search').select();
  } else if (event.key === 'Escape' && event.target === byId('search')) {
    clearSearch();
  }
});

/** A path that the pattern matches, to edit in the form. */
function concrete(pattern) {
  return pattern
    .replace(/\{?\/?\*(\w*)\}?$/, '/any')
    .replace(/:\w+(\([^)]*\))?/g, '1')
    .replace(/[{}]/g, '');
}

function showFindings(all) {
  byId('audit-count').textContent = all.length === 0 ? '' : `(${all.length})`;
  byId('findings').append(
    ...all.map(({ code, subject, message, hint }) =>
      element(
        'li',
        {},
        element('code', {}, code),
        ' ',
        element('b', {}, subject),
        element('p', {}, message),
        element('p', { class: 'aside' }, hint),
      ),
    ),
  );
  if (all.length === 0) {
    byId('findings').replaceWith(element('p', {}, '✓ Nothing found.'));
  }
}
