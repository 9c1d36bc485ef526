-- What did not succeed is what is looked for, and rare: its index costs the way of a call that succeeds nothing.
create index executions_failed on executions (tenant_id, id) where status <> 'succeeded';
