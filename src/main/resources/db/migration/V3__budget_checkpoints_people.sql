-- What a run may cost; no row, or null: no limit.
create table budget (
  run_id                uuid primary key references run (id) on delete cascade,
  cost_micros           bigint check (cost_micros >= 0), -- millionths of a US dollar, like all money here
  tokens                bigint check (tokens >= 0),
  candidate_cost_micros bigint check (candidate_cost_micros >= 0),
  candidate_tokens      bigint check (candidate_tokens >= 0)
);

-- One entry for each paid call: reserved before it, settled with the provider's own usage after it.
create table ledger (
  id                  uuid primary key,
  run_id              uuid not null references run (id) on delete cascade,
  candidate           text not null,
  step                text not null,
  attempt             int not null, -- of the step
  epoch               bigint not null,
  node                text not null,
  model               text not null,
  state               text not null
    check (state in ('reserved', 'settled', 'failed', 'unknown', 'late')),
  reserved_micros     bigint not null,
  reserved_tokens     bigint not null,
  cost_micros         bigint not null default 0,
  cost_known          boolean not null default true, -- false: nobody knows the model's price
  input_tokens        bigint not null default 0,
  output_tokens       bigint not null default 0,
  cached_input_tokens bigint not null default 0,
  cache_write_tokens  bigint not null default 0,
  reasoning_tokens    bigint not null default 0,
  origin              uuid, -- the run that paid it, when this one is a fork and only counts it
  reason              text,
  at                  timestamptz not null default clock_timestamp(),
  settled_at          timestamptz
);
create index ledger_of_run on ledger (run_id, at, id);

-- A cut through the steps: all that were recorded by then.
create table checkpoint (
  run_id      uuid not null references run (id) on delete cascade,
  sequence    int not null,
  label       text not null, -- prepared, c1/green/turn-3, decided, ...
  state       text not null, -- the phase that the run was in
  trees       jsonb not null, -- git tree of each candidate's files
  cost_micros bigint not null, -- spent by then
  tokens      bigint not null,
  at          timestamptz not null default clock_timestamp(),
  primary key (run_id, sequence),
  unique (run_id, label)
);

-- A fork: what its parent had recorded by the cut is taken as it is.
alter table step add column origin uuid; -- the run that did the step, when it was another one
alter table run add column parent uuid;
alter table run add column parent_checkpoint int;
alter table run add column fork_reason text;

-- A run whose work is done, and that waits for a person. The first answer wins.
alter table run add column waits_for text check (waits_for in ('approval', 'choice'));
alter table run add column waits_until timestamptz; -- null: for ever
alter table run add column answer text check (answer in ('approved', 'rejected', 'expired'));
alter table run add column answered_by text;
alter table run add column answered_at timestamptz;
create index run_waiting on run (waits_until) where waits_for is not null and answer is null;

-- what housekeeping took away, so that nobody looks for it
alter table run add column pruned_at timestamptz;
