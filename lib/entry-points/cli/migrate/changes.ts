/** A difference, or a decision that the reader has to make. */
export interface MigrationNote {
  /** `decide`: forRoot() does not take it as it is, or it can't be told from the source. */
  readonly level: 'change' | 'decide';
  /** The option that it is about. */
  readonly option: string;
  readonly message: string;
}

export function change(option: string, message: string): MigrationNote {
  return { level: 'change', option, message };
}

export function decide(option: string, message: string): MigrationNote {
  return { level: 'decide', option, message };
}

/** Source code on one line, for a sentence. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, 80);
}

/** Options of `@fastify/cors` without a counterpart, and their replacements. */
export const DROPPED: Readonly<Record<string, string>> = {
  preflightContinue: 'Preflights are answered here. Every other OPTIONS request reaches your handlers.',
  strictPreflight:
    'An OPTIONS request without Access-Control-Request-Method is no preflight, and reaches your handlers.',
  preflight: 'Preflights are answered here. Use `paths` with `external: true` for a path that answers its own.',
  hideOptionsRoute: 'No route for OPTIONS is registered, so that there is none to hide.',
  cacheControl: 'Preflights have no Cache-Control: browsers cache them by `maxAge`.',
  hook: 'The policy is applied before every hook of Fastify.',
  logLevel: 'Set `logging` of forRoot(): refusals, all or off.',
};
