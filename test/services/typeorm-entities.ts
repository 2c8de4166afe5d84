import {
  Column,
  DeleteDateColumn,
  Entity,
  Index,
  type ObjectLiteral,
  PrimaryColumn,
  PrimaryGeneratedColumn,
} from 'typeorm';

/** What an application may have had before: numbers for accounts, a default collation, soft deletion. */
@Entity()
export class CustomerDomain {
  @PrimaryGeneratedColumn('uuid')
  uuid!: string;

  @Column({ type: 'varchar', length: 300 })
  url!: string;

  @Column({ type: 'int', nullable: true })
  accountId!: number | null;

  @Column({ type: 'boolean', default: true })
  active!: boolean;

  @DeleteDateColumn()
  deletedAt!: Date | null;
}

/** Texts in the database's default collation, and a primary key of two columns. */
@Entity()
@Index(['name', 'address'])
export class TenantOrigin {
  @PrimaryColumn({ type: 'varchar', length: 40 })
  name!: string;

  @PrimaryColumn({ type: 'int' })
  position!: number;

  @Column({ type: 'varchar', length: 300 })
  address!: string;
}

/** No origin lookup is asked without these. */
export function context(tenant?: string, signal: AbortSignal = new AbortController().signal) {
  return { tenant, policy: 'default', signal };
}

export async function listed<Row>(rows: AsyncIterable<Row> | Iterable<Row>): Promise<Row[]> {
  const all: Row[] = [];
  for await (const row of rows) {
    all.push(row);
  }
  return all;
}

/** `count` rows of one entity, in statements of a thousand. */
export function batches(count: number, row: (place: number) => ObjectLiteral): ObjectLiteral[][] {
  const rows = Array.from({ length: count }, (_, place) => row(place));
  return Array.from({ length: Math.ceil(count / 1000) }, (_, batch) => rows.slice(batch * 1000, (batch + 1) * 1000));
}
