-- Measured, a row a minute and webhook source, as of endpoints and integrations.
create table webhook_source_minutes (
  tenant_id uuid not null,
  source_id uuid not null,
  minute timestamptz not null,
  -- Events that were taken in, and requests that were refused.
  accepted integer not null default 0,
  refused integer not null default 0,
  last_event timestamptz,
  primary key (tenant_id, source_id, minute),
  foreign key (tenant_id, source_id) references webhook_sources on delete cascade
);
alter table webhook_source_minutes enable row level security;
alter table webhook_source_minutes force row level security;
create policy request on webhook_source_minutes to interchange_request using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()));
create policy system on webhook_source_minutes to interchange_system using (true) with check (true);
grant select, insert, update, delete on webhook_source_minutes to interchange_request, interchange_system;
-- Of the last day, what can still be counted.
insert into webhook_source_minutes (tenant_id, source_id, minute, accepted, last_event)
select e.tenant_id, e.webhook_source_id, date_trunc('minute', to_timestamp(('x' || translate(left(e.id::text, 13), '-', ''))::bit(48)::bigint / 1000.0), 'UTC'), count(*),
  max(to_timestamp(('x' || translate(left(e.id::text, 13), '-', ''))::bit(48)::bigint / 1000.0))
from events e join webhook_sources s on s.tenant_id = e.tenant_id and s.id = e.webhook_source_id
where e.webhook_source_id is not null and to_timestamp(('x' || translate(left(e.id::text, 13), '-', ''))::bit(48)::bigint / 1000.0) > now() - interval '1 day' group by 1, 2, 3;
