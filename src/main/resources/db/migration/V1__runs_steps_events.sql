create table run (
  id          uuid primary key,
  kind        text not null,
  state       text not null,
  task        text not null,
  repository  text not null,
  base_commit text,
  options     jsonb not null default '{}',
  lease_epoch bigint not null default 0, -- the fence: bumped at each pick-up, checked by each write
  owner       text,
  created_at  timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  outcome     text,
  result      jsonb,
  evidence    jsonb,
  decision    jsonb
);
create index run_newest on run (created_at desc, id desc);

create table candidate (
  run_id    uuid not null references run (id) on delete cascade,
  id        text not null,
  agent     text not null,
  state     text not null,
  reason    text,
  code_tree text,
  "commit"  text,
  usage     jsonb,
  primary key (run_id, id)
);

create table step (
  run_id      uuid not null references run (id) on delete cascade,
  key         text not null,
  attempt     int not null default 1,
  epoch       bigint not null,
  node        text,
  state       text not null check (state in ('started', 'done', 'failed', 'unknown', 'late')),
  input_hash  bytea not null,
  input       text not null, -- an excerpt, to name both inputs when they differ
  result      json, -- not jsonb: a model's answer is kept to the character, also U+0000
  error       text,
  started_at  timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  primary key (run_id, key, attempt)
);
create unique index step_settled on step (run_id, key) where state in ('done', 'failed');

create table event (
  run_id   uuid not null references run (id) on delete cascade,
  sequence bigint not null,
  at       timestamptz not null default clock_timestamp(),
  body     jsonb not null,
  primary key (run_id, sequence)
);
