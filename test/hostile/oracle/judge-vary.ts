import type { Seen } from '../application/sight.js';
import { type Answer, valuesOf } from '../wire/answers.js';
import { type Governing, UNROUTED, isPreflight } from './routes.js';

/** What is missing in `Vary`, or too much. */
export function judgeVary({ headers }: Answer, seen: Seen, under: Governing): string[] {
  const vary = valuesOf(headers, 'vary').join(',').toLowerCase();
  const names = new Set(vary.split(',').map((name) => name.trim()));
  const forEveryone = valuesOf(headers, 'access-control-allow-origin')[0] === '*';
  const wanted = isPreflight(seen)
    ? ['origin', 'access-control-request-method', 'access-control-request-headers']
    : forEveryone || canBeDisabled(seen, under)
      ? []
      : ['origin'];
  const missing = wanted.filter((name) => !names.has(name));
  const superfluous = forEveryone && !isPreflight(seen) && under.kind === 'policies' && names.has('origin');
  return [
    ...(missing.length > 0 ? [`Vary is "${vary}", without ${missing.join(', ')}`] : []),
    ...(superfluous && under.names.length === 1 ? ['Vary: Origin on what is for everyone'] : []),
  ];
}

/** What CORS is disabled for is the same whoever asks: only DELETE is, of what is routed. */
function canBeDisabled({ method }: Seen, under: Governing): boolean {
  const names = under.kind === 'policies' ? under.names : [];
  return names.includes('none') && (names.length === 1 || (method === 'DELETE' && under !== UNROUTED));
}
