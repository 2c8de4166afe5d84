import { greenFilm } from './fixtures/film.js';
import { wideFont } from './fixtures/font.js';
import { greenImage } from './fixtures/image.js';
import { silence } from './fixtures/sound.js';

/** A file that elements load. */
export interface Served {
  readonly type: string;
  readonly content: Buffer;
}

/** What a server says of a file, or of the part of it that was asked for. */
export interface FileAnswer {
  readonly status: 200 | 206 | 416;
  readonly headers: Readonly<Record<string, string>>;
  readonly content: Buffer;
}

/** The files, by name. */
export const FILES: Readonly<Record<string, Served>> = {
  'image.png': { type: 'image/png', content: greenImage() },
  // Errors of the engine itself: Firefox does not hide those that a script makes.
  'script.js': { type: 'text/javascript', content: Buffer.from('thisNameIsTheDetail();\n') },
  'module.js': { type: 'text/javascript', content: Buffer.from('thisNameIsTheDetail();\nexport {};\n') },
  'throw.js': { type: 'text/javascript', content: Buffer.from("throw new Error('thisNameIsTheDetail');\n") },
  'style.css': { type: 'text/css', content: Buffer.from('#styled { color: rgb(1, 2, 3); }\n') },
  'font.ttf': { type: 'font/ttf', content: wideFont() },
  'fonts.css': {
    type: 'text/css',
    content: Buffer.from("@font-face { font-family: Elsewhere; src: url('font.ttf?in=sheet'); }\n"),
  },
  'sound.wav': { type: 'audio/wav', content: silence(1) },
  'long-sound.wav': { type: 'audio/wav', content: silence(60) },
  'film.webm': { type: 'video/webm', content: greenFilm() },
  'track.vtt': { type: 'text/vtt', content: Buffer.from('WEBVTT\n\n00:00.000 --> 00:01.000\nspoken\n') },
};

/**
 * Answers a request for a file, in parts no longer than `longestPart`.
 * @see https://www.rfc-editor.org/rfc/rfc9110.html#name-range-requests
 */
export function answerFile({ type, content }: Served, range: string | undefined, longestPart = Infinity): FileAnswer {
  const headers = { 'Content-Type': type, 'Accept-Ranges': 'bytes' };
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  if (first === undefined) {
    return { status: 200, headers, content };
  }
  const start = Number(first);
  if (start >= content.length) {
    return {
      status: 416,
      headers: { ...headers, 'Content-Range': `bytes */${content.length}` },
      content: Buffer.alloc(0),
    };
  }
  const end = Math.min(last ? Number(last) + 1 : content.length, content.length, start + longestPart);
  return {
    status: 206,
    headers: { ...headers, 'Content-Range': `bytes ${start}-${end - 1}/${content.length}` },
    content: content.subarray(start, end),
  };
}
