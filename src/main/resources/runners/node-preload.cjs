// Loaded into every process that `node --test` starts for a test file: writes a line when the
// process starts and one when it ends. A file that ends early, with status 0 at that, was cut off.
'use strict';
const fs = require('node:fs');
const assert = require('node:assert');
const test = require('node:test');

const target = process.env.WINNOW_NODE_ENDS;
const inner = (process.env.NODE_TEST_CONTEXT || '').startsWith('child');
if (inner && target) {
  // programs that the tests start themselves are none of our business
  delete process.env.WINNOW_NODE_ENDS;
  delete process.env.NODE_OPTIONS;
  const fd = fs.openSync(target, 'a', 0o644);
  const write = (record) => fs.writeSync(fd, JSON.stringify({ pid: process.pid, ...record }) + '\n');
  write({ type: 'file-start' });
  // code under test must not replace what judges it
  const owners = [assert, assert.strict, assert.AssertionError.prototype, test];
  const before = owners.map((owner) => Object.entries(Object.getOwnPropertyDescriptors(owner)));
  const replaced = () =>
    owners.some((owner, i) =>
      before[i].some(
        ([name, old]) =>
          typeof old.value === 'function' &&
          Object.getOwnPropertyDescriptor(owner, name)?.value !== old.value,
      ),
    );
  let natural = false;
  process.on('beforeExit', () => {
    natural = true;
  });
  process.on('exit', (code) => write({ type: 'file-end', code, natural, replaced: replaced() }));
}
