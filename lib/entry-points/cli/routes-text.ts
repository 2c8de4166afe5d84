import type { CorsInspector } from '../../inspect/inspector.js';
import type { CorsPolicyDescription } from '../../inspect/descriptions.js';
import type { ManifestPolicy, CorsRoutePolicy } from '../../inspect/manifest.js';
import type { CorsSocketPolicy } from '../../inspect/sockets.js';
import { fieldText, originsText } from './description-text.js';
import { table } from './table.js';
import type { Style } from './terminal.js';

interface Column<Row> {
  readonly name: string;
  readonly textOf: (row: Row) => string;
}

/** The text for a gateway, or a path, whose application decides. */
const LEFT = 'left to the application';

const POLICY_COLUMNS: readonly Column<Pick<CorsRoutePolicy, 'policy'>>[] = [
  { name: 'ORIGINS', textOf: ({ policy }) => (policy.external === true ? LEFT : originsText(valuesOf(policy))) },
  { name: 'CREDENTIALS', textOf: ({ policy }) => (policy.external === true ? '' : credentialsText(policy)) },
  { name: 'POLICY', textOf: ({ policy }) => policy.label },
];

const COLUMNS: readonly Column<CorsRoutePolicy>[] = [
  { name: 'METHOD', textOf: ({ method }) => method },
  { name: 'PATH', textOf: ({ path }) => path },
  { name: 'HOST', textOf: ({ hosts }) => hosts?.join(' ') ?? '' },
  { name: 'VERSION', textOf: ({ versions }) => versions?.join(' ') ?? '' },
  { name: 'HANDLER', textOf: ({ controller, handler }) => `${controller}.${handler}` },
  ...POLICY_COLUMNS,
];

const SOCKET_COLUMNS: readonly Column<CorsSocketPolicy>[] = [
  { name: 'WEBSOCKETS', textOf: ({ path }) => (path === '*' ? 'everything else' : path) },
  { name: 'PORT', textOf: ({ port }) => port?.toString() ?? '' },
  { name: 'NAMESPACE', textOf: ({ namespace }) => namespace ?? '' },
  { name: 'OPENED BY', textOf: ({ kind, gateway }) => gateway ?? (kind === 'graphql' ? 'GraphQL' : 'another server') },
  ...POLICY_COLUMNS,
];

/** Columns that are empty in most applications. */
const OPTIONAL: ReadonlySet<string> = new Set(['HOST', 'VERSION', 'PORT', 'NAMESPACE']);

/** The text for a path without CORS of this library. */
const EXTERNAL = 'left to the application that serves it (external)';

/** Every route with its policy, where WebSockets are opened, then the policies of all other paths. */
export function routesText(inspector: CorsInspector, style: Style, width: number): string {
  // The lines below the table show the paths.
  const routes = inspector.routes().filter(({ policy }) => policy.external !== true);
  const sockets = inspector.sockets();
  const { paths, default: defaults } = inspector.manifest();
  return [
    ...(routes.length === 0 ? ['The application has no routes.'] : tableOf(COLUMNS, routes, style, width)),
    '',
    ...(sockets.length === 0 ? [] : [...tableOf(SOCKET_COLUMNS, sockets, style, width), '']),
    ...Object.entries(paths).map(([path, policy]) => `${path} and below: ${summary(policy)}`),
    `Everything else: ${summary(defaults)}`,
  ].join('\n');
}

function tableOf<Row>(all: readonly Column<Row>[], rows: readonly Row[], style: Style, width: number): string[] {
  const columns = all.filter(({ name, textOf }) => !OPTIONAL.has(name) || rows.some((row) => textOf(row)));
  const [header = '', ...lines] = table(
    columns.map(({ name }) => name),
    rows.map((row) => columns.map(({ textOf }) => textOf(row))),
    width,
  );
  return [style.bold(header), ...lines];
}

function credentialsText({ fields }: CorsPolicyDescription): string {
  return fieldText('credentials', fields.credentials.value);
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
