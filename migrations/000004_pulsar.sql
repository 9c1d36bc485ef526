-- Bridges between the events and topics of Apache Pulsar.

create table pulsar_bridges (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null,
  name text not null,
  settings jsonb not null,
  -- The token itself is kept with the credentials.
  has_token boolean not null,
  status text not null default 'active' check (status in ('active', 'paused')),
  revision integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id)
);

-- What runs a bridge says of it. A process holds it until its lease ends, and prolongs that while it lives.
create table pulsar_bridge_states (
  tenant_id uuid not null,
  bridge_id uuid not null,
  claimed_by uuid,
  lease_until timestamptz,
  -- Its connections, with their errors.
  links jsonb not null default '[]',
  consumed bigint not null default 0,
  repeated bigint not null default 0,
  redelivered bigint not null default 0,
  dead_lettered bigint not null default 0,
  produced bigint not null default 0,
  failed bigint not null default 0,
  last_error text,
  last_error_at timestamptz,
  last_consumed_at timestamptz,
  last_produced_at timestamptz,
  primary key (tenant_id, bridge_id),
  foreign key (tenant_id, bridge_id) references pulsar_bridges on delete cascade
) with (fillfactor = 70);

do $$
declare table_name text;
begin
  foreach table_name in array array['pulsar_bridges', 'pulsar_bridge_states'] loop
    execute format('alter table %I enable row level security', table_name);
    execute format('alter table %I force row level security', table_name);
    execute format('create policy request on %I to interchange_request using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()))', table_name);
    execute format('create policy system on %I to interchange_system using (true) with check (true)', table_name);
    execute format('grant select, insert, update, delete on %I to interchange_request, interchange_system', table_name);
  end loop;
end $$;
