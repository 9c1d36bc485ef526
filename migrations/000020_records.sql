-- What did not succeed is what is looked for, and rare: its index costs the way of a call that succeeds nothing.
create index executions_failed on executions (tenant_id, id) where status <> 'succeeded';

-- What led to what, where no column of the record tells: what was run or sent again, and events that a run listened for and took.
create table record_links (
  tenant_id uuid not null references tenants on delete cascade,
  id uuid not null,
  cause_id uuid not null,
  relation text not null check (relation in ('repeated', 'heard')),
  primary key (tenant_id, id, cause_id)
);
create index record_links_cause on record_links (tenant_id, cause_id);
alter table record_links enable row level security;
alter table record_links force row level security;
create policy request on record_links to interchange_request using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()));
create policy system on record_links to interchange_system using (true) with check (true);
grant select, insert, update, delete on record_links to interchange_request, interchange_system;

-- The hub's own events about a record: their subject is its id.
create index events_about on events (tenant_id, subject) where source = 'interchange' and subject is not null;

-- How many days a tenant keeps what happened, where that is fewer than the operator allows: { "events": 7 }.
alter table tenants add column retention jsonb not null default '{}';
