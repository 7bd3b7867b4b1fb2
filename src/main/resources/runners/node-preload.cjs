// Loaded into every process that `node --test` starts for a test file: writes a line when the
// process starts and one when it ends in an orderly way. A file without the second was cut off.
'use strict';
const fs = require('node:fs');

const target = process.env.WINNOW_NODE_ENDS;
const inner = (process.env.NODE_TEST_CONTEXT || '').startsWith('child');
// programs that the tests start themselves are none of our business
delete process.env.WINNOW_NODE_ENDS;
if (inner) {
  delete process.env.NODE_OPTIONS;
}
if (inner && target) {
  const fd = fs.openSync(target, 'a', 0o644);
  const write = (type) => fs.writeSync(fd, JSON.stringify({ type, pid: process.pid }) + '\n');
  write('file-start');
  process.on('exit', () => write('file-end'));
} else if (target) {
  process.env.WINNOW_NODE_ENDS = target;
}
