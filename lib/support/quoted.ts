import { maskedIfSecret } from './secrets/without-secrets.js';

const MAX_LENGTH = 80;

/** A configured value as it reads in a message: short, on one line, and never an exception. */
export function quoted(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return withoutControls(JSON.stringify(shortened(maskedIfSecret(value))));
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

/** Masked before: half of a secret has no form any more. */
function shortened(text: string): string {
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}

/** JSON leaves what turns the direction of a line around, or steers a terminal, as it is: https://trojansource.codes */
function withoutControls(json: string): string {
  return json.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}

/** A key behind the path of its object: `policies.partners`, `policies["our partners"]`. */
export function keyPath(parent: string, key: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `${parent}.${key}` : `${parent}[${JSON.stringify(key)}]`;
}
