/// <reference lib="dom" />
import type { CrossOrigin, Kind } from './kinds.js';

/** What a page loads. */
export interface Load {
  readonly url: string;
  readonly crossOrigin: CrossOrigin;
}

/**
 * What becomes of it: the page can look into it; it is used, and hidden from scripts; it is used, and whether a script could
 * look into it is not seen; it is not there at all. `pending` when it is none of these, or not within ten seconds.
 */
export type Seen = 'readable' | 'opaque' | 'loaded' | 'blocked' | 'pending';

// Each of these functions runs in a page, so that it can name nothing but its argument.
type Loading = (load: Load) => Promise<Seen>;

const image: Loading = ({ url, crossOrigin }) =>
  new Promise((resolve) => {
    const element = new Image();
    element.crossOrigin = crossOrigin === 'absent' ? null : crossOrigin;
    element.addEventListener('load', () => {
      const context = document.createElement('canvas').getContext('2d');
      context?.drawImage(element, 0, 0);
      let seen: Seen;
      try {
        seen = context?.getImageData(0, 0, 1, 1).data[1] === 255 ? 'readable' : 'pending';
      } catch {
        seen = 'opaque';
      }
      resolve(seen);
    });
    element.addEventListener('error', () => resolve('blocked'));
    element.src = url;
    setTimeout(resolve, 10_000, 'pending');
  });

/** A script with an error: whether its error says what happened is what the attribute decides about. */
const script: Loading = ({ url, crossOrigin }) =>
  new Promise((resolve) => {
    const element = document.createElement('script');
    element.crossOrigin = crossOrigin === 'absent' ? null : crossOrigin;
    const seen = (event: ErrorEvent) => {
      // The file, which Firefox names all the same, is no secret: the page wrote it.
      const muted = event.message === 'Script error.' && event.lineno === 0 && !event.error;
      const detailed = event.message.includes('thisNameIsTheDetail') && event.filename === url && event.lineno === 1;
      resolve(muted ? 'opaque' : detailed ? 'readable' : 'pending');
    };
    addEventListener('error', seen, { once: true });
    element.addEventListener('error', () => {
      removeEventListener('error', seen);
      resolve('blocked');
    });
    element.src = url;
    document.head.append(element);
    setTimeout(resolve, 10_000, 'pending');
  });

const moduleScript: Loading = ({ url, crossOrigin }) =>
  new Promise((resolve) => {
    const element = document.createElement('script');
    element.type = 'module';
    element.crossOrigin = crossOrigin === 'absent' ? null : crossOrigin;
    const seen = ({ message, filename }: ErrorEvent) =>
      resolve(message.includes('thisNameIsTheDetail') && filename === url ? 'readable' : 'opaque');
    addEventListener('error', seen, { once: true });
    element.addEventListener('error', () => {
      removeEventListener('error', seen);
      resolve('blocked');
    });
    element.src = url;
    document.head.append(element);
    setTimeout(resolve, 10_000, 'pending');
  });

const stylesheet: Loading = ({ url, crossOrigin }) =>
  new Promise((resolve) => {
    const styled = document.body.appendChild(document.createElement('p'));
    styled.id = 'styled';
    const element = document.createElement('link');
    element.rel = 'stylesheet';
    element.crossOrigin = crossOrigin === 'absent' ? null : crossOrigin;
    const end = (seen: Seen) => {
      element.remove();
      styled.remove();
      resolve(seen);
    };
    element.addEventListener('load', () => {
      const applied = getComputedStyle(styled).color === 'rgb(1, 2, 3)';
      try {
        end(applied && element.sheet?.cssRules.length === 1 ? 'readable' : 'pending');
      } catch (error) {
        end(applied && (error as Error).name === 'SecurityError' ? 'opaque' : 'pending');
      }
    });
    element.addEventListener('error', () => end('blocked'));
    element.href = url;
    document.head.append(element);
    setTimeout(end, 10_000, 'pending');
  });

