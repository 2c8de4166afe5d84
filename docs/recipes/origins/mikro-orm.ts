import { Entity, EntityManager, PrimaryKey, Property } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import type { OriginChange, OriginList } from 'nestjs-cors';
import { Observable } from 'rxjs';

@Entity({ tableName: 'cors_origins' })
export class CorsOrigin {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @Property({ type: 'string', default: '' }) tenant!: string;
  @Property({ type: 'string' }) origin!: string;
  @Property({ type: 'datetime', nullable: true }) verifiedAt?: Date | null;
}

@Injectable()
export class CorsOrigins implements OriginList {
  readonly changes = new Observable<OriginChange>((subscriber) => {
    const wrote = new WeakSet<EntityManager>();
    this.em.getEventManager().registerSubscriber({
      onFlush: ({ em, uow }) => void (uow.getChangeSets().some(({ name }) => name === 'CorsOrigin') && wrote.add(em)),
      afterTransactionCommit: ({ em }) => void (wrote.delete(em) && subscriber.next({})),
    });
  });
  constructor(private readonly em: EntityManager) {}
  readonly loadOrigins = () => this.em.fork().findAll(CorsOrigin, { where: { verifiedAt: { $ne: null } } });
}
