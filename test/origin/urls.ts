import fc from 'fast-check';

const special = fc.constantFrom('http', 'https', 'ws', 'wss', 'ftp');
const port = fc.option(fc.nat(65_535), { nil: undefined });
const host = fc.oneof(
  fc.domain(),
  fc.domain().map((name) => `${name}.`),
  fc.ipV4(),
  fc.ipV6().map((address) => `[${address}]`),
  fc.constantFrom('localhost', 'bücher.example', 'xn--bcher-kva.example', 'a_b.example', 'EXAMPLE.com', '0x7f.1'),
);

/** URLs of the schemes whose origin the URL class tells: https://url.spec.whatwg.org/#concept-url-origin */
export const urls = fc
  .record({ scheme: special, host, port, path: fc.webPath() })
  .map((url) => `${url.scheme}://${url.host}${url.port === undefined ? '' : `:${url.port}`}${url.path}`)
  .filter((url) => URL.canParse(url));

const pieces = [
  'http https wss ftp file capacitor : / // :// . .. * *. - _ example com Example xn-- xn--a xn--bcher-kva ü',
  '127 0 1 256 0x7f 08 [ ] :: ::1 [::1] fe80 null @ ? # %41 \t \n \\ , :80 :443 :8080 :0 :65535 :65536 :080 :*',
].flatMap((line) => line.split(' '));

/** Texts that are, or nearly are, an origin: made from the pieces that matter to a parser. */
export const nearOrigins = fc.array(fc.constantFrom(' ', ...pieces), { maxLength: 9 }).map((chosen) => chosen.join(''));

/** Like {@link nearOrigins}, but beginning as an origin does, so that more of them are one. */
export const likelyOrigins = fc
  .tuple(fc.constantFrom('http://', 'https://', 'wss://', 'ftp://'), nearOrigins)
  .map(([scheme, rest]) => scheme + rest);
