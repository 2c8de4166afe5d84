import { maskedIfSecret } from './secrets/without-secrets.js';

const MAX_LENGTH = 80;
const MAX_PATH_LENGTH = 200;

/** A configured value in a message: short, on one line. Never throws for a value that was read from options. */
export function quoted(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return withoutControls(JSON.stringify(shortened(maskedIfSecret(value), MAX_LENGTH)));
    case 'function':
      return 'a function';
    case 'object':
      return value === null
        ? 'null'
        : value instanceof RegExp
          ? String(value)
          : Array.isArray(value)
            ? 'a list'
            : 'an object';
    default:
      return String(value);
  }
}

/** Secrets have to be masked before: half of a secret is not recognized. */
function shortened(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}

/** JSON does not escape characters that change a line's direction or control a terminal: https://trojansource.codes */
function withoutControls(json: string): string {
  return json.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}

/** The path of an option in a message. It is not masked: masking would take `Token: maxAge` for a secret. */
export function quotedPath(path: string): string {
  return `\`${withoutControls(shortened(path, MAX_PATH_LENGTH))}\``;
}
