-- Who follows the events for good does so in one process at a time: it holds its row until its lease ends, and prolongs that while it lives.
alter table event_followers add column claimed_by uuid, add column lease_until timestamptz;
