import { Injectable } from '@nestjs/common';
import { Instance } from '../instances/instance.js';
import { ProblemException } from '../problem.exception.js';

const path = '/.well-known/nestjs-cors-sample.txt';
/** For connecting, headers and body together, in milliseconds. */
const timeout = 2000;
/** In bytes. */
const maxLength = 1024;

/**
 * Whether somebody who controls an origin has agreed: the tenant's token is published there.
 *
 * To fetch what strangers type makes a server an errand boy into its own network (server-side request forgery): to the
 * metadata service of a cloud, to databases, to whatever else trusts its address. So this one goes to the pages that come with
 * the sample and nowhere else; it follows no redirect, which would name another address, waits and reads but little, and tells
 * nothing of what it found beyond yes and no. For origins on the Internet, do it from a network that reaches nothing
 * internal: https on port 443 only, the name resolved once, private and link-local addresses refused, and the connection made
 * to the address that was judged. Or ask for a DNS record instead, which needs no connection to the origin at all.
 */
@Injectable()
export class OwnershipProof {
  constructor(private readonly instance: Instance) {}

  /** @throws ProblemException when the proof is not there */
  async demand(origin: string, token: string): Promise<void> {
    if (!this.instance.web.shops.some((shop) => shop.origin === origin)) {
      throw new ProblemException(422, [
        {
          code: 'unreachable-origin',
          message: `This sample fetches tokens from the pages that come with it, and ${origin} is none of them.`,
          hint: `Try it with ${this.instance.web.shops.map((shop) => shop.origin).join(' or ')}.`,
        },
      ]);
    }
    const published = await fetchText(origin + path).catch(() => '');
    if (!published.split(/\r?\n/).some((line) => line.trim() === token)) {
      throw new ProblemException(422, [
        {
          code: 'ownership-not-proven',
          message: `${origin}${path} does not hold the token.`,
          hint: `Publish the line ${token} there, and verify again.`,
        },
      ]);
    }
  }
}

/** Rejects when it is no 200, takes too long or is too long. */
async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, {
    redirect: 'error',
    credentials: 'omit',
    signal: AbortSignal.timeout(timeout),
  });
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > maxLength) {
      throw new Error(`${url} is longer than ${maxLength} bytes`);
    }
    chunks.push(chunk);
  }
  if (response.status !== 200) {
    throw new Error(`${url} answered with ${response.status}`);
  }
  return Buffer.concat(chunks).toString();
}
