import { Injectable } from '@nestjs/common';
import type { OriginList } from 'nestjs-cors';
import { PrismaClient } from './generated/prisma/client.js';
/*
model CorsOrigin {
  id         Int       @id @default(autoincrement())
  tenant     String    @default("")
  origin     String
  verifiedAt DateTime? @map("verified_at") @db.Timestamptz
  @@map("cors_origins")
}
*/
/** Decides in memory. After a write, once it is committed: `await corsOriginCache.invalidate({ origin })`. */
@Injectable()
export class CorsOrigins implements OriginList {
  constructor(private readonly prisma: PrismaClient) {}

  loadOrigins() {
    return this.prisma.corsOrigin.findMany({ where: { verifiedAt: { not: null } } });
  }

  loadOrigin(origin: string) {
    return this.prisma.corsOrigin.findMany({ where: { origin, verifiedAt: { not: null } } });
  }
}
