-- What this service keeps beside cors_origins, the table of nestjs-cors/postgres, and what it asks of the rows in it.
-- Runs at every start; whatever is there already stays as it is.
select pg_advisory_xact_lock(4000);

create table if not exists tenants (
  -- One label of a host name: acme.localhost. Never '', so that no row of cors_origins is for every tenant.
  name text collate "C" primary key check (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  max_origins integer not null default 5 check (max_origins >= 0)
);

create table if not exists orders (
  tenant text collate "C" not null references tenants on delete cascade,
  id integer not null,
  quantity integer not null check (quantity > 0),
  primary key (tenant, id)
);

-- In the database, because a session that one instance opened is used at the others. Only the hashes of their tokens.
create table if not exists admin_sessions (
  token_hash text primary key,
  tenant text collate "C" not null references tenants on delete cascade,
  expires_at timestamptz not null default now() + interval '8 hours'
);

-- What the owner of an origin has to publish there.
alter table cors_origins add column if not exists verification_token uuid not null default gen_random_uuid();
-- Whoever inserts a row: until the ownership is proven, it allows nothing.
alter table cors_origins alter column verified_at drop default;
-- The list of one tenant, however many tenants there are.
create index if not exists cors_origins_tenant on cors_origins (tenant);

-- Holds every writer to the limit, psql included. The count comes after an UPDATE of the tenant's row, for which two writers
-- have to line up: the second one counts what the first one has committed. A mere lock would not do for a transaction with
-- an older snapshot; the UPDATE makes it fail.
create or replace function tenants_hold_limit() returns trigger
  language plpgsql
as $$
declare
  most integer;
begin
  update tenants set max_origins = max_origins where name = new.tenant returning max_origins into most;
  if (select count(*) from cors_origins where tenant = new.tenant) > most then
    raise exception 'Tenant % has % origins already', new.tenant, most
      using errcode = 'check_violation', constraint = 'tenants_max_origins';
  end if;
  return null;
end
$$;

do $$
begin
  if not exists (
    select from pg_constraint where conrelid = 'cors_origins'::regclass and conname = 'cors_origins_tenant_fkey'
  ) then
    alter table cors_origins
      add constraint cors_origins_tenant_fkey foreign key (tenant) references tenants on delete cascade;
  end if;
  if not exists (
    select from pg_trigger where tgrelid = 'cors_origins'::regclass and tgname = 'cors_origins_hold_limit'
  ) then
    create trigger cors_origins_hold_limit after insert or update of tenant on cors_origins
      for each row execute function tenants_hold_limit();
  end if;
end
$$;
