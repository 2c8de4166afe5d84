import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { type InferSchemaType, type Model, Schema } from 'mongoose';
import type { OriginChange, OriginList } from 'nestjs-cors';
import { Observable, retry, share } from 'rxjs';

const fields = { tenant: { type: String, default: '' }, origin: { type: String, required: true }, verifiedAt: Date };
export const CorsOriginSchema = new Schema(fields, { collection: 'cors_origins' });

/** Decides in memory. Change streams need a replica set; without one, changes count with the next reading. */
@Injectable()
export class CorsOrigins implements OriginList {
  readonly changes = new Observable<OriginChange>((subscriber) => {
    const stream = this.rows.watch().on('change', () => subscriber.next({}));
    stream.once('resumeTokenChanged', () => subscriber.next({})); // It is open: what came before has to be read.
    stream.on('error', (error) => subscriber.error(error)).on('close', () => subscriber.error('closed'));
    return () => void stream.close();
  }).pipe(retry({ delay: 5_000 }), share());

  constructor(@InjectModel('CorsOrigin') private readonly rows: Model<InferSchemaType<typeof CorsOriginSchema>>) {}

  loadOrigins() {
    return this.rows.find({ verifiedAt: { $ne: null } }, null, { lean: true }).cursor();
  }
}
