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
