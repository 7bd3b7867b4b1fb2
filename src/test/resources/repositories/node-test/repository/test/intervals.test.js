import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contains, length } from '../src/intervals.js';

test('an interval has a length', () => {
  assert.equal(length([2, 5]), 3);
});

test('a point has no length', () => {
  assert.equal(length([2, 2]), 0);
});

test('an interval does not end before it starts', () => {
  assert.throws(() => length([5, 2]), RangeError);
});

test('the ends are in the interval', () => {
  assert.equal(contains([2, 5], 2), true);
  assert.equal(contains([2, 5], 5), true);
});

test('what is outside is outside', () => {
  assert.equal(contains([2, 5], 6), false);
});
