import { randomBytes } from 'node:crypto';

/** @see https://www.rfc-editor.org/rfc/rfc6455#section-5.2 */
export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A frame that a server has sent. */
export interface Frame {
  readonly isFinal: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Reads the frames of a server, which arrive in pieces of any size. */
export class FrameReader {
  private pending = Buffer.alloc(0);

  /** @returns the frames that are complete now */
  read(chunk: Buffer): readonly Frame[] {
    this.pending = Buffer.concat([this.pending, chunk]);
    const frames: Frame[] = [];
    for (let frame = this.take(); frame !== undefined; frame = this.take()) {
      frames.push(frame);
    }
    return frames;
  }

  private take(): Frame | undefined {
    const { pending } = this;
    const [first, second] = pending;
    if (first === undefined || second === undefined) {
      return undefined;
    }
    const short = second & 0x7f;
    const start = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (pending.length < start) {
      return undefined;
    }
    const length = short === 126 ? pending.readUInt16BE(2) : short === 127 ? Number(pending.readBigUInt64BE(2)) : short;
    if (pending.length < start + length) {
      return undefined;
    }
    this.pending = pending.subarray(start + length);
    return {
      isFinal: (first & 0x80) !== 0,
      opcode: first & 0x0f,
      payload: pending.subarray(start, start + length),
    };
  }
}

/** A frame of a client, which is masked: https://www.rfc-editor.org/rfc/rfc6455#section-5.3 */
export function clientFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  head[1] = 0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (head.length === 4) {
    head.writeUInt16BE(length, 2);
  } else if (head.length === 10) {
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  const mask = randomBytes(4);
  return Buffer.concat([head, mask, payload.map((byte, index) => byte ^ (mask[index % 4] as number))]);
}
