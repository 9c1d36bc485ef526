-- What tenants' records take, a row a tenant, table and day: measured every so often from the day's partition, never counted on the way of a record.
create table stored_days (
  tenant_id uuid not null references tenants on delete cascade,
  of_table text not null,
  day timestamptz not null,
  bytes bigint not null,
  measured_at timestamptz not null default now(),
  primary key (tenant_id, of_table, day)
);
create index stored_days_day on stored_days (of_table, day);
alter table stored_days enable row level security;
alter table stored_days force row level security;
create policy request on stored_days to interchange_request using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()));
create policy system on stored_days to interchange_system using (true) with check (true);
grant select, insert, update, delete on stored_days to interchange_request, interchange_system;

-- Minutes whose records are still kept, read from the index alone: minutes outlive their records by more than a year.
create index integration_minutes_stored on integration_minutes (tenant_id, integration_id, minute) include (stored_bytes) where stored_bytes <> 0;
