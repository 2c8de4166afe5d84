import { parseArgs } from 'node:util';
import { nearestName } from '../../support/nearest-name.js';
import { InputError } from './input-error.js';

const OPTIONS = {
  module: { type: 'string' },
  adapter: { type: 'string' },
  configure: { type: 'string' },
  json: { type: 'boolean' },
  strict: { type: 'boolean' },
  debug: { type: 'boolean' },
  timeout: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
  manifest: { type: 'boolean' },
  compare: { type: 'string' },
  origin: { type: 'string' },
  header: { type: 'string', multiple: true },
  host: { type: 'string' },
  credentials: { type: 'boolean' },
  'env-file': { type: 'string', multiple: true },
  'without-origins': { type: 'boolean' },
  method: { type: 'string' },
  path: { type: 'string' },
  send: { type: 'boolean' },
  gateway: { type: 'string' },
  namespace: { type: 'string' },
  site: { type: 'string' },
  transport: { type: 'string' },
  sid: { type: 'string' },
} as const;

type OptionName = keyof typeof OPTIONS;

const EVERYWHERE = ['json', 'strict', 'debug', 'timeout', 'help', 'version'] as const;
const APPLICATION = ['module', 'adapter', 'configure', 'env-file', ...EVERYWHERE] as const;
const REQUEST = ['origin', 'header', 'host', 'credentials'] as const;

/** Options of each command. */
const COMMANDS = {
  routes: [...APPLICATION, 'manifest', 'compare', 'without-origins'],
  explain: [...APPLICATION, ...REQUEST, 'gateway', 'namespace', 'site', 'transport', 'sid', 'method'],
  audit: APPLICATION,
  probe: [...APPLICATION, ...REQUEST, 'method', 'path', 'send'],
  migrate: EVERYWHERE,
} as const satisfies Record<string, readonly OptionName[]>;

export type CommandName = keyof typeof COMMANDS;

/** A command line with known commands and options only. */
export interface CommandLine {
  readonly command: CommandName | undefined;
  /** The arguments behind the command that are no options. */
  readonly operands: readonly string[];
  readonly options: ReturnType<typeof parse>['values'];
}

/** @throws InputError where a command or an option is unknown or incomplete */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const { values, positionals, tokens } = parse(argv);
  const [written, ...operands] = positionals;
  const asksForText = values.help === true || values.version === true;
  const command = written === undefined || asksForText ? undefined : commandNamed(written);
  const known: readonly string[] = command === undefined ? Object.keys(OPTIONS) : COMMANDS[command];
  for (const token of tokens) {
    if (token.kind === 'option') {
      checkOption(token, known, command);
    }
  }
  return { command, operands, options: values };
}

/** Not strict, because the errors of parseArgs() do not say what to write instead. */
function parse(argv: readonly string[]) {
  const parsed = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, strict: false, tokens: true });
  return { ...parsed, values: parsed.values as StrictValues };
}

/** The types of strict parsing: {@link checkOption} refuses other values. */
type StrictValues = {
  readonly [Name in OptionName]?: (typeof OPTIONS)[Name] extends { multiple: true }
    ? string[]
    : (typeof OPTIONS)[Name]['type'] extends 'string'
      ? string
      : boolean;
};

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function checkOption(
  { name, rawName, value, inlineValue }: OptionToken,
  known: readonly string[],
  command: string | undefined,
) {
  if (!known.includes(name)) {
    const nearest = nearestName(name, known);
    throw new InputError(
      `${command === undefined ? 'There is' : `${command} has`} no option ${rawName}. ${
        nearest === undefined ? 'nestjs-cors --help lists the options.' : `Did you mean --${nearest}?`
      }`,
    );
  }
  const { type } = OPTIONS[name as OptionName];
  if (type === 'boolean' && value !== undefined) {
    throw new InputError(`${rawName} takes no value. Write it alone.`);
  }
  if (type === 'string' && (value === undefined || value === '' || (value.startsWith('-') && inlineValue !== true))) {
    throw new InputError(`${rawName} needs a value: ${rawName} ${EXAMPLES[name] ?? '...'}`);
  }
}

const EXAMPLES: Readonly<Record<string, string>> = {
  module: 'dist/app.module.js#AppModule',
  adapter: 'express',
  timeout: '120',
  configure: 'dist/configure.js#configure',
  compare: 'cors.manifest.json',
  origin: 'https://app.example.com',
  header: "'If-Match: *'",
  host: 'api.example.com',
  'env-file': '.env',
  method: 'PUT',
  path: '/orders',
  gateway: 'BoardGateway',
  namespace: '/board',
  site: 'cross-site',
  transport: 'polling',
  sid: 'lv_VI97HAXpY6yYWAAAC',
};

function commandNamed(written: string): CommandName {
  const names = Object.keys(COMMANDS) as CommandName[];
  const name = names.find((known) => known === written);
  if (name !== undefined) {
    return name;
  }
  const nearest = nearestName(written, names);
  throw new InputError(
    `There is no command ${JSON.stringify(written)}. ${
      nearest === undefined ? `The commands are ${names.join(', ')}.` : `Did you mean ${nearest}?`
    }`,
  );
}
