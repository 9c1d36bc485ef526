-- What led to what: event → run → execution, run → event → delivery, and all of it back again.

-- The run of a flow that made the call, or sent the event.
alter table executions add column run_id uuid;
create index executions_run on executions (tenant_id, run_id) where run_id is not null;
alter table events add column run_id uuid;
create index events_run on events (tenant_id, run_id) where run_id is not null;

create index deliveries_event on deliveries (tenant_id, event_id);

-- What began a run, where that is a record: the event, or another run. By the text, which is ours: no index may ever refuse a row.
create index flow_live_cause on flow_live (tenant_id, (substring(trigger from '"(?:eventId|runId)":"([0-9a-f-]{36})"'))) where trigger like '%Id":"%';
create index flow_runs_cause on flow_runs (tenant_id, (substring(trigger from '"(?:eventId|runId)":"([0-9a-f-]{36})"'))) where trigger like '%Id":"%';
