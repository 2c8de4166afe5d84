import type { MigrationNote } from './changes.js';
import type { CopiedText } from './copied-text.js';
import type { CorsCall } from './cors-calls.js';
import type { Literal } from './literals.js';
import type { TypeScript } from './load-typescript.js';

/** The data for reading one call. */
export interface MigrationContext {
  readonly typescript: TypeScript;
  readonly call: CorsCall;
  readonly copied: CopiedText;
}

/** A field of forRoot() as source code, with notes about it. */
export interface MigratedField {
  /** `undefined`: the field is left out. */
  readonly text: string | undefined;
  /** The value, where it is known: it is checked as at boot. */
  readonly value?: Literal;
  readonly notes: readonly MigrationNote[];
}
