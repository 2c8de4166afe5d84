-- Allowed origins, and what tells the application that they have changed. For PostgreSQL 13 and later, and for PGlite.
-- Run it again as often as you like, also while others write. Everything is created in the current schema, the first one
-- of search_path.

create table if not exists cors_origins (
  id bigint generated always as identity primary key,
  -- '' stands for every tenant.
  tenant text collate "C" not null default '' check (octet_length(tenant) <= 512),
  -- A serialized origin (https://app.example.com) or a pattern (https://*.example.com, https://app.example.com:*).
  origin text collate "C" not null check (octet_length(origin) <= 512),
  -- When it was proven that the tenant owns the origin; null while that is pending, which allows nothing.
  verified_at timestamptz default now(),
  created_at timestamptz not null default now(),
  -- Also the index by which lookups find an origin: whatever the tenant, by its first column.
  constraint cors_origins_origin_tenant_key unique (origin, tenant)
);

comment on column cors_origins.tenant is 'the empty text stands for every tenant';
comment on column cors_origins.verified_at is 'null: ownership is not proven yet, so the origin is not allowed';

-- Notifications. Leave out all that follows for two-phase commit: PREPARE TRANSACTION fails after a NOTIFY. Give `listen:
-- false` to the application then.

-- Notifies of the origins and tenants that a statement touched, as {"origin": …, "tenant": …}; {} stands for all of them.
-- The channel is cors_origins. To have another one, create the triggers with its name as the argument of the function, and
-- give the same name to the application, as `channel`. The function serves any table with the columns origin and tenant.
create or replace function cors_origins_notify() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
declare
  channel constant text := coalesce(tg_argv[0], 'cors_origins');
  most constant integer := 100;
  payloads text[];
  payload text;
begin
  case tg_op
    when 'INSERT' then
      payloads := array(
        select json_build_object('origin', origin, 'tenant', tenant) from new_rows limit most + 1
      );
    when 'UPDATE' then
      payloads := array(
        select json_build_object('origin', origin, 'tenant', tenant)
        from (select origin, tenant from old_rows union select origin, tenant from new_rows) as touched
        limit most + 1
      );
    when 'DELETE' then
      payloads := array(
        select json_build_object('origin', origin, 'tenant', tenant) from old_rows limit most + 1
      );
    else -- TRUNCATE
      payloads := array['{}'];
  end case;
  if cardinality(payloads) > most then
    payloads := array['{}'];
  end if;
  foreach payload in array payloads loop
    -- PostgreSQL refuses payloads of 8000 bytes, and with them the statement.
    perform pg_notify(channel, case when octet_length(payload) < 7900 then payload else '{}' end);
  end loop;
  return null;
end
$$;

-- Only what is missing: creating a trigger anew takes a lock that waits for writers and has them wait.
do $$
declare
  present constant name[] := array(select tgname from pg_catalog.pg_trigger where tgrelid = 'cors_origins'::regclass);
begin
  if 'cors_origins_inserted' <> all (present) then
    create trigger cors_origins_inserted after insert on cors_origins
      referencing new table as new_rows
      for each statement execute function cors_origins_notify();
  end if;
  if 'cors_origins_updated' <> all (present) then
    create trigger cors_origins_updated after update on cors_origins
      referencing old table as old_rows new table as new_rows
      for each statement execute function cors_origins_notify();
  end if;
  if 'cors_origins_deleted' <> all (present) then
    create trigger cors_origins_deleted after delete on cors_origins
      referencing old table as old_rows
      for each statement execute function cors_origins_notify();
  end if;
  if 'cors_origins_truncated' <> all (present) then
    create trigger cors_origins_truncated after truncate on cors_origins
      for each statement execute function cors_origins_notify();
  end if;
end
$$;
