import { BadRequestException, Injectable, type PipeTransform } from '@nestjs/common';

/**
 * Lets through what a browser could send as its Origin. Origins are compared byte for byte, so that
 * `https://shop.example/` or `HTTPS://Shop.example` would be rows that never match anything.
 */
@Injectable()
export class SerializedOriginPipe implements PipeTransform<unknown, string> {
  transform(value: unknown): string {
    if (typeof value !== 'string' || value.trim() === '') {
      throw new BadRequestException('Type an origin, such as https://shop.example.');
    }
    const url = webAddress(value);
    if (url === undefined) {
      throw new BadRequestException(
        `"${value}" is no origin: write the scheme and the host, such as https://shop.example.`,
      );
    }
    if (url.origin !== value) {
      throw new BadRequestException(`"${value}" is not how a browser writes that origin. Did you mean ${url.origin}?`);
    }
    return value;
  }
}

function webAddress(value: string): URL | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url : undefined;
}
