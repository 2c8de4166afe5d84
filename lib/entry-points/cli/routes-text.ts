import type { CorsInspector } from '../../inspect/inspector.js';
import type { CorsPolicyDescription } from '../../inspect/descriptions.js';
import type { ManifestPolicy, CorsRoutePolicy } from '../../inspect/manifest.js';
import { fieldText, originsText } from './description-text.js';
import { table } from './table.js';
import type { Style } from './terminal.js';

interface Column {
  readonly name: string;
  readonly textOf: (route: CorsRoutePolicy) => string;
}

const COLUMNS: readonly Column[] = [
  { name: 'METHOD', textOf: ({ method }) => method },
  { name: 'PATH', textOf: ({ path }) => path },
  { name: 'HOST', textOf: ({ hosts }) => hosts?.join(' ') ?? '' },
  { name: 'VERSION', textOf: ({ versions }) => versions?.join(' ') ?? '' },
  { name: 'HANDLER', textOf: ({ controller, handler }) => `${controller}.${handler}` },
  { name: 'ORIGINS', textOf: ({ policy }) => originsText(valuesOf(policy)) },
  { name: 'CREDENTIALS', textOf: ({ policy }) => fieldText('credentials', policy.fields.credentials.value) },
  { name: 'POLICY', textOf: ({ policy }) => policy.label },
];

/** Columns that are empty in most applications. */
const OPTIONAL: ReadonlySet<string> = new Set(['HOST', 'VERSION']);

/** The text for a path without CORS of this library. */
const EXTERNAL = 'left to the application that serves it (external)';

/** Every route with its policy, then the policies of all other paths. */
export function routesText(inspector: CorsInspector, style: Style, width: number): string {
  // The lines below the table show the paths.
  const routes = inspector.routes().filter(({ policy }) => policy.external !== true);
  const columns = COLUMNS.filter(({ name, textOf }) => !OPTIONAL.has(name) || routes.some((route) => textOf(route)));
  const [header = '', ...lines] = table(
    columns.map(({ name }) => name),
    routes.map((route) => columns.map(({ textOf }) => textOf(route))),
    width,
  );
  const { paths, default: defaults } = inspector.manifest();
  return [
    ...(routes.length === 0 ? ['The application has no routes.'] : [style.bold(header), ...lines]),
    '',
    ...Object.entries(paths).map(([path, policy]) => `${path} and below: ${summary(policy)}`),
    `Everything else: ${summary(defaults)}`,
  ].join('\n');
}

function summary(policy: ManifestPolicy): string {
  if (policy['external'] === true) {
    return EXTERNAL;
  }
  const credentials = policy['credentials'] === true ? ', with credentials' : '';
  return `origins ${originsText(policy)}${credentials}`;
}

function valuesOf({ fields }: CorsPolicyDescription): ManifestPolicy {
  return { origin: fields.origin.value, originLookup: fields.originLookup.value };
}
