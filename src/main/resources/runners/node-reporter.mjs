// A reporter for `node --test`: one JSON line per test, ended by a record with the total.
import { relative, sep } from 'node:path';

const root = process.cwd();

function where(file) {
  return file ? relative(root, file).split(sep).join('/') : null;
}

function failure(error) {
  const cause = error?.cause ?? error;
  const assertion = cause?.code === 'ERR_ASSERTION' || cause?.name === 'AssertionError';
  const text = typeof cause === 'string' ? cause : (cause?.message ?? String(cause));
  return {
    assertion,
    failureType: error?.failureType ?? null,
    message: String(text).slice(0, 2000),
  };
}

export default async function* report(source) {
  const stack = [];
  let records = 0;
  yield JSON.stringify({ type: 'start' }) + '\n';
  for await (const { type, data } of source) {
    if (type === 'test:start') {
      stack.length = data.nesting;
      stack[data.nesting] = data.name;
    } else if (type === 'test:pass' || type === 'test:fail') {
      // the parents of a finished test are still on the stack
      const path = [...stack.slice(0, data.nesting), data.name];
      records += 1;
      yield JSON.stringify({
        type: 'test',
        file: where(data.file),
        path,
        suite: data.details?.type === 'suite',
        passed: type === 'test:pass',
        skipped: data.skip !== undefined && data.skip !== false,
        todo: data.todo !== undefined && data.todo !== false,
        ...(type === 'test:fail' ? failure(data.details?.error) : {}),
      }) + '\n';
    }
  }
  yield JSON.stringify({ type: 'end', records }) + '\n';
}
