import { createRequire } from 'node:module';

interface Diagnostics {
  readonly status: 'safe' | 'vulnerable' | 'unknown';
  readonly complexity?: { readonly type: string; readonly degree?: number };
}

// The engine that needs no other program than Node.js.
process.env['RECHECK_BACKEND'] = 'pure';
const { checkSync } = createRequire(import.meta.url)('recheck') as {
  checkSync(source: string, flags: string, parameters: { timeout: number }): Diagnostics;
};

/**
 * What another analyser says of an expression: the degree of the polynomial that bounds its time. An expression that is
 * linear has 1, an exponential one infinity; `undefined` is for what recheck cannot tell.
 */
export function degreeOf({ source, flags }: RegExp): number | undefined {
  const { status, complexity } = checkSync(source, flags, { timeout: 2_000 });
  switch (complexity?.type) {
    case 'exponential':
      return Infinity;
    case 'polynomial':
      return complexity.degree;
    default:
      return status === 'safe' ? 1 : undefined;
  }
}
