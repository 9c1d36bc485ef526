-- What `schedule.on` of a flow has gathered of the events that are to begin a run together.
create table flow_gatherings (
  tenant_id uuid not null,
  flow_id uuid not null,
  trigger_id text not null,
  id uuid not null,
  -- Hash of what links its events to one another; empty where nothing does.
  correlation text not null,
  -- JSON, in the order of the stream: { id, filter } of each.
  events json not null,
  -- Filters of the events that end it which have had theirs.
  until_met integer[] not null default '{}',
  -- It is to begin a run.
  is_complete boolean not null default false,
  started_at timestamptz not null default now(),
  primary key (tenant_id, flow_id, id),
  foreign key (tenant_id, flow_id, trigger_id) references flow_schedules on delete cascade
);
create index flow_gatherings_open on flow_gatherings (tenant_id, flow_id, correlation, id) where not is_complete;
create index flow_gatherings_complete on flow_gatherings (tenant_id) where is_complete;

alter table flow_gatherings enable row level security;
alter table flow_gatherings force row level security;
create policy request on flow_gatherings to interchange_request using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()));
create policy system on flow_gatherings to interchange_system using (true) with check (true);
grant select, insert, update, delete on flow_gatherings to interchange_request, interchange_system;