/** A rule of the page itself, and a letter that only this font draws five times as wide as high. */
const font: Loading = async ({ url }) => {
  const style = document.head.appendChild(document.createElement('style'));
  style.textContent = `@font-face { font-family: Elsewhere; src: url('${url}'); }`;
  const text = document.body.appendChild(document.createElement('span'));
  text.style.font = '100px Elsewhere, monospace';
  text.textContent = 'A';
  const faces = await document.fonts.load('100px Elsewhere').catch(() => []);
  const { width } = text.getBoundingClientRect();
  text.remove();
  style.remove();
  return faces.length === 1 && width === 500 ? 'readable' : faces.length === 0 && width < 200 ? 'blocked' : 'pending';
};

/** What is hidden of a sound is its samples, which nobody listens to here. */
const audio: Loading = ({ url, crossOrigin }) =>
  new Promise((resolve) => {
    const element = document.createElement('audio');
    element.crossOrigin = crossOrigin === 'absent' ? null : crossOrigin;
    element.preload = 'auto';
    const end = (seen: Seen) => {
      element.removeAttribute('src');
      resolve(seen);
    };
    element.addEventListener('canplaythrough', () => end('loaded'));
    element.addEventListener('error', () => end('blocked'));
    element.src = url;
    setTimeout(end, 10_000, 'pending');
  });

const video: Loading = ({ url, crossOrigin }) =>
  new Promise((resolve) => {
    const element = document.createElement('video');
    element.crossOrigin = crossOrigin === 'absent' ? null : crossOrigin;
    element.preload = 'auto';
    element.muted = true;
    const end = (seen: Seen) => {
      element.removeAttribute('src');
      resolve(seen);
    };
    // Its data may be there before there is a picture of it.
    const look = () => {
      const context = document.createElement('canvas').getContext('2d');
      context?.drawImage(element, 0, 0);
      try {
        if ((context?.getImageData(0, 0, 1, 1).data[1] ?? 0) > 100) {
          end('readable');
        } else if (element.src !== '') {
          setTimeout(look, 10);
        }
      } catch {
        end('opaque');
      }
    };
    element.addEventListener('loadeddata', look);
    element.addEventListener('error', () => end('blocked'));
    element.src = url;
    setTimeout(end, 10_000, 'pending');
  });

const textTrack: Loading = ({ url, crossOrigin }) =>
  new Promise((resolve) => {
    const element = document.createElement('video');
    element.crossOrigin = crossOrigin === 'absent' ? null : crossOrigin;
    const track = element.appendChild(document.createElement('track'));
    track.addEventListener('load', () => resolve(track.track.cues?.length === 1 ? 'readable' : 'pending'));
    track.addEventListener('error', () => resolve('blocked'));
    track.src = url;
    track.track.mode = 'hidden';
    setTimeout(resolve, 10_000, 'pending');
  });

const eventSource: Loading = ({ url, crossOrigin }) =>
  new Promise((resolve) => {
    const source = new EventSource(url, { withCredentials: crossOrigin === 'use-credentials' });
    const end = (seen: Seen) => {
      source.close();
      resolve(seen);
    };
    source.addEventListener('message', ({ data }) => end(data === 'event 1' ? 'readable' : 'pending'));
    source.addEventListener('error', () => end('blocked'));
    setTimeout(end, 10_000, 'pending');
  });

/** How a page loads each kind. */
export const LOADS: Readonly<Record<Kind, Loading>> = {
  image,
  script,
  'module script': moduleScript,
  stylesheet,
  font,
  audio,
  video,
  'text track': textTrack,
  EventSource: eventSource,
};

/** Loads one after the other, in one visit to the page; `source` is the text of one of {@link LOADS}. */
export async function loadAll({ source, loads }: { source: string; loads: readonly Load[] }): Promise<Seen[]> {
  const load = new Function(`return ${source}`)() as Loading;
  const seen: Seen[] = [];
  for (const one of loads) {
    seen.push(await load(one));
  }
  return seen;
}
