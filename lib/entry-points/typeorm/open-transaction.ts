import type { QueryRunner } from 'typeorm';

/** What is read of a connection of `pg`; older versions of 8 have no such method. */
interface PgClient {
  getTransactionStatus?(): unknown;
}

/**
 * Statements that tell whether a transaction is open, none of which fails in PostgreSQL or its kin: an error would end the transaction
 * that is asked about. Two timestamps are one where a statement is a transaction of its own.
 */
const QUESTIONS: Readonly<Record<string, string>> = {
  postgres: 'SELECT transaction_timestamp() <> statement_timestamp() AS open',
  mariadb: 'SELECT @@in_transaction AS open',
  mysql: 'SELECT @@in_transaction AS open',
};

/**
 * Statements that end no transaction: what begins like this, and is one statement. `SET` is none of them: in MariaDB, `SET autocommit = 1`,
 * `SET DEFAULT ROLE`, `SET PASSWORD` and `SET STATEMENT … FOR COMMIT` commit.
 */
const HARMLESS = /^\s*(?:select|insert|update|delete|with|savepoint|release|show|explain|values|table)\b[^;]*;?\s*$/i;

/** Whether a statement may end a transaction, by itself or by what it calls. */
export function mayEndTransaction(statement: string): boolean {
  return !HARMLESS.test(statement);
}

/** Whether the statement is one of {@link hasOpenTransaction}. */
export function isQuestion(statement: string): boolean {
  return Object.values(QUESTIONS).includes(statement);
}

/**
 * Whether any transaction is open on the connection: TypeORM knows of its own transactions only. `undefined` where the database
 * does not tell. Never rejects.
 */
export async function hasOpenTransaction(queryRunner: QueryRunner, dialect: string): Promise<boolean | undefined> {
  const question = Object.hasOwn(QUESTIONS, dialect) ? QUESTIONS[dialect] : undefined;
  if (question === undefined || queryRunner.isReleased) {
    return undefined;
  }
  try {
    if (dialect === 'postgres') {
      const client = (await queryRunner.connect()) as PgClient;
      const status = client.getTransactionStatus?.();
      if (typeof status === 'string') {
        return status !== 'I';
      }
    }
    const [row] = (await queryRunner.query(question)) as { open: unknown }[];
    return row === undefined ? undefined : Number(row.open) !== 0;
  } catch {
    // MySQL has no such variable, and a connection that is lost has no answer.
    return undefined;
  }
}
