-- What a run waits for is cancelled with it.
create index flow_live_parent on flow_live (parent_id) where parent_id is not null;
