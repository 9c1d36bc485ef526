-- What the key of an agent may see and call, and how much of it; null for a key of somebody else.
alter table api_keys add column agent jsonb;

-- The calls of one key in a period, for its quota; and whether it made what it wants to read.
create index audit_log_tool_calls on audit_log (tenant_id, actor, at) where action = 'tool.called';
create index audit_log_tool_targets on audit_log (tenant_id, target_id) where action = 'tool.called';
