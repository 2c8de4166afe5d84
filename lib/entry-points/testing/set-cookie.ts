/** One `Set-Cookie` line. */
export interface SetCookie {
  readonly name: string;
  readonly value: string;
  /** `undefined`: derived from the URL. */
  readonly path: string | undefined;
  readonly domain: string | undefined;
  readonly secure: boolean;
  /** Default: `Lax`, as in Chromium. */
  readonly sameSite: 'strict' | 'lax' | 'none';
  /** Milliseconds since 1970; `undefined`: until the browser is closed. */
  readonly expires: number | undefined;
}

/**
 * Reads a `Set-Cookie` line; `undefined` when it has no name.
 * @see https://www.rfc-editor.org/rfc/rfc6265#section-5.2
 */
export function parseSetCookie(line: string, now: number): SetCookie | undefined {
  const [pair = '', ...attributeTexts] = line.split(';');
  const [name, value] = split(pair);
  if (name === '' || !pair.includes('=')) {
    return undefined;
  }
  // The last attribute of a name counts.
  const attributes = new Map(
    attributeTexts.map((text) => {
      const [attribute, attributeValue] = split(text);
      return [attribute.toLowerCase(), attributeValue];
    }),
  );
  const path = attributes.get('path');
  const sameSite = attributes.get('samesite')?.toLowerCase();
  return {
    name,
    value,
    path: path?.startsWith('/') ? path : undefined,
    domain: attributes.get('domain')?.replace(/^\./, '').toLowerCase() || undefined,
    secure: attributes.has('secure'),
    sameSite: sameSite === 'strict' || sameSite === 'none' ? sameSite : 'lax',
    expires: expiryOf(attributes.get('max-age'), attributes.get('expires'), now),
  };
}

function split(text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  return at === -1 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** Max-Age takes precedence over Expires. */
function expiryOf(maxAge: string | undefined, expires: string | undefined, now: number): number | undefined {
  if (maxAge !== undefined && /^-?[0-9]+$/.test(maxAge)) {
    return now + Number(maxAge) * 1000;
  }
  const date = expires === undefined ? Number.NaN : Date.parse(expires);
  return Number.isNaN(date) ? undefined : date;
}
