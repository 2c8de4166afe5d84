/** A text frame as a client sends it; one character per byte. A mask of zeros leaves the payload as it is. */
export function frame(text: string): string {
  return `\x81${String.fromCharCode(0x80 + text.length)}\0\0\0\0${text}`;
}

/** The texts of the whole frames that a server has sent. */
export function readFrames(received: string): string[] {
  const texts: string[] = [];
  let at = 0;
  while (at + 2 <= received.length) {
    const opcode = received.charCodeAt(at) & 0x0f;
    let length = received.charCodeAt(at + 1);
    at += 2;
    if (length === 126) {
      length = (received.charCodeAt(at) << 8) | received.charCodeAt(at + 1);
      at += 2;
    }
    if (at + length > received.length) {
      break;
    }
    if (opcode === 1) {
      texts.push(received.slice(at, at + length));
    }
    at += length;
  }
  return texts;
}
