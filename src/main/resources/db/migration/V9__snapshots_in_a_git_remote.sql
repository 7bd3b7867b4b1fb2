-- where the objects are, when they are not in object_chunk: a git remote (without what is secret in its address) and the ref there
alter table object_pack add column remote text;
alter table object_pack add column ref text;
