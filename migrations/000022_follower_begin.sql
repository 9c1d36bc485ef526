-- What was committed when a follower began, until it came so far: an event that lies behind its place, since an older transaction was open then, is none of its own.
alter table event_followers add column began pg_snapshot;
