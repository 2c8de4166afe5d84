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
} as const;

type OptionName = keyof typeof OPTIONS;

const EVERYWHERE = ['module', 'adapter', 'configure', 'json', 'strict', 'debug', 'timeout', 'help', 'version'] as const;

/** Options of each command. */
const COMMANDS = {
  routes: [...EVERYWHERE, 'manifest', 'compare'],
  explain: [...EVERYWHERE, 'origin', 'header', 'host', 'credentials'],
  audit: EVERYWHERE,
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

/** What `nestjs-cors --help` prints. */
export const HELP = `Shows what the CORS policies of a NestJS application do. It boots the application's module, and does not listen.

  nestjs-cors routes  --module FILE#Module             every route with the policy in force
  nestjs-cors explain METHOD PATH --origin ORIGIN ...  what a browser gets for a request, and why
  nestjs-cors audit   --module FILE#Module             what is legal but doubtful

Options of every command:
  --module FILE#Module       built file and the root module that it exports: dist/app.module.js#AppModule.
                             #Module may be left out where the file exports one module
  --configure FILE#function  function (app) => void that does what main.ts does to the application before it listens:
                             global prefix, versioning. main.ts itself is not run, so let it share this function
  --adapter NAME             express or fastify. Default: what is installed; express where both are
  --json                     JSON for programs
  --strict                   exit code 1 on findings of audit, on differences of routes --compare,
                             and where explain says that the response is not readable
  --timeout SECONDS          how long booting and answering may take, 1 to 3600. Default: 60
  --debug                    the application's warnings and errors, and stack traces
  -h, --help                 this text
  -v, --version              the version of nestjs-cors

routes:
  --manifest                 the policies as JSON that changes only when they do: commit it
  --compare FILE             the differences from a committed manifest

explain:
  --origin ORIGIN            origin of the page whose script sends the request: https://app.example.com
  --header 'Name: value'     a header that the script sets; may be repeated
  --host HOST                host of the request, with its port. Default: localhost
  --credentials              the request carries credentials: fetch(url, { credentials: 'include' })

Exit codes: 0 done, 1 findings with --strict, 2 something to correct first; the message says what.
The code is also 2 after an exception or a rejection that the application does not handle.
The module really boots: it connects to its databases, and lookups are really called.
It runs in a process of its own, whose stdout is this command's stderr.
`;
