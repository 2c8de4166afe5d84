import { type Socket, connect } from 'node:net';
import { Duplex } from 'node:stream';

/** A header field of HTTP/2: one character per byte, and nothing that a client would check. */
export type Field = readonly [name: string, value: string];

const PREFACE_LENGTH = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'.length;
const FRAME_HEAD = 9;
const HEADERS = 1;
/** END_STREAM is kept as the client has it; END_HEADERS is set; padding and priority are left out. */
const END_STREAM = 0x1;
const END_HEADERS = 0x4;

/**
 * A connection on which the HEADERS frames of Node.js's client are replaced by fields that this client would refuse to
 * send: its answers it can read all the same. The fields are literals that no table keeps, so both sides' tables agree.
 */
export class RewrittenConnection extends Duplex {
  private readonly socket: Socket;
  private pending = Buffer.alloc(0);
  private prefaceSent = false;
  private next = 0;

  /** @param blocks the fields of the first, second … request */
  constructor(
    port: number,
    private readonly blocks: readonly (readonly Field[])[],
  ) {
    super({ allowHalfOpen: false });
    this.socket = connect(port, '127.0.0.1');
    this.socket.setNoDelay(true);
    this.socket.on('data', (chunk) => this.push(chunk));
    this.socket.on('end', () => this.push(null));
    this.socket.on('close', () => this.destroy());
    this.socket.on('error', () => this.destroy());
  }

  override _read(): void {}

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.pending = Buffer.concat([this.pending, chunk]);
    if (!this.prefaceSent && this.pending.length >= PREFACE_LENGTH) {
      this.prefaceSent = true;
      this.forward(this.pending.subarray(0, PREFACE_LENGTH));
      this.pending = this.pending.subarray(PREFACE_LENGTH);
    }
    while (this.prefaceSent && this.pending.length >= FRAME_HEAD) {
      const end = FRAME_HEAD + this.pending.readUIntBE(0, 3);
      if (this.pending.length < end) {
        break;
      }
      this.forward(this.rewritten(this.pending.subarray(0, end)));
      this.pending = this.pending.subarray(end);
    }
    done();
  }

  override _final(done: () => void): void {
    this.socket.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.socket.destroy();
    done(error);
  }

  private forward(bytes: Buffer): void {
    if (!this.socket.destroyed) {
      this.socket.write(bytes);
    }
  }

  private rewritten(frame: Buffer): Buffer {
    const fields = frame[3] === HEADERS ? this.blocks[this.next++] : undefined;
    if (fields === undefined) {
      return frame;
    }
    const block = Buffer.concat(fields.map(literal));
    const head = Buffer.from(frame.subarray(0, FRAME_HEAD));
    head.writeUIntBE(block.length, 0, 3);
    head[4] = ((head[4] ?? 0) & END_STREAM) | END_HEADERS;
    return Buffer.concat([head, block]);
  }
}

/** A literal header field never indexed, with a new name: https://www.rfc-editor.org/rfc/rfc7541#section-6.2.3 */
function literal([name, value]: Field): Buffer {
  return Buffer.concat([Buffer.from([0x10]), text(name), text(value)]);
}

function text(characters: string): Buffer {
  const bytes = Buffer.from(characters, 'latin1');
  return Buffer.concat([length(bytes.length), bytes]);
}

/** An integer with a prefix of seven bits; no Huffman coding: https://www.rfc-editor.org/rfc/rfc7541#section-5.1 */
function length(value: number): Buffer {
  if (value < 127) {
    return Buffer.from([value]);
  }
  const octets = [127];
  let rest = value - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) {
    octets.push((rest % 128) + 128);
  }
  return Buffer.from([...octets, rest]);
}
