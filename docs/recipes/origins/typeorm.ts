import { Injectable } from '@nestjs/common';
import type { OriginLookup, OriginLookupContext } from 'nestjs-cors';
import { Column, DataSource, Entity, In, IsNull, Not, PrimaryGeneratedColumn } from 'typeorm';

@Entity('cors_origins')
export class CorsOrigin {
  @PrimaryGeneratedColumn() id!: number;
  @Column({ default: '' }) tenant!: string;
  @Column() origin!: string;
  @Column({ name: 'verified_at', type: Date, nullable: true }) verifiedAt!: Date | null;
}

/** Asks for one origin at a time. Index the columns (origin, tenant). */
@Injectable()
export class CorsOrigins implements OriginLookup {
  constructor(private readonly database: DataSource) {}

  async isOriginAllowed(origin: string, { tenant = '' }: OriginLookupContext): Promise<boolean> {
    const rows = await this.database
      .getRepository(CorsOrigin)
      .findBy({ origin, tenant: In(['', tenant]), verifiedAt: Not(IsNull()) });
    // Once more, exactly: MySQL and MariaDB take other letter cases and accents for equal.
    return rows.some((row) => row.origin === origin && ['', tenant].includes(row.tenant));
  }
}
