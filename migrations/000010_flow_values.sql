-- Which run a large value belongs to: it goes with the run's record.
create table flow_blobs (
  tenant_id uuid not null references tenants on delete cascade,
  blob_id uuid not null,
  run_id uuid not null,
  primary key (tenant_id, run_id, blob_id)
);
alter table flow_blobs enable row level security;
alter table flow_blobs force row level security;
create policy request on flow_blobs to interchange_request using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()));
create policy system on flow_blobs to interchange_system using (true) with check (true);
grant select, insert, update, delete on flow_blobs to interchange_request, interchange_system;

-- Runs in hand that something happened to: those who hold them look for these alone.
drop index flow_live_claimed;
create index flow_live_claimed on flow_live (claimed_by) where claimed_by is not null and due_at is not null;
-- A process's whole hold, looked for when it is gone.
create index flow_live_holder on flow_live (claimed_by) where claimed_by is not null;
