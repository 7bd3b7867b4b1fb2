-- People and programs that use the server. What others own is told by run.submitter, the account's name.
create table account (
  name        text primary key,
  role        text not null check (role in ('viewer', 'runner', 'admin')),
  created_at  timestamptz not null default clock_timestamp(),
  disabled_at timestamptz
);

-- What proves who somebody is; only its SHA-256 is kept: all of them are 256 random bits.
create table credential (
  id         uuid primary key,
  kind       text not null check (kind in ('login', 'session', 'token')),
  account    text not null references account (name) on delete cascade,
  role       text not null check (role in ('viewer', 'runner', 'admin')), -- at most; the account's role bounds it
  label      text not null default '',
  hint       text not null default '', -- its last four characters, to recognise it
  hash       bytea not null unique,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  used_at    timestamptz,
  ended_at   timestamptz -- revoked, logged out, or used up
);
create index credential_of_account on credential (account, kind, created_at desc);

-- Who did what. Rows are only added; each carries a hash over itself and the one before.
create table audit (
  number  bigint primary key,
  at      timestamptz not null default clock_timestamp(),
  who     text not null,
  what    text not null,
  target  text not null,
  outcome text not null,
  chain   bytea not null
);
create function winnow_refuse() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log only grows';
end $$;
create trigger audit_only_grows before update or delete on audit
  for each row execute function winnow_refuse();

-- A POST that starts work and is sent twice starts it once.
create table idempotency (
  account    text not null,
  key        text not null,
  request    bytea not null, -- hash of method, path and body
  result     uuid not null, -- the id that the new thing gets, known before it is made
  finished   boolean not null default false,
  at         timestamptz not null default clock_timestamp(),
  primary key (account, key)
);
create index idempotency_at on idempotency (at);

create index run_of_submitter on run (submitter, id desc);
create index run_finished on run (finished_at) where finished_at is not null;

create table webhook (
  id         uuid primary key,
  url        text not null unique,
  created_at timestamptz not null default clock_timestamp() -- what ended before is not told
);
create table webhook_delivery (
  webhook   uuid not null references webhook (id) on delete cascade,
  run_id    uuid not null references run (id) on delete cascade,
  event     text not null, -- run.finished, run.waiting
  ended     timestamptz not null, -- run.finished_at: a run that was resumed ends again
  attempts  int not null default 0,
  next_at   timestamptz default clock_timestamp(), -- null: delivered, or given up
  delivered_at timestamptz,
  problem   text,
  primary key (webhook, run_id, event, ended)
);
create index webhook_due on webhook_delivery (next_at) where next_at is not null;

create table conversation (
  id         uuid primary key,
  owner      text not null,
  title      text not null,
  created_at timestamptz not null default clock_timestamp(),
  changed_at timestamptz not null default clock_timestamp()
);
create index conversation_of_owner on conversation (owner, id desc);
-- each message became a run, which has all that followed
create table conversation_turn (
  conversation uuid not null references conversation (id) on delete cascade,
  number       int not null,
  run_id       uuid not null references run (id) on delete cascade,
  message      text not null,
  at           timestamptz not null default clock_timestamp(),
  primary key (conversation, number)
);
create index conversation_turn_run on conversation_turn (run_id);
