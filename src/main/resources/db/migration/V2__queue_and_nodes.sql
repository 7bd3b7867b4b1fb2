-- what a node needs to work on a run; null for runs that an older version made
alter table run add column request jsonb;
-- what a node must have: key:VARIABLE, program:NAME, host:NAME
alter table run add column needs text[] not null default '{}';
alter table run add column providers text[] not null default '{}'; -- for limits over all nodes
alter table run add column priority smallint not null default 0;
alter table run add column submitter text not null default '';
-- the process that submitted the run has the first choice for a moment
alter table run add column reserved_for text;
alter table run add column reserved_until timestamptz;
alter table run add column cancel_requested_at timestamptz;
-- working time before the current lease, for the time limit of the whole run
alter table run add column leased_at timestamptz;
alter table run add column worked_ms bigint not null default 0;
alter table run add column retries int not null default 0; -- after failures that may pass, such as a full disk
create index run_submitter on run (submitter, leased_at desc) where leased_at is not null;

-- tells an event that is emitted again, when recorded phases are gone through, from a new one
alter table event add column fingerprint bytea;

create table node (
  name       text primary key,
  offers     text[] not null default '{}',
  capacity   int not null, -- runs at the same time; 0 for a process that works on its own runs only
  started_at timestamptz not null default clock_timestamp(),
  seen_at    timestamptz not null default clock_timestamp()
);

-- db-scheduler's table
create table scheduled_tasks (
  task_name            text not null,
  task_instance        text not null,
  task_data            bytea,
  execution_time       timestamptz,
  picked               boolean not null,
  picked_by            text,
  last_success         timestamptz,
  last_failure         timestamptz,
  consecutive_failures int,
  last_heartbeat       timestamptz,
  version              bigint not null,
  priority             smallint,
  state                text,
  primary key (task_name, task_instance)
);
create index scheduled_tasks_due on scheduled_tasks (execution_time) where not picked;
create index scheduled_tasks_heartbeat on scheduled_tasks (last_heartbeat) where picked;

-- a node that waits is woken at once; also when a run ends, which may make room under a limit
create function winnow_tell_due() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    perform pg_notify('winnow_due', '');
  elsif not new.picked and new.execution_time <= clock_timestamp() + interval '50 ms' then
    perform pg_notify('winnow_due', '');
  end if;
  return null;
end $$;
create trigger winnow_due after insert or delete or update of execution_time, picked on scheduled_tasks
  for each row execute function winnow_tell_due();

-- git objects on their way to another node: a base commit, or what a snapshot has beyond those before
create table object_pack (
  repository text not null, -- identity of the mirror
  name       text not null, -- base/COMMIT or RUN/CANDIDATE/SEQUENCE
  run_id     uuid references run (id) on delete cascade, -- null for a base, which runs share
  wanted     text not null, -- the commit or tree that the pack completes
  chunks     int not null,
  bytes      bigint not null,
  at         timestamptz not null default clock_timestamp(),
  primary key (repository, name)
);
create index object_pack_run on object_pack (run_id, at);
create table object_chunk (
  repository text not null,
  name       text not null,
  number     int not null,
  data       bytea not null,
  primary key (repository, name, number),
  foreign key (repository, name) references object_pack (repository, name) on delete cascade
    deferrable initially deferred
);
