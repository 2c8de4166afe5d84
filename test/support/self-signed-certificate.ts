import { createHash, generateKeyPairSync, sign } from 'node:crypto';

/** A key and a certificate in PEM, as `node:https` and `node:http2` take them. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const TAG = { integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, utf8: 0x0c, sequence: 0x30, set: 0x31, time: 0x18 };
const ECDSA_WITH_SHA256 = '2a8648ce3d040302';
const COMMON_NAME = '550403';
const SUBJECT_ALT_NAME = '551d11';

/**
 * A self-signed certificate for `localhost` and 127.0.0.1, made anew each time: no private key lies in the repository, and
 * no program has to be installed. The structure is that of RFC 5280, section 4.1.
 */
export function selfSignedCertificate(): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicDer = publicKey.export({ type: 'spki', format: 'der' });
  const algorithm = der(TAG.sequence, der(TAG.oid, ECDSA_WITH_SHA256));
  const name = der(
    TAG.sequence,
    der(TAG.set, der(TAG.sequence, der(TAG.oid, COMMON_NAME), der(TAG.utf8, Buffer.from('localhost')))),
  );
  const now = Date.now();
  const day = 86_400_000;
  const names = der(TAG.sequence, der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1])));
  const toBeSigned = der(
    TAG.sequence,
    der(0xa0, der(TAG.integer, '02')),
    der(TAG.integer, Buffer.concat([Buffer.of(1), createHash('sha256').update(publicDer).digest().subarray(0, 8)])),
    algorithm,
    name,
    der(TAG.sequence, time(now - day), time(now + day)),
    name,
    publicDer,
    der(0xa3, der(TAG.sequence, der(TAG.sequence, der(TAG.oid, SUBJECT_ALT_NAME), der(TAG.octets, names)))),
  );
  const signature = Buffer.concat([Buffer.of(0), sign('sha256', toBeSigned, privateKey)]);
  const certificate = der(TAG.sequence, toBeSigned, algorithm, der(TAG.bits, signature));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
  };
}

function time(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replace(/\.\d+|[-:T]/g, '');
  return der(TAG.time, Buffer.from(digits));
}

/** One element of DER: tag, length, contents. A string is hexadecimal. */
function der(tag: number, ...contents: (Buffer | string)[]): Buffer {
  const body = Buffer.concat(contents.map((part) => (typeof part === 'string' ? Buffer.from(part, 'hex') : part)));
  const length =
    body.length < 0x80
      ? Buffer.of(body.length)
      : body.length < 0x100
        ? Buffer.of(0x81, body.length)
        : Buffer.of(0x82, body.length >> 8, body.length & 0xff);
  return Buffer.concat([Buffer.of(tag), length, body]);
}
